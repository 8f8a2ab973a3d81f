//! Whether what a function returns can be kept, as far as its type's words show.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    GenericArgument, Lifetime, ParenthesizedGenericArguments, PathArguments, PathSegment, ReturnType, Type,
    TypeFnPtr, TypePath, TypeReference,
};

use crate::diagnostics::collector::Diagnostics;
use crate::model::function::Function;
use crate::model::result::{bare, types};

/// Reports a value that can't be kept.
pub(crate) fn check(function: &Function, in_memory: bool, diagnostics: &mut Diagnostics) {
    match bare(&function.value) {
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            let message = "`#[cached]` needs a value to keep, and this function returns none; remove the attribute or \
                           return something";
            let span = match &function.sig.output {
                ReturnType::Default => function.sig.ident.span(),
                ReturnType::Type(_, ty) => ty.span(),
            };
            diagnostics.at(span, message);
        }
        Type::Never(never) => {
            diagnostics.on(never, "`#[cached]` needs a value to keep, and this function never returns");
        }
        _ if !function.is_nameable() => {
            let message =
                "a cached value has a type that can be written down; return that type instead of `impl …`";
            diagnostics.on(&function.value, message);
        }
        value => {
            if let Some(error) = borrowed(value, in_memory) {
                let _: Option<()> = diagnostics.ok(Err(error));
            }
        }
    }
}

/// The error for the first part of a value that borrows. The error of a `Result` is never kept and may borrow.
fn borrowed(value: &Type, in_memory: bool) -> Option<syn::Error> {
    let mut finder = Borrowed { in_memory, error: None };
    finder.visit_type(value);
    finder.error
}

struct Borrowed {
    in_memory: bool,
    error: Option<syn::Error>,
}

impl Borrowed {
    fn report(&mut self, at: impl quote::ToTokens, instead: &str) {
        let message = format!("a cached value owns its data; return {instead}");
        self.error.get_or_insert_with(|| syn::Error::new_spanned(at, message));
    }
}

impl<'ast> Visit<'ast> for Borrowed {
    fn visit_type_reference(&mut self, node: &'ast TypeReference) {
        let is_static = node.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static");
        if is_static && self.in_memory {
            return visit::visit_type(self, &node.elem);
        }
        self.report(node, &format!("{} instead of a reference", owned(&node.elem)));
    }

    fn visit_type_path(&mut self, node: &'ast TypePath) {
        match node.path.segments.last() {
            Some(last) if last.ident == "Result" => {
                types(last).take(1).for_each(|value| self.visit_type(value));
            }
            Some(last) if last.ident == "Cow" && lives_shortly(last) => {
                let instead = types(last).last().map_or_else(|| "its owned form".to_owned(), owned);
                self.report(node, &format!("{instead} instead of a `Cow`"));
            }
            _ => visit::visit_type_path(self, node),
        }
    }

    fn visit_lifetime(&mut self, node: &'ast Lifetime) {
        if node.ident != "static" {
            self.report(node, "a type without lifetimes");
        }
    }

    // A function's own parameters may borrow.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

fn lives_shortly(segment: &PathSegment) -> bool {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().any(
            |argument| matches!(argument, GenericArgument::Lifetime(lifetime) if lifetime.ident != "static"),
        ),
        _ => false,
    }
}

fn owned(referent: &Type) -> String {
    match bare(referent) {
        Type::Slice(_) => "a `Vec`".to_owned(),
        Type::Path(path) => match path.path.get_ident() {
            Some(ident) if ident == "str" => "`String`".to_owned(),
            Some(ident) => format!("`{ident}` or `Arc<{ident}>`"),
            None => "the value or an `Arc` of it".to_owned(),
        },
        _ => "the value or an `Arc` of it".to_owned(),
    }
}

/// Types of the standard library that no one would give to something else.
const CONCRETE: [&str; 27] = [
    "bool", "char", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
    "isize", "f32", "f64", "Vec", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "Arc", "Rc",
    "Box", "Duration",
];

