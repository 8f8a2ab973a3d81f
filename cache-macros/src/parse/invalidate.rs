//! The arguments of `#[invalidate]`.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, ExprClosure, ExprLit, Lit};

use crate::diagnostics::collector::Diagnostics;
use crate::parse::argument::{Argument, Value};
use crate::parse::shared::Shared;
use crate::parse::value;
use crate::parse::vocabulary::Vocabulary;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "#[invalidate]",
    known: &[
        "type",
        "tenant_aware",
        "tenant",
        "user_aware",
        "user",
        "tags",
        "entry",
        "on",
        "wait",
        "cache",
        "crate",
    ],
    later: &["tags_from", "crash_safe"],
};

#[derive(Default)]
pub(crate) struct Invalidate {
    pub(crate) shared: Shared,
    /// Whether an argument could not be read, so that nothing can be said about what is missing.
    pub(crate) incomplete: bool,
    pub(crate) entry: Option<(Ident, Vec<Expr>)>,
    pub(crate) on: On,
}

/// After which results to invalidate.
#[derive(Default)]
pub(crate) enum On {
    #[default]
    Always,
    /// The literal that says so.
    Ok(Box<Expr>),
    Closure(Box<ExprClosure>),
}

/// Reads the arguments; reports what is wrong with each and leaves it out.
pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Invalidate {
    let mut invalidate = Invalidate::default();
    for argument in VOCABULARY.arguments(tokens, diagnostics) {
        let taken = invalidate.take(argument);
        diagnostics.ok(taken);
    }
    invalidate.incomplete = !diagnostics.is_empty();
    invalidate
}

impl Invalidate {
    fn take(&mut self, argument: Argument) -> syn::Result<()> {
        match argument.text().as_str() {
            "entry" => self.entry = Some((argument.name.clone(), entry(&argument)?)),
            "on" => self.on = on(argument)?,
            "wait" => wait(&argument)?,
            _ => self.shared.take(argument)?,
        }
        Ok(())
    }
}

fn entry(argument: &Argument) -> syn::Result<Vec<Expr>> {
    value::list(argument, "calls of cached functions", "entry(get_menu_items(restaurant_id, 1))")
}

fn on(argument: Argument) -> syn::Result<On> {
    let (takes, example) = ("`\"always\"`, `\"ok\"` or a closure", "on = |result| result.is_ok()");
    let Value::Is(expr) = argument.value else {
        return Err(value::wrong(&argument, takes, example));
    };
    match literal(&expr).as_deref() {
        Some("always") => return Ok(On::Always),
        Some("ok") => return Ok(On::Ok(Box::new(expr))),
        _ => {}
    }
    match expr {
        Expr::Closure(closure) => Ok(On::Closure(Box::new(closure))),
        expr => Err(value::wrong(&Argument { name: argument.name, value: Value::Is(expr) }, takes, example)),
    }
}

fn wait(argument: &Argument) -> syn::Result<()> {
    let Value::Is(expr) = &argument.value else {
        return Err(value::wrong(argument, "a text", "wait = \"ack\""));
    };
    match literal(expr).as_deref() {
        Some("ack") => Ok(()),
        Some(later @ ("global" | "no")) => {
            let message =
                format!("`wait = \"{later}\"` isn't available yet in this version; write `wait = \"ack\"`");
            Err(syn::Error::new_spanned(expr, message))
        }
        _ => Err(value::wrong(argument, "`\"ack\"`", "wait = \"ack\"")),
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
