//! TLS: whom to trust, who we are, and the handshake itself.
//!
//! The cryptography is named in every configuration; rustls's process-wide default is never asked, since
//! it panics where two are compiled in.

use std::sync::{Arc, OnceLock};

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use mm_core::TransportErrorKind;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, CertificateError, ClientConfig, RootCertStore};
use tower_service::Service;

use crate::connect::Place;
use crate::error::{ConnectError, find};
use crate::wire::Wire;
use crate::{BoxError, SetupError};

/// A connection with TLS or without, on top of another.
pub(crate) type Stream<T = MaybeHttpsStream<Wire>> = MaybeHttpsStream<T>;

/// A connection as it comes out of the socket.
pub(crate) fn bare(wire: Wire) -> Stream<Wire> {
    MaybeHttpsStream::Http(wire)
}

/// What the caller has said about TLS.
#[derive(Default)]
pub(crate) struct TlsSetting {
    roots: Vec<CertificateDer<'static>>,
    pub(crate) only_added_roots: bool,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

/// The TLS configuration of one transport, shared by all its connections.
#[derive(Clone)]
pub(crate) struct Tls(Arc<Inner>);

struct Inner {
    setting: Arc<TlsSetting>,
    alpn: &'static [&'static [u8]],
    /// Made when first needed: reading the system's certificates takes time, and a machine without any
    /// can still talk plain HTTP.
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl TlsSetting {
    pub(crate) fn add_root_pem(&mut self, pem: &[u8]) -> Result<(), SetupError> {
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| {
                SetupError::new("the root certificates are not valid PEM").with_source(error)
            })?;
            self.add_root_der(certificate.into_owned())?;
        }
        if self.roots.len() == before {
            return Err(SetupError::new(
                "no root certificate found: a PEM file has a line -----BEGIN CERTIFICATE-----",
            ));
        }
        Ok(())
    }

    pub(crate) fn add_root_der(&mut self, certificate: CertificateDer<'static>) -> Result<(), SetupError> {
        RootCertStore::empty().add(certificate.clone()).map_err(|error| {
            SetupError::new("a root certificate cannot be read: it must be X.509, version 3")
                .with_source(error)
        })?;
        self.roots.push(certificate);
        Ok(())
    }

    pub(crate) fn set_identity(&mut self, certificates: &[u8], key: &[u8]) -> Result<(), SetupError> {
        let chain = CertificateDer::pem_slice_iter(certificates)
            .map(|certificate| certificate.map(CertificateDer::into_owned))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| SetupError::new("the client certificate is not valid PEM").with_source(error))?;
        if chain.is_empty() {
            return Err(SetupError::new(
                "no client certificate found: a PEM file has a line -----BEGIN CERTIFICATE-----",
            ));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            // The cause is left out: it could repeat a part of the key.
            SetupError::new(
                "no client key found: it must be an unencrypted PEM key (PKCS #8, PKCS #1 or SEC 1)",
            )
        })?;
        // Found out now, not at the first connection.
        if let Some(provider) = provider() {
            let builder = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| SetupError::new("TLS cannot be set up").with_source(error))?;
            builder
                .with_root_certificates(RootCertStore::empty())
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(|error| {
                    SetupError::new("the client certificate and the client key do not belong together")
                        .with_source(error)
                })?;
        }
        self.identity = Some((chain, key));
        Ok(())
    }
}

impl Tls {
    pub(crate) fn new(setting: Arc<TlsSetting>, alpn: &'static [&'static [u8]]) -> Self {
        Self(Arc::new(Inner { setting, alpn, config: OnceLock::new() }))
    }

    /// Connects by `route` and, where the URI says https, agrees on TLS.
    pub(crate) async fn connect<C>(self, mut route: C, to: Uri) -> Result<Stream<C::Response>, ConnectError>
    where
        C: Service<Uri, Error = ConnectError> + Send,
        C::Future: Send + 'static,
        C::Response: hyper::rt::Read
            + hyper::rt::Write
            + hyper_util::client::legacy::connect::Connection
            + Unpin
            + Send
            + 'static,
    {
        if to.scheme() != Some(&http::uri::Scheme::HTTPS) {
            return route.call(to).await.map(MaybeHttpsStream::Http);
        }
        let config = self.config()?;
        let connecting = HttpsConnector::from((route, config)).call(to.clone());
        connecting.await.map_err(|error| handshake_failed(&to, error))
    }

    fn config(&self) -> Result<Arc<ClientConfig>, ConnectError> {
        let made = self.0.config.get_or_init(|| {
            let mut config = self.0.setting.config()?;
            config.alpn_protocols = self.0.alpn.iter().map(|name| name.to_vec()).collect();
            Ok(Arc::new(config))
        });
        made.clone().map_err(|message| ConnectError::new(TransportErrorKind::Tls, message))
    }
}

