//! The arguments of `#[cache(…)]` under `derive(CacheType)`.

use proc_macro2::{Ident, TokenStream};
use syn::{LitStr, Path};

use crate::diagnostics::collector::Diagnostics;
use crate::parse::argument::Argument;
use crate::parse::declared::Declared;
use crate::parse::duration::{Duration, duration};
use crate::parse::vocabulary::Vocabulary;
use crate::parse::{number, value};

/// On a variant, or on a struct, which has what both have.
const VARIANT: Vocabulary = Vocabulary {
    attribute: "#[cache]",
    known: &[
        "name",
        "ttl",
        "tenant_aware",
        "user_aware",
        "max_bytes",
        "jitter",
        "stale_while_revalidate",
        "stale_if_error",
        "negative_ttl",
        "cache_none",
        "codec",
        "crate",
    ],
    later: &["compress", "encrypt"],
};

/// On an enum.
const ENUM: Vocabulary = Vocabulary { attribute: "#[cache]", known: &["default_ttl", "crate"], later: &[] };

/// On an enum of times to live.
const ROOT: Vocabulary = Vocabulary { attribute: "#[cache]", known: &["crate"], later: &[] };

/// What holds for all variants.
#[derive(Default)]
pub(crate) struct EnumPolicy {
    pub(crate) default_ttl: Option<Duration>,
    pub(crate) root: Option<Path>,
}

/// What one type says.
#[derive(Default)]
pub(crate) struct TypePolicy {
    pub(crate) name: Option<LitStr>,
    pub(crate) tenant_aware: Option<Ident>,
    pub(crate) user_aware: Option<Ident>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) declared: Declared,
    pub(crate) root: Option<(Ident, Path)>,
}

/// Reads an enum's arguments; reports what is wrong with each and leaves it out.
pub(crate) fn parse_enum(tokens: TokenStream, diagnostics: &mut Diagnostics) -> EnumPolicy {
    let mut policy = EnumPolicy::default();
    for argument in ENUM.arguments(tokens, diagnostics) {
        let taken = policy.take(argument);
        diagnostics.ok(taken);
    }
    policy
}

/// Reads a variant's arguments in the same way.
pub(crate) fn parse_variant(tokens: TokenStream, diagnostics: &mut Diagnostics) -> TypePolicy {
    let mut policy = TypePolicy::default();
    for argument in VARIANT.arguments(tokens, diagnostics) {
        let taken = policy.take(argument);
        diagnostics.ok(taken);
    }
    policy
}

/// Reads where the runtime is, and nothing else.
pub(crate) fn parse_root(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Option<Path> {
    let mut policy = EnumPolicy::default();
    for argument in ROOT.arguments(tokens, diagnostics) {
        let taken = policy.take(argument);
        diagnostics.ok(taken);
    }
    policy.root
}

impl EnumPolicy {
    fn take(&mut self, argument: Argument) -> syn::Result<()> {
        match argument.text().as_str() {
            "default_ttl" => {
                let ttl = value::expression(argument, "default_ttl = \"5m\"")?;
                self.default_ttl = Some(duration(ttl)?);
            }
            _ => self.root = Some(value::path(&argument, "crate = ::cache_core")?),
        }
        Ok(())
    }
}

impl TypePolicy {
    fn take(&mut self, argument: Argument) -> syn::Result<()> {
        match argument.text().as_str() {
            "name" => self.name = Some(value::text(&argument, "name = \"menu\"")?),
            "tenant_aware" => self.tenant_aware = Some(value::flag(argument)?),
            "user_aware" => self.user_aware = Some(value::flag(argument)?),
            "max_bytes" => self.max_bytes = Some(number::bytes(&argument)?),
            "crate" => {
                let root = value::path(&argument, "crate = ::cache_core")?;
                self.root = Some((argument.name, root));
            }
            _ => self.declared.take(argument)?,
        }
        Ok(())
    }
}
