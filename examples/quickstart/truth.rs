//! What the example knows about the prices without asking the cache.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::menu::MenuItem;

/// The newest change of each item's price whose write has returned.
#[derive(Debug, Default)]
pub(crate) struct Truth(Mutex<HashMap<i64, i64>>);

/// What was true at a moment. A read that begins later must not show anything older.
#[derive(Debug)]
pub(crate) struct Snapshot(HashMap<i64, i64>);

impl Truth {
    /// Notes that a write has returned.
    pub(crate) fn wrote(&self, item: i64, revision: i64) {
        let mut revisions = self.lock();
        let known = revisions.entry(item).or_insert(revision);
        *known = revision.max(*known);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.lock().clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    /// How many of the items are older than what was true.
    pub(crate) fn wrong(&self, items: &[MenuItem]) -> usize {
        items.iter().filter(|item| self.0.get(&item.id).is_some_and(|known| item.revision < *known)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(revision: i64) -> MenuItem {
        let (restaurant, dish) = ("Hoshi".to_owned(), "Miso Soup".to_owned());
        MenuItem { id: 1, restaurant, dish, price_cents: 400, revision, stars: 4.5 }
    }

    #[test]
    fn what_is_older_than_a_write_before_the_read_is_wrong() {
        let truth = Truth::default();
        let before = truth.snapshot();
        truth.wrote(1, 3);
        truth.wrote(1, 2);
        let after = truth.snapshot();
        assert_eq!(before.wrong(&[item(1)]), 0, "the read began before the write");
        assert_eq!(after.wrong(&[item(1), item(2), item(3), item(4)]), 2);
    }
}
