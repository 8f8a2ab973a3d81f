//! The commands of a store, carried out in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant, SystemTime};

use smallvec::SmallVec;

use crate::clock::Clock;
use crate::error::Error;
use crate::key::names::Names;
use crate::protocol::{Generation, History, Incarnation, LeaseId, Nonce, Token, Tracker};
use crate::rng::{self, Random};
use crate::store::changes::Changes;
use crate::store::contract::{Answer, Store};
use crate::store::memory::engine::{Engine, Leftovers, Timed};
use crate::store::words::{
    AcquireReply, AcquireRequest, Body, Capability, Entry, Lease, PutReply, PutRequest, Read, Snapshot,
    StoreReply, StoreRequest,
};
use crate::ttl::Ttl;
use crate::value::envelope::{EntryId, ServerTime};

/// A process has one history: its memory can't lose what it acknowledged.
const HISTORY: History = History(*b"in-this-process!");
/// One part in eight of the memory is for stamps.
const STAMPS_SHARE: u64 = 8;

/// A store in this process.
///
/// Writers are carried out one at a time; readers don't wait for them. A reader looks at the entry first and
/// at its stamps afterwards: an entry whose stamps are unchanged after it was read was not invalidated before.
#[derive(Debug)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    entries: Engine<Entry>,
    stamps: Engine<Nonce>,
    writer: Mutex<Writer>,
    /// The caches that keep values of it, which are told of every change.
    watchers: RwLock<Vec<Arc<Changes>>>,
}

#[derive(Debug, Default)]
struct Writer {
    leases: HashMap<Box<str>, (Lease, Instant)>,
}

impl MemoryStore {
    /// An empty store for at most `bytes` bytes.
    #[must_use]
    pub fn new(bytes: u64, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let (entries, stamps) =
            (Engine::new(bytes - bytes / STAMPS_SHARE), Engine::new(bytes / STAMPS_SHARE));
        Self { clock, random, entries, stamps, writer: Mutex::default(), watchers: RwLock::default() }
    }

