//! An argument that takes one of a few words.

use syn::{Expr, ExprLit, Lit};

use crate::diagnostics::nearest::nearest;
use crate::parse::argument::{Argument, Value};
use crate::parse::value;

/// Reads `name = "word"`.
///
/// # Errors
///
/// Fails on anything but one of the words; the first of them is the example.
pub(crate) fn choice<T: Copy>(argument: &Argument, choices: &[(&str, T)]) -> syn::Result<T> {
    let Some(word) = word(argument) else {
        return Err(value::wrong(argument, &all(choices), &first(argument, choices)));
    };
    if let Some((_, chosen)) = choices.iter().find(|(choice, _)| *choice == word) {
        return Ok(*chosen);
    }
    match nearest(&word, choices.iter().map(|(choice, _)| *choice)) {
        Some(nearest) => {
            let message =
                format!("`{}` takes {}; did you mean `\"{nearest}\"`?", argument.name, all(choices));
            Err(syn::Error::new_spanned(argument, message))
        }
        None => Err(value::wrong(argument, &all(choices), &first(argument, choices))),
    }
}

/// The text of `name = "text"`.
pub(crate) fn word(argument: &Argument) -> Option<String> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some(text.value()),
        _ => None,
    }
}

fn first<T>(argument: &Argument, choices: &[(&str, T)]) -> String {
    let first = choices.first().map_or("", |(choice, _)| *choice);
    format!("{} = \"{first}\"", argument.name)
}

fn all<T>(choices: &[(&str, T)]) -> String {
    let quoted: Vec<_> = choices.iter().map(|(choice, _)| format!("`\"{choice}\"`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
