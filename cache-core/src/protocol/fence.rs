//! The fence and the journal: what this process has invalidated and the store has not yet acknowledged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::key::names::Names;
use crate::target::Removal;

/// What was invalidated and is not yet acknowledged.
///
/// A fenced entry is loaded from the source and neither read nor stored. Each invalidation draws a number;
/// a removal that the store acknowledged lifts the fence of a target only if the target's newest number was
/// drawn before the removal was handed over. Otherwise an acknowledgement could lift the fence of a later
/// invalidation of the same target.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    /// The number of fenced targets, so that the usual case costs one load.
    armed: AtomicUsize,
    journal: Mutex<Journal>,
}

#[cfg_attr(test, derive(Clone))]
#[derive(Debug, Default)]
struct Journal {
    next: u64,
    /// By the name that the fence covers.
    targets: HashMap<Arc<str>, Pending>,
}

#[cfg_attr(test, derive(Clone))]
#[derive(Debug)]
struct Pending {
    removal: Removal,
    /// The number of the target's newest invalidation.
    newest: u64,
}

/// What was handed over to be removed, and when.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) removals: Vec<Removal>,
    cutoff: u64,
}

impl Batch {
    /// Whether the invalidation with this number is acknowledged with the batch.
    pub(crate) fn covers(&self, number: u64) -> bool {
        number < self.cutoff
    }
}

impl Fence {
    /// Raises the fence for these targets and journals them. Returns the number of the invalidation.
    pub(crate) fn raise(&self, removals: impl IntoIterator<Item = Removal>) -> u64 {
        self.with(|journal| {
            let number = journal.next;
            journal.next += 1;
            for removal in removals {
                journal.targets.insert(removal.name.clone(), Pending { removal, newest: number });
            }
            number
        })
    }

    /// Hands over everything that is journaled.
    pub(crate) fn hand_over(&self) -> Batch {
        self.with(|journal| Batch {
            removals: journal.targets.values().map(|pending| pending.removal.clone()).collect(),
            cutoff: journal.next,
        })
    }

    /// Lowers the fence of what the store acknowledged.
    pub(crate) fn acknowledged(&self, batch: &Batch) {
        self.with(|journal| {
            for removal in &batch.removals {
                if journal.targets.get(&removal.name).is_some_and(|pending| batch.covers(pending.newest)) {
                    journal.targets.remove(&removal.name);
                }
            }
        });
    }

    /// Whether an entry is fenced: itself, one of its groups, or everything.
    pub(crate) fn covers(&self, names: &Names) -> bool {
        if self.len() == 0 {
            return false;
        }
        self.with(|journal| {
            let mut covering = [names.entry(), names.incarnation()].into_iter().chain(names.stamps());
            covering.any(|name| journal.targets.contains_key(name))
        })
    }

    /// How many targets are fenced.
    pub(crate) fn len(&self) -> usize {
        self.armed.load(Ordering::Acquire)
    }

    fn with<R>(&self, change: impl FnOnce(&mut Journal) -> R) -> R {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut journal);
        // A read that begins after `raise` returned must see the fence: stored before the lock is released.
        self.armed.store(journal.targets.len(), Ordering::Release);
        result
    }
}

/// For the explorer, whose states are copied and compared.
#[cfg(test)]
impl Fence {
    /// The fenced names with the numbers of their newest invalidations, in the order of the names.
    pub(super) fn journaled(&self) -> Vec<(Arc<str>, u64)> {
        self.with(|journal| {
            let newest = |(name, pending): (&Arc<str>, &Pending)| (name.clone(), pending.newest);
            let mut journaled: Vec<_> = journal.targets.iter().map(newest).collect();
            journaled.sort();
            journaled
        })
    }
}

#[cfg(test)]
impl Clone for Fence {
    fn clone(&self) -> Self {
        let journal = self.with(|journal| journal.clone());
        Self { armed: AtomicUsize::new(journal.targets.len()), journal: Mutex::new(journal) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::address::{Key, Owner};
    use crate::key::encode::Arguments;
    use crate::key::identity::Identity;
    use crate::key::names::Namespace;
    use crate::target::Target;

    fn namespace() -> Namespace {
        Namespace::new("n", "e")
    }

    fn key() -> Key {
        Key {
            owner: Owner { type_name: "menu", tenant: Some("t1".into()), user: None },
            function: "menus",
            identity: Identity::of("app", "menus", &[]),
            arguments: Arguments::default(),
        }
    }

    fn removal(target: impl Into<Target>) -> Removal {
        target.into().removal(&namespace())
    }

    #[test]
    fn covers_an_entry_by_itself_by_each_of_its_groups_and_by_everything() {
        let names = Names::of(&namespace(), &key(), &["item:7".to_owned()]);
        let covering: [Target; 5] = [
            Target::key(key()),
            Target::of("menu").tenant("t1").into(),
            Target::tenant("t1"),
            Target::tag("item:7"),
            Target::everything(),
        ];
        for target in covering {
            let fence = Fence::default();
            assert!(!fence.covers(&names));
            fence.raise([removal(target.clone())]);
            assert!(fence.covers(&names), "{target:?}");
        }
        let fence = Fence::default();
        fence.raise([removal(Target::of("menu").tenant("t2")), removal(Target::tag("item:8"))]);
        assert!(!fence.covers(&names));
    }

    #[test]
    fn an_acknowledgement_lowers_the_fence() {
        let fence = Fence::default();
        let number = fence.raise([removal(Target::of("menu"))]);
        let batch = fence.hand_over();
        assert!(batch.covers(number));
        assert_eq!(fence.len(), 1);
        fence.acknowledged(&batch);
        assert_eq!(fence.len(), 0);
    }

    #[test]
    fn an_acknowledgement_does_not_lower_the_fence_of_a_later_invalidation() {
        let fence = Fence::default();
        fence.raise([removal(Target::of("menu")), removal(Target::of("orders"))]);
        let batch = fence.hand_over();
        let later = fence.raise([removal(Target::of("menu"))]);
        fence.acknowledged(&batch);
        assert!(!batch.covers(later));
        assert_eq!(fence.hand_over().removals, [removal(Target::of("menu"))]);
    }
}
