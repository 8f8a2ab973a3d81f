//! Reading an argument's value as what the argument takes.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token};

use crate::parse::argument::{Argument, Value};

/// An error that says what the argument takes and how that is written.
pub(crate) fn wrong(argument: &Argument, takes: &str, example: &str) -> syn::Error {
    syn::Error::new_spanned(argument, format!("`{}` takes {takes}; write `{example}`", argument.name))
}

/// Reads an argument that takes no value.
pub(crate) fn flag(argument: Argument) -> syn::Result<Ident> {
    match argument.value {
        Value::None => Ok(argument.name),
        _ => Err(wrong(&argument, "no value", &format!("{}", argument.name))),
    }
}

/// Reads `name = expression`.
pub(crate) fn expression(argument: Argument, example: &str) -> syn::Result<Expr> {
    match argument.value {
        Value::Is(expr) => Ok(expr),
        _ => Err(wrong(&argument, "an expression", example)),
    }
}

/// Reads `name = "text"`, where the text is not empty.
pub(crate) fn text(argument: &Argument, example: &str) -> syn::Result<LitStr> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) if !text.value().is_empty() => {
            Ok(text.clone())
        }
        _ => Err(wrong(argument, "a text that isn't empty", example)),
    }
}

/// Reads `name = path`.
pub(crate) fn path(argument: &Argument, example: &str) -> syn::Result<Path> {
    match &argument.value {
        Value::Is(Expr::Path(ExprPath { qself: None, path, .. })) => Ok(path.clone()),
        _ => Err(wrong(argument, "a path", example)),
    }
}

/// Reads `name(a, b, …)`, where there is at least one.
pub(crate) fn list<T: Parse>(argument: &Argument, takes: &str, example: &str) -> syn::Result<Vec<T>> {
    match &argument.value {
        Value::List(list) if !list.stream().is_empty() => elements(list.stream()),
        _ => Err(wrong(argument, takes, example)),
    }
}

fn elements<T: Parse>(tokens: TokenStream) -> syn::Result<Vec<T>> {
    let elements = Punctuated::<T, Token![,]>::parse_terminated.parse2(tokens)?;
    Ok(elements.into_iter().collect())
}

/// A word that may be a keyword, as `self` is.
pub(crate) struct Word(pub(crate) Ident);

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Ident::parse_any).map(Self)
    }
}

/// Reads `name(a, b, …)` where each is a word.
pub(crate) fn words(argument: &Argument, takes: &str, example: &str) -> syn::Result<Vec<Ident>> {
    match list::<Word>(argument, takes, example) {
        Ok(words) => Ok(words.into_iter().map(|word| word.0).collect()),
        Err(_) => Err(wrong(argument, takes, example)),
    }
}
