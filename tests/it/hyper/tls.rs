//! https: whom the client trusts, and who it is.

use std::sync::Arc;

use mm_core::{Delivery, TransportError, TransportErrorKind};
use mm_hyper::HyperTransportBuilder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::support::{OK, Server, direct, get, read_request, send, text, whole_story};

/// A certificate authority of the tests' own.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
    der: (CertificateDer<'static>, PrivateKeyDer<'static>),
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        // A name of its own, as authorities have.
        let name = format!("Authority {:?}", &key.public_key_raw()[..8]);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, key).expect("a root certificate"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn issue(&self, name: &str) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("a valid name");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Issued {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            der: (
                certificate.der().clone(),
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key in DER"),
            ),
        }
    }

    /// A server's configuration with a certificate for `name`.
    pub(crate) fn server(&self, name: &str) -> ServerConfig {
        let (certificate, key) = self.issue(name).der;
        builder().with_no_client_auth().with_single_cert(vec![certificate], key).expect("a fitting key")
    }

    /// The same, and clients must have a certificate of this authority.
    fn server_for_members(&self, name: &str) -> ServerConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("a root certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let (certificate, key) = self.issue(name).der;
        builder()
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![certificate], key)
            .expect("a fitting key")
    }
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
}

async fn serve(config: ServerConfig) -> Server {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            // A client that does not like what it sees is what some of the tests are about.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            while read_request(&mut stream).await.is_some() {
                let _ = stream.write_all(OK.as_bytes()).await;
            }
        }
    })
    .await
}

async fn call(builder: HyperTransportBuilder, server: &Server, host: &str) -> Result<String, TransportError> {
    let transport = builder.build().expect("settings");
    let url = format!("https://{host}:{}/", server.address.port());
    text(send(&transport, get(url)).await?).await
}

fn is_tls_and_not_sent(error: &TransportError, advice: &str) {
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Tls, Delivery::NotSent), "{error:?}");
    assert!(whole_story(error).contains(advice), "{}", whole_story(error));
}

#[tokio::test]
async fn a_server_with_a_certificate_of_an_added_root_is_trusted() {
    let authority = Authority::new();
    let server = serve(authority.server("localhost")).await;
    for builder in [
        direct().add_root_certificate_pem(authority.pem()),
        direct().add_root_certificate_der(authority.0.der().to_vec()),
        direct().add_root_certificate_pem(authority.pem()).only_added_root_certificates(),
    ] {
        assert_eq!(call(builder, &server, "localhost").await.expect("an answer"), "OK");
    }
}

#[tokio::test]
async fn several_roots_in_one_file_are_all_trusted() {
    let authorities = [Authority::new(), Authority::new()];
    let bundle = authorities[0].pem() + &authorities[1].pem();
    for authority in &authorities {
        let server = serve(authority.server("localhost")).await;
        let builder = direct().add_root_certificate_pem(&bundle);
        assert_eq!(call(builder, &server, "localhost").await.expect("an answer"), "OK");
    }
}

#[tokio::test]
async fn an_address_in_the_url_is_matched_with_the_certificate() {
    let authority = Authority::new();
    let server = serve(authority.server("127.0.0.1")).await;
    let builder = direct().add_root_certificate_pem(authority.pem());
    assert_eq!(call(builder, &server, "127.0.0.1").await.expect("an answer"), "OK");
}

#[tokio::test]
async fn https_connections_are_used_again() {
    let authority = Authority::new();
    let server = serve(authority.server("localhost")).await;
    let transport = direct().add_root_certificate_pem(authority.pem()).build().expect("settings");
    let url = format!("https://localhost:{}/", server.address.port());
    for _ in 0..5 {
        text(send(&transport, get(&url)).await.expect("an answer")).await.expect("a body");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_advice() {
    let server = serve(Authority::new().server("localhost")).await;
    let others_only =
        direct().add_root_certificate_pem(Authority::new().pem()).only_added_root_certificates();
    let error = call(others_only, &server, "localhost").await.expect_err("not trusted");
    is_tls_and_not_sent(&error, "add_root_certificate_pem");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_with_advice() {
    let authority = Authority::new();
    let server = serve(authority.server("chat.example.com")).await;
    let builder = direct().add_root_certificate_pem(authority.pem());
    let error = call(builder, &server, "localhost").await.expect_err("another name");
    is_tls_and_not_sent(&error, "issued for another name");
}

#[tokio::test]
async fn https_to_a_plain_http_port_says_so() {
    let server = Server::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        read_request(&mut stream).await;
    })
    .await;
    let authority = Authority::new();
    let builder = direct().add_root_certificate_pem(authority.pem()).only_added_root_certificates();
    let error = call(builder, &server, "localhost").await.expect_err("no TLS there");
    is_tls_and_not_sent(&error, "http instead of https");
}

#[tokio::test]
async fn a_client_certificate_opens_a_server_that_demands_one() {
    let authority = Authority::new();
    let server = serve(authority.server_for_members("localhost")).await;
    let me = authority.issue("bot.example.com");
    let builder =
        direct().add_root_certificate_pem(authority.pem()).client_certificate_pem(&me.certificate, &me.key);
    assert_eq!(call(builder, &server, "localhost").await.expect("an answer"), "OK");
}

#[tokio::test]
async fn without_the_client_certificate_it_demands_a_server_is_out_of_reach() {
    let authority = Authority::new();
    let server = serve(authority.server_for_members("localhost")).await;
    // The refusal comes after the handshake, in a race with the request.
    for _ in 0..20 {
        let builder = direct().add_root_certificate_pem(authority.pem());
        let error = call(builder, &server, "localhost").await.expect_err("no certificate given");
        is_tls_and_not_sent(&error, "client_certificate_pem");
    }
}

#[test]
fn a_client_key_is_checked_when_it_is_set_and_never_shown() {
    let authority = Authority::new();
    let (one, other) = (authority.issue("a.example"), authority.issue("b.example"));
    let mixed_up = direct().client_certificate_pem(&one.certificate, &other.key).build();
    assert!(mixed_up.expect_err("two pairs").to_string().contains("do not belong together"));

    let cut = one.key.replacen('M', "!", 1);
    let error = direct().client_certificate_pem(&one.certificate, &cut).build().expect_err("broken");
    let secret = one.key.lines().nth(1).expect("a line of the key");
    assert!(!whole_story(&error).contains(&secret[8..24]), "{}", whole_story(&error));

    let builder = direct().client_certificate_pem(&one.certificate, &one.key);
    let shown = format!("{builder:?}");
    let shown = shown + &format!("{:?}", builder.build().expect("a pair"));
    assert!(!shown.contains(&secret[8..24]), "{shown}");
}
