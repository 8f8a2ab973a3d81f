//! Says what the environment makes of a cache: how often each function ran in two calls, or what is wrong.

use std::sync::atomic::{AtomicU32, Ordering};

use cache_core::{Cache, PolicySettings, cached};

static LOADS: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];

#[cached(type = "menu")]
fn dishes() -> u32 {
    LOADS[0].fetch_add(1, Ordering::Relaxed)
}

#[cached(type = "menu")]
fn drinks() -> u32 {
    LOADS[1].fetch_add(1, Ordering::Relaxed)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let off = PolicySettings::new().enabled(false);
    let builder = Cache::builder().memory_only().function_policy("configured::drinks", off);
    let cache = match std::env::args().nth(1).as_deref() {
        Some("build") => builder.build(),
        _ => builder.install().await,
    };
    match cache {
        Ok(cache) => cache.sync_scope(|| {
            dishes();
            dishes();
            drinks();
            drinks();
            let [dishes, drinks] = LOADS.each_ref().map(|loads| loads.load(Ordering::Relaxed));
            println!("dishes {dishes}, drinks {drinks}");
        }),
        Err(error) => println!("{:?}: {error}", error.kind()),
    }
}
