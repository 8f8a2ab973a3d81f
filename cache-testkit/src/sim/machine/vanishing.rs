//! What goes without a client's doing: by its time, or for lack of memory.

use crate::seeded_random::SeededRandom;
use crate::sim::machine::keyspace::Item;
use crate::sim::machine::settings::Policy;
use crate::sim::machine::state::Machine;

/// What a server takes without data.
const IDLE: usize = 1_000_000;

impl Machine {
    /// What lies under a name, if its time has not come.
    pub(crate) fn look(&mut self, database: usize, name: &[u8]) -> Option<&Item> {
        self.expire_if_due(database, name);
        let now = self.millis();
        self.data.get(database, name).filter(|item| !item.is_due(now))
    }

    /// Removes what lies under a name if its time has come. A replica leaves that to its master.
    fn expire_if_due(&mut self, database: usize, name: &[u8]) {
        let now = self.millis();
        let due = self.data.get(database, name).is_some_and(|item| item.is_due(now));
        if due && self.replication.is_master() {
            self.data.take(database, name);
            self.counts.expired += 1;
            self.changed(name);
        }
    }

    /// Removes everything whose time has come.
    pub(crate) fn expire(&mut self) {
        if !self.settings.expires_by_itself {
            return;
        }
        let now = self.millis();
        let due = self.data.all().filter(|(_, _, item)| item.is_due(now));
        let due: Vec<(usize, Vec<u8>)> = due.map(|(database, name, _)| (database, name.to_vec())).collect();
        self.data.begin(false);
        due.iter().for_each(|(database, name)| self.expire_if_due(*database, name));
    }

    /// Makes room where there is too little. Returns whether there is enough now. A replica leaves that to its master.
    pub(crate) fn make_room(&mut self) -> bool {
        if self.settings.max_memory == 0 || !self.replication.is_master() {
            return true;
        }
        while self.used_memory() > self.settings.max_memory {
            let victim = match self.settings.policy.1 {
                Policy::Nothing => None,
                Policy::Anything => self.victim(&self.random, |_| true),
                Policy::Volatile => self.victim(&self.random, |item| item.until.is_some()),
            };
            let Some((database, name)) = victim else { return false };
            self.evict(database, &name);
        }
        true
    }

    /// Draws what goes next, from what may go.
    pub(crate) fn victim(
        &self,
        random: &SeededRandom,
        may_go: impl Fn(&Item) -> bool,
    ) -> Option<(usize, Vec<u8>)> {
        let candidates: Vec<_> = self.data.all().filter(|(_, _, item)| may_go(item)).collect();
        let place = random.below(u64::try_from(candidates.len()).ok().filter(|count| *count > 0)?);
        let (database, name, _) = candidates.get(usize::try_from(place).ok()?)?;
        Some((*database, name.to_vec()))
    }

    /// Removes what lies under a name for lack of memory.
    pub(crate) fn evict(&mut self, database: usize, name: &[u8]) {
        self.data.begin(false);
        if self.data.take(database, name).is_some() {
            self.counts.evicted += 1;
            self.changed(name);
        }
    }

    pub(crate) fn used_memory(&self) -> usize {
        IDLE + self.data.weight()
    }
}

impl Item {
    /// In the millisecond in which its time comes a server may still have it. This one doesn't, so that a test can
    /// let exactly that time pass.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        self.until.is_some_and(|until| now >= until)
    }
}