/// Whether the words of a type show for certain that it has no `None`.
pub(crate) fn has_no_none(value: &Type) -> bool {
    match bare(value) {
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) | Type::Reference(_) => true,
        Type::Path(path) => match path.path.segments.last() {
            // An alias with one argument may hide an `Option`; with two it is the standard one in all but name.
            Some(last) if last.ident == "Result" => {
                types(last).count() == 2 && types(last).next().is_some_and(has_no_none)
            }
            Some(last) => CONCRETE.iter().any(|name| last.ident == name),
            None => false,
        },
        _ => false,
    }
}

/// The `Arc` of something without a size that a value is, alone or in `Option` and `Result`.
pub(crate) fn unsized_arc(value: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(value) else { return None };
    let last = path.path.segments.last()?;
    let inner = types(last).next()?;
    match last.ident.to_string().as_str() {
        "Arc" => is_unsized(inner).then_some(value),
        "Option" | "Result" => unsized_arc(inner),
        _ => None,
    }
}

fn is_unsized(ty: &Type) -> bool {
    match bare(ty) {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_str;

    use super::*;

    fn parsed(value: &str) -> Type {
        parse_str(value).expect("the case is a type")
    }

    #[track_caller]
    fn check_borrowed(value: &str, expected: Option<&str>) {
        let error = borrowed(&parsed(value), false);
        assert_eq!(error.is_some(), expected.is_some(), "{value}");
        if let (Some(error), Some(part)) = (error, expected) {
            assert!(error.to_string().contains(part), "{value}: {error}");
        }
    }

    #[test]
    fn finds_what_borrows() {
        check_borrowed("&str", Some("return `String` instead of a reference"));
        check_borrowed("Option<&[u8]>", Some("return a `Vec`"));
        check_borrowed("Result<&User, E>", Some("return `User` or `Arc<User>`"));
        check_borrowed("Cow<'_, str>", Some("return `String` instead of a `Cow`"));
        check_borrowed("Result<Option<std::borrow::Cow<'a, [T]>>, E>", Some("return a `Vec`"));
        check_borrowed("Page<'a, T>", Some("a type without lifetimes"));
        check_borrowed("Box<dyn Any + 'a>", Some("a type without lifetimes"));
        check_borrowed("(u8, &u8)", Some("instead of a reference"));
        check_borrowed("&'static str", Some("instead of a reference"));
    }

    #[test]
    fn lets_be_what_owns() {
        check_borrowed("Result<u8, &'a str>", None);
        check_borrowed("Arc<dyn Fn(&str) -> &str + 'static>", None);
        check_borrowed("fn(&str) -> &str", None);
        check_borrowed("Cow<'static, str>", None);
        assert!(borrowed(&parsed("Option<&'static str>"), true).is_none());
        assert!(borrowed(&parsed("Option<&'static Page<'a>>"), true).is_some());
    }

    #[test]
    fn only_certainty_counts_against_none() {
        for value in ["u8", "Vec<Option<u8>>", "Result<String, E>", "(Option<u8>, u8)", "Arc<Option<u8>>"] {
            assert!(has_no_none(&parsed(value)), "{value}");
        }
        for value in ["Option<u8>", "Result<Option<u8>, E>", "Result<u8>", "Maybe", "T", "Result<Found, E>"] {
            assert!(!has_no_none(&parsed(value)), "{value}");
        }
    }

    #[test]
    fn finds_arcs_of_what_has_no_size() {
        let found = |value| unsized_arc(&parsed(value)).map(|ty| ty.to_token_stream().to_string());
        assert_eq!(found("Result<Option<Arc<str>>, E>").as_deref(), Some("Arc < str >"));
        assert_eq!(found("Arc<[u8]>").as_deref(), Some("Arc < [u8] >"));
        assert_eq!(found("Arc<dyn Menu>").as_deref(), Some("Arc < dyn Menu >"));
        assert_eq!(found("Arc<String>"), None);
        assert_eq!(found("Vec<Arc<str>>"), None);
    }
}
