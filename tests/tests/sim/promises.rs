//! Two caches over a server to which everything happens that can: no read is older than it may be.

use std::collections::VecDeque;
use std::time::Duration;

use cache_core::{Cache, Target, cached};
use cache_testkit::{SeededRandom, SimRedis, SimVersion};

use crate::support::{BOUND, Source, connected, passing};

const SEEDS: u64 = 30;
const STEPS: u64 = 80;

#[cached(type = "stock", ttl = "1m", skip(source))]
async fn stock(source: &Source, id: u64) -> u64 {
    source.load()
}

#[cached(type = "stock", ttl = "1m", strict, skip(source))]
async fn strict_stock(source: &Source, id: u64) -> u64 {
    source.load()
}

/// One item, and what may be read of it.
struct World {
    server: SimRedis,
    random: SeededRandom,
    caches: [Cache; 2],
    source: Source,
    version: u64,
    /// What each cache invalidated for, acknowledged or not.
    own: [u64; 2],
    /// What was invalidated for and acknowledged, and when: the newest last.
    acknowledged: VecDeque<(Duration, u64)>,
    trail: Vec<String>,
}

impl World {
    async fn new(seed: u64) -> Self {
        let version = if seed.is_multiple_of(2) { SimVersion::Redis70 } else { SimVersion::Valkey91 };
        let server = SimRedis::options().version(version).seed(seed).start();
        let caches = [connected(&server, seed * 2).await, connected(&server, seed * 2 + 1).await];
        Self {
            server,
            random: SeededRandom::new(seed),
            caches,
            source: Source::default(),
            version: 0,
            own: [0, 0],
            acknowledged: VecDeque::new(),
            trail: Vec::new(),
        }
    }

    fn one(&self) -> usize {
        usize::from(self.random.happens(0.5))
    }

    async fn step(&mut self) {
        match self.random.below(100) {
            0..30 => self.read(true).await,
            30..60 => self.read(false).await,
            60..80 => self.write().await,
            80..88 => {
                let passed = Duration::from_millis(self.random.below(3000));
                self.trail.push(format!("{passed:?} pass"));
                self.server.advance(passed);
            }
            _ => {
                self.fault();
                if self.random.happens(0.7) {
                    self.recover().await;
                }
            }
        }
    }

    async fn read(&mut self, strict: bool) {
        let cache = self.one();
        // Whatever was acknowledged up to here; for a read that need not be strict, what was so more than a bound ago.
        let now = self.server.clock().passed();
        let counts = |at: Duration| strict || at + BOUND < now;
        let acknowledged =
            self.acknowledged.iter().filter(|(at, _)| counts(*at)).map(|(_, version)| *version);
        let least = acknowledged.max().unwrap_or(0).max(self.own[cache]);
        let scope = &self.caches[cache];
        let read = match strict {
            true => passing(&self.server, scope.scope(strict_stock(&self.source, 1))).await,
            false => passing(&self.server, scope.scope(stock(&self.source, 1))).await,
        };
        self.trail.push(format!("cache {cache} reads {read}, strict: {strict}"));
        assert!(read >= least, "version {read} after {least}:\n{}", self.trail.join("\n"));
    }

    async fn write(&mut self) {
        let cache = self.one();
        self.version += 1;
        self.source.set(self.version);
        let targets = match self.random.happens(0.5) {
            true => vec![Target::key(stock_key(1).unwrap()), Target::key(strict_stock_key(1).unwrap())],
            false => vec![Target::of("stock").into()],
        };
        let mut done = true;
        for target in targets {
            done &= passing(&self.server, self.caches[cache].invalidate(target)).await.is_ok();
        }
        self.own[cache] = self.version;
        if done {
            self.acknowledged.push_back((self.server.clock().passed(), self.version));
        }
        self.trail.push(format!("cache {cache} invalidates for {}: {done}", self.version));
    }

    /// Reads are uncached while a connection is made; only what comes after can be wrong.
    async fn recover(&mut self) {
        for cache in &self.caches {
            passing(&self.server, cache.ready()).await.unwrap();
        }
        self.trail.push("both caches are connected".to_owned());
    }

    fn fault(&mut self) {
        let (server, number) = (&self.server, self.random.next());
        let what = match self.random.below(8) {
            0 => format!("{:?} is evicted", server.evict_random(number)),
            1 => format!("{:?} is watched no more", server.forget_watched(number)),
            2 => format!("{} writes are lost", server.fail_over(usize::try_from(number % 6).unwrap())),
            3 => {
                server.restart();
                "it is started again".to_owned()
            }
            4 => {
                server.restart_empty();
                "it is started again, empty".to_owned()
            }
            5 => {
                server.flush();
                "it is flushed".to_owned()
            }
            6 => {
                server.stop();
                server.advance(Duration::from_millis(number % 3000));
                server.cont();
                "it hangs for a while".to_owned()
            }
            _ => {
                server.kill();
                server.advance(Duration::from_millis(number % 3000));
                server.restart();
                "it is down for a while".to_owned()
            }
        };
        self.trail.push(what);
    }
}

#[tokio::test]
async fn no_read_is_older_than_it_may_be_whatever_happens_to_the_server() {
    let mut hits = 0;
    for seed in 0..SEEDS {
        let mut world = World::new(seed).await;
        world.trail.push(format!("seed {seed}"));
        for _ in 0..STEPS {
            world.step().await;
        }
        hits += world.caches.iter().map(|cache| cache.stats().of("stock").hits).sum::<u64>();
    }
    assert!(hits > SEEDS * STEPS / 20, "hardly anything was served: {hits} hits");
}
