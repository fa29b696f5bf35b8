use mm_core::api::posts::{GetPostThread, GetPostsForChannel, SearchPosts};
use mm_types::{PostKind, ThreadDirection};

use super::super::{CHANNEL, POST, TEAM};

wire!(posts_of_a_channel_are_listed: GetPostsForChannel::new(CHANNEL).page(0).per_page(30),
request: "GET /api/v4/channels/channel0000000000000000000/posts?page=0&per_page=30",
response: 200 json {
    "order": ["post0000000000000000000000"],
    "posts": {
        "post0000000000000000000000": {"id": "post0000000000000000000000", "root_id": "root0000000000000000000000"},
        "root0000000000000000000000": {"id": "root0000000000000000000000", "reply_count": 1}
    },
    "next_post_id": "", "prev_post_id": "prev0000000000000000000000", "first_inaccessible_post_time": 0
},
|list| {
    assert_eq!((list.order.as_slice(), list.posts.len()), ([POST].as_slice(), 2));
    assert_eq!(list.prev_post_id, "prev0000000000000000000000");
});

wire!(posts_around_a_post_are_listed:
    GetPostsForChannel::new(CHANNEL).since(1_795_320_871_058).before(POST).after(POST).include_deleted(false)
        .kind(PostKind::JoinChannel).skip_fetch_threads(true).collapsed_threads(true).collapsed_threads_extended(false),
    request: "GET /api/v4/channels/channel0000000000000000000/posts?since=1795320871058&before=post0000000000000000000000&after=post0000000000000000000000&include_deleted=false&type=system_join_channel&skipFetchThreads=true&collapsedThreads=true&collapsedThreadsExtended=false",
    response: 200 json {"order": null, "posts": null, "next_post_id": "", "prev_post_id": ""},
    |list| assert!(list.is_empty()));

wire!(a_thread_is_got: GetPostThread::new(POST),
    request: "GET /api/v4/posts/post0000000000000000000000/thread?direction=down",
    response: 200 json {
        "order": ["post0000000000000000000000"], "has_next": false,
        "posts": {"post0000000000000000000000": {
            "id": "post0000000000000000000000", "reply_count": 0, "is_following": true,
            "participants": [{"id": "alice000000000000000000000"}]
        }}
    },
    |list| assert_eq!(list.has_next, Some(false)));

wire!(a_page_of_a_thread_is_got:
    GetPostThread::new(POST).per_page(200).direction(ThreadDirection::Up).from_post(POST).from_create_at(5)
        .from_update_at(6).updates_only(true).skip_fetch_threads(false).collapsed_threads(true)
        .collapsed_threads_extended(true),
    request: "GET /api/v4/posts/post0000000000000000000000/thread?perPage=200&direction=up&fromPost=post0000000000000000000000&fromCreateAt=5&fromUpdateAt=6&updatesOnly=true&skipFetchThreads=false&collapsedThreads=true&collapsedThreadsExtended=true",
    response: 200 json {"order": [], "posts": {}, "has_next": true},
    |list| assert_eq!(list.has_next, Some(true)));

wire!(posts_are_searched: SearchPosts::new(TEAM, "\"lazy dog\" from:alice"),
    request: "POST /api/v4/teams/team0000000000000000000000/posts/search" json {
        "terms": "\"lazy dog\" from:alice", "is_or_search": false
    },
    response: 200 json {
        "order": ["post0000000000000000000000"], "posts": {"post0000000000000000000000": {"id": "post0000000000000000000000"}},
        "next_post_id": "", "prev_post_id": "", "first_inaccessible_post_time": 0,
        "matches": {"post0000000000000000000000": ["lazy dog"]}
    },
    |found| assert_eq!(found.matches[&POST], ["lazy dog"]));

wire!(posts_are_searched_with_all_there_is:
    SearchPosts::new(TEAM, "fox").is_or_search(true).time_zone_offset(-3600).include_deleted_channels(true)
        .page(1).per_page(20),
    request: "POST /api/v4/teams/team0000000000000000000000/posts/search" json {
        "terms": "fox", "is_or_search": true, "time_zone_offset": -3600, "include_deleted_channels": true,
        "page": 1, "per_page": 20
    },
    response: 200 json {"order": [], "posts": {}, "matches": null},
    |found| assert!(found.list.is_empty()));
