//! Who is told of which name: a server's tracking table.

use std::collections::{BTreeMap, BTreeSet};

use crate::seeded_random::SeededRandom;

/// For each name that was read over a tracked connection, the clients that read it. It knows no databases.
#[derive(Debug, Default)]
pub(crate) struct Watched(BTreeMap<Vec<u8>, BTreeSet<u64>>);

impl Watched {
    pub(crate) fn remember(&mut self, name: &[u8], client: u64) {
        self.0.entry(name.to_vec()).or_default().insert(client);
    }

    /// Who is to be told of a name: once.
    pub(crate) fn take(&mut self, name: &[u8]) -> BTreeSet<u64> {
        self.0.remove(name).unwrap_or_default()
    }

    /// Some name.
    pub(crate) fn any(&self, random: &SeededRandom) -> Option<Vec<u8>> {
        let place = random.below(u64::try_from(self.0.len()).ok().filter(|count| *count > 0)?);
        self.0.keys().nth(usize::try_from(place).ok()?).cloned()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn names(&self) -> usize {
        self.0.len()
    }

    /// How many pairs of a name and a client there are.
    pub(crate) fn items(&self) -> usize {
        self.0.values().map(BTreeSet::len).sum()
    }
}
