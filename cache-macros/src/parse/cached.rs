//! The arguments of `#[cached]`.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprBinary, ExprCast, ExprLit, Lit, LitStr, Type};

use crate::diagnostics::collector::Diagnostics;
use crate::diagnostics::nearest::nearest;
use crate::parse::argument::{Argument, Value, ungrouped};
use crate::parse::duration::{Duration, duration};
use crate::parse::shared::Shared;
use crate::parse::value;
use crate::parse::vocabulary::Vocabulary;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "#[cached]",
    known: &[
        "type",
        "ttl",
        "tenant_aware",
        "tenant",
        "user_aware",
        "user",
        "skip",
        "skip_all",
        "key",
        "name",
        "version",
        "tags",
        "tiers",
        "strict",
        "max_wait",
        "key_fn",
        "cache",
        "crate",
    ],
    later: &[
        "hashed",
        "stale_while_revalidate",
        "stale_if_error",
        "background",
        "weight",
        "jitter",
        "cache_none",
        "negative_ttl",
        "when",
        "unless",
        "codec",
        "compress",
        "encrypt",
        "single_flight",
        "max_loads",
        "ttl_from",
    ],
};

#[derive(Default)]
pub(crate) struct Cached {
    pub(crate) shared: Shared,
    /// Whether an argument could not be read, so that nothing can be said about what is missing.
    pub(crate) incomplete: bool,
    pub(crate) ttl: Option<Duration>,
    pub(crate) skip: Option<(Ident, Vec<Ident>)>,
    pub(crate) skip_all: Option<Ident>,
    pub(crate) key: Option<(Ident, Vec<KeyPart>)>,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<u32>,
    pub(crate) tiers: Option<(Ident, Tiers)>,
    pub(crate) strict: Option<Ident>,
    pub(crate) max_wait: Option<u64>,
    pub(crate) key_fn: Option<bool>,
}

/// `a`, `b.id` or `expr as name` in `key(…)`.
pub(crate) struct KeyPart {
    pub(crate) expr: Expr,
    pub(crate) name: Option<Ident>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tiers {
    pub(crate) memory: bool,
    pub(crate) redis: bool,
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
        let name = argument.name.clone();
        match argument.text().as_str() {
            "ttl" => self.ttl = Some(duration(value::expression(argument, "ttl = \"1h\"")?)?),
            "skip" => {
                self.skip = Some((name, value::words(&argument, "the names of parameters", "skip(db)")?))
            }
            "skip_all" => self.skip_all = Some(value::flag(argument)?),
            "key" => self.key = Some((name, key(&argument)?)),
            "name" => self.name = Some(value::text(&argument, "name = \"menu_items\"")?),
            "version" => self.version = Some(version(&argument)?),
            "tiers" => self.tiers = Some((name, tiers(&argument)?)),
            "strict" => self.strict = Some(value::flag(argument)?),
            "max_wait" => self.max_wait = Some(max_wait(&argument)?),
            "key_fn" => self.key_fn = Some(key_fn(&argument)?),
            _ => self.shared.take(argument)?,
        }
        Ok(())
    }
}

fn key(argument: &Argument) -> syn::Result<Vec<KeyPart>> {
    let takes = "what the key consists of (for a function that has one value, `skip_all`)";
    value::list(argument, takes, "key(a, b.id, expression as name)")
}

fn version(argument: &Argument) -> syn::Result<u32> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => number.base10_parse(),
        _ => Err(value::wrong(argument, "a number", "version = 2")),
    }
}

fn tiers(argument: &Argument) -> syn::Result<Tiers> {
    let (takes, example) = ("`memory`, `redis` or both", "tiers(memory, redis)");
    let mut tiers = Tiers::default();
    for word in value::words(argument, takes, example)? {
        let tier = match word.to_string().as_str() {
            "memory" => &mut tiers.memory,
            "redis" => &mut tiers.redis,
            other => return Err(syn::Error::new(word.span(), unknown_tier(other))),
        };
        if std::mem::replace(tier, true) {
            return Err(syn::Error::new(
                word.span(),
                format!("`{word}` is given twice; remove one of the two"),
            ));
        }
    }
    Ok(tiers)
}

fn unknown_tier(word: &str) -> String {
    match nearest(word, ["memory", "redis"]) {
        Some(tier) => format!("there is no tier `{word}`; did you mean `{tier}`?"),
        None => format!("there is no tier `{word}`; write `memory`, `redis` or both"),
    }
}

fn max_wait(argument: &Argument) -> syn::Result<u64> {
    if let Value::Is(expr) = &argument.value
        && let Duration::Millis(millis) = duration(expr.clone())?
    {
        return Ok(millis);
    }
    Err(value::wrong(argument, "a duration that is written down", "max_wait = \"10s\""))
}

fn key_fn(argument: &Argument) -> syn::Result<bool> {
    match &argument.value {
        Value::None => Ok(true),
        Value::Is(Expr::Lit(ExprLit { lit: Lit::Bool(on), .. })) => Ok(on.value),
        _ => Err(value::wrong(argument, "no value or a `bool`", "key_fn` or `key_fn = false")),
    }
}

impl Parse for KeyPart {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (expr, name) = split_name(ungrouped(input.parse()?));
        Ok(Self { expr, name })
    }
}

/// Takes `as name` off the end. A cast binds tighter than any other operator, so that in `a + b as name` it
/// hangs on `b`.
fn split_name(expr: Expr) -> (Expr, Option<Ident>) {
    match expr {
        Expr::Cast(cast) => match name_of(&cast) {
            Some(name) => (*cast.expr, Some(name)),
            None => (Expr::Cast(cast), None),
        },
        Expr::Binary(binary) => {
            let (right, name) = split_name(*binary.right);
            (Expr::Binary(ExprBinary { right: Box::new(right), ..binary }), name)
        }
        other => (other, None),
    }
}

fn name_of(cast: &ExprCast) -> Option<Ident> {
    match &*cast.ty {
        Type::Path(path) if path.qself.is_none() => path.path.get_ident().map(Ident::unraw),
        _ => None,
    }
}
