use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version};
use mm_core::{Body, EndpointInfo, Named};

use crate::layer::timeout::Limits;

/// What another try would send. Every call notes it and hardly any needs it, so this is cheap to make and to throw away,
/// which copies of the request's maps are not.
#[derive(Debug)]
pub(super) struct Spare {
    method: Method,
    uri: Uri,
    version: Version,
    headers: Headers,
    extensions: Noted,
    body: Body,
}

/// Operations have one or two, for which there is room without an allocation.
#[derive(Debug, Default)]
struct Headers {
    first: [Option<(HeaderName, HeaderValue)>; 2],
    others: Vec<(HeaderName, HeaderValue)>,
}

impl Headers {
    fn of(headers: &HeaderMap) -> Self {
        // In one loop: each look at the next one would be a copy of the code for it.
        let mut copies = Self::default();
        for (place, (name, value)) in headers.iter().enumerate() {
            let copy = (name.clone(), value.clone());
            match copies.first.get_mut(place) {
                Some(first) => *first = Some(copy),
                None => copies.others.push(copy),
            }
        }
        copies
    }

    fn into_map(self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.first.len() + self.others.len() + ROOM);
        for (name, value) in self.first.into_iter().flatten().chain(self.others) {
            map.append(name, value);
        }
        map
    }
}

#[derive(Debug)]
enum Noted {
    Own(Own),
    /// A caller's are among them.
    All(Extensions),
}

/// The extensions that come from here.
#[derive(Debug, Clone, Copy)]
struct Own {
    info: Option<&'static EndpointInfo>,
    named: Option<Named>,
    limits: Option<Limits>,
}

impl Spare {
    /// `None` if the body cannot be read again.
    pub(super) fn of(request: &Request<Body>, class: mm_core::Retry) -> Option<Self> {
        let body = request.body().try_clone()?;
        Some(Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            headers: Headers::of(request.headers()),
            extensions: match Own::only(request, class) {
                Some(own) => Noted::Own(own),
                None => Noted::All(request.extensions().clone()),
            },
            body,
        })
    }

    pub(super) fn info(&self) -> Option<&'static EndpointInfo> {
        match &self.extensions {
            Noted::Own(own) => own.info,
            Noted::All(extensions) => extensions.get().copied(),
        }
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    #[cold]
    pub(super) fn into_request(self) -> Request<Body> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.into_map();
        match self.extensions {
            Noted::Own(own) => own.put_into(request.extensions_mut()),
            Noted::All(extensions) => *request.extensions_mut() = extensions,
        }
        request
    }
}

/// For the headers that the layers below add.
const ROOM: usize = 4;

impl Own {
    /// `None` if there are others too, such as a caller's.
    fn only(request: &Request<Body>, class: mm_core::Retry) -> Option<Self> {
        let own = Self {
            info: EndpointInfo::of(request),
            // Nothing else makes it one of these.
            named: matches!(class, mm_core::Retry::Deduplicated).then(Named::default),
            limits: Limits::noted(request.extensions()),
        };
        let known = usize::from(own.info.is_some())
            + usize::from(own.named.is_some())
            + usize::from(own.limits.is_some());
        (known == request.extensions().len()).then_some(own)
    }

    fn put_into(self, extensions: &mut Extensions) {
        self.info.map(|info| extensions.insert(info));
        self.named.map(|named| extensions.insert(named));
        self.limits.map(|limits| extensions.insert(limits));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    static INFO: EndpointInfo = EndpointInfo::new("Any", Method::GET, "/");

    fn again(extensions: Extensions) -> Extensions {
        let mut request = Request::new(Body::empty());
        *request.extensions_mut() = extensions;
        let spare = Spare::of(&request, mm_core::Retry::of(&request)).unwrap();
        assert_eq!(spare.info(), EndpointInfo::of(&request));
        spare.into_request().extensions().clone()
    }

    #[test]
    fn a_second_try_is_the_same_request() {
        let request = Request::put("https://a.example/x?y=z")
            .version(Version::HTTP_2)
            .header("twice", "one")
            .header("once", "only")
            .header("twice", "two")
            .body(Body::from("body"))
            .unwrap();
        let again = Spare::of(&request, mm_core::Retry::of(&request)).unwrap().into_request();
        assert_eq!((again.method(), again.uri()), (request.method(), request.uri()));
        assert_eq!((again.version(), again.headers()), (request.version(), request.headers()));
        assert_eq!(again.body().as_bytes(), request.body().as_bytes());
    }

    #[test]
    fn a_second_try_has_all_that_the_first_had_a_callers_own_too() {
        let mut extensions = Extensions::new();
        assert!(again(extensions.clone()).is_empty());
        extensions.insert(&INFO);
        let patience = Some(Duration::from_secs(7));
        extensions.insert(Limits { patience, ..Limits::default() });
        for number in [2, 3] {
            let copy = again(extensions.clone());
            assert_eq!(copy.len(), number);
            let limits = copy.get::<Limits>().unwrap();
            assert_eq!(limits.patience, patience);
            assert_eq!(copy.get::<String>(), extensions.get::<String>());
            extensions.insert("the caller's".to_owned());
        }
    }
}
