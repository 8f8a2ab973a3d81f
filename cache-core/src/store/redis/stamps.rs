//! The stamps that a connection knows, shared by all who read over it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redis::Value;

use crate::key::groups::hash;
use crate::key::names::Names;
use crate::protocol::{Asked, Incarnation, Nonce, StampCache, Word, Words};

/// Room for so many stamps, as a power of two. The server remembers what was asked for until it changes or expires, with
/// about 60 bytes for each connection, and stops to remember anything at random beyond `tracking-table-max-keys`.
const BITS: u32 = 14;
/// So many names that were asked for once are remembered.
const GLIMPSED: usize = 1024;

/// What a connection knows of stamps.
#[derive(Debug)]
pub(crate) struct Stamps {
    cache: RwLock<StampCache>,
    told: AtomicU8,
    /// Hashes of names that were asked for, by some of their bits.
    glimpsed: Box<[AtomicU64]>,
}

/// Of which names the server tells changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Told {
    /// Of none.
    Nothing,
    /// Of those that are asked for behind `CLIENT CACHING YES`.
    OnRequest,
    /// Of all.
    Everything,
}

impl Default for Stamps {
    fn default() -> Self {
        let glimpsed = std::iter::repeat_with(|| AtomicU64::new(0)).take(GLIMPSED).collect();
        Self { cache: RwLock::new(StampCache::new(BITS)), told: AtomicU8::new(Told::Nothing as u8), glimpsed }
    }
}

impl Stamps {
    /// From now on the server tells of changes to these names.
    pub(crate) fn are_told(&self, told: Told) {
        self.told.store(told as u8, Ordering::Relaxed);
    }

    fn told(&self) -> Told {
        match self.told.load(Ordering::Relaxed) {
            told if told == Told::Everything as u8 => Told::Everything,
            told if told == Told::OnRequest as u8 => Told::OnRequest,
            _ => Told::Nothing,
        }
    }

    /// Whether everything is known that decides over the validity of an entry.
    pub(crate) fn knows(&self, names: &Names) -> bool {
        self.told() != Told::Nothing && self.read().knows(names)
    }

    /// What decides over the validity of an entry that was read over this connection, to be asked for after the reply.
    pub(crate) fn words(&self, names: &Names) -> Option<Words> {
        self.read().words(names)
    }

    /// Names are about to be asked for. Answers since when, if they are to become known, and how the server comes to
    /// tell of changes to them. Where that takes its memory they are only if one of them was asked for before: most that
    /// are asked for once, as those of a user, are not asked for again soon.
    pub(crate) fn ask<'a>(
        &self,
        groups: impl Iterator<Item = (u64, &'a [u8])> + Clone,
    ) -> Option<(Asked, Told)> {
        let told = self.told();
        let worth_it = match told {
            Told::Nothing => false,
            Told::Everything => true,
            Told::OnRequest => {
                let cache = self.read();
                // All of them are noted. What is known was asked for before, and says nothing of the others.
                let familiar =
                    |group: &(u64, &[u8])| self.is_familiar(group.0) && cache.word(*group).is_none();
                groups.clone().filter(familiar).count() > 0
            }
        };
        worth_it.then(|| (self.write().ask(groups), told))
    }

    fn is_familiar(&self, hash: u64) -> bool {
        let place = usize::try_from(hash >> 32).unwrap_or(0) % GLIMPSED;
        self.glimpsed[place].swap(hash, Ordering::Relaxed) == hash
    }

    /// This is what lay under the names that were asked for.
    pub(crate) fn learn<'a>(
        &self,
        asked: Asked,
        groups: impl Iterator<Item = ((u64, &'a [u8]), Option<&'a [u8]>)>,
    ) {
        if self.told() == Told::Nothing {
            return;
        }
        let mut cache = self.write();
        for (group, bytes) in groups {
            if let Some(word) = bytes.and_then(word) {
                cache.learn(asked, group, word);
            }
        }
    }

    /// The server told of changes to these names. Called in the order of its replies.
    pub(crate) fn changed(&self, names: &[Value]) {
        for name in names {
            let Value::BulkString(name) = name else { continue };
            let hash = hash(name);
            // Who asks for it from here on asks after the change.
            if self.read().depends_on(hash) {
                self.write().changed(hash);
            }
        }
    }

    /// Changes may not have been told.
    pub(crate) fn forget(&self) {
        self.write().forget();
    }

    fn read(&self) -> RwLockReadGuard<'_, StampCache> {
        self.cache.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, StampCache> {
        self.cache.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn word(bytes: &[u8]) -> Option<Word> {
    Nonce::from_bytes(bytes)
        .map(Word::Stamp)
        .or_else(|| Incarnation::from_bytes(bytes).map(Word::Incarnation))
}
