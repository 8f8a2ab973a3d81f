//! Targets, each once, and no more of them than there is room for.

use std::collections::HashMap;
use std::sync::Arc;

use crate::target::Removal;

/// What is noted of a target.
pub(super) trait Noted {
    /// The same target is noted once more.
    fn merge(&mut self, other: Self);

    /// The target gave way to a wider one.
    fn widened(self) -> Self;
}

/// Targets by the names that they remove, with something noted of each.
///
/// Where there is no room for a further one they are coarsened: the narrowest give way to what is next wider,
/// entries and groups of a type to the type, everything else to everything. Nothing is ever left out, so what
/// is too much costs misses and no more.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
pub(super) struct Targets<N> {
    room: usize,
    by_name: HashMap<Arc<str>, Held<N>>,
}

/// A target and what is noted of it.
#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
pub(super) struct Held<N> {
    pub(super) removal: Removal,
    pub(super) noted: N,
}

impl<N: Noted> Targets<N> {
    /// Room for this many targets, at least one.
    pub(super) fn new(room: usize) -> Self {
        Self { room: room.max(1), by_name: HashMap::new() }
    }

    pub(super) fn add(&mut self, removal: Removal, noted: N) {
        let held = match self.wider_held(&removal) {
            Some(wider) => Held { removal: wider, noted: noted.widened() },
            None => Held { removal, noted },
        };
        self.merge(held);
        while self.len() > self.room && self.coarsen() {}
    }

    /// What is held already and hits all that this target hits, where there is no room for the target itself.
    fn wider_held(&self, removal: &Removal) -> Option<Removal> {
        if self.len() < self.room || self.contains(&removal.name) {
            return None;
        }
        removal.wider().find(|wider| self.contains(&wider.name)).cloned()
    }

    fn merge(&mut self, held: Held<N>) {
        match self.by_name.get_mut(&held.removal.name) {
            Some(known) => known.noted.merge(held.noted),
            None => drop(self.by_name.insert(held.removal.name.clone(), held)),
        }
    }

    /// Widens the narrowest targets; `false` if there is nothing wider.
    fn coarsen(&mut self) -> bool {
        let depth = |held: &Held<N>| held.removal.wider().count();
        let narrowest = self.by_name.values().map(depth).max().unwrap_or(0);
        let narrow: Vec<_> =
            self.by_name.extract_if(|_, held| narrowest > 0 && depth(held) == narrowest).collect();
        let widened = !narrow.is_empty();
        for (_, Held { removal, noted }) in narrow {
            let removal = removal.wider.as_deref().expect("only everything has nothing wider").clone();
            self.merge(Held { removal, noted: noted.widened() });
        }
        widened
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Held<N>> {
        self.by_name.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Held<N>> {
        self.by_name.values_mut()
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut N> {
        self.by_name.get_mut(name).map(|held| &mut held.noted)
    }

    /// Takes the targets out of which this holds.
    pub(super) fn take(&mut self, mut taken: impl FnMut(&Held<N>) -> bool) -> Vec<Held<N>> {
        self.by_name.extract_if(|_, held| taken(held)).map(|(_, held)| held).collect()
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.by_name.remove(name);
    }
}
