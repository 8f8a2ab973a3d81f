//! The functions that this program declares.

use crate::policy::{Awareness, Location};
use crate::registry::entry::{Cached, Invalidates, Named, What, described, entries};

/// A function with an attribute of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Function {
    /// Its readable name, as it stands in keys: by default what it is called.
    pub name: &'static str,
    /// Its module and what it is called: `app::menu::get_menu_items`.
    pub path: String,
    /// What it does with the type.
    pub role: Role,
    /// The type's name; `None` where a function invalidates something else than a type.
    pub type_name: Option<&'static str>,
    /// Whether it is about one tenant's entries alone.
    pub tenant_aware: bool,
    /// Whether it is about one user's entries alone.
    pub user_aware: bool,
    /// Where the attribute stands.
    pub location: Location,
}

/// What a function does with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// It is [`cached`](macro@crate::cached).
    Cached,
    /// It [`invalidates`](macro@crate::invalidate).
    Invalidates,
}

/// The functions that this program declares, by path. One that has several attributes is there several times.
#[must_use]
pub fn functions() -> Vec<Function> {
    let mut functions: Vec<_> = entries().filter_map(function).collect();
    functions.sort_by(|one, other| (&one.path, one.location).cmp(&(&other.path, other.location)));
    functions
}

fn function(what: &'static What) -> Option<Function> {
    match what {
        What::Cached(cached) => Some(Function::cached(cached)),
        What::Invalidates(invalidates) => Some(Function::invalidates(invalidates)),
        What::Types(_) => None,
    }
}

impl Function {
    fn cached(Cached { declared, module, of_type }: &Cached) -> Self {
        let named: Option<Named> = of_type.and_then(described);
        let policy = named.map(|named| named.policy).unwrap_or_default();
        Self {
            name: declared.name,
            path: path(module, declared.ident),
            role: Role::Cached,
            type_name: Some(named.map_or(declared.type_name, |named| named.name)),
            tenant_aware: declared.tenant != Awareness::No || policy.tenant_aware,
            user_aware: declared.user != Awareness::No || policy.user_aware,
            location: declared.location,
        }
    }

    fn invalidates(declared: &Invalidates) -> Self {
        let named = declared.of_type.and_then(described).map(|named| named.name);
        Self {
            name: declared.ident,
            path: path(declared.module, declared.ident),
            role: Role::Invalidates,
            type_name: declared.type_name.or(named),
            tenant_aware: declared.tenant != Awareness::No,
            user_aware: declared.user != Awareness::No,
            location: declared.location,
        }
    }
}

fn path(module: &str, ident: &str) -> String {
    format!("{module}::{ident}")
}
