//! Tests for code that is cached with [`cache_core`].
//!
//! ```
//! use std::time::Duration;
//!
//! use cache_core::cached;
//! use cache_testkit::TestCache;
//!
//! #[cached(type = "menu", ttl = "1h")]
//! async fn menu(restaurant_id: u64) -> Vec<String> {
//!     vec![format!("a dish of restaurant {restaurant_id}")]
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let cache = TestCache::new();
//! cache.run(async {
//!     menu(42).await;
//!     menu(42).await;
//! }).await;
//! cache.assert_misses("menu", 1);
//! cache.assert_hits("menu", 1);
//!
//! cache.advance(Duration::from_secs(3600));              // The entry expires; nobody sleeps.
//! cache.run(menu(42)).await;
//! cache.assert_misses("menu", 2);
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod at_once;
mod command;
pub mod conformance;
mod event_log;
mod faults;
mod mock;
#[cfg(unix)]
mod ports;
#[cfg(unix)]
mod proxy;
#[cfg(unix)]
mod redis;
mod seeded_random;
#[cfg(unix)]
mod sim;
mod test_cache;
mod test_scope;
mod virtual_clock;

pub use self::command::Operation;
pub use self::faults::{Faults, FaultyStore, ReplicatedStore};
pub use self::mock::{Call, Expectation, MockBackend, MockEntry};
#[cfg(unix)]
pub use self::proxy::{TcpProxy, Traffic};
#[cfg(all(unix, feature = "tls"))]
pub use self::redis::Certificates;
#[cfg(unix)]
pub use self::redis::{
    Persistence, RedisClient, RedisCluster, RedisClusterOptions, RedisReplicaSet, RedisReplicaSetOptions,
    RedisServer, RedisServerOptions,
};
pub use self::seeded_random::SeededRandom;
#[cfg(unix)]
pub use self::sim::{SimRedis, SimRedisOptions, SimVersion};
pub use self::test_cache::TestCache;
pub use self::test_scope::TestScope;
pub use self::virtual_clock::VirtualClock;
