//! Made-up answers in the shape and size of a real server's, their keys in its order.

/// Rows of a full page.
pub(crate) const ROWS: usize = 200;

/// A 26-character id that depends on a kind and a number.
fn id(kind: char, number: usize) -> String {
    format!("{kind}{number:0>25}")
}

pub(crate) fn user(number: usize) -> String {
    let (id, created) = (id('u', number), 1_795_320_717_060_i64 + number as i64);
    format!(
        r#"{{"id":"{id}","create_at":{created},"update_at":1795320812931,"delete_at":0,"username":"user.name-{number}","auth_data":"","auth_service":"","email":"user.name-{number}@chat.example.com","email_verified":true,"nickname":"Nick {number}","first_name":"Alexandra","last_name":"Çelik-Underwood","position":"Senior systems engineer","roles":"system_user system_user_access_token","props":{{"customStatus":"","last_search_pointer":"12","theme":"onyx"}},"notify_props":{{"channel":"true","comments":"never","desktop":"mention","desktop_sound":"true","desktop_threads":"all","email":"true","email_threads":"all","first_name":"false","mention_keys":"alex,@alex","push":"mention","push_status":"online","push_threads":"all"}},"last_password_update":1795320717060,"last_picture_update":1795320807682,"locale":"en","timezone":{{"automaticTimezone":"Europe/Berlin","manualTimezone":"","useAutomaticTimezone":"true"}},"remote_id":"","disable_welcome_email":false}}"#
    )
}

pub(crate) fn post(number: usize) -> String {
    let (post, user, channel, file) = (id('p', number), id('u', number % 7), id('c', 1), id('f', number));
    let created = 1_795_320_852_753_i64 + number as i64;
    // Every tenth post has a file and a reaction, every fifth is a reply.
    let root = if number % 5 == 1 { id('p', number - 1) } else { String::new() };
    let (files, metadata) = if number.is_multiple_of(10) {
        (
            format!(r#"["{file}"]"#),
            format!(
                r#"{{"files":[{{"id":"{file}","user_id":"{user}","post_id":"{post}","channel_id":"{channel}","create_at":1795320852753,"update_at":1795320852753,"delete_at":0,"name":"diagram.png","extension":"png","size":48213,"mime_type":"image/png","width":640,"height":480,"has_preview_image":true,"mini_preview":null,"remote_id":"","archived":false}}],"reactions":[{{"user_id":"{}","post_id":"{post}","emoji_name":"tada","create_at":1795320852999,"update_at":1795320852999,"delete_at":0,"remote_id":"","channel_id":"{channel}"}}]}}"#,
                id('u', 2)
            ),
        )
    } else {
        ("[]".to_owned(), "{}".to_owned())
    };
    format!(
        r#"{{"id":"{post}","create_at":{created},"update_at":{created},"edit_at":0,"delete_at":0,"is_pinned":false,"user_id":"{user}","channel_id":"{channel}","root_id":"{root}","original_id":"","message":"Message {number}: the deployment of the **second** cluster is done, see `logs/{number}`.","type":"","props":{{"disable_group_highlight":true,"from_bot":"true","override_username":"deployer"}},"hashtags":"","file_ids":{files},"pending_post_id":"","remote_id":"","reply_count":0,"last_reply_at":0,"participants":null,"metadata":{metadata}}}"#
    )
}

/// The event that tells one of the receivers of a post, by the server's number for it.
pub(crate) fn posted(number: usize, seq: u64) -> String {
    let post = serde_json::Value::from(post(number));
    let (author, channel, team) = (number % 7, id('c', 1), id('t', 1));
    // Every fifth post mentions its reader.
    let mentions = if number.is_multiple_of(5) {
        format!(r#""mentions":"[\"{}\"]","#, id('u', 3))
    } else {
        String::new()
    };
    format!(
        r#"{{"event":"posted","data":{{"channel_display_name":"Town Square","channel_name":"town-square","channel_type":"O",{mentions}"post":{post},"sender_name":"@user.name-{author}","set_online":true,"team_id":"{team}"}},"broadcast":{{"omit_users":null,"user_id":"","channel_id":"{channel}","team_id":"","connection_id":"","omit_connection_id":""}},"seq":{seq}}}"#
    )
}

pub(crate) fn users_page() -> String {
    let users: Vec<_> = (0..ROWS).map(user).collect();
    format!("[{}]", users.join(","))
}

pub(crate) fn post_list() -> String {
    let order: Vec<_> = (0..ROWS).rev().map(|number| format!(r#""{}""#, id('p', number))).collect();
    let posts: Vec<_> =
        (0..ROWS).map(|number| format!(r#""{}":{}"#, id('p', number), post(number))).collect();
    format!(
        r#"{{"order":[{}],"posts":{{{}}},"next_post_id":"","prev_post_id":"{}","first_inaccessible_post_time":0}}"#,
        order.join(","),
        posts.join(","),
        id('p', ROWS)
    )
}
