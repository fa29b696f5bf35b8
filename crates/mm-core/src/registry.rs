//! Every operation by name, for tools that learn at run time which one they call.

use crate::EndpointInfo;
use crate::api;

/// An entry of [`registry`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Operation {
    /// Name, method, path, fields and the rest of the description.
    pub info: &'static EndpointInfo,
    #[cfg(feature = "server")]
    dynamic: dynamic::Dynamic,
}

impl Operation {
    /// The entry of an operation.
    #[cfg(not(feature = "server"))]
    #[must_use]
    pub const fn of<E: crate::Endpoint>() -> Self {
        Self { info: E::INFO }
    }
}

/// Every operation that this crate has, grouped by area.
///
/// ```
/// let get_user = mm_core::registry().find(|operation| operation.info.operation == "GetUser");
/// assert_eq!(get_user.map(|operation| operation.info.path), Some("/api/v4/users/{user_id}"));
/// ```
pub fn registry() -> impl Iterator<Item = &'static Operation> {
    api::AREAS.iter().copied().flatten()
}

/// The entry of one operation, by the API reference's name for it.
#[must_use]
pub fn operation(name: &str) -> Option<&'static Operation> {
    registry().find(|operation| operation.info.operation == name)
}

#[cfg(feature = "server")]
mod dynamic {
    use std::fmt;

    use bytes::Bytes;
    use http::{Request, Response};
    use serde_json::{Map, Value};

    use super::Operation;
    use crate::args::{ArgError, Args, Serve, part_from_json};
    use crate::codec::Encode;
    use crate::endpoint::Output;
    use crate::{Body, DecodeError, EncodeError, Error};

    #[derive(Clone, Copy)]
    pub(super) struct Dynamic {
        request: fn(Args) -> Result<Request<Body>, Error>,
        recode: fn(Response<Body>) -> Result<Bytes, DecodeError>,
    }

    impl fmt::Debug for Dynamic {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Dynamic")
        }
    }

    impl Operation {
        /// The entry of an operation.
        #[must_use]
        pub const fn of<E: Serve>() -> Self {
            Self { info: E::INFO, dynamic: Dynamic { request: request::<E>, recode: recode::<E> } }
        }

        /// The request for arguments by name, whatever their place: `{"user_id": "me"}`. A file is
        /// `{"filename": "a.txt", "content": "text"}`.
        ///
        /// # Errors
        ///
        /// Names the argument that is missing, unknown or not readable.
        ///
        /// ```
        /// let operation = mm_core::operation("GetUser").unwrap();
        /// let arguments = serde_json::from_str(r#"{"user_id": "me"}"#)?;
        /// assert_eq!(operation.request(arguments)?.uri(), "/api/v4/users/me");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        pub fn request(&self, arguments: Map<String, Value>) -> Result<Request<Body>, Error> {
            let known = |name: &str| self.info.fields.iter().any(|field| field.name == name);
            if let Some(unknown) = arguments.keys().find(|name| !known(name)) {
                let names: Vec<_> = self.info.fields.iter().map(|field| field.name).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                let problem = format!("`{unknown}` is no argument of it; it takes: {names}");
                return Err(Error::local(self.info.operation, problem));
            }
            let mut args = Args::default();
            let mut plain = Map::new();
            for (name, value) in arguments {
                let files = match &value {
                    Value::Array(list) => list.iter().map(part_from_json).collect::<Option<Vec<_>>>(),
                    one => part_from_json(one).map(|part| vec![part]),
                };
                match files {
                    Some(files) if !files.is_empty() => {
                        args = files.into_iter().fold(args, |args, part| args.with_part(name.clone(), part));
                    }
                    _ => {
                        plain.insert(name, value);
                    }
                }
            }
            (self.dynamic.request)(args.named(plain))
        }

        /// Decodes an answer of status 2xx as the operation does, and encodes what came out.
        ///
        /// # Errors
        ///
        /// If the answer cannot be decoded.
        pub fn recode(&self, response: Response<Body>) -> Result<Bytes, DecodeError> {
            (self.dynamic.recode)(response)
        }
    }

    fn request<E: Serve>(mut args: Args) -> Result<Request<Body>, Error> {
        let read = |error: ArgError| Error::local(E::INFO.operation, error);
        Ok(E::from_args(&mut args).map_err(read)?.to_request().map_err(|error: EncodeError| error)?)
    }

    fn recode<E: Serve>(response: Response<Body>) -> Result<Bytes, DecodeError> {
        let output: Output<E> = E::decode(response)?;
        let encoded = <E::Codec as Encode>::encode(output).map(Response::into_body);
        // A value that was decoded can be encoded; a stream is left to its reader.
        Ok(encoded.ok().and_then(|body| body.into_bytes().ok()).unwrap_or_default())
    }
}
