//! The groups of owners that were asked for lately.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::key::address::Owner;
use crate::key::names::{Groups, Namespace};

/// How many owners are remembered.
const OWNERS: usize = 4096;

/// Remembers the names of the groups of owners, which every call of an owner needs.
pub(crate) struct Owners(Cache<Owner, Arc<Groups>>);

impl Default for Owners {
    fn default() -> Self {
        Self(Cache::new(OWNERS))
    }
}

impl Owners {
    /// The groups of an owner.
    pub(crate) fn groups(&self, namespace: &Namespace, owner: &Owner) -> Arc<Groups> {
        if let Some(known) = self.0.get(owner) {
            return known;
        }
        let groups = Arc::new(Groups::of_owner(namespace, owner));
        self.0.insert(owner.clone(), groups.clone());
        groups
    }
}

impl fmt::Debug for Owners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owners").field("known", &self.0.len()).finish()
    }
}
