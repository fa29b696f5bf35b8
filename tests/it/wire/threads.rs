use mm_core::api::threads::{
    GetUserThread, GetUserThreads, StartFollowingThread, StopFollowingThread, UpdateThreadReadForUser,
    UpdateThreadsReadForUser,
};
use mm_types::UserId;

use super::{ALICE, POST, TEAM};

wire!(followed_threads_are_listed: GetUserThreads::new(UserId::ME, TEAM),
    request: "GET /api/v4/users/me/teams/team0000000000000000000000/threads",
    response: 200 json {
        "total": 1, "total_unread_threads": 1, "total_unread_mentions": 2, "total_unread_urgent_mentions": 0,
        "threads": [{
            "id": "post0000000000000000000000", "reply_count": 13, "last_reply_at": 1795320730642_i64,
            "last_viewed_at": 1795320730917_i64, "participants": [{"id": "alice000000000000000000000"}],
            "post": {"id": "post0000000000000000000000"}, "unread_replies": 3, "unread_mentions": 2,
            "is_urgent": false, "delete_at": 0
        }]
    },
    |threads| assert_eq!((threads.total, threads.threads[0].unread_replies), (1, 3)));

wire!(threads_are_counted_alone: GetUserThreads::new(ALICE, TEAM).totals_only(true),
    request: "GET /api/v4/users/alice000000000000000000000/teams/team0000000000000000000000/threads?totalsOnly=true",
    response: 200 json {"total": 4, "threads": null},
    |threads| assert!(threads.threads.is_empty()));

wire!(threads_are_listed_with_all_there_is:
    GetUserThreads::new(ALICE, TEAM).since(5).deleted(true).extended(true).before(POST).per_page(2).unread(true)
        .exclude_direct(true).threads_only(true),
    request: "GET /api/v4/users/alice000000000000000000000/teams/team0000000000000000000000/threads?since=5&deleted=true&extended=true&before=post0000000000000000000000&per_page=2&unread=true&excludeDirect=true&threadsOnly=true",
    response: 200 json {"threads": []});

wire!(a_thread_is_got: GetUserThread::new(UserId::ME, TEAM, POST).extended(true),
    request: "GET /api/v4/users/me/teams/team0000000000000000000000/threads/post0000000000000000000000?extended=true",
    response: 200 json {"id": "post0000000000000000000000", "participants": [{"username": "bob"}]},
    |thread| assert_eq!(thread.participants[0].username, "bob"));

wire!(a_thread_is_followed: StartFollowingThread::new(UserId::ME, TEAM, POST),
    request: "PUT /api/v4/users/me/teams/team0000000000000000000000/threads/post0000000000000000000000/following",
    response: 200 ok);

wire!(a_thread_is_followed_no_more: StopFollowingThread::new(UserId::ME, TEAM, POST),
    request: "DELETE /api/v4/users/me/teams/team0000000000000000000000/threads/post0000000000000000000000/following",
    response: 200 ok);

wire!(a_thread_is_read_up_to_a_time: UpdateThreadReadForUser::new(UserId::ME, TEAM, POST, 1_795_320_872_544),
    request: "PUT /api/v4/users/me/teams/team0000000000000000000000/threads/post0000000000000000000000/read/1795320872544",
    response: 200 json {"id": "post0000000000000000000000", "last_viewed_at": 1795320872544_i64},
    |thread| assert_eq!(thread.last_viewed_at.as_millis(), 1_795_320_872_544));

wire!(all_threads_are_read: UpdateThreadsReadForUser::new(UserId::ME, TEAM),
    request: "PUT /api/v4/users/me/teams/team0000000000000000000000/threads/read",
    response: 200 ok);
