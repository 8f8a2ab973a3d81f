//! What a cached function declares about itself.

use std::fmt;
use std::time::Duration;

use crate::ttl::Ttl;

/// A cache type: the name that [`cached`](crate::cached) functions share and that
/// [`invalidate`](crate::invalidate) hits, and what holds for all of them.
///
/// It is mostly [derived](macro@crate::CacheType); by hand it reads so:
///
/// ```
/// use cache_core::{CacheType, Ttl, TypePolicy};
///
/// #[derive(Clone, Copy)]
/// enum Kind { Menu, Orders }
///
/// impl CacheType for Kind {
///     fn name(&self) -> &'static str {
///         match self {
///             Kind::Menu => "menu",
///             Kind::Orders => "orders",
///         }
///     }
///
///     fn policy(&self) -> TypePolicy {
///         match self {
///             Kind::Menu => TypePolicy::new().ttl(Ttl::HOUR).tenant_aware(),
///             Kind::Orders => TypePolicy::new().user_aware(),
///         }
///     }
/// }
/// assert_eq!(Kind::Menu.name(), "menu");
/// assert_eq!(Kind::Menu.policy().ttl, Some(Ttl::HOUR));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no cache type",
    label = "this has to be a `CacheType`",
    note = "write `#[derive(CacheType)]` above its definition, or name the type by a text, as in `type = \"menu\"`"
)]
pub trait CacheType {
    /// The type's name, as it stands in keys.
    fn name(&self) -> &'static str;

    /// What the type's functions need not repeat; by default nothing.
    fn policy(&self) -> TypePolicy {
        TypePolicy::default()
    }
}

impl CacheType for &'static str {
    fn name(&self) -> &'static str {
        self
    }
}

/// What a cache type says for all functions that are cached with it. A function may say otherwise for itself.
///
/// ```
/// use cache_core::{Ttl, TypePolicy};
///
/// const MENU: TypePolicy = TypePolicy::new().ttl(Ttl::HOUR).tenant_aware();
/// assert!(MENU.tenant_aware && MENU.jitter.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TypePolicy {
    /// Time to live.
    pub ttl: Option<Ttl>,
    /// Whether the context's tenant is part of every key.
    pub tenant_aware: bool,
    /// Whether the context's user is part of every key.
    pub user_aware: bool,
    /// How many bytes of this process's memory the type's values may take.
    pub max_bytes: Option<u64>,
    /// By which share at most each ttl is shortened at random.
    pub jitter: Option<f64>,
    /// For how long after the ttl the old value is served while one caller reloads.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after the ttl the old value is served when the load fails.
    pub stale_if_error: Option<Duration>,
    /// How long "there is none" lives.
    pub negative_ttl: Option<Ttl>,
    /// Whether "there is none" is kept at all.
    pub cache_none: bool,
    /// The codec's name.
    pub codec: Option<&'static str>,
    location: Option<Location>,
}

impl TypePolicy {
    /// A policy that says nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            ttl: None,
            tenant_aware: false,
            user_aware: false,
            max_bytes: None,
            jitter: None,
            stale_while_revalidate: None,
            stale_if_error: None,
            negative_ttl: None,
            cache_none: false,
            codec: None,
            location: None,
        }
    }

    /// With this time to live.
    #[must_use]
    pub const fn ttl(self, ttl: Ttl) -> Self {
        Self { ttl: Some(ttl), ..self }
    }

    /// With the context's tenant in every key.
    #[must_use]
    pub const fn tenant_aware(self) -> Self {
        Self { tenant_aware: true, ..self }
    }

    /// With the context's user in every key.
    #[must_use]
    pub const fn user_aware(self) -> Self {
        Self { user_aware: true, ..self }
    }

    /// With at most so many bytes of this process's memory.
    #[must_use]
    pub const fn max_bytes(self, bytes: u64) -> Self {
        Self { max_bytes: Some(bytes), ..self }
    }

    /// With each ttl shortened at random by at most this share, from 0.0 to below 1.0.
    #[must_use]
    pub const fn jitter(self, share: f64) -> Self {
        Self { jitter: Some(share), ..self }
    }

    /// With old values served for so long while one caller reloads.
    #[must_use]
    pub const fn stale_while_revalidate(self, window: Duration) -> Self {
        Self { stale_while_revalidate: Some(window), ..self }
    }

    /// With old values served for so long when a load fails.
    #[must_use]
    pub const fn stale_if_error(self, window: Duration) -> Self {
        Self { stale_if_error: Some(window), ..self }
    }

    /// With "there is none" kept for so long.
    #[must_use]
    pub const fn negative_ttl(self, ttl: Ttl) -> Self {
        Self { negative_ttl: Some(ttl), cache_none: true, ..self }
    }

    /// With "there is none" kept as values are.
    #[must_use]
    pub const fn cache_none(self) -> Self {
        Self { cache_none: true, ..self }
    }

    /// With this codec.
    #[must_use]
    pub const fn codec(self, name: &'static str) -> Self {
        Self { codec: Some(name), ..self }
    }

    /// Declared at this place.
    #[doc(hidden)]
    #[must_use]
    pub const fn declared_at(self, location: Location) -> Self {
        Self { location: Some(location), ..self }
    }

    /// Whether another policy says the same, wherever it is declared.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        *self == Self { location: self.location, ..*other }
    }

    /// Where it was declared, if a derive did it.
    #[doc(hidden)]
    #[must_use]
    pub const fn location(&self) -> Option<Location> {
        self.location
    }
}

