use mm_core::api::system::{ConnectWebSocket, GetPing};
use mm_types::Health;

use super::check;

wire!(the_server_is_asked_whether_it_is_well: GetPing::new(),
    request: "GET /api/v4/system/ping",
    response: 200 json {
        "ActiveSearchBackend": "database", "AndroidLatestVersion": "", "AndroidMinVersion": "", "IosLatestVersion": "",
        "IosMinVersion": "", "status": "OK"
    },
    |ping| assert_eq!((&ping.status, &ping.database_status), (&Health::Ok, &None)));

wire!(the_server_is_asked_for_more:
GetPing::new().get_server_status(true).device_id("android:abc").use_rest_semantics(true),
request: "GET /api/v4/system/ping?get_server_status=true&device_id=android%3Aabc&use_rest_semantics=true",
response: 200 json {
    "ActiveSearchBackend": "elasticsearch", "CanReceiveNotifications": "false", "DesktopMinVersion": "4.0",
    "database_status": "OK", "filestore_status": "UNHEALTHY", "root_status": true, "status": "UNHEALTHY"
},
|ping| {
    assert_eq!((&ping.status, &ping.filestore_status), (&Health::Unhealthy, &Some(Health::Unhealthy)));
    assert_eq!((ping.root_status, ping.can_receive_notifications.as_deref()), (Some(true), Some("false")));
});

/// The answer is the connection itself, which is no text to compare.
#[test]
fn the_event_socket_goes_on_where_it_was() {
    let operation = ConnectWebSocket::new().connection_id("c1").sequence_number(3).disconnect_err_code(4001);
    let line =
        "GET /api/v4/websocket?connection_id=c1&sequence_number=3&posted_ack=true&disconnect_err_code=4001";
    check::request(&operation.posted_ack(true), line, check::Payload::Nothing);
    check::request(&ConnectWebSocket::new(), "GET /api/v4/websocket", check::Payload::Nothing);
}