    /// How many bytes entries and stamps count at the moment.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.entries.weight() + self.stamps.weight()
    }

    /// Reports a change, for values of it that are kept elsewhere in the process.
    fn changed(&self, name: &str) {
        for changes in self.watchers().iter() {
            changes.changed(name.as_bytes());
        }
    }

    fn watchers(&self) -> RwLockReadGuard<'_, Vec<Arc<Changes>>> {
        self.watchers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the entry with this name was used, so that it is not taken for a cold one.
    pub(crate) fn touch(&self, name: &str) {
        self.entries.touch(name);
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshot(&self, names: &Names, lease: bool) -> Snapshot {
        let now = self.clock.now();
        // The entry before its stamps: see the type's documentation.
        let entry = self.entries.get(names.entry(), now);
        let lease = if lease { self.writer().lease(names.lease(), now).cloned() } else { None };
        let incarnation = self.incarnation(names, now);
        let stamps = names.stamps().map(|name| self.stamps.get(name, now)).collect();
        Snapshot {
            entry,
            lease,
            incarnation,
            stamps,
            history: Some(HISTORY),
            now: Some(self.server_time()),
            tracker: (!self.watchers().is_empty()).then_some(Tracker::Local),
        }
    }

    fn incarnation(&self, names: &Names, now: Instant) -> Option<Incarnation> {
        let nonce = self.stamps.get(names.incarnation(), now)?;
        Some(Incarnation { nonce, history: HISTORY })
    }

    /// The current generation; missing stamps are written. `None` without an incarnation.
    fn generation(&self, names: &Names, stamp_ttl: Duration) -> Option<Generation> {
        let now = self.clock.now();
        let incarnation = self.stamps.get(names.incarnation(), now)?;
        let mut nonces = SmallVec::<[Nonce; 8]>::from_elem(incarnation, 1);
        for (index, name) in names.stamps().enumerate() {
            let lives = if index < names.permanent() { Ttl::NEVER.as_duration() } else { stamp_ttl };
            nonces.push(self.stamp(name, now, lives));
        }
        Some(Generation::of(nonces))
    }

    /// A stamp: as it is, armed again below half of its time to live, or new.
    fn stamp(&self, name: &str, now: Instant, lives: Duration) -> Nonce {
        let known = self.stamps.get(name, now);
        let expires = self.stamps.expires(name).unwrap_or(now);
        let nonce = known.unwrap_or_else(|| self.nonce());
        if known.is_none() || expires.saturating_duration_since(now) < lives / 2 {
            let timed = Timed { value: nonce, expires: now + lives, weight: size_of::<Nonce>() };
            drop(self.stamps.insert(name, timed));
        }
        nonce
    }

    fn nonce(&self) -> Nonce {
        Nonce(rng::bytes(&*self.random))
    }

    fn server_time(&self) -> ServerTime {
        let since = self.clock.wall().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        ServerTime {
            seconds: u32::try_from(since.as_secs()).unwrap_or(u32::MAX),
            micros: since.subsec_micros(),
        }
    }

    fn write_entry(
        &self,
        names: &Names,
        prefix: [u8; 12],
        generation: Generation,
        (fresh, ttl): (Duration, Duration),
        body: Body,
    ) -> Leftovers<Entry> {
        let id = EntryId(prefix[4..].try_into().expect("an id is the last eight of twelve bytes"));
        let weight = body.weight().saturating_add(generation.as_bytes().len());
        let entry = Entry { prefix, id, generation, stored_at: self.server_time(), fresh, ttl, body };
        let timed = Timed { value: entry, expires: self.clock.now() + ttl, weight };
        let leftovers = self.entries.insert(names.entry(), timed);
        self.changed(names.entry());
        leftovers
    }

    fn acquire_now(&self, names: &Names, request: AcquireRequest) -> AcquireReply {
        let mut writer = self.writer();
        let now = self.clock.now();
        let Some(generation) = self.generation(names, request.stamp_ttl) else {
            return AcquireReply::Disowned;
        };
        let valid = self.entries.get(names.entry(), now).filter(|entry| entry.generation == generation);
        if valid.is_some_and(|entry| request.refused != Some(entry.id)) {
            return AcquireReply::Valid;
        }
        match writer.lease(names.lease(), now) {
            Some(lease) if lease.generation == generation => {
                if lease.id.0[..16] == request.token {
                    return AcquireReply::Granted(lease.clone());
                }
                let lease = lease.id;
                let remaining = writer.remaining(names.lease(), now);
                AcquireReply::Busy { lease, remaining }
            }
            _ => {
                let id = self.lease_id(request.token);
                let lease = Lease { id, generation };
                writer.forget_expired(now);
                writer.leases.insert(names.lease().into(), (lease.clone(), now + request.lease));
                AcquireReply::Granted(lease)
            }
        }
    }

    fn lease_id(&self, token: Token) -> LeaseId {
        let mut id = [0; 24];
        id[..16].copy_from_slice(&token);
        self.random.fill(&mut id[16..]);
        LeaseId(id)
    }

    fn store_now(&self, names: &Names, request: StoreRequest) -> StoreReply {
        // Declared first, so dropped last, when the lock is released.
        let _leftovers;
        let mut writer = self.writer();
        let now = self.clock.now();
        if writer.lease(names.lease(), now) != Some(&request.lease) {
            return StoreReply::LeaseLost;
        }
        writer.leases.remove(names.lease());
        let seen = self.snapshot_generation(names, now);
        if seen.as_ref() != Some(&request.lease.generation) {
            self.changed(names.lease());
            return StoreReply::Invalidated;
        }
        let lives = (request.fresh, request.ttl);
        _leftovers = self.write_entry(names, request.prefix, request.lease.generation, lives, request.body);
        StoreReply::Stored
    }

    fn snapshot_generation(&self, names: &Names, now: Instant) -> Option<Generation> {
        let incarnation = self.stamps.get(names.incarnation(), now)?;
        let stamps: SmallVec<[Nonce; 8]> =
            names.stamps().map(|name| self.stamps.get(name, now)).collect::<Option<_>>()?;
        Some(Generation::of(std::iter::once(incarnation).chain(stamps)))
    }

    fn put_now(&self, names: &Names, request: PutRequest) -> PutReply {
        let _leftovers;
        let mut writer = self.writer();
        let Some(generation) = self.generation(names, request.stamp_ttl) else { return PutReply::Disowned };
        writer.leases.remove(names.lease());
        let lives = (request.fresh, request.ttl);
        _leftovers = self.write_entry(names, request.prefix, generation.clone(), lives, request.body);
        PutReply::Stored(generation)
    }

    fn renew_now(&self, names: &Names, lease: &Lease, keep: Option<Duration>) -> bool {
        let mut writer = self.writer();
        let now = self.clock.now();
        if writer.lease(names.lease(), now) != Some(lease) {
            return false;
        }
        match keep {
            Some(keep) => {
                writer.leases.insert(names.lease().into(), (lease.clone(), now + keep));
            }
            None => {
                writer.leases.remove(names.lease());
                self.changed(names.lease());
            }
        }
        true
    }

    fn remove_now(&self, names: &[&str]) {
        let mut removed = Vec::new();
        let mut writer = self.writer();
        for name in names {
            removed.extend(self.entries.remove(name));
            self.stamps.remove(name);
            writer.leases.remove(*name);
            self.changed(name);
        }
    }

    fn ensure_now(&self, names: &Names) {
        let _writer = self.writer();
        self.stamp(names.incarnation(), self.clock.now(), Ttl::NEVER.as_duration());
    }
}

/// From this many leases on, expired ones are swept now and then.
const MANY_LEASES: usize = 1024;

impl Writer {
    /// A lease whose holder never came back stays until here: swept whenever their number has doubled.
    fn forget_expired(&mut self, now: Instant) {
        if self.leases.len() >= MANY_LEASES && self.leases.len().is_power_of_two() {
            self.leases.retain(|_, (_, expires)| now < *expires);
        }
    }

    fn lease(&self, name: &str, now: Instant) -> Option<&Lease> {
        self.leases.get(name).filter(|(_, expires)| now < *expires).map(|(lease, _)| lease)
    }

    fn remaining(&self, name: &str, now: Instant) -> Duration {
        self.leases.get(name).map_or(Duration::ZERO, |(_, expires)| expires.saturating_duration_since(now))
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(Ok::<T, Error>(value)))
}

impl Store for MemoryStore {
    fn capability(&self) -> Capability {
        Capability::LOCAL
    }

    fn watch(&self, changes: &Arc<Changes>) {
        self.watchers.write().unwrap_or_else(PoisonError::into_inner).push(changes.clone());
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        ready(self.snapshot(names, read.lease))
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        ready(self.acquire_now(names, request))
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        ready(self.store_now(names, request))
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        ready(self.put_now(names, request))
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        ready(self.renew_now(names, &lease, keep))
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        self.remove_now(names);
        ready(())
    }

    fn ensure<'a>(&'a self, names: &'a Names, _token: Token) -> Answer<'a, ()> {
        self.ensure_now(names);
        ready(())
    }
}
