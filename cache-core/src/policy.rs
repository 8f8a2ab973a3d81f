//! What a cached function declares about itself.

use std::time::Duration;

use crate::ttl::Ttl;

/// A cache type: the name that [`cached`](crate::cached) functions share and that
/// [`invalidate`](crate::invalidate) hits.
///
/// ```
/// use cache_core::CacheType;
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
/// }
/// assert_eq!(Kind::Menu.name(), "menu");
/// ```
pub trait CacheType {
    /// The type's name, as it stands in keys.
    fn name(&self) -> &'static str;
}

impl CacheType for &'static str {
    fn name(&self) -> &'static str {
        self
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

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
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
    /// For how long after its time to live a value is served while somebody reloads.
    pub stale_while_revalidate: Option<Duration>,
    /// For how long after its time to live a value is served if the load fails.
    pub stale_if_error: Option<Duration>,
    /// By which part of itself a time to live is shortened at most; the cache's where it is `None`.
    pub jitter: Option<f64>,
    /// How many loads may run at the same time in this process; any number where it is `None`.
    pub max_loads: Option<u32>,
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
            stale_while_revalidate: None,
            stale_if_error: None,
            jitter: None,
            max_loads: None,
        }
    }
}
