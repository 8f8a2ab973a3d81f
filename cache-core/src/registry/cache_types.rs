//! The cache types that this program declares.

use crate::policy::{Location, TypePolicy};
use crate::registry::entry::{Cached, Named, Visit, What, described, entries};

/// A declaration of a cache type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Type {
    /// The type's name, as it stands in keys.
    pub name: &'static str,
    /// What it says for all functions that are cached with it.
    pub policy: TypePolicy,
    /// Where it is declared: its derive, or where there is none a function that names it.
    pub location: Location,
}

/// The types that are declared by a [derive](macro@crate::CacheType), and those with a policy that functions of this
/// program are cached with, by name. A name is there several times if it is declared several times.
#[must_use]
pub fn types() -> Vec<Type> {
    let mut types = Vec::new();
    for what in entries() {
        match what {
            What::Types(visit) => types.extend(derived(*visit)),
            What::Cached(cached) => types.extend(by_hand(cached)),
            What::Invalidates(_) => {}
        }
    }
    types.sort_by(|one: &Type, other| (one.name, one.location).cmp(&(other.name, other.location)));
    types
}

fn derived(visit: Visit) -> Vec<Type> {
    let mut types = Vec::new();
    let _ = described(|| {
        visit(&mut |it| {
            let (name, policy) = (it.name(), it.policy());
            types.extend(policy.location().map(|location| Type { name, policy, location }));
        });
    });
    types
}

/// The type that a function names, unless its derive is registered already or it says nothing.
fn by_hand(cached: &Cached) -> Option<Type> {
    let Named { name, policy } = described(cached.of_type?)?;
    let says = policy.location().is_none() && policy != TypePolicy::new();
    says.then_some(Type { name, policy, location: cached.declared.location })
}
