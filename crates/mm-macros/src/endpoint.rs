//! `#[derive(Endpoint)]`: reading the struct and its attributes.

mod expand;
mod field;

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Error, Fields, Ident, LitInt, LitStr, Path, Result, Token, Type};

use self::field::{Field, Place};

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

pub(crate) fn derive(input: DeriveInput) -> TokenStream {
    match read(input) {
        Ok(endpoint) => expand::expand(&endpoint),
        Err(error) => error.into_compile_error(),
    }
}

/// What the derive needs to know of a struct.
struct Endpoint {
    name: Ident,
    args: Args,
    fields: Vec<Field>,
}

/// `#[endpoint(GET, "/path/{argument}", response = T, …)]`
struct Args {
    method: Ident,
    path: LitStr,
    response: Type,
    codec: Option<Path>,
    id: Option<LitStr>,
    status: Option<LitInt>,
    retry: Option<Ident>,
    auth: Option<Ident>,
    paged: Option<Ident>,
    since: Option<LitStr>,
    until: Option<LitStr>,
    licence: Option<LitStr>,
    in_doubt: Option<LitStr>,
    etag: bool,
    local_only: bool,
    form: Option<Ident>,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let method: Ident = input.parse().map_err(|error| {
            Error::new(error.span(), "expected `#[endpoint(METHOD, \"/path\", response = Type, …)]`")
        })?;
        if !METHODS.contains(&method.to_string().as_str()) {
            return Err(Error::new(
                method.span(),
                format!("not an HTTP method; one of {}", METHODS.join(", ")),
            ));
        }
        input.parse::<Token![,]>()?;
        let path: LitStr = input.parse()?;
        if !path.value().starts_with('/') {
            return Err(Error::new(path.span(), "a path starts with `/`"));
        }
        let mut response = None;
        let mut args = Self {
            method,
            path,
            response: syn::parse_quote!(()),
            codec: None,
            id: None,
            status: None,
            retry: None,
            auth: None,
            paged: None,
            since: None,
            until: None,
            licence: None,
            in_doubt: None,
            etag: false,
            local_only: false,
            form: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key: Ident = input.parse()?;
            let name = key.to_string();
            match name.as_str() {
                "etag" => args.etag = true,
                "local_only" => args.local_only = true,
                "multipart" | "url_encoded" => args.form = Some(key),
                _ => {
                    input.parse::<Token![=]>()?;
                    match name.as_str() {
                        "response" => response = Some(input.parse()?),
                        "codec" => args.codec = Some(input.parse()?),
                        "id" => args.id = Some(input.parse()?),
                        "status" => args.status = Some(input.parse()?),
                        "retry" => {
                            args.retry =
                                Some(one_of(input, &["idempotent", "deduplicated", "once", "never"])?)
                        }
                        "auth" => args.auth = Some(one_of(input, &["session", "optional", "none"])?),
                        "paged" => args.paged = Some(one_of(input, &["number", "cursor"])?),
                        "since" => args.since = Some(input.parse()?),
                        "until" => args.until = Some(input.parse()?),
                        "licence" => args.licence = Some(input.parse()?),
                        "in_doubt" => args.in_doubt = Some(input.parse()?),
                        _ => return Err(Error::new(key.span(), UNKNOWN_KEY)),
                    }
                }
            }
        }
        args.response = response
            .ok_or_else(|| Error::new(args.path.span(), "what does it answer? add `response = Type`"))?;
        Ok(args)
    }
}

const UNKNOWN_KEY: &str = "unknown key; there are response, codec, id, status, retry, auth, paged, since, \
     until, licence, in_doubt, etag, local_only, multipart, url_encoded";

fn one_of(input: ParseStream<'_>, words: &[&str]) -> Result<Ident> {
    let word: Ident = input.parse()?;
    if words.contains(&word.to_string().as_str()) {
        Ok(word)
    } else {
        Err(Error::new(word.span(), format!("expected one of: {}", words.join(", "))))
    }
}