impl TlsSetting {
    fn config(&self) -> Result<ClientConfig, String> {
        let provider = provider().ok_or(
            "this program was built without cryptography for https: \
             turn on the feature `ring` or `aws-lc-rs` of mm-hyper",
        )?;
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS cannot be set up: {error}"))?;
        let builder = match self.system_verifier(&provider)? {
            Some(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier),
            None => {
                let roots = Arc::new(self.root_store()?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider)
                    .build()
                    .map_err(|error| format!("no root certificate to trust: {error}"))?;
                builder.with_webpki_verifier(verifier)
            }
        };
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(|error| format!("the client certificate cannot be used: {error}")),
        }
    }

    #[cfg(feature = "platform-verifier")]
    fn system_verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<dyn rustls::client::danger::ServerCertVerifier>>, String> {
        use rustls_platform_verifier::Verifier;
        if self.only_added_roots {
            return Ok(None);
        }
        #[cfg(not(target_os = "android"))]
        let verifier = Verifier::new_with_extra_roots(self.roots.iter().cloned(), Arc::clone(provider));
        #[cfg(target_os = "android")]
        let verifier = Verifier::new(Arc::clone(provider));
        match verifier {
            Ok(verifier) => Ok(Some(Arc::new(verifier))),
            Err(error) => Err(format!(
                "the system's root certificates cannot be used ({error}): install them (often a package \
                 named ca-certificates), or add a root certificate"
            )),
        }
    }

    #[cfg(not(feature = "platform-verifier"))]
    fn system_verifier(
        &self,
        _: &Arc<CryptoProvider>,
    ) -> Result<Option<Arc<dyn rustls::client::danger::ServerCertVerifier>>, String> {
        Ok(None)
    }

    fn root_store(&self) -> Result<RootCertStore, String> {
        let mut store = RootCertStore::empty();
        for certificate in &self.roots {
            store
                .add(certificate.clone())
                .map_err(|error| format!("a root certificate cannot be read: {error}"))?;
        }
        #[cfg(feature = "webpki-roots")]
        if !self.only_added_roots {
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Ok(store)
    }
}

fn provider() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "aws-lc-rs")]
    return Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    None
}

fn handshake_failed(to: &Uri, error: BoxError) -> ConnectError {
    let error = match error.downcast::<ConnectError>() {
        Ok(before_tls) => return *before_tls,
        Err(error) => error,
    };
    let place = Place(to.clone());
    let message = match find::<rustls::Error>(&*error) {
        Some(cause) => match advice(cause) {
            Some(advice) => format!("no trusted connection to {place}: {advice}"),
            None => format!("no trusted connection to {place}"),
        },
        None => format!("{place} ended the connection while TLS was being agreed on"),
    };
    ConnectError::new(TransportErrorKind::Tls, message).with_source(error)
}

fn advice(error: &rustls::Error) -> Option<&'static str> {
    Some(match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => {
                "its certificate comes from an authority that is not trusted here; if it is your own, \
                 add its root with add_root_certificate_pem or install it on this system"
            }
            CertificateError::BadSignature => {
                "its certificate was signed with another key than that of the trusted root of the same \
                 name; if the root was renewed, add the new one with add_root_certificate_pem"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate was issued for another name; use the name it was issued for in the URL"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired; renew it, or set this computer's clock"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet; check this computer's clock"
            }
            CertificateError::Revoked => "its certificate was revoked",
            _ => return None,
        },
        rustls::Error::AlertReceived(alert) => advice_on(*alert)?,
        rustls::Error::InvalidMessage(_) => {
            "it does not speak TLS on this port; is it http instead of https?"
        }
        _ => return None,
    })
}

fn advice_on(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CertificateRequired => {
            "it wants a client certificate; give one with client_certificate_pem"
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnknownCA
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateRevoked
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::AccessDenied => "it does not accept the client certificate",
        AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion => {
            "it speaks no version or cipher of TLS in common with this program (1.2 and 1.3), or wants a \
             client certificate"
        }
        _ => return None,
    })
}

/// What the alert of a server means that came after the handshake, as TLS 1.3 sends it when it does not
/// like the client's certificate. HTTP has not begun for such a server, whatever was written to it.
pub(crate) fn refused_late(error: &(dyn std::error::Error + 'static)) -> Option<ConnectError> {
    let rustls::Error::AlertReceived(alert) = find::<rustls::Error>(error)? else { return None };
    let advice = advice_on(*alert)?;
    Some(ConnectError::new(TransportErrorKind::Tls, format!("the server ended the connection: {advice}")))
}
