//! The arguments of `#[invalidate]`.

use proc_macro2::{Ident, TokenStream};
use syn::Expr;

use crate::diagnostics::collector::Diagnostics;
use crate::parse::argument::{Argument, Value};
use crate::parse::choice::{choice, word};
use crate::parse::closure::{closure, is_unary};
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
        "tags_from",
        "entry",
        "on",
        "wait",
        "cache",
        "crate",
    ],
    later: &["crash_safe"],
};

#[derive(Default)]
pub(crate) struct Invalidate {
    pub(crate) shared: Shared,
    /// Whether an argument could not be read, so that nothing can be said about what is missing.
    pub(crate) incomplete: bool,
    pub(crate) entry: Option<(Ident, Vec<Expr>)>,
    pub(crate) tags_from: Option<(Ident, Expr)>,
    pub(crate) on: On,
    pub(crate) wait: Wait,
}

/// After which results to invalidate.
#[derive(Default)]
pub(crate) enum On {
    #[default]
    Always,
    /// The literal that says so.
    Ok(Box<Expr>),
    /// Or the path of a function.
    Closure(Box<Expr>),
}

/// What a call waits for when it has invalidated.
#[derive(Clone, Copy, Default)]
pub(crate) enum Wait {
    #[default]
    Ack,
    Global,
    No,
}

const WAITS: [(&str, Wait); 3] = [("ack", Wait::Ack), ("global", Wait::Global), ("no", Wait::No)];

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
            "tags_from" => self.tags_from = Some((argument.name.clone(), tags_from(argument)?)),
            "on" => self.on = on(argument)?,
            "wait" => self.wait = choice(&argument, &WAITS)?,
            _ => self.shared.take(argument)?,
        }
        Ok(())
    }
}

fn entry(argument: &Argument) -> syn::Result<Vec<Expr>> {
    value::list(argument, "calls of cached functions", "entry(get_menu_items(restaurant_id, 1))")
}

fn tags_from(argument: Argument) -> syn::Result<Expr> {
    closure(argument, "a closure over the result", "tags_from = |result| result.tags()")
}

fn on(argument: Argument) -> syn::Result<On> {
    let (takes, example) = ("`\"always\"`, `\"ok\"` or a closure", "on = |result| result.is_ok()");
    match (word(&argument).as_deref(), argument.value) {
        (Some("always"), _) => Ok(On::Always),
        (Some("ok"), Value::Is(literal)) => Ok(On::Ok(Box::new(literal))),
        (None, Value::Is(expr)) if is_unary(&expr) && !is_bare_word(&expr) => Ok(On::Closure(Box::new(expr))),
        (_, value) => Err(value::wrong(&Argument { name: argument.name, value }, takes, example)),
    }
}

/// Whether it is one of the words without its quotes.
fn is_bare_word(expr: &Expr) -> bool {
    matches!(expr, Expr::Path(path) if path.path.is_ident("ok") || path.path.is_ident("always"))
}
