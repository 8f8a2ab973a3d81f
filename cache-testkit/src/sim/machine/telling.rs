//! Who is told of what, and when.
//!
//! A client is told at the moment when something changes, so before the reply to any later command of its own. Only
//! of what its own command changes is it told after that command's reply, which nothing may come into.

use crate::sim::machine::session::Change;
use crate::sim::machine::state::Machine;

impl Machine {
    /// Something was read under these names by the client whose command runs.
    pub(crate) fn remember<'a>(&mut self, names: impl Iterator<Item = &'a [u8]>) {
        let Some(running) = &self.running else { return };
        let tracking = self.sessions.get(&running.client).and_then(|session| session.tracking);
        if tracking.is_some_and(|tracking| tracking.remembers()) {
            names.for_each(|name| self.watched.remember(name, running.client));
        }
    }

    /// What lies under a name has changed.
    pub(crate) fn changed(&mut self, name: &[u8]) {
        for client in self.watched.take(name) {
            let Some(tracking) = self.sessions.get(&client).and_then(|session| session.tracking) else {
                continue;
            };
            let own = self.running.as_ref().is_some_and(|running| running.client == client);
            if !(own && tracking.no_loop) {
                self.tell(client, Change::Name(name.to_vec()));
            }
        }
    }

    /// Everything has changed.
    pub(crate) fn flushed(&mut self) {
        let tracked = self.sessions.iter().filter(|(_, session)| session.tracking.is_some());
        let tracked: Vec<u64> = tracked.map(|(client, _)| *client).collect();
        tracked.into_iter().for_each(|client| self.tell(client, Change::Everything));
        self.watched.clear();
    }

    fn tell(&mut self, client: u64, change: Change) {
        let begun = self.running.as_ref().is_some_and(|running| running.client == client && running.begun);
        if begun {
            self.pending.push(change);
        } else if let Some(session) = self.sessions.get_mut(&client) {
            session.tell(change);
        }
    }

    /// Remembers no more names than it is set to: whoever watches one that is forgotten is told that it changed.
    pub(crate) fn forget_excess(&mut self) {
        let most = self.settings.tracked_names;
        while most > 0
            && self.watched.names() > most
            && let Some(name) = self.watched.any(&self.random)
        {
            self.changed(&name);
        }
    }
}