fn read(input: DeriveInput) -> Result<Endpoint> {
    let name = input.ident;
    let mut found = input.attrs.iter().filter(|attribute| attribute.path().is_ident("endpoint"));
    let (attribute, second) = (found.next(), found.next());
    let Some(attribute) = attribute else {
        let hint = "add `#[endpoint(METHOD, \"/path\", response = Type)]` above the struct";
        return Err(Error::new(name.span(), hint));
    };
    if let Some(second) = second {
        return Err(Error::new_spanned(second, "one `#[endpoint(…)]` is enough"));
    }
    let args: Args = attribute.parse_args()?;
    let Data::Struct(data) = input.data else {
        return Err(Error::new(name.span(), "an operation is a struct"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(input.generics, "an operation has no type parameters"));
    }
    let fields = match data.fields {
        Fields::Named(fields) => fields.named.into_iter().collect(),
        Fields::Unit => Vec::new(),
        Fields::Unnamed(fields) => {
            return Err(Error::new_spanned(fields, "the fields of an operation have names"));
        }
    };
    let placeholders = placeholders(&args.path)?;
    let in_query = ["GET", "HEAD", "DELETE"].contains(&args.method.to_string().as_str());
    let default = if in_query { Place::Query } else { Place::Body };
    let fields = fields
        .into_iter()
        .map(|field| Field::read(field, &placeholders, default))
        .collect::<Result<Vec<_>>>()?;
    let endpoint = Endpoint { name, args, fields };
    endpoint.check(&placeholders)?;
    Ok(endpoint)
}

impl Endpoint {
    fn check(&self, placeholders: &[String]) -> Result<()> {
        for placeholder in placeholders {
            if !self.fields.iter().any(|field| field.place == Place::Path && field.wire == *placeholder) {
                let message = format!("the path names `{{{placeholder}}}`, but there is no such field");
                return Err(Error::new(self.args.path.span(), message));
            }
        }
        let in_body =
            |field: &&Field| matches!(field.place, Place::Body | Place::Part) || field.repeated.is_some();
        let bodies = self.fields.iter().filter(in_body).count();
        if let Some(whole) = self.fields.iter().find(|field| field.place == Place::WholeBody)
            && bodies > 0
        {
            return Err(Error::new(
                whole.name.span(),
                "this field is the whole body, so no other can be in it",
            ));
        }
        if let Some(part) = self.fields.iter().find(|field| field.place == Place::Part)
            && self.args.form.as_ref().is_none_or(|form| form != "multipart")
        {
            return Err(Error::new(part.name.span(), "a part needs `multipart` in the struct's attribute"));
        }
        if let Some(paged) = &self.args.paged
            && paged == "number"
        {
            for name in ["page", "per_page"] {
                if !self.fields.iter().any(|field| field.name == name) {
                    let message = format!("paging by number needs `{name}: Option<u32>`");
                    return Err(Error::new(paged.span(), message));
                }
            }
        }
        Ok(())
    }
}

/// The names in braces.
fn placeholders(path: &LitStr) -> Result<Vec<String>> {
    let text = path.value();
    let mut names = Vec::new();
    for segment in text.split('/') {
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(name) if names.iter().any(|known| known == name) => {
                return Err(Error::new(path.span(), format!("`{{{name}}}` is there twice")));
            }
            Some(name) => names.push(name.to_owned()),
            None if segment.contains(['{', '}']) => {
                return Err(Error::new(path.span(), "an argument is a whole segment: `/{name}/`"));
            }
            None => {}
        }
    }
    Ok(names)
}

const UNKNOWN_WORD: &str =
    "unknown word; there are query, body, field, part, flag, text, repeated, rename, default";

/// The field attribute's words: `#[endpoint(query, rename = "in_team")]`.
#[derive(Default)]
struct FieldArgs {
    place: Option<Place>,
    rename: Option<LitStr>,
    default: Option<Option<syn::Expr>>,
    flag: bool,
    text: bool,
    repeated: Option<LitStr>,
}

