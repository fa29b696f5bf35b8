//! One field of an operation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Error, Expr, GenericArgument, Ident, PathArguments, Result, Type};

use super::FieldArgs;

/// Where a field goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Body,
    WholeBody,
    Part,
}

/// The shape of a field's type, as far as it matters. Read from its last path segment.
pub(super) enum Shape {
    One(Type),
    Option(Type),
    Patch(Type),
    List(Type),
}

pub(super) struct Field {
    pub(super) name: Ident,
    /// Its name on the wire.
    pub(super) wire: String,
    pub(super) ty: Type,
    pub(super) shape: Shape,
    pub(super) place: Place,
    /// `default` or `default = expression`.
    pub(super) default: Option<Option<Expr>>,
    /// A `bool` that is sent only when true.
    pub(super) flag: bool,
    /// A flag that is the text `true` in JSON.
    pub(super) as_text: bool,
    /// The body's key for a path argument that the server wants twice.
    pub(super) repeated: Option<String>,
}

impl Field {
    pub(super) fn read(field: syn::Field, placeholders: &[String], default: Place) -> Result<Self> {
        let args = FieldArgs::read(&field.attrs)?;
        let Some(name) = field.ident else {
            return Err(Error::new_spanned(field.ty, "the fields of an operation have names"));
        };
        let wire = args.rename.map_or_else(|| name.unraw().to_string(), |rename| rename.value());
        let in_path = placeholders.contains(&wire);
        let place = match args.place {
            Some(_) if in_path => return Err(Error::new(name.span(), "this field is in the path already")),
            Some(place) => place,
            None if in_path => Place::Path,
            None => default,
        };
        let shape = shape(&field.ty);
        if place == Place::Path && !matches!(shape, Shape::One(_)) {
            let message = "a path argument is never missing, so it cannot be an `Option`";
            return Err(Error::new(name.span(), message));
        }
        if args.flag && last_segment(&field.ty).is_none_or(|last| last.ident != "bool") {
            return Err(Error::new(name.span(), "a flag is a `bool`"));
        }
        if args.repeated.is_some() && place != Place::Path {
            return Err(Error::new(name.span(), "only a path argument can be repeated in the body"));
        }
        if place == Place::Query && matches!(shape, Shape::Patch(_)) {
            return Err(Error::new(name.span(), "a query has no null, so this cannot be a `Patch`"));
        }
        if args.text && !(args.flag && place == Place::Body) {
            return Err(Error::new(name.span(), "`text` goes with `flag`, in a JSON body"));
        }
        let (default, flag, as_text) = (args.default, args.flag, args.text);
        let repeated = args.repeated.map(|key| key.value());
        Ok(Self { name, wire, ty: field.ty, shape, place, default, flag, as_text, repeated })
    }

    /// Whether `new` asks for it.
    pub(super) fn is_required(&self) -> bool {
        self.default.is_none() && !self.flag && matches!(self.shape, Shape::One(_) | Shape::List(_))
    }

    /// Whether an empty value is a mistake: an id that the server refuses when it is missing.
    pub(super) fn is_required_id(&self) -> bool {
        self.is_required()
            && self.place != Place::Path
            && matches!(&self.shape, Shape::One(ty) if last_segment(ty).is_some_and(|last| last.ident.to_string().ends_with("Id")))
    }

    /// A reference to what is displayed where the value becomes text: a secret prints itself only when asked to.
    pub(super) fn text(&self, value: TokenStream) -> TokenStream {
        let (Shape::One(ty) | Shape::Option(ty) | Shape::Patch(ty) | Shape::List(ty)) = &self.shape;
        if last_segment(ty).is_some_and(|last| last.ident == "Secret") {
            quote!(&::mm_core::types::Secret::expose(#value))
        } else {
            value
        }
    }

    /// Whether its type is `bool` or a number, which need no `Into`.
    pub(super) fn is_primitive(ty: &Type) -> bool {
        const PRIMITIVES: [&str; 8] = ["bool", "u8", "u16", "u32", "u64", "i32", "i64", "f64"];
        last_segment(ty).is_some_and(|last| PRIMITIVES.contains(&last.ident.to_string().as_str()))
    }
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn shape(ty: &Type) -> Shape {
    let inner = last_segment(ty).and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => Some((last.ident.to_string(), inner.clone())),
            _ => None,
        },
        _ => None,
    });
    match inner {
        Some((name, inner)) if name == "Option" => Shape::Option(inner),
        Some((name, inner)) if name == "Patch" => Shape::Patch(inner),
        Some((name, inner)) if name == "Vec" => Shape::List(inner),
        _ => Shape::One(ty.clone()),
    }
}
