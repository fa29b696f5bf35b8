//! The server itself.

use mm_core::api::system::GetPing;
use mm_core::types::Health;

behaviour!(a_server_that_is_well_says_so, |t| {
    let plain = t.alice.send(GetPing::new()).await?;
    assert_eq!((plain.status, plain.database_status), (Health::Ok, None));
    let asked = t.alice.send(GetPing::new().get_server_status(true)).await?;
    assert_eq!(asked.database_status, Some(Health::Ok));
    assert_eq!(asked.filestore_status, Some(Health::Ok));
});
