//! The arguments that say something once and for all: what is known before a function is called.

use proc_macro2::{Ident, Span};
use syn::spanned::Spanned;
use syn::{Expr, ExprPath};

use crate::diagnostics::nearest::nearest;
use crate::parse::argument::{Argument, Value, ungrouped};
use crate::parse::choice::choice;
use crate::parse::duration::{Duration, duration, fixed, written};
use crate::parse::{number, value};

#[derive(Default)]
pub(crate) struct Declared {
    pub(crate) version: Option<u32>,
    pub(crate) ttl: Option<(Ident, Duration)>,
    /// In milliseconds, as all windows and waits.
    pub(crate) stale_while_revalidate: Option<u64>,
    /// Where it says that a task reloads.
    pub(crate) background: Option<Ident>,
    pub(crate) stale_if_error: Option<u64>,
    pub(crate) jitter: Option<f64>,
    pub(crate) cache_none: Option<Ident>,
    pub(crate) negative_ttl: Option<(Ident, Duration)>,
    pub(crate) tiers: Option<Tiers>,
    pub(crate) strict: Option<Ident>,
    pub(crate) codec: Option<(&'static str, Span)>,
    pub(crate) single_flight: Option<SingleFlight>,
    pub(crate) max_wait: Option<u64>,
    pub(crate) max_loads: Option<u32>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tiers {
    pub(crate) memory: bool,
    pub(crate) redis: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum SingleFlight {
    Fleet,
    Process,
    Off,
}

const CODECS: [(&str, &str); 4] =
    [("bincode", "BINCODE"), ("postcard", "POSTCARD"), ("messagepack", "MESSAGEPACK"), ("json", "JSON")];

const FLIGHTS: [(&str, SingleFlight); 3] =
    [("fleet", SingleFlight::Fleet), ("process", SingleFlight::Process), ("off", SingleFlight::Off)];

impl Declared {
    pub(crate) const NAMES: &[&str] = &[
        "version",
        "ttl",
        "stale_while_revalidate",
        "background",
        "stale_if_error",
        "jitter",
        "cache_none",
        "negative_ttl",
        "tiers",
        "strict",
        "codec",
        "single_flight",
        "max_wait",
        "max_loads",
    ];

    /// Takes an argument that has one of the [names](Self::NAMES).
    pub(crate) fn take(&mut self, argument: Argument) -> syn::Result<()> {
        let name = argument.name.clone();
        match argument.text().as_str() {
            "version" => self.version = Some(number::version(&argument)?),
            "ttl" => self.ttl = Some((name, duration(value::expression(argument, "ttl = \"1h\"")?)?)),
            "stale_while_revalidate" => self.stale(&argument)?,
            "background" => self.in_background(value::flag(argument)?)?,
            "stale_if_error" => {
                self.stale_if_error = Some(fixed(&argument, "stale_if_error = \"1h\"")?);
            }
            "jitter" => self.jitter = Some(number::jitter(&argument)?),
            "cache_none" => self.cache_none = Some(value::flag(argument)?),
            "negative_ttl" => {
                self.negative_ttl = Some((name, written(&argument, "negative_ttl = \"30s\"")?));
            }
            "tiers" => self.tiers = Some(tiers(&argument)?),
            "strict" => self.strict = Some(value::flag(argument)?),
            "codec" => self.codec = Some(codec(&argument)?),
            "single_flight" => self.single_flight = Some(choice(&argument, &FLIGHTS)?),
            "max_wait" => self.max_wait = Some(fixed(&argument, "max_wait = \"10s\"")?),
            "max_loads" => self.max_loads = Some(number::max_loads(&argument)?),
            name => unreachable!("`{name}` is none of the arguments that are declared"),
        }
        Ok(())
    }

    /// `stale_while_revalidate = "10m"` or `stale_while_revalidate("10m", background)`.
    fn stale(&mut self, argument: &Argument) -> syn::Result<()> {
        let (takes, example) = (
            "a duration, and `background` if a task is to reload",
            "stale_while_revalidate = \"10m\"` or `stale_while_revalidate(\"10m\", background)",
        );
        let Value::List(_) = &argument.value else {
            self.stale_while_revalidate = Some(fixed(argument, "stale_while_revalidate = \"10m\"")?);
            return Ok(());
        };
        for expr in value::list::<Expr>(argument, takes, example)?.into_iter().map(ungrouped) {
            match word(&expr) {
                Some(word) if word == "background" => self.in_background(word.clone())?,
                None if self.stale_while_revalidate.is_none() => {
                    let window = Argument { name: argument.name.clone(), value: Value::Is(expr) };
                    self.stale_while_revalidate = Some(fixed(&window, "stale_while_revalidate = \"10m\"")?);
                }
                _ => return Err(value::wrong(argument, takes, example)),
            }
        }
        match self.stale_while_revalidate {
            Some(_) => Ok(()),
            None => Err(value::wrong(argument, takes, example)),
        }
    }

    fn in_background(&mut self, word: Ident) -> syn::Result<()> {
        if self.background.is_some() {
            return Err(syn::Error::new(word.span(), "`background` is given twice; remove one of the two"));
        }
        self.background = Some(word);
        Ok(())
    }
}

fn word(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(ExprPath { qself: None, path, .. }) => path.get_ident(),
        _ => None,
    }
}

/// The name of the constant that stands for the codec, which exists where the codec does.
fn codec(argument: &Argument) -> syn::Result<(&'static str, Span)> {
    let constant = choice(argument, &CODECS)?;
    let span = match &argument.value {
        Value::Is(expr) => expr.span(),
        _ => argument.name.span(),
    };
    Ok((constant, span))
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
            let message = format!("`{word}` is given twice; remove one of the two");
            return Err(syn::Error::new(word.span(), message));
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
