//! The server itself.

use mm_core::api::system::GetPing;
use mm_types::{Health, SystemStatus};

use super::route::Routes;
use crate::{Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_ping);
}

fn get_ping(_: &mut World, _: &Caller, op: GetPing) -> Result<SystemStatus, Failure> {
    let mut status = SystemStatus::default();
    status.status = Health::Ok;
    status.active_search_backend = Some("database".to_owned());
    for version in [
        &mut status.android_latest_version,
        &mut status.android_min_version,
        &mut status.ios_latest_version,
        &mut status.ios_min_version,
    ] {
        *version = Some(String::new());
    }
    if op.get_server_status == Some(true) {
        status.database_status = Some(Health::Ok);
        status.filestore_status = Some(Health::Ok);
        status.root_status = (op.use_rest_semantics == Some(true)).then_some(false);
    }
    if op.device_id.is_some_and(|device| !device.is_empty()) {
        // There is no service for notifications.
        status.can_receive_notifications = Some("false".to_owned());
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use crate::FakeServer;
    use crate::testing::{request, send};

    async fn ping(query: &str) -> serde_json::Value {
        let url = format!("/api/v4/system/ping{query}");
        let answer = send(&FakeServer::new(), request(Method::GET, &url, &[], "")).await;
        assert_eq!(answer.status(), 200);
        serde_json::from_slice(answer.body()).unwrap()
    }

    #[tokio::test]
    async fn a_ping_needs_no_session_and_tells_what_was_asked() {
        let plain = json!({
            "ActiveSearchBackend": "database", "AndroidLatestVersion": "", "AndroidMinVersion": "",
            "IosLatestVersion": "", "IosMinVersion": "", "status": "OK",
        });
        assert_eq!(ping("").await, plain);
        let with = |keys: serde_json::Value| {
            let mut all = plain.clone();
            all.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
            all
        };
        let full = with(json!({"database_status": "OK", "filestore_status": "OK"}));
        assert_eq!(ping("?get_server_status=true").await, full);
        let device = with(json!({"CanReceiveNotifications": "false"}));
        assert_eq!(ping("?device_id=android%3Aabc").await, device);
        assert_eq!(ping("?get_server_status=true&use_rest_semantics=true").await["root_status"], false);
    }
}
