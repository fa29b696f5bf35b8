use http::{Extensions, Method, Request};
use mm_core::{Body, EndpointInfo, Named};

use crate::adapt::copy_without_extensions;
use crate::layer::timeout::Limits;

/// What another try would send. Every call makes one, and hardly any needs it.
#[derive(Debug)]
pub(super) struct Spare {
    request: Request<Body>,
    /// What goes into the request's extensions again; `None` if they are there already.
    own: Option<Own>,
}

/// The extensions that come from here. To note them is cheaper than to copy the map they are in.
#[derive(Debug, Clone, Copy)]
struct Own {
    info: Option<&'static EndpointInfo>,
    named: Option<Named>,
    limits: Option<Limits>,
}

impl Spare {
    /// `None` if the body cannot be read again.
    pub(super) fn of(request: &Request<Body>) -> Option<Self> {
        let mut copy = copy_without_extensions(request)?;
        let own = Own::only(request.extensions());
        if own.is_none() {
            *copy.extensions_mut() = request.extensions().clone();
        }
        Some(Self { request: copy, own })
    }

    pub(super) fn info(&self) -> Option<&'static EndpointInfo> {
        match self.own {
            Some(own) => own.info,
            None => EndpointInfo::of(&self.request),
        }
    }

    pub(super) fn method(&self) -> &Method {
        self.request.method()
    }

    pub(super) fn into_request(mut self) -> Request<Body> {
        if let Some(own) = self.own {
            own.put_into(self.request.extensions_mut());
        }
        self.request
    }
}

impl Own {
    /// `None` if there are others too, such as a caller's.
    fn only(extensions: &Extensions) -> Option<Self> {
        let own = Self {
            info: extensions.get().copied(),
            named: extensions.get().copied(),
            limits: extensions.get().copied(),
        };
        let known = [own.info.is_some(), own.named.is_some(), own.limits.is_some()];
        (known.into_iter().filter(|is_there| *is_there).count() == extensions.len()).then_some(own)
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

    use tokio::time::Instant;

    use super::*;

    static INFO: EndpointInfo = EndpointInfo::new("Any", Method::GET, "/");

    fn again(extensions: Extensions) -> Extensions {
        let mut request = Request::new(Body::empty());
        *request.extensions_mut() = extensions;
        let spare = Spare::of(&request).unwrap();
        assert_eq!(spare.info(), EndpointInfo::of(&request));
        spare.into_request().extensions().clone()
    }

    #[test]
    fn a_second_try_has_all_that_the_first_had_a_callers_own_too() {
        let mut extensions = Extensions::new();
        assert!(again(extensions.clone()).is_empty());
        extensions.insert(&INFO);
        let (deadline, patience) = (Some(Instant::now()), Some(Duration::from_secs(7)));
        extensions.insert(Limits { deadline, patience });
        for number in [2, 3] {
            let copy = again(extensions.clone());
            assert_eq!(copy.len(), number);
            let limits = copy.get::<Limits>().unwrap();
            assert_eq!((limits.deadline, limits.patience), (deadline, patience));
            assert_eq!(copy.get::<String>(), extensions.get::<String>());
            extensions.insert("the caller's".to_owned());
        }
    }
}
