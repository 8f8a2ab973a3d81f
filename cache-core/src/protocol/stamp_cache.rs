//! What a connection knows of stamps, so that it need not ask for them with every entry.
//!
//! The server tells a tracked connection of each change to what was read over it, and does so before it answers any
//! later command. As long as nothing was told of a stamp since it was read, it has its value still: at the moment at
//! which the server carried out a command whose reply came just now. So an entry that was read alone is as good as one
//! that was read together with its stamps, if it is compared with what is known *after* its reply.
//!
//! What became known only after the entry was read does no harm. A nonce never stands under a name twice: the entry
//! carries it only if it stood there when the entry was loaded, and so at all times since.
//!
//! The order of pushes and replies is that of client-side caching over one connection in RESP3, see
//! <https://redis.io/docs/latest/develop/reference/client-side-caching/>.

use smallvec::SmallVec;

use crate::key::names::Names;
use crate::protocol::words::{Incarnation, Nonce};

/// The stamps and incarnations that a connection knows.
#[derive(Clone, Debug)]
pub(crate) struct StampCache {
    /// By the last bits of a name's hash. A name takes the place of another one: which one hardly matters, since not to
    /// know it costs little.
    slots: Vec<Option<Box<Slot>>>,
    /// How often anything was asked for.
    asked: u64,
    /// How often everything was forgotten. Slots of before are as good as empty.
    forgotten: u64,
}

/// What lies under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Stamp(Nonce),
    Incarnation(Incarnation),
}

/// When something was asked for that the connection is to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked(u64);

#[derive(Clone, Debug)]
struct Slot {
    hash: u64,
    name: Box<[u8]>,
    state: State,
    forgotten: u64,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// It is asked for since then, and nothing was told of it since.
    Asked(Asked),
    Known(Word),
}

/// The incarnation and the stamps of an entry.
pub(crate) type Words = (Incarnation, SmallVec<[Option<Nonce>; 8]>);

impl StampCache {
    /// Room for `1 << bits` names.
    pub(crate) fn new(bits: u32) -> Self {
        Self { slots: vec![None; 1 << bits], asked: 0, forgotten: 0 }
    }

    /// Everything that decides over the validity of an entry, as far as was told by now; `None` if any of it is not
    /// known.
    pub(crate) fn words(&self, names: &Names) -> Option<Words> {
        let (mut incarnation, mut stamps) = (None, SmallVec::new());
        let all = names.groups_with_hashes().all(|group| match (self.word(group), incarnation) {
            (Some(Word::Incarnation(word)), None) => {
                incarnation = Some(word);
                true
            }
            (Some(Word::Stamp(nonce)), Some(_)) => {
                stamps.push(Some(nonce));
                true
            }
            _ => false,
        });
        if all { Some((incarnation?, stamps)) } else { None }
    }

    /// Whether all of that seems to be known at the moment.
    pub(crate) fn knows(&self, names: &Names) -> bool {
        let is_known = |slot: &Slot, hash| slot.hash == hash && matches!(slot.state, State::Known(_));
        names.group_hashes().all(|hash| self.slot(hash).is_some_and(|slot| is_known(slot, hash)))
    }

    /// What is known of a name.
    pub(crate) fn word(&self, (hash, name): (u64, &[u8])) -> Option<Word> {
        let slot = self.slot(hash)?;
        match slot.state {
            State::Known(word) if slot.is_of(hash, name) => Some(word),
            _ => None,
        }
    }

    /// Names are about to be asked for, over the connection and so that the server tells of changes to them.
    pub(crate) fn ask<'a>(&mut self, groups: impl Iterator<Item = (u64, &'a [u8])>) -> Asked {
        self.asked += 1;
        let asked = Asked(self.asked);
        for (hash, name) in groups {
            // Whoever asked before is told of the same changes.
            if self.slot(hash).is_none_or(|slot| !slot.is_of(hash, name)) {
                let (place, state, forgotten) = (self.place(hash), State::Asked(asked), self.forgotten);
                self.slots[place] = Some(Box::new(Slot { hash, name: name.into(), state, forgotten }));
            }
        }
        asked
    }

    /// This was the answer for a name that was asked for then.
    pub(crate) fn learn(&mut self, asked: Asked, (hash, name): (u64, &[u8]), word: Word) {
        let place = self.place(hash);
        let Some(slot) = self.slot(hash).filter(|slot| slot.is_of(hash, name)) else { return };
        match slot.state {
            State::Asked(since) if since <= asked => {
                let slot = Slot { state: State::Known(word), ..slot.clone() };
                self.slots[place] = Some(Box::new(slot));
            }
            // An older answer, or a change that was not told: to ask again is right in any case.
            State::Known(known) if known != word => self.slots[place] = None,
            _ => {}
        }
    }

    /// Whether anything is known or asked for that a change to the name with this hash ends.
    pub(crate) fn depends_on(&self, hash: u64) -> bool {
        self.slot(hash).is_some_and(|slot| slot.hash == hash)
    }

    /// The server told of a change to the name with this hash.
    pub(crate) fn changed(&mut self, hash: u64) {
        if self.depends_on(hash) {
            let place = self.place(hash);
            self.slots[place] = None;
        }
    }

    /// Changes may not have been told.
    pub(crate) fn forget(&mut self) {
        self.forgotten += 1;
    }

    fn slot(&self, hash: u64) -> Option<&Slot> {
        self.slots[self.place(hash)].as_deref().filter(|slot| slot.forgotten == self.forgotten)
    }

    fn place(&self, hash: u64) -> usize {
        usize::try_from(hash & (self.slots.len() as u64 - 1)).expect("there are not so many slots")
    }
}

/// For the explorer, whose states are copied and compared.
#[cfg(test)]
impl StampCache {
    /// What lies under a name, as far as was told by now.
    pub(super) fn known(&self, group: (u64, &[u8])) -> Option<Word> {
        self.word(group)
    }

    /// Whether an answer for a name that was asked for then would become known.
    pub(super) fn would_learn(&self, asked: Asked, (hash, name): (u64, &[u8])) -> bool {
        let slot = self.slot(hash).filter(|slot| slot.is_of(hash, name));
        slot.is_some_and(|slot| matches!(slot.state, State::Asked(since) if since <= asked))
    }
}

impl Slot {
    fn is_of(&self, hash: u64, name: &[u8]) -> bool {
        self.hash == hash && *self.name == *name
    }
}

#[cfg(test)]
mod tests;