/// Where the tenant or the user of a function comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awareness {
    /// It is not part of the key.
    No,
    /// From the context.
    Context,
    /// From an expression over the arguments.
    Argument,
}

/// In which tiers a function's values live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// In this process.
    pub memory: bool,
    /// In the shared store.
    pub shared: bool,
}

impl Tiers {
    /// Both, where both exist.
    pub const DEFAULT: Self = Self::BOTH;
    /// In this process alone.
    pub const MEMORY: Self = Self { memory: true, shared: false };
    /// In the shared store alone.
    pub const REDIS: Self = Self { memory: false, shared: true };
    /// Both, where both exist.
    pub const BOTH: Self = Self { memory: true, shared: true };
}

/// How far concurrent loads of one key are merged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SingleFlight {
    /// Among all processes.
    #[default]
    Fleet,
    /// In this process.
    Process,
    /// Not at all.
    Off,
}

/// A place in the source, shown as `src/menu.rs:7:1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What an attribute says about its function.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The function's own name; part of its identity.
    pub ident: &'static str,
    /// The readable name in keys.
    pub name: &'static str,
    /// The cache type, unless an expression names it at each call.
    pub type_name: &'static str,
    /// Where it stands.
    pub location: Location,
    /// Bumped by hand when the value's meaning changes.
    pub version: u32,
    /// Time to live; the default where it is `None`.
    pub ttl: Option<Ttl>,
    /// Whether the tenant is part of the key.
    pub tenant: Awareness,
    /// Whether the user is part of the key.
    pub user: Awareness,
    /// Where values live.
    pub tiers: Tiers,
    /// Whether reads may never be older than an acknowledged invalidation anywhere.
    pub strict: bool,
    /// How long to wait for somebody else's load; 10 s where it is `None`.
    pub max_wait: Option<Duration>,
    /// How many loads of this function run at once in this process; no limit where it is `None`.
    pub max_loads: Option<u32>,
    /// How far concurrent loads of one key are merged.
    pub single_flight: SingleFlight,
    /// For how long after the ttl the old value is served while one caller reloads.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after the ttl the old value is served when the load fails.
    pub stale_if_error: Option<Duration>,
    /// By which share at most each ttl is shortened at random; the type's where it is `None`.
    pub jitter: Option<f64>,
    /// Whether "there is none" is kept.
    pub cache_none: bool,
    /// How long "there is none" lives; as long as values where it is `None`.
    pub negative_ttl: Option<Ttl>,
    /// The codec's name; the type's where it is `None`.
    pub codec: Option<&'static str>,
}

impl Declared {
    /// A function for which the attribute says nothing more.
    #[must_use]
    pub const fn new(
        ident: &'static str,
        name: &'static str,
        type_name: &'static str,
        location: Location,
    ) -> Self {
        Self {
            ident,
            name,
            type_name,
            location,
            version: 0,
            ttl: None,
            tenant: Awareness::No,
            user: Awareness::No,
            tiers: Tiers::DEFAULT,
            strict: false,
            max_wait: None,
            max_loads: None,
            single_flight: SingleFlight::Fleet,
            stale_while_revalidate: None,
            stale_if_error: None,
            jitter: None,
            cache_none: false,
            negative_ttl: None,
            codec: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_without_words_is_the_default() {
        assert_eq!(TypePolicy::new(), TypePolicy::default());
        assert_eq!("menu".policy(), TypePolicy::new());
    }

    #[test]
    fn a_ttl_of_none_says_that_none_is_kept() {
        assert!(TypePolicy::new().negative_ttl(Ttl::MINUTE).cache_none);
    }
}
