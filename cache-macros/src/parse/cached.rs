//! The arguments of `#[cached]`.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr};

use crate::diagnostics::collector::Diagnostics;
use crate::parse::argument::{Argument, Value};
use crate::parse::closure::closure;
use crate::parse::declared::Declared;
use crate::parse::keying::Keying;
use crate::parse::shared::Shared;
use crate::parse::value;
use crate::parse::vocabulary::Vocabulary;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "#[cached]",
    known: &[
        "type",
        "ttl",
        "ttl_from",
        "tenant_aware",
        "tenant",
        "user_aware",
        "user",
        "skip",
        "skip_all",
        "key",
        "hashed",
        "name",
        "version",
        "tags",
        "stale_while_revalidate",
        "background",
        "stale_if_error",
        "weight",
        "jitter",
        "cache_none",
        "negative_ttl",
        "when",
        "unless",
        "tiers",
        "strict",
        "codec",
        "single_flight",
        "max_wait",
        "max_loads",
        "key_fn",
        "cache",
        "crate",
    ],
    later: &["compress", "encrypt"],
};

#[derive(Default)]
pub(crate) struct Cached {
    pub(crate) shared: Shared,
    /// Whether an argument could not be read, so that nothing can be said about what is missing.
    pub(crate) incomplete: bool,
    pub(crate) declared: Declared,
    pub(crate) keying: Keying,
    pub(crate) judges: Judges,
    pub(crate) name: Option<LitStr>,
    pub(crate) when: Option<Expr>,
}

/// The closures that look at a value that was loaded.
#[derive(Default)]
pub(crate) struct Judges {
    pub(crate) ttl_from: Option<(Ident, Expr)>,
    pub(crate) weight: Option<Expr>,
    pub(crate) unless: Option<Expr>,
}

/// Reads the arguments; reports what is wrong with each and leaves it out.
pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Cached {
    let mut cached = Cached::default();
    for argument in VOCABULARY.arguments(tokens, diagnostics) {
        let taken = cached.take(argument);
        diagnostics.ok(taken);
    }
    cached.incomplete = !diagnostics.is_empty();
    cached
}

impl Cached {
    fn take(&mut self, argument: Argument) -> syn::Result<()> {
        match argument.text().as_str() {
            "name" => self.name = Some(value::text(&argument, "name = \"menu_items\"")?),
            "when" => self.when = Some(when(argument)?),
            "ttl_from" | "weight" | "unless" => self.judges.take(argument)?,
            name if Declared::NAMES.contains(&name) => self.declared.take(argument)?,
            name if Keying::NAMES.contains(&name) => self.keying.take(argument)?,
            _ => self.shared.take(argument)?,
        }
        Ok(())
    }
}

/// Nothing is there yet that a closure could look at.
fn when(argument: Argument) -> syn::Result<Expr> {
    match argument.value {
        Value::Is(expr) if !matches!(expr, Expr::Closure(_)) => Ok(expr),
        _ => {
            let takes = "an expression over the parameters, which is evaluated before the function runs";
            Err(value::wrong(&argument, takes, "when = page < 10"))
        }
    }
}

impl Judges {
    fn take(&mut self, argument: Argument) -> syn::Result<()> {
        let takes = "a closure over the value";
        let name = argument.name.clone();
        match argument.text().as_str() {
            "ttl_from" => {
                let expr = closure(argument, takes, "ttl_from = |value| value.expires_in")?;
                self.ttl_from = Some((name, expr));
            }
            "weight" => self.weight = Some(closure(argument, takes, "weight = |value| value.len()")?),
            "unless" => self.unless = Some(closure(argument, takes, "unless = |value| value.is_empty()")?),
            name => unreachable!("`{name}` takes no closure"),
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ttl_from.is_none() && self.weight.is_none() && self.unless.is_none()
    }
}
