//! The tier: a map bounded by bytes, overall and for the types that have a share of their own.
//!
//! Algorithm: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, as the crate
//! `quick_cache` implements it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::clock::Moment;
use crate::near::kept::Kept;
use crate::near::key::{Lookup, NearKey};
use crate::protocol::Standing;
use crate::store::Changes;

/// What a value costs beside its payload: the parts of [`Kept`], counters, and the slot.
const OVERHEAD: u64 = 192;
/// A value must fit into a shard, so none is smaller than this.
const SMALLEST_SHARD: u64 = 4 * 1024 * 1024;
/// More shards than this don't make a difference.
const MOST_SHARDS: u64 = 64;

type Map = Cache<NearKey, Arc<Kept>, Bytes>;

/// The values that are kept in the process.
pub(crate) struct Near {
    bytes: u64,
    shared: Map,
    /// Whether any type has a share of its own: seldom, so that the usual hit looks no further.
    shares: AtomicBool,
    /// Those types. Replaced as a whole.
    own: ArcSwapOption<HashMap<Box<str>, Arc<Map>>>,
}

#[derive(Clone, Copy, Debug)]
struct Bytes;

impl Weighter<NearKey, Arc<Kept>> for Bytes {
    fn weight(&self, key: &NearKey, kept: &Arc<Kept>) -> u64 {
        (kept.weight as u64).saturating_add(key.weight() as u64).saturating_add(OVERHEAD)
    }
}

impl Near {
    /// An empty tier of at most `bytes` bytes, out of which each of these types has a share that the others can't
    /// take, and that it can't exceed.
    pub(crate) fn new<'a>(bytes: u64, shares: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let (shared, own) = (map(bytes), ArcSwapOption::empty());
        let near = Self { bytes, shared, shares: AtomicBool::new(false), own };
        shares.into_iter().for_each(|(name, share)| near.share(name, share));
        near
    }

    /// Gives a type a share, unless it has one: at most what other shares leave.
    pub(crate) fn share(&self, type_name: &str, share: u64) {
        if self.own.load().as_ref().is_some_and(|own| own.contains_key(type_name)) {
            return;
        }
        let added = Arc::new(map(share.min(self.bytes.saturating_sub(self.taken())).max(1)));
        self.own.rcu(|own| {
            let mut own = own.as_ref().map_or_else(HashMap::new, |own| HashMap::clone(own));
            own.entry(type_name.into()).or_insert_with(|| added.clone());
            Some(Arc::new(own))
        });
        self.shares.store(true, Ordering::Release);
        self.fit_shared();
    }

    /// Gives a type another share, or none. What it has kept in the process is read anew.
    pub(crate) fn set_share(&self, type_name: &str, share: Option<u64>) {
        self.own.rcu(|own| {
            let mut own = own.as_ref().map_or_else(HashMap::new, |own| HashMap::clone(own));
            own.remove(type_name);
            Some(Arc::new(own))
        });
        match share {
            Some(share) => self.share(type_name, share),
            None => self.fit_shared(),
        }
    }

    /// Leaves to all others what the shares don't take.
    fn fit_shared(&self) {
        self.shared.set_capacity(self.bytes.saturating_sub(self.taken()).max(1));
    }

    /// How many bytes the shares have together.
    fn taken(&self) -> u64 {
        let own = self.own.load();
        own.iter().flat_map(|own| own.values()).fold(0, |sum, map| sum.saturating_add(map.capacity()))
    }

    /// The value of a call, if it may be served now, else what was removed because it never may be again: dropping
    /// that is left to the caller, since it may run anything.
    #[inline(always)]
    pub(crate) fn get(
        &self,
        lookup: &Lookup<'_>,
        changes: &Changes,
        now: Moment,
    ) -> Result<Arc<Kept>, Option<Arc<Kept>>> {
        if !self.shares.load(Ordering::Acquire) {
            return found(&self.shared, lookup, changes, now);
        }
        let own = self.own(lookup.type_name);
        found(own.as_deref().unwrap_or(&self.shared), lookup, changes, now)
    }

    /// Keeps a value. One that is larger than a shard is not kept.
    pub(crate) fn insert(&self, key: NearKey, kept: Kept) {
        let own = self.own(key.type_name());
        let map = own.as_deref().unwrap_or(&self.shared);
        // What it replaces and evicts is dropped when no lock is held: dropping a value may run anything.
        let mut evicted = Default::default();
        let replaced = map.remove(&key);
        map.insert_with_lifecycle(key, Arc::new(kept), &mut evicted);
        drop((replaced, evicted));
    }

    /// How many bytes everything counts together.
    pub(crate) fn weight(&self) -> u64 {
        let own = self.own.load();
        self.shared.weight() + own.iter().flat_map(|own| own.values()).map(|map| map.weight()).sum::<u64>()
    }

    fn own(&self, type_name: &str) -> Option<Arc<Map>> {
        if !self.shares.load(Ordering::Acquire) {
            return None;
        }
        self.own.load().as_ref()?.get(type_name).cloned()
    }
}

