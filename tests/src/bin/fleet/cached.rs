//! The items as the cache serves them.

use cache_core::{Cache, Key, Target, cached};

use crate::database::Database;
use crate::{BOUND, Orders};

/// Never older than an acknowledged invalidation.
#[cached(type = "stock", ttl = 60, strict, skip(database), tags("item:{item}"))]
pub(crate) async fn strict(database: &Database, item: u64) -> u64 {
    database.load(item).await
}

/// Never older than an invalidation that was acknowledged a staleness bound ago.
#[cached(type = "stock", ttl = 60, skip(database), tags("item:{item}"))]
pub(crate) async fn bounded(database: &Database, item: u64) -> u64 {
    database.load(item).await
}

/// A cache of the fleet.
pub(crate) async fn connect(orders: &Orders) -> Cache {
    let url = format!("redis://127.0.0.1:{}", orders.cache_port);
    let builder = Cache::builder().namespace("fleet").environment("test").redis(url).staleness_bound(BOUND);
    let cache = builder.build().unwrap();
    cache.ready().await.unwrap();
    cache
}

/// What a write of an item invalidates: one of the ways to say it.
pub(crate) fn targets(item: u64, way: u64) -> Vec<Target> {
    let key = |key: Result<Key, cache_core::Error>| Target::key(key.unwrap());
    match way {
        0 => vec![Target::of("stock").into()],
        1 => vec![key(strict_key(item)), key(bounded_key(item))],
        _ => vec![Target::tag(format!("item:{item}"))],
    }
}
