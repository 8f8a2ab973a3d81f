//! What the calls of an owner have in common, for owners that called lately.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::key::address::Owner;
use crate::key::groups::Groups;
use crate::key::namespace::Namespace;
use crate::observe::OfType;

/// How many owners are remembered.
const OWNERS: usize = 4096;

/// Remembers what every call of an owner needs.
pub(crate) struct Owners(Cache<Owner, Owned>);

/// What the calls of an owner have in common.
#[derive(Clone)]
pub(crate) struct Owned {
    /// The names of its groups.
    pub(crate) groups: Arc<Groups>,
    /// The counters of its type.
    pub(crate) counters: Arc<OfType>,
}

impl Default for Owners {
    fn default() -> Self {
        Self(Cache::new(OWNERS))
    }
}

impl Owners {
    /// What the calls of an owner have in common. The counters of its type are asked for when it is new.
    pub(crate) fn of(
        &self,
        namespace: &Namespace,
        owner: &Owner,
        counters: impl FnOnce() -> Arc<OfType>,
    ) -> Owned {
        if let Some(known) = self.0.get(owner) {
            return known;
        }
        let owned = Owned { groups: Arc::new(Groups::of_owner(namespace, owner)), counters: counters() };
        self.0.insert(owner.clone(), owned.clone());
        owned
    }
}

impl fmt::Debug for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owners").field("known", &self.0.len()).finish()
    }
}