#[inline(always)]
fn found(
    map: &Map,
    lookup: &Lookup<'_>,
    changes: &Changes,
    now: Moment,
) -> Result<Arc<Kept>, Option<Arc<Kept>>> {
    let kept = map.get(lookup).ok_or(None)?;
    match changes.standing(&kept.hold, now) {
        Standing::Good if !kept.is_gone() => return Ok(kept),
        Standing::Unsure => {}
        Standing::Good | Standing::Over => {
            map.remove_if(lookup, |other| Arc::ptr_eq(other, &kept));
        }
    }
    Err(Some(kept))
}

fn map(bytes: u64) -> Map {
    let items = usize::try_from(bytes / 512).unwrap_or(usize::MAX).clamp(16, 1 << 20);
    let shards = (bytes / SMALLEST_SHARD).clamp(1, MOST_SHARDS);
    let options = OptionsBuilder::new()
        .estimated_items_capacity(items)
        .weight_capacity(bytes)
        // The engine rounds up to a power of two.
        .shards(1 << shards.ilog2())
        .build()
        .expect("both capacities were set");
    Cache::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default())
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Near").field("bytes", &self.weight()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::key::address::Owner;
    use crate::key::identity::Identity;
    use crate::key::names::Names;
    use crate::near::kept::Value;
    use crate::protocol::{Hold, Tracker};

    struct Fixture {
        near: Near,
        changes: Changes,
        names: Names,
        now: Instant,
    }

    const LONG: Duration = Duration::from_secs(3600);

    impl Fixture {
        fn new(near: Near) -> Self {
            let now = SystemClock.now();
            let names = Names::for_tests("n", "menu:1", &["menu"]);
            Self { near, changes: Changes::new("n:", 8), names, now }
        }

        fn keep(&self, type_name: &'static str, arguments: u32, weight: usize) {
            let places = self.changes.places(&self.names);
            let ticket = self.changes.ticket(&places);
            let expires = self.now + LONG;
            let hold = Hold::new(places, ticket, Some(Tracker::Local), self.now, LONG, expires);
            let value = Value::Here(Arc::new(arguments));
            let kept = Kept { value, hold, fresh_until: expires.into(), weight, counters: Arc::default() };
            let owner = Owner { type_name, tenant: None, user: None };
            let key = NearKey::new(Identity::of("a", "f", &[]), owner, &arguments.to_le_bytes());
            self.near.insert(key, kept);
        }

        fn get(&self, type_name: &'static str, arguments: u32, after: Duration) -> Option<u32> {
            let (identity, arguments) = (Identity::of("a", "f", &[]), arguments.to_le_bytes());
            let lookup = Lookup { identity, type_name, tenant: None, user: None, arguments: &arguments };
            let kept = self.near.get(&lookup, &self.changes, (self.now + after).into()).ok()?;
            kept.value()?.downcast_ref::<u32>().copied()
        }
    }

    #[test]
    fn a_value_is_served_until_it_expires_or_what_it_depends_on_changes() {
        let fixture = Fixture::new(Near::new(1 << 20, []));
        fixture.keep("menu", 1, 10);
        assert_eq!(fixture.get("menu", 1, Duration::ZERO), Some(1));
        assert_eq!(fixture.get("menu", 2, Duration::ZERO), None);
        assert_eq!(fixture.get("menu", 1, LONG), None);
        fixture.keep("menu", 1, 10);
        fixture.changes.changed(fixture.names.incarnation().as_bytes());
        assert_eq!(fixture.get("menu", 1, Duration::ZERO), None);
        assert_eq!(fixture.near.weight(), 0, "what can't be served any more makes room");
    }

    #[test]
    fn stays_within_its_bytes_and_so_does_every_share() {
        let near = Near::new(1_000_000, [("reports", 100_000)]);
        let fixture = Fixture::new(near);
        for i in 0..2000 {
            fixture.keep("menu", i, 1000);
            fixture.keep("reports", i, 1000);
            assert!(fixture.near.shared.weight() <= 900_000);
            assert!(fixture.near.own("reports").expect("it has a share").weight() <= 100_000);
        }
        assert!(fixture.near.shared.weight() > 450_000, "but uses them");
        assert!(fixture.near.own("reports").expect("it has a share").weight() > 50_000);
    }
}
