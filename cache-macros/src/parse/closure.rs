//! Closures over what a function returned.

use syn::Expr;

use crate::parse::argument::{Argument, Value};
use crate::parse::value;

/// Reads `name = |value| …`, or the path of a function that takes the same.
pub(crate) fn closure(argument: Argument, takes: &str, example: &str) -> syn::Result<Expr> {
    match argument.value {
        Value::Is(expr) if is_unary(&expr) => Ok(expr),
        _ => Err(value::wrong(&argument, takes, example)),
    }
}

/// Whether it can be called with a value.
pub(crate) fn is_unary(expr: &Expr) -> bool {
    match expr {
        Expr::Closure(closure) => closure.inputs.len() == 1 && closure.asyncness.is_none(),
        Expr::Path(_) => true,
        _ => false,
    }
}
