//! A cached function: what it declared, who it is, and how long its loads take.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::Semaphore;

use crate::cache::FunctionName;
use crate::key::address::write_function;
use crate::key::identity::{Identity, enclosing};
use crate::policy::{Declared, Location};
use crate::registry::module_of;

/// A cached function. There is one per attribute; the instances of a generic function share it.
#[derive(Debug)]
pub struct Function {
    pub(crate) declared: Declared,
    /// The identity of each instance, by the addresses of its types' names: they stand for the names, which
    /// are compared only once. Replaced as a whole, so that calls don't wait for each other.
    instances: ArcSwapOption<Vec<(Vec<Address>, Known)>>,
    /// The only instance of a function that is not generic: most are.
    only: OnceLock<Only>,
    /// The permits to load, for each limit that was ever set.
    permits: Mutex<BTreeMap<u32, Arc<Semaphore>>>,
    module: OnceLock<&'static str>,
    /// Whether calls may be served from the process, and in its upper bits the epoch of the policies that say so.
    near: AtomicU64,
    /// The mean time of a load in microseconds; 0 until one has ended.
    mean_load: AtomicU64,
    warned: AtomicBool,
}

type Address = (usize, usize);

/// The only instance of a function.
#[derive(Debug)]
struct Only {
    address: Address,
    identity: Identity,
    /// The function as addresses show it.
    text: Box<str>,
}

#[derive(Clone, Copy, Debug)]
enum Known {
    Identity(Identity),
    /// Another function has the same identity.
    Clash,
}

/// A lease is asked for this long until it is known how long a load takes.
const FIRST_LEASE: Duration = Duration::from_secs(5);
/// A lease lives for this many mean loads.
const LEASE_LOADS: u32 = 4;
const SHORTEST_LEASE: Duration = Duration::from_millis(250);
const LONGEST_LEASE: Duration = Duration::from_secs(60);
/// The newest load counts one part in this many.
const MEAN_OVER: u64 = 8;

impl Function {
    /// A function.
    #[must_use]
    pub const fn new(declared: Declared) -> Self {
        Self {
            declared,
            instances: ArcSwapOption::const_empty(),
            only: OnceLock::new(),
            permits: Mutex::new(BTreeMap::new()),
            module: OnceLock::new(),
            near: AtomicU64::new(0),
            mean_load: AtomicU64::new(0),
            warned: AtomicBool::new(false),
        }
    }

    /// What it declared.
    #[must_use]
    pub const fn declared(&self) -> &Declared {
        &self.declared
    }

    /// The identity of the instance to which these names belong; `None` where two functions can't be told
    /// apart.
    #[inline]
    pub(crate) fn identity(&self, here: &'static str, own: &[&'static str]) -> Option<Identity> {
        let address = (here.as_ptr() as usize, here.len());
        if let Some(only) = self.only.get()
            && only.address == address
            && own.is_empty()
        {
            return Some(only.identity);
        }
        self.instance(here, own)
    }

    /// Appends the instance with an identity as addresses show it.
    pub(crate) fn write(&self, identity: Identity, out: &mut String) {
        match self.only.get() {
            Some(only) if only.identity == identity => out.push_str(&only.text),
            _ => write_function(self.declared.name, identity, out),
        }
    }

    fn instance(&self, here: &'static str, own: &[&'static str]) -> Option<Identity> {
        let is =
            |(addresses, _): &&(Vec<Address>, Known)| addresses.iter().copied().eq(addresses_of(here, own));
        let instances = self.instances.load();
        let known = instances.iter().flat_map(|known| known.iter()).find(is).map(|(_, known)| *known);
        match known.unwrap_or_else(|| self.meet(here, own)) {
            Known::Identity(identity) => Some(identity),
            Known::Clash => None,
        }
    }

    fn meet(&self, here: &'static str, own: &[&'static str]) -> Known {
        let identity = Identity::of(enclosing(here), self.declared.ident, own);
        let known = match claim(identity, self.declared.location) {
            None => Known::Identity(identity),
            Some(other) => {
                tracing::error!(
                    target: "cache",
                    function = self.declared.ident, here = %self.declared.location, %other,
                    "two cached functions of one name stand in one function and can't be told apart; \
                     this one runs uncached until it is renamed"
                );
                Known::Clash
            }
        };
        if let (Known::Identity(identity), true) = (known, own.is_empty()) {
            // Where the names of one type stand at several addresses, the first stays the one that is met soonest.
            let mut text = String::new();
            write_function(self.declared.name, identity, &mut text);
            let address = (here.as_ptr() as usize, here.len());
            let _ = self.only.set(Only { address, identity, text: text.into() });
        }
        let instance = (addresses_of(here, own).collect::<Vec<_>>(), known);
        self.instances.rcu(|instances| {
            let others = instances.iter().flat_map(|others| others.iter().cloned());
            Some(Arc::new(others.chain([instance.clone()]).collect()))
        });
        known
    }

    /// The permits to load, if the function limits how many loads run at the same time.
    pub(crate) fn permits(&self, limit: Option<u32>) -> Option<Arc<Semaphore>> {
        let limit = limit?;
        let mut permits = self.permits.lock().unwrap_or_else(PoisonError::into_inner);
        let most = usize::try_from(limit).unwrap_or(Semaphore::MAX_PERMITS).min(Semaphore::MAX_PERMITS);
        Some(permits.entry(limit).or_insert_with(|| Arc::new(Semaphore::new(most))).clone())
    }

    /// Its names, by which settings know it.
    pub(crate) fn names(&'static self) -> FunctionName {
        let module = self.module.get_or_init(|| module_of(&self.declared));
        FunctionName { name: self.declared.name, ident: self.declared.ident, module }
    }

    /// Whether calls may be served from the process, as the policies of an epoch say. A function has one type, and so
    /// one answer.
    #[inline]
    pub(crate) fn is_near(&self, epoch: u64, find_out: impl FnOnce() -> bool) -> bool {
        let known = self.near.load(Ordering::Relaxed);
        if known >> 1 == epoch {
            return known & 1 == 1;
        }
        let near = find_out();
        self.near.store(epoch << 1 | u64::from(near), Ordering::Relaxed);
        near
    }

    /// How long a lease to ask for: four mean loads.
    pub(crate) fn lease(&self) -> Duration {
        match self.mean_load.load(Ordering::Relaxed) {
            0 => FIRST_LEASE,
            mean => (Duration::from_micros(mean) * LEASE_LOADS).clamp(SHORTEST_LEASE, LONGEST_LEASE),
        }
    }

    /// Takes the time of a load into the mean.
    pub(crate) fn took(&self, load: Duration) {
        let load = u64::try_from(load.as_micros()).unwrap_or(u64::MAX).max(1);
        let mean = self.mean_load.load(Ordering::Relaxed);
        let next = if mean == 0 { load } else { (mean * (MEAN_OVER - 1)).saturating_add(load) / MEAN_OVER };
        self.mean_load.store(next.max(1), Ordering::Relaxed);
    }

    /// Its name, and where it stands.
    pub(crate) fn place(&self) -> String {
        format!("`{}` ({})", self.declared.ident, self.declared.location)
    }

    /// Whether to warn: once per function.
    pub(crate) fn warns(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}

