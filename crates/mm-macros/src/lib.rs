//! Derive macros of the Mattermost SDK.
//!
//! Not used directly: `mm-types` has `#[model]` for what the server says, and `mm-core` re-exports
//! `#[derive(Endpoint)]` for the operations.

mod endpoint;
mod model;

/// Makes a struct a model of the wire: tolerant to decode, faithful to encode.
///
/// Adds `Debug`, `Clone`, `PartialEq`, `Default`, `Serialize`, `Deserialize` and `#[non_exhaustive]`.
/// Decoding starts from the default value; a key that is missing or `null` leaves its field alone, an unknown key is skipped.
///
/// | field attribute | meaning |
/// |---|---|
/// | `#[model(rename = "type")]` | the key on the wire, where it differs from the field's name |
/// | `#[model(omit_empty)]` | not written while empty, zero, false or none |
/// | `#[model(flatten)]` | the keys of this inner model stand beside the other keys |
#[proc_macro_attribute]
pub fn model(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    model::expand(args.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct an operation: a request one way, an answer the other.
///
/// `#[endpoint(METHOD, "/path/{argument}", response = Type, …)]` above the struct:
///
/// | key | meaning | without it |
/// |---|---|---|
/// | `response = T` | what a success answers; `StatusOk`, `Download` and `()` have codecs of their own | an error |
/// | `codec = C` | another codec | JSON |
/// | `id = "…"` | the name in the API reference | the struct's |
/// | `status = 201` | the status of success | 200 |
/// | `retry = idempotent`, `deduplicated`, `once`, `never` | what sending twice does; `deduplicated` needs `mm_core::Deduplicated` too | `once` for POST and PATCH, else `idempotent` |
/// | `auth = session`, `optional`, `none` | whether a token is needed | `session` |
/// | `paged = number`, `cursor` | how the list goes on | not at all |
/// | `since = "…"`, `until = "…"`, `licence = "…"` | which servers have it | all |
/// | `in_doubt = "…"` | what to do when nobody knows whether it was carried out | nothing is said |
/// | `etag`, `local_only` | | |
/// | `multipart`, `url_encoded` | the body is a form | JSON |
///
/// A field named in the path is an argument of it. The others go to the query of GET, HEAD and
/// DELETE, else to the JSON body. `Option` fields are left out when `None`; `Patch` fields know the
/// third state. `#[endpoint(…)]` on a field:
///
/// | word | meaning |
/// |---|---|
/// | `query` | goes to the query |
/// | `field` | goes to the body, as a key |
/// | `body` | is the whole body |
/// | `part` | is a file of the form: `Part`, `Option<Part>`, `Vec<Part>` |
/// | `rename = "…"` | its name on the wire |
/// | `default`, `default = expression` | not asked for by `new` |
/// | `flag` | a `bool` that is sent only when true |
/// | `text` | this flag is the text `"true"` in the JSON body |
/// | `repeated = "…"` | a path argument that the server wants in the JSON body too, under this key |
///
/// Written: `new` with what is required, a setter for each other field, `clear_…` for each `Patch`.
///
/// ```compile_fail
/// #[derive(mm_core::Endpoint)]
/// #[endpoint(GET, "/api/v4/users/{user_id}", response = mm_core::types::User)]
/// struct GetUser { id: mm_core::types::UserId } // the path names `{user_id}`, but there is no such field
/// ```
#[proc_macro_derive(Endpoint, attributes(endpoint))]
pub fn endpoint(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    endpoint::derive(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
