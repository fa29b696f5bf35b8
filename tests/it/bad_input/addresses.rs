//! Where the server is, and where it is not.

use http::{Request, Uri};
use mm_core::api::users::GetUser;
use mm_core::{Body, ErrorKind};
use mm_hyper::HyperTransport;
use mm_mock::Town;
use mm_tower::Client;

#[test]
fn an_address_that_cannot_be_meant_is_refused_with_what_to_write_instead() {
    for (address, help) in [
        ("", "write it like `https://chat.example.com`"),
        ("chat.example.com", "write it like `https://chat.example.com`"),
        ("localhost:8065", "write it like `https://chat.example.com`"),
        ("/api/v4", "write it like `https://chat.example.com`"),
        ("https://", "write it like `https://chat.example.com`"),
        ("https:///company", "write it like `https://chat.example.com`"),
        ("http://:8065", "write it like `https://chat.example.com`"),
        ("https://chat example.com", "write it like `https://chat.example.com`"),
        ("https://chat.example.com?team=a", "leave off `?`"),
        ("https://chat.example.com/#/login", "leave off `#`"),
        ("https://chat.example.com/api/v4", "leave that off"),
        ("https://ann:s3cret@chat.example.com", "a token or a login"),
        ("https://s3cret@chat.example.com", "a token or a login"),
        ("ftp://chat.example.com", "`https` nor `http`"),
        ("wss://chat.example.com", "`https` nor `http`"),
        ("unix:///var/tmp/mattermost_local.socket", "write it like `https://chat.example.com`"),
        ("https://chat.example.com:80a", "65535"),
        ("https://chat.example.com:65536", "65535"),
        ("https://chat.example.com/a/../b", "dot segments"),
        ("https://chat.example.com\r\nX-Evil: 1", "write it like"),
        ("https://chät.example.com", "punycode"),
    ] {
        let error = Client::builder(address).err().unwrap_or_else(|| panic!("{address:?} is taken"));
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("base URL: ") && text.contains(help), "{address:?}: {text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn an_address_may_be_an_uri_that_was_read_elsewhere() {
    assert!(Client::builder(Uri::from_static("https://chat.example.com/company")).is_ok());
    for uri in ["/company", "chat.example.com:443", "https://ann:s3cret@chat.example.com"] {
        let error = Client::builder(Uri::from_static(uri)).err().unwrap_or_else(|| panic!("{uri} is taken"));
        assert!(!error.to_string().contains("s3cret"));
    }
}

#[tokio::test]
async fn a_request_for_another_server_does_not_leave_with_our_token() {
    let town = Town::new();
    let client = Client::builder("https://chat.example.com/company")
        .expect("an address")
        .token(town.alice.token.clone())
        .build(town.fake.clone());
    for uri in [
        "https://evil.example/api/v4/users/me",
        "http://chat.example.com/company/api/v4/users/me",
        "https://chat.example.com:8443/company/api/v4/users/me",
        "https://chat.example.com.evil.example/api/v4/users/me",
        "https://chat.example.com@evil.example/api/v4/users/me",
        "https://ann@chat.example.com/company/api/v4/users/me",
    ] {
        let request = Request::get(uri).body(Body::empty()).expect("a request");
        let error = client.send_request(request).await.expect_err("another server");
        assert_eq!(error.kind(), ErrorKind::NotSent, "{uri}");
        assert!(error.to_string().contains("build a client for that one"), "{uri}: {error}");
    }
    assert!(town.fake.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_by_its_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let transport = HyperTransport::builder().no_proxy().build().expect("settings");
    let client = Client::builder(&url).expect("an address").no_retry().build(transport);
    let error = client.send(GetUser::me()).await.expect_err("nobody listens");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "GetUser"));
    let story = crate::hyper::support::whole_story(&error);
    assert!(story.contains("GetUser: not sent: could not connect to the server"), "{story}");
    assert!(story.contains(&url), "{story}");
}
