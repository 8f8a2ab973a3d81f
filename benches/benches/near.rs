//! A hit in the process against the hits of peers, in one run: `cargo bench -p benches --bench near`.
//!
//! It prints the best time of each of several rounds, ratios, and how many allocations a hit makes.

use std::hint::black_box;
use std::sync::Arc;

use benches::{Contestant, Tracked, compare, ratio};
use cache_core::context::Context;
use cache_core::{Cache, cached};
use cached::macros::concurrent_cached;

type Menu = Arc<Vec<String>>;

fn load(restaurant_id: u64, page: u32) -> Menu {
    Arc::new(vec![format!("{restaurant_id} {page}"); 8])
}

#[cached(type = "menu", ttl = 3600, tenant_aware)]
async fn ours(restaurant_id: u64, page: u32) -> Menu {
    load(restaurant_id, page)
}

#[cached(type = "menu", ttl = 3600, tenant_aware)]
fn ours_plain(restaurant_id: u64, page: u32) -> Menu {
    load(restaurant_id, page)
}

/// The least that it can do.
#[concurrent_cached(max_size = 10_000)]
async fn theirs(restaurant_id: u64, page: u32) -> Menu {
    load(restaurant_id, page)
}

/// The same work: bounded, with a time to live, and a tenant in the key.
#[concurrent_cached(max_size = 10_000, ttl_secs = 3600)]
async fn theirs_alike(tenant: String, restaurant_id: u64, page: u32) -> Menu {
    drop(tenant);
    load(restaurant_id, page)
}

const CALLS: u32 = 2_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    let shared =
        Cache::builder().store(Arc::new(Tracked::default())).build().expect("the settings are in order");
    let cache = Cache::builder().memory_only().build().expect("the settings are in order");
    let moka: moka::sync::Cache<[u8; 16], Menu> = moka::sync::Cache::new(10_000);
    let key = *b"a key of 16 byte";
    moka.insert(key, load(42, 1));
    let times = compare(
        CALLS,
        &mut [
            Contestant::new("moka: a bare get of a 16-byte key", |calls| {
                for _ in 0..calls {
                    black_box(moka.get(black_box(&key)));
                }
            }),
            Contestant::new("cached: an async function returning Arc", |calls| {
                runtime.block_on(async {
                    for _ in 0..calls {
                        black_box(theirs(black_box(42), black_box(1)).await);
                    }
                });
            }),
            Contestant::new("cached: with a time to live and a tenant", |calls| {
                runtime.block_on(async {
                    for _ in 0..calls {
                        black_box(theirs_alike("t1".to_owned(), black_box(42), black_box(1)).await);
                    }
                });
            }),
            Contestant::new("ours: an async function of a tenant returning Arc", |calls| {
                let work = async {
                    for _ in 0..calls {
                        black_box(ours(black_box(42), black_box(1)).await);
                    }
                };
                runtime.block_on(shared.scope(Context::new().tenant("t1").scope(work)));
            }),
            Contestant::new("ours: the same without a server", |calls| {
                let work = async {
                    for _ in 0..calls {
                        black_box(ours(black_box(42), black_box(1)).await);
                    }
                };
                runtime.block_on(cache.scope(Context::new().tenant("t1").scope(work)));
            }),
            Contestant::new("ours: a plain function, without a server", |calls| {
                cache.sync_scope(|| {
                    Context::new().tenant("t1").sync_scope(|| {
                        for _ in 0..calls {
                            black_box(ours_plain(black_box(42), black_box(1)));
                        }
                    });
                });
            }),
        ],
    );
    println!("{:>9.2}     of moka's get", ratio(times[3], times[0]));
    println!("{:>9.2}     of cached's call, the least", ratio(times[3], times[1]));
    println!("{:>9.2}     of cached's call, the same work", ratio(times[3], times[2]));
    let work = async {
        let hits = allocation_counter::measure(|| {
            cache.sync_scope(|| {
                Context::new().tenant("t1").sync_scope(|| black_box(ours_plain(42, 1)));
            });
        });
        println!("{:>9}     allocations, the two scopes included", hits.count_total);
    };
    runtime.block_on(work);
}
