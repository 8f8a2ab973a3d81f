//! Two processes over one server, in virtual time: they read and write at random, and their connections meet
//! faults. What a read returns is compared with what the source has been told to be.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::store::Store;
use cache_core::{Cache, Target, cached};
use cache_testkit::{Faults, FaultyStore, SeededRandom, VirtualClock};
use tokio::task::JoinSet;

use crate::forgetful::{Forgetful, Turns};

/// What came of a run.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The first read that returned an older value than it may have.
    pub(crate) violation: Option<String>,
    pub(crate) acknowledged: u64,
    pub(crate) hits: u64,
    /// What happened to commands.
    pub(crate) trail: Vec<String>,
}

/// How much time passes, and in which steps.
const STEPS: u32 = 500;
const STEP: Duration = Duration::from_millis(5);

/// The source, and what readers may expect of it.
#[derive(Debug)]
struct World {
    clock: VirtualClock,
    random: SeededRandom,
    version: AtomicU64,
    /// Nobody who begins to read now may be given an older version.
    acknowledged: AtomicU64,
    violation: Mutex<Option<String>>,
}

impl World {
    /// Lets up to this many milliseconds pass.
    async fn pause(&self, most: u64) {
        self.clock.sleep(Duration::from_millis(self.random.below(most + 1))).await;
    }
}

#[cached(type = "price", ttl = "1h", strict, skip(world))]
async fn price(world: &World, item: u32) -> u64 {
    price_of(world).await
}

async fn price_of(world: &World) -> u64 {
    let version = world.version.load(Ordering::SeqCst);
    world.pause(100).await;
    version
}

/// How a process caches: with the cache that is tested, or with one that is broken on purpose.
#[derive(Debug)]
enum Caching {
    Ours(Cache),
    Forgetful(Forgetful),
}

impl Caching {
    async fn read(&self, world: &World) -> u64 {
        match self {
            Self::Ours(cache) => cache.scope(price(world, 1)).await,
            Self::Forgetful(cache) => cache.read(price_of(world)).await,
        }
    }

    /// Whether an invalidation is said to be done.
    async fn invalidate(&self, entry: bool) -> bool {
        let target = if entry { Target::key(price_key(1).unwrap()) } else { Target::of("price").into() };
        match self {
            Self::Ours(cache) => cache.invalidate(target).await.is_ok(),
            Self::Forgetful(cache) => cache.invalidate().await,
        }
    }
}

/// One process: its cache, and the newest version that it invalidated for, acknowledged or not.
#[derive(Debug)]
struct Process {
    world: Arc<World>,
    cache: Caching,
    own: AtomicU64,
}

impl Process {
    async fn reads(self: Arc<Self>) {
        let world = &*self.world;
        loop {
            world.pause(40).await;
            let least = world.acknowledged.load(Ordering::SeqCst).max(self.own.load(Ordering::SeqCst));
            let read = self.cache.read(world).await;
            if read < least {
                let mut violation = world.violation.lock().unwrap();
                violation.get_or_insert_with(|| {
                    format!("version {read} was read, and {least} was invalidated for before")
                });
            }
        }
    }

    async fn writes(self: Arc<Self>) {
        let world = &*self.world;
        loop {
            world.pause(200).await;
            let version = world.version.fetch_add(1, Ordering::SeqCst) + 1;
            let entry = world.random.happens(0.5);
            if self.cache.invalidate(entry).await {
                world.acknowledged.fetch_max(version, Ordering::SeqCst);
            }
            self.own.fetch_max(version, Ordering::SeqCst);
        }
    }
}

/// Which cache the processes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    Ours,
    /// It takes an invalidation for done that failed.
    Forgetful,
}

/// Runs two processes over a server, which is made with the clock that they share.
pub(crate) fn run(
    make: Make,
    seed: u64,
    faults: fn(u64) -> Faults,
    server: impl FnOnce(&VirtualClock) -> Arc<dyn Store>,
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(simulate(make, seed, faults, server))
}

async fn simulate(
    make: Make,
    seed: u64,
    faults: fn(u64) -> Faults,
    server: impl FnOnce(&VirtualClock) -> Arc<dyn Store>,
) -> Outcome {
    let clock = VirtualClock::new();
    let server = server(&clock);
    let world = Arc::new(World {
        clock: clock.clone(),
        random: SeededRandom::new(seed),
        version: AtomicU64::new(0),
        acknowledged: AtomicU64::new(0),
        violation: Mutex::new(None),
    });
    let connection =
        |number| FaultyStore::new(server.clone(), Arc::new(clock.clone()), faults(seed * 2 + number));
    let connections = [0, 1].map(connection);
    let caches = connections.each_ref().map(|connection| {
        let cache = Cache::builder().namespace("simulation").store(Arc::new(connection.clone()));
        cache
            .clock(Arc::new(clock.clone()))
            .random(Arc::new(SeededRandom::new(world.random.next())))
            .build()
            .unwrap()
    });
    let mut tasks = JoinSet::new();
    let turns = Turns::default();
    for (cache, connection) in caches.clone().into_iter().zip(&connections) {
        let cache = match make {
            Make::Ours => Caching::Ours(cache),
            Make::Forgetful => Caching::Forgetful(Forgetful::new(connection.clone(), turns.clone())),
        };
        let process = Arc::new(Process { world: world.clone(), cache, own: AtomicU64::new(0) });
        for _ in 0..3 {
            tasks.spawn(process.clone().reads());
        }
        tasks.spawn(process.writes());
    }
    for _ in 0..STEPS {
        clock.advance(STEP);
        // Caches work on a thread of their own too, and so does this timer: they have had their turn.
        SystemClock.sleep(Duration::from_micros(1)).await;
        if world.violation.lock().unwrap().is_some() || tasks.try_join_next().is_some() {
            break;
        }
    }
    assert_eq!(tasks.len(), 8, "no process ends by itself");
    tasks.shutdown().await;
    let violation = world.violation.lock().unwrap().take();
    Outcome {
        violation,
        acknowledged: world.acknowledged.load(Ordering::SeqCst),
        hits: caches.iter().map(|cache| cache.stats().of("price").hits).sum(),
        trail: connections.iter().flat_map(FaultyStore::trail).collect(),
    }
}
