//! Profile pictures.

use http::header::CONTENT_TYPE;
use mm_core::Download;
use mm_core::api::users::{GetDefaultProfileImage, GetProfileImage, SetDefaultProfileImage, SetProfileImage};
use mm_types::StatusOk;

use crate::server::route::Routes;
use crate::{Answer, Caller, Failure, World, portrait};

const A_DAY: &str = "max-age=86400, private";
const FIVE_MINUTES: &str = "max-age=300, private";

pub(super) fn routes(r: &mut Routes) {
    r.on(get);
    r.on(get_default);
    r.on(set).first(|world, caller, user| caller.must_edit(world, user)).unreadable(no_file);
    r.on(set_default);
}

fn png(content: bytes::Bytes) -> Answer<Download> {
    Answer::new(Download::new("image/png", content))
}

/// The first time there is no file yet, and so no tag.
fn get(world: &mut World, caller: &Caller, op: GetProfileImage) -> Result<Answer<Download>, Failure> {
    if !caller.sees(world, op.user_id) {
        return Err(Failure::permissions());
    }
    let account = world.users.get_mut(op.user_id)?;
    let tag = account.user.last_picture_update.to_string();
    if let Some(picture) = &account.picture {
        return Ok(png(picture.clone()).header("cache-control", A_DAY).etag(tag));
    }
    let picture = portrait::of_user(&account.user);
    account.picture = Some(picture.clone());
    Ok(png(picture).header("cache-control", FIVE_MINUTES))
}

fn get_default(
    world: &mut World,
    caller: &Caller,
    op: GetDefaultProfileImage,
) -> Result<Answer<Download>, Failure> {
    if !caller.sees(world, op.user_id) {
        return Err(Failure::permissions());
    }
    let user = &world.users.get(op.user_id)?.user;
    Ok(png(portrait::of_user(user)).header("cache-control", A_DAY))
}

fn no_file(caller: &Caller) -> Failure {
    if caller.header(CONTENT_TYPE.as_str()).starts_with("multipart/form-data") {
        let message = "No file under 'image' in request.";
        Failure::new(400, "api.user.upload_profile_user.no_file.app_error", message)
    } else {
        let message = "Could not parse multipart form.";
        Failure::new(500, "api.user.upload_profile_user.parse.app_error", message)
    }
}

/// The picture is not decoded: the one that is stored is made out of its bytes.
fn set(world: &mut World, caller: &Caller, op: SetProfileImage) -> Result<StatusOk, Failure> {
    if world.users.get(op.user_id).is_err() {
        return Err(Failure::url_param("user_id"));
    }
    let content = op.image.open();
    let content = content.as_bytes().unwrap_or_default();
    if !portrait::is_acceptable(content) {
        let message = "Image limits check failed. Resolution is too high.";
        return Err(Failure::new(400, "api.user.upload_profile_user.check_image_limits.app_error", message));
    }
    world.set_picture(op.user_id, portrait::of_upload(content))?;
    world.audit(caller, &format!("/api/v4/users/{}/image", op.user_id), "");
    Ok(StatusOk::ok())
}

fn set_default(world: &mut World, caller: &Caller, op: SetDefaultProfileImage) -> Result<StatusOk, Failure> {
    caller.must_edit(world, op.user_id)?;
    world.forget_picture(op.user_id)?;
    world.tell_picture_updated(op.user_id);
    world.audit(caller, &format!("/api/v4/users/{}/image", op.user_id), "");
    Ok(StatusOk::ok())
}

#[cfg(test)]
mod tests {
    use http::Method;
    use mm_core::Part;
    use mm_core::api::users::GetUser;
    use mm_types::UserId;

    use super::*;
    use crate::Town;
    use crate::testing::{ask, error, request, send};

    #[tokio::test]
    async fn the_first_look_has_no_tag_and_the_next_is_the_time_of_the_picture() {
        let town = Town::new();
        let url = format!("/api/v4/users/{}/image", town.bob.id);
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let get = |tag: &str| {
            let headers = [("authorization", bearer.as_str()), ("if-none-match", tag)];
            let request = request(Method::GET, &url, &headers, "");
            let fake = town.fake.clone();
            async move { send(&fake, request).await }
        };
        let first = get("").await;
        assert_eq!(first.headers()["cache-control"], "max-age=300, private");
        assert!(!first.headers().contains_key("etag"));
        let second = get("").await;
        assert_eq!((&second.headers()["etag"], second.body()), (&"0".parse().unwrap(), first.body()));
        assert_eq!(second.headers()["cache-control"], "max-age=86400, private");
        assert_eq!(get("0").await.status(), 304);

        let picture = || SetProfileImage::new(UserId::ME, Part::new("me.png", portrait::of_upload(b"me")));
        ask(&town.fake, &town.bob, picture()).await.unwrap();
        let at = ask(&town.fake, &town.bob, GetUser::me()).await.unwrap().last_picture_update;
        assert_eq!(get("0").await.headers()["etag"], at.to_string().as_str());
        ask(&town.fake, &town.bob, picture()).await.unwrap();
        let same = ask(&town.fake, &town.bob, GetUser::me()).await.unwrap().last_picture_update;
        assert_eq!(same, at, "the same picture again");
        assert_eq!(town.fake.events().len(), 1);
    }

    #[tokio::test]
    async fn a_form_without_a_picture_and_no_form_are_told_apart() {
        let town = Town::new();
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let post = |content_type: &'static str, body: &'static str| {
            let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
            let request = request(Method::POST, "/api/v4/users/me/image", &headers, body);
            let fake = town.fake.clone();
            async move {
                let answer = send(&fake, request).await;
                (answer.status().as_u16(), error(&answer).id)
            }
        };
        let body =
            "--x\r\nContent-Disposition: form-data; name=\"wrong\"; filename=\"a\"\r\n\r\na\r\n--x--\r\n";
        let no_file = (400, "api.user.upload_profile_user.no_file.app_error".to_owned());
        assert_eq!(post("multipart/form-data; boundary=x", body).await, no_file);
        let no_form = (500, "api.user.upload_profile_user.parse.app_error".to_owned());
        assert_eq!(post("image/png", "a").await, no_form);
    }
}
