//! Derive macros of the Mattermost SDK.
//!
//! Not used directly: `mm-types` has `#[model]` for what the server says, and `mm-core` re-exports
//! `#[derive(Endpoint)]` for the operations.

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
pub fn model(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    model::expand(args.into(), item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