impl FieldArgs {
    fn read(attributes: &[syn::Attribute]) -> Result<Self> {
        let mut args = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("endpoint")) {
            attribute.parse_nested_meta(|meta| {
                let mut place = |place| {
                    if args.place.replace(place).is_some() {
                        return Err(meta.error("a field has one place"));
                    }
                    Ok(())
                };
                if meta.path.is_ident("query") {
                    place(Place::Query)
                } else if meta.path.is_ident("body") {
                    place(Place::WholeBody)
                } else if meta.path.is_ident("field") {
                    place(Place::Body)
                } else if meta.path.is_ident("part") {
                    place(Place::Part)
                } else if meta.path.is_ident("flag") {
                    args.flag = true;
                    Ok(())
                } else if meta.path.is_ident("text") {
                    args.text = true;
                    Ok(())
                } else if meta.path.is_ident("repeated") {
                    args.repeated = Some(meta.value()?.parse()?);
                    Ok(())
                } else if meta.path.is_ident("rename") {
                    args.rename = Some(meta.value()?.parse()?);
                    Ok(())
                } else if meta.path.is_ident("default") {
                    let value = if meta.input.peek(Token![=]) { Some(meta.value()?.parse()?) } else { None };
                    args.default = Some(value);
                    Ok(())
                } else {
                    Err(meta.error(UNKNOWN_WORD))
                }
            })?;
        }
        Ok(args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(source: &str) -> String {
        let input = syn::parse_str(source).expect("Rust");
        read(input).err().map_or_else(|| "accepted".to_owned(), |error| error.to_string())
    }

    #[test]
    fn the_compiler_points_at_mistakes_and_explains_them() {
        trybuild::TestCases::new().compile_fail("src/endpoint/mistakes/*.rs");
    }

    #[test]
    fn a_path_argument_without_a_field_is_named() {
        let source = r#"#[endpoint(GET, "/users/{user_id}", response = User)] struct GetUser { id: UserId }"#;
        assert_eq!(error(source), "the path names `{user_id}`, but there is no such field");
    }

    #[test]
    fn a_mistake_in_the_attribute_is_explained() {
        for (attribute, message) in [
            ("", "add `#[endpoint(METHOD, \"/path\", response = Type)]` above the struct"),
            (
                "#[endpoint(FETCH, \"/a\", response = A)]",
                "not an HTTP method; one of GET, HEAD, POST, PUT, PATCH, DELETE",
            ),
            ("#[endpoint(GET, \"a\", response = A)]", "a path starts with `/`"),
            ("#[endpoint(GET, \"/a\")]", "what does it answer? add `response = Type`"),
            (
                "#[endpoint(GET, \"/a\", response = A, retry = often)]",
                "expected one of: idempotent, deduplicated, once, never",
            ),
            ("#[endpoint(GET, \"/a\", response = A, colour = 1)]", UNKNOWN_KEY),
            ("#[endpoint(GET, \"/a{b}\", response = A)]", "an argument is a whole segment: `/{name}/`"),
            (
                "#[endpoint(GET, \"/a\", response = A, paged = number)]",
                "paging by number needs `page: Option<u32>`",
            ),
        ] {
            assert_eq!(error(&format!("{attribute} struct A;")), message);
        }
    }

    #[test]
    fn a_mistake_at_a_field_is_explained() {
        for (field, message) in [
            ("#[endpoint(header)] a: A", UNKNOWN_WORD),
            ("#[endpoint(repeated = \"id\")] a: A", "only a path argument can be repeated in the body"),
            ("#[endpoint(query, body)] a: A", "a field has one place"),
            ("#[endpoint(part)] a: Part", "a part needs `multipart` in the struct's attribute"),
            ("#[endpoint(body)] a: A, b: B", "this field is the whole body, so no other can be in it"),
            ("x: Option<A>", "a path argument is never missing, so it cannot be an `Option`"),
            ("x: A, #[endpoint(flag)] a: A", "a flag is a `bool`"),
            ("#[endpoint(text)] a: bool", "`text` goes with `flag`, in a JSON body"),
        ] {
            let source = format!("#[endpoint(POST, \"/{{x}}\", response = A)] struct E {{ {field} }}");
            let source = if field.starts_with('x') { source } else { source.replace("/{x}", "/") };
            assert_eq!(error(&source), message);
        }
    }
}