fn addresses_of(here: &'static str, own: &[&'static str]) -> impl Iterator<Item = Address> {
    std::iter::once(here).chain(own.iter().copied()).map(|name| (name.as_ptr() as usize, name.len()))
}

/// Claims an identity for the function at a place; returns the place of another function that has it.
fn claim(identity: Identity, location: Location) -> Option<Location> {
    static CLAIMS: LazyLock<Mutex<HashMap<Identity, Location>>> = LazyLock::new(Mutex::default);
    let mut claims = CLAIMS.lock().unwrap_or_else(PoisonError::into_inner);
    let claimed = *claims.entry(identity).or_insert(location);
    (claimed != location).then_some(claimed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn declared(line: u32) -> Declared {
        Declared::new("f", "f", "f", Location { file: "here.rs", line, column: 1 })
    }

    #[test]
    fn instances_are_told_apart_by_their_types() {
        static FUNCTION: Function = Function::new(declared(1));
        let of = |own: &'static str| FUNCTION.identity("a::told::f<_>::{{closure}}", &[own]);
        assert_ne!(of("User"), of("Order"));
        assert_eq!(of("User"), of("User"));
    }

    #[test]
    fn a_function_that_cannot_be_told_from_another_has_no_identity() {
        static FIRST: Function = Function::new(declared(2));
        static SECOND: Function = Function::new(declared(3));
        let here = "a::outer::f::{{closure}}";
        assert!(FIRST.identity(here, &[]).is_some());
        assert!(SECOND.identity(here, &[]).is_none());
        assert!(FIRST.identity(here, &[]).is_some());
    }

    #[test]
    fn every_instance_is_written_as_in_a_key() {
        static FUNCTION: Function = Function::new(declared(5));
        let here = "a::written::f::{{closure}}";
        for own in [&[][..], &["User"], &["Order"]] {
            let identity = FUNCTION.identity(here, own).expect("nobody else has it");
            let mut written = String::from(">");
            FUNCTION.write(identity, &mut written);
            assert_eq!(written, format!(">f~{identity}:"));
        }
    }

    #[test]
    fn a_lease_follows_the_mean_load() {
        let function = Function::new(declared(4));
        assert_eq!(function.lease(), FIRST_LEASE);
        function.took(Duration::from_millis(1));
        assert_eq!(function.lease(), SHORTEST_LEASE);
        for _ in 0..100 {
            function.took(Duration::from_secs(1));
        }
        let lease = function.lease().as_millis();
        assert!((3_900..=4_000).contains(&lease), "{lease}");
        for _ in 0..100 {
            function.took(Duration::from_secs(1000));
        }
        assert_eq!(function.lease(), LONGEST_LEASE);
    }
}
