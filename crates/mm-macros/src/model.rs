//! `#[model]`: one struct of the wire becomes a table of keys and two matches over it.
//!
//! The generated code is kept small on purpose, because hundreds of models carry it: the loop over the keys,
//! the rules for `null` and the wording of errors live once, in `mm_types::__private`.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Error, Fields, Ident, ItemStruct, LitStr, Result, ext::IdentExt};

/// What the attributes of one field say.
#[derive(Default)]
struct Options {
    rename: Option<LitStr>,
    omit_empty: bool,
    flatten: bool,
}

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> Result<TokenStream> {
    if !args.is_empty() {
        return Err(Error::new_spanned(args, "#[model] takes no arguments; options go on fields"));
    }
    let mut item: ItemStruct = syn::parse2(item)?;
    if !item.generics.params.is_empty() {
        return Err(Error::new_spanned(&item.generics, "#[model] structs have no generic parameters"));
    }
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new_spanned(&item.ident, "#[model] is for structs with named fields"));
    };

    let mut table = Table::default();
    for field in &mut fields.named {
        let mut options = Options::default();
        for attribute in field.attrs.extract_if(.., |attribute| attribute.path().is_ident("model")) {
            options.read(&attribute)?;
        }
        let Some(name) = &field.ident else { continue };
        table.add(name, field.ty.to_token_stream(), &options)?;
        field.attrs.extend(options.docs(name, &field.attrs));
    }

    let non_exhaustive = (!item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive")))
        .then(|| quote!(#[non_exhaustive]));
    let name = &item.ident;
    let model = table.implement(name);
    Ok(quote! {
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq, ::core::default::Default)]
        #non_exhaustive
        #item
        #model
    })
}

impl Options {
    fn read(&mut self, attribute: &syn::Attribute) -> Result<()> {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                self.rename = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("omit_empty") {
                self.omit_empty = true;
            } else if meta.path.is_ident("flatten") {
                self.flatten = true;
            } else {
                return Err(meta.error("expected `rename = \"…\"`, `omit_empty` or `flatten`"));
            }
            Ok(())
        })?;
        if self.flatten && (self.rename.is_some() || self.omit_empty) {
            return Err(Error::new_spanned(attribute, "a flattened field has no key of its own"));
        }
        Ok(())
    }
}

impl Options {
    /// Names the key where nothing else is said about the field, or where the field's name is another.
    fn docs(&self, name: &Ident, attributes: &[syn::Attribute]) -> Vec<syn::Attribute> {
        let documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let lines = match (&self.rename, documented) {
            (None, true) => Vec::new(),
            (None, false) if self.flatten => vec!["Its keys stand beside the others.".to_owned()],
            (None, false) => vec![format!("Key `{}`.", name.unraw())],
            (Some(key), true) => vec![String::new(), format!("Key `{}`.", key.value())],
            (Some(key), false) => vec![format!("Key `{}`.", key.value())],
        };
        lines.iter().map(|line| syn::parse_quote!(#[doc = #line])).collect()
    }
}

/// The pieces of the generated implementation, gathered field by field.
#[derive(Default)]
struct Table {
    keys: Vec<String>,
    sets: Vec<TokenStream>,
    writes: Vec<TokenStream>,
    flat: Vec<(Ident, TokenStream)>,
}

impl Table {
    fn add(&mut self, name: &Ident, ty: TokenStream, options: &Options) -> Result<()> {
        if options.flatten {
            self.writes.push(quote!(private::Model::write(&self.#name, map)?;));
            self.flat.push((name.clone(), ty));
            return Ok(());
        }
        let key = options.rename.as_ref().map_or_else(|| name.unraw().to_string(), LitStr::value);
        if self.keys.contains(&key) {
            return Err(Error::new_spanned(name, format!("the key \"{key}\" is used twice")));
        }
        let index = Literal::usize_unsuffixed(self.keys.len());
        self.sets.push(quote!(#index => private::fill(&mut self.#name, map),));
        let write = if options.omit_empty { quote!(entry_unless_empty) } else { quote!(entry) };
        self.writes.push(quote!(private::#write(map, #key, &self.#name)?;));
        self.keys.push(key);
        Ok(())
    }

    fn implement(&self, name: &Ident) -> TokenStream {
        let Self { sets, writes, .. } = self;
        let text = name.to_string();
        let all_keys = self.all_keys();
        // Flattened models come first in the numbering, because the server embeds its structs at the top.
        let forwards = self.flat.iter().map(|(field, ty)| {
            quote! {
                let count = <#ty as private::Model>::KEYS.len();
                if index < count {
                    return private::Model::set(&mut self.#field, index, map);
                }
                let index = index - count;
            }
        });
        quote! {
            const _: () = {
                use ::mm_types::__private as private;

                impl private::Model for #name {
                    const NAME: &'static str = #text;
                    const KEYS: &'static [&'static str] = #all_keys;

                    fn set<'de, A: private::MapAccess<'de>>(
                        &mut self,
                        index: usize,
                        map: &mut A,
                    ) -> ::core::result::Result<(), A::Error> {
                        #(#forwards)*
                        match index {
                            #(#sets)*
                            _ => private::skip(map),
                        }
                    }

                    fn write<M: private::SerializeMap>(
                        &self,
                        map: &mut M,
                    ) -> ::core::result::Result<(), M::Error> {
                        #(#writes)*
                        Ok(())
                    }
                }

                private::model_impls!(#name);
            };
        }
    }

    /// The keys of the flattened models, then the struct's own.
    fn all_keys(&self) -> TokenStream {
        let keys = &self.keys;
        if self.flat.is_empty() {
            return quote!(&[#(#keys),*]);
        }
        let flat = self.flat.iter().map(|(_, ty)| ty);
        quote! {{
            const PARTS: &[&[&str]] = &[#(<#flat as private::Model>::KEYS,)* &[#(#keys),*]];
            const ALL: [&str; private::count(PARTS)] = private::concat(PARTS);
            &ALL
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(item: &str) -> String {
        let item = item.parse().expect("tokens");
        expand(TokenStream::new(), item)
            .err()
            .map_or_else(|| "accepted".to_owned(), |error| error.to_string())
    }

    #[test]
    fn a_mistake_is_explained() {
        for (item, message) in [
            ("struct A(String);", "#[model] is for structs with named fields"),
            ("struct A<T> { a: T }", "#[model] structs have no generic parameters"),
            ("struct A { #[model(skip)] a: String }", "expected `rename = \"…\"`, `omit_empty` or `flatten`"),
            ("struct A { #[model(flatten, omit_empty)] a: B }", "a flattened field has no key of its own"),
            ("struct A { a: B, #[model(rename = \"a\")] b: B }", "the key \"a\" is used twice"),
        ] {
            assert_eq!(error(item), message);
        }
    }
}
