//! `#[derive(Endpoint)]`: writing the code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use super::Endpoint;
use super::field::{Field, Place, Shape};

const REFERENCE: &str = "https://developers.mattermost.com/api-documentation/#/operations/";

pub(super) fn expand(endpoint: &Endpoint) -> TokenStream {
    let endpoint_impl = endpoint_impl(endpoint);
    let constructor = constructor(endpoint);
    let serve = serve(endpoint);
    let paged = paged(endpoint);
    quote! { #endpoint_impl #constructor #serve #paged }
}

fn endpoint_impl(endpoint: &Endpoint) -> TokenStream {
    let name = &endpoint.name;
    let codec = codec(endpoint);
    let info = info(endpoint);
    let target = target(endpoint);
    let body = match body_kind(endpoint) {
        "Json" => serialize_body(endpoint),
        "Multipart" | "UrlEncoded" => form(endpoint),
        _ => TokenStream::new(),
    };
    let names = names(endpoint);
    let response = &endpoint.args.response;
    quote! {
        // What is said to be answered is what the codec reads.
        const _: fn(::mm_core::Output<#name>) -> #response = |output| output;

        #[automatically_derived]
        impl ::mm_core::Endpoint for #name {
            type Codec = #codec;
            const INFO: &'static ::mm_core::EndpointInfo = &#info;
            #target
            #body
            #names
        }
    }
}

/// What an operation has beyond others whose repetitions the server recognises.
fn names(endpoint: &Endpoint) -> TokenStream {
    if endpoint.args.retry.as_ref().is_none_or(|retry| retry != "deduplicated") {
        return TokenStream::new();
    }
    quote! {
        fn make_repeatable(&mut self, sender: impl ::core::ops::FnOnce() -> ::mm_core::Sender) {
            ::mm_core::derive::name(self, sender);
        }
        fn is_named(&self) -> bool {
            !<Self as ::mm_core::Deduplicated>::name(self).is_empty()
        }
        fn answered_before(answer: &[u8]) -> ::core::option::Option<::mm_core::types::UserId> {
            <Self as ::mm_core::Deduplicated>::repeats(answer)
        }
    }
}

fn codec(endpoint: &Endpoint) -> TokenStream {
    if let Some(codec) = &endpoint.args.codec {
        return quote!(#codec);
    }
    let response = &endpoint.args.response;
    let last = match response {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    match (response, last.as_deref()) {
        (Type::Tuple(unit), _) if unit.elems.is_empty() => quote!(::mm_core::codec::Empty),
        (_, Some("StatusOk")) => quote!(::mm_core::codec::Status),
        (_, Some("Download")) => quote!(::mm_core::codec::Stream),
        _ => quote!(::mm_core::codec::Json<#response>),
    }
}

fn body_kind(endpoint: &Endpoint) -> &'static str {
    let has_body = endpoint.fields.iter().any(|field| {
        matches!(field.place, Place::Body | Place::WholeBody | Place::Part) || field.repeated.is_some()
    });
    match &endpoint.args.form {
        Some(form) if form == "multipart" => "Multipart",
        Some(_) => "UrlEncoded",
        None if has_body => "Json",
        None => "Empty",
    }
}

fn info(endpoint: &Endpoint) -> TokenStream {
    let args = &endpoint.args;
    let (method, path) = (&args.method, &args.path);
    let operation = match &args.id {
        Some(id) => quote!(#id),
        None => {
            let name = endpoint.name.to_string();
            quote!(#name)
        }
    };
    let fields = endpoint.fields.iter().map(|field| {
        let wire = &field.wire;
        let required = field.is_required();
        let place = match field.place {
            Place::Path => quote!(Path),
            Place::Query => quote!(Query),
            Place::Body | Place::Part => quote!(Body),
            Place::WholeBody => quote!(WholeBody),
        };
        let repeated = field.repeated.iter();
        quote! {
            ::mm_core::FieldInfo::new(#wire, ::mm_core::Place::#place, #required)
            #(, ::mm_core::FieldInfo::new(#repeated, ::mm_core::Place::Body, true))*
        }
    });
    let body = format_ident!("{}", body_kind(endpoint));
    let variant = |word: &syn::Ident| {
        let word = word.to_string();
        format_ident!("{}{}", word[..1].to_uppercase(), &word[1..])
    };
    let mut with = TokenStream::new();
    if let Some(status) = &args.status {
        with.extend(quote!(.with_status(#status)));
    }
    if let Some(retry) = args.retry.as_ref().map(variant) {
        with.extend(quote!(.with_retry(::mm_core::Retry::#retry)));
    }
    if let Some(auth) = args.auth.as_ref().map(variant) {
        with.extend(quote!(.with_auth(::mm_core::Auth::#auth)));
    }
    if let Some(paging) = args.paged.as_ref().map(variant) {
        with.extend(quote!(.with_paging(::mm_core::Paging::#paging)));
    }
    if args.etag {
        with.extend(quote!(.with_etag(true)));
    }
    if args.local_only {
        with.extend(quote!(.with_local_only(true)));
    }
    for (setter, text) in [
        ("with_since", &args.since),
        ("with_until", &args.until),
        ("with_licence", &args.licence),
        ("with_in_doubt", &args.in_doubt),
    ] {
        if let Some(text) = text {
            let setter = format_ident!("{setter}");
            with.extend(quote!(.#setter(::core::option::Option::Some(#text))));
        }
    }
    quote! {
        ::mm_core::EndpointInfo::new(#operation, ::mm_core::derive::Method::#method, #path)
            .with_fields(&[#(#fields),*])
            .with_body(::mm_core::BodyKind::#body)
            .with_response(<Self::Codec as ::mm_core::Codec>::KIND)
            #with
    }
}

/// Path and query, piece by piece.
fn target(endpoint: &Endpoint) -> TokenStream {
    let mut steps = TokenStream::new();
    for field in endpoint.fields.iter().filter(|field| field.is_required_id()) {
        let (name, wire) = (&field.name, &field.wire);
        steps.extend(quote! {
            ::mm_core::derive::require(#wire, ::core::convert::AsRef::<str>::as_ref(&self.#name))?;
        });
    }
    let path = endpoint.args.path.value();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (wire, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some(field) = endpoint.fields.iter().find(|field| field.wire == wire) {
            let name = &field.name;
            let text = field.text(quote!(&self.#name));
            steps.extend(quote! {
                target.constant(#before);
                target.argument(#wire, #text)?;
            });
        }
        rest = after;
    }
    if !rest.is_empty() {
        steps.extend(quote!(target.constant(#rest);));
    }
    for field in endpoint.fields.iter().filter(|field| field.place == Place::Query) {
        let (name, wire) = (&field.name, &field.wire);
        steps.extend(match &field.shape {
            Shape::One(_) if field.flag => quote!(if self.#name { target.query(#wire, &true); }),
            Shape::One(_) | Shape::Patch(_) => {
                let text = field.text(quote!(&self.#name));
                quote!(target.query(#wire, #text);)
            }
            Shape::Option(_) => {
                let text = field.text(quote!(value));
                quote!(if let Some(value) = &self.#name { target.query(#wire, #text); })
            }
            Shape::List(_) => {
                let text = field.text(quote!(value));
                quote!(for value in &self.#name { target.query(#wire, #text); })
            }
        });
    }
    quote! {
        fn write_target(
            &self,
            target: &mut ::mm_core::derive::Target,
        ) -> ::core::result::Result<(), ::mm_core::derive::FieldError> {
            #steps
            ::core::result::Result::Ok(())
        }
    }
}

fn serialize_body(endpoint: &Endpoint) -> TokenStream {
    let whole = endpoint.fields.iter().find(|field| field.place == Place::WholeBody);
    let content = if let Some(Field { name, .. }) = whole {
        quote!(::mm_core::derive::Serialize::serialize(&self.#name, serializer))
    } else {
        let repeated = endpoint.fields.iter().filter_map(|field| {
            let (name, key) = (&field.name, field.repeated.as_ref()?);
            Some(quote!(map.serialize_entry(#key, &self.#name)?;))
        });
        let entries = endpoint.fields.iter().filter(|field| field.place == Place::Body).map(|field| {
            let (name, wire) = (&field.name, &field.wire);
            let write = quote!(map.serialize_entry(#wire, &self.#name)?;);
            match &field.shape {
                Shape::One(_) if field.as_text => {
                    quote!(if self.#name { map.serialize_entry(#wire, "true")?; })
                }
                Shape::One(_) if field.flag => quote!(if self.#name { #write }),
                Shape::One(_) => write,
                Shape::Option(_) => quote! {
                    if let Some(value) = &self.#name { map.serialize_entry(#wire, value)?; }
                },
                Shape::Patch(_) => quote!(if !self.#name.is_leave() { #write }),
                Shape::List(_) if field.default.is_some() => quote!(if !self.#name.is_empty() { #write }),
                Shape::List(_) => write,
            }
        });
        quote! {
            use ::mm_core::derive::SerializeMap as _;
            let mut map = serializer.serialize_map(::core::option::Option::None)?;
            #(#repeated)*
            #(#entries)*
            map.end()
        }
    };
    quote! {
        fn serialize_body<S: ::mm_core::derive::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            #content
        }
    }
}

fn form(endpoint: &Endpoint) -> TokenStream {
    let fields = endpoint.fields.iter().filter_map(|field| {
        let (name, wire) = (&field.name, &field.wire);
        let text = |value| {
            let value = field.text(value);
            quote!(form = form.text(#wire, ::std::string::ToString::to_string(#value));)
        };
        let part = |value| quote!(form = form.file(#wire, ::core::clone::Clone::clone(#value)););
        let write: &dyn Fn(TokenStream) -> TokenStream = match field.place {
            Place::Body => &text,
            Place::Part => &part,
            _ => return None,
        };
        Some(match &field.shape {
            Shape::One(_) | Shape::Patch(_) => write(quote!(&self.#name)),
            Shape::Option(_) => {
                let write = write(quote!(value));
                quote!(if let Some(value) = &self.#name { #write })
            }
            Shape::List(_) => {
                let write = write(quote!(value));
                quote!(for value in &self.#name { #write })
            }
        })
    });
    quote! {
        fn form(&self) -> ::core::result::Result<::mm_core::Form, ::mm_core::derive::FieldError> {
            let mut form = ::mm_core::Form::new();
            #(#fields)*
            ::core::result::Result::Ok(form)
        }
    }
}

/// `new` for what is required and a setter for everything else.
fn constructor(endpoint: &Endpoint) -> TokenStream {
    let name = &endpoint.name;
    let id = endpoint.args.id.as_ref().map_or_else(|| name.to_string(), syn::LitStr::value);
    let route = format!(
        "`{} {}` · [API reference]({REFERENCE}{id})",
        endpoint.args.method,
        endpoint.args.path.value()
    );
    let (required, optional): (Vec<_>, Vec<_>) =
        endpoint.fields.iter().partition(|field| field.is_required());
    let arguments = required.iter().map(|field| argument(&field.name, &field.ty, &field.shape));
    let values = endpoint.fields.iter().map(|field| {
        let name = &field.name;
        if field.is_required() {
            let value = converted(name, &field.ty, &field.shape);
            quote!(#name: #value)
        } else {
            match &field.default {
                Some(Some(expression)) => quote!(#name: #expression),
                _ => quote!(#name: ::core::default::Default::default()),
            }
        }
    });
    let setters = optional.iter().map(|field| setter(field));
    let new_doc = if required.is_empty() { "With nothing set." } else { "With what the server requires." };
    let derived_default = endpoint.fields.iter().all(|field| !field.is_required()).then(|| {
        quote! {
            #[automatically_derived]
            impl ::core::default::Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    });
    quote! {
        #[doc = #route]
        #[automatically_derived]
        impl #name {
            #[doc = #new_doc]
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
            #(#setters)*
        }
        #derived_default
    }
}

fn argument(name: &syn::Ident, ty: &Type, shape: &Shape) -> TokenStream {
    match shape {
        Shape::List(item) => {
            quote!(#name: impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<#item>>)
        }
        _ if Field::is_primitive(ty) => quote!(#name: #ty),
        _ => quote!(#name: impl ::core::convert::Into<#ty>),
    }
}

fn converted(name: &syn::Ident, ty: &Type, shape: &Shape) -> TokenStream {
    match shape {
        Shape::List(_) => quote!(#name.into_iter().map(::core::convert::Into::into).collect()),
        _ if Field::is_primitive(ty) => quote!(#name),
        _ => quote!(#name.into()),
    }
}

fn setter(field: &Field) -> TokenStream {
    let (name, wire) = (&field.name, &field.wire);
    let doc = format!("Sets `{wire}`.");
    let converted = |inner| converted(&format_ident!("value"), inner, &Shape::One(inner.clone()));
    let (inner, value) = match &field.shape {
        Shape::Option(inner) => {
            let value = converted(inner);
            (inner, quote!(::core::option::Option::Some(#value)))
        }
        Shape::Patch(inner) => {
            let value = converted(inner);
            (inner, quote!(::mm_core::types::Patch::Set(#value)))
        }
        Shape::One(inner) => (inner, converted(inner)),
        Shape::List(inner) => {
            return quote! {
                #[doc = #doc]
                #[must_use]
                pub fn #name(
                    mut self,
                    values: impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<#inner>>,
                ) -> Self {
                    self.#name = values.into_iter().map(::core::convert::Into::into).collect();
                    self
                }
            };
        }
    };
    let argument =
        if Field::is_primitive(inner) { quote!(#inner) } else { quote!(impl ::core::convert::Into<#inner>) };
    let clear = matches!(field.shape, Shape::Patch(_)).then(|| {
        let clear = format_ident!("clear_{}", syn::ext::IdentExt::unraw(name));
        let doc = format!("Clears `{wire}` on the server.");
        quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #clear(mut self) -> Self {
                self.#name = ::mm_core::types::Patch::Clear;
                self
            }
        }
    });
    quote! {
        #[doc = #doc]
        #[must_use]
        pub fn #name(mut self, value: #argument) -> Self {
            self.#name = #value;
            self
        }
        #clear
    }
}

/// The way back, for servers.
fn serve(endpoint: &Endpoint) -> TokenStream {
    let name = &endpoint.name;
    let values = endpoint.fields.iter().map(|field| {
        let (name, wire) = (&field.name, &field.wire);
        let fallback = match &field.default {
            Some(Some(expression)) => quote!(.unwrap_or_else(|| #expression)),
            _ => quote!(.unwrap_or_default()),
        };
        let value = match (field.place, &field.shape) {
            (Place::Path, _) => quote!(args.path(#wire)?),
            (Place::WholeBody, _) => quote!(args.whole_body(#wire)?),
            (Place::Part, Shape::List(_)) => quote!(args.parts(#wire)),
            (Place::Part, Shape::Option(_)) => quote!(args.parts(#wire).into_iter().next()),
            (Place::Part, _) => quote!(args.part(#wire)?),
            (Place::Query, Shape::Option(_)) => quote!(args.query(#wire)?),
            (Place::Query, Shape::List(_)) => quote!(args.query(#wire)?.into_iter().collect()),
            (Place::Query, _) if field.is_required() => quote!(args.required_query(#wire)?),
            (Place::Query, _) => quote!(args.query(#wire)?#fallback),
            (Place::Body, _) if field.as_text => quote!(args.text_flag(#wire)?),
            (Place::Body, Shape::Option(_)) => quote!(args.optional(#wire)?),
            (Place::Body, Shape::Patch(_)) => quote!(args.patch(#wire)?),
            (Place::Body, Shape::List(_)) if endpoint.args.form.is_some() => quote!(args.repeated(#wire)?),
            (Place::Body, _) if field.is_required() => quote!(args.body(#wire)?),
            (Place::Body, _) => quote!(args.optional(#wire)?#fallback),
        };
        quote!(#name: #value)
    });
    quote! {
        ::mm_core::serve! {
            #[automatically_derived]
            impl ::mm_core::Serve for #name {
                #[allow(unused_variables)]
                fn from_args(
                    args: &mut ::mm_core::Args,
                ) -> ::core::result::Result<Self, ::mm_core::ArgError> {
                    ::core::result::Result::Ok(Self { #(#values),* })
                }
            }
        }
    }
}

fn paged(endpoint: &Endpoint) -> TokenStream {
    if endpoint.args.paged.as_ref().is_none_or(|paged| paged != "number") {
        return TokenStream::new();
    }
    let name = &endpoint.name;
    quote! {
        #[automatically_derived]
        impl ::mm_core::Paged for #name {
            type Item = <::mm_core::Output<Self> as ::mm_core::Page>::Item;

            fn sized(mut self) -> Self {
                self.per_page.get_or_insert(::mm_core::FULL_PAGE);
                self
            }

            fn ahead(&self, offset: u32) -> ::core::option::Option<Self> {
                let page = ::mm_core::derive::page_after(self.page, offset)?;
                ::core::option::Option::Some(Self { page: ::core::option::Option::Some(page), ..self.clone() })
            }

            fn after(&self, answer: &::mm_core::Output<Self>) -> ::core::option::Option<Self> {
                if self.is_last(::mm_core::Page::row_count(answer)) {
                    return ::core::option::Option::None;
                }
                self.ahead(1)
            }

            fn is_last(&self, rows: usize) -> bool {
                ::mm_core::derive::is_last(rows, self.per_page)
            }

            fn rows(answer: ::mm_core::Output<Self>) -> ::std::vec::Vec<Self::Item> {
                ::mm_core::Page::into_rows(answer)
            }
        }
    }
}
