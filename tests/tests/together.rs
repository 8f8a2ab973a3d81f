//! Calls of one key that come together on several threads, under a clock that nobody turns.

use std::time::Duration;

use cache_core::cached;
use cache_core::clock::{Clock, SystemClock};
use cache_core::context::Context;
use cache_testkit::TestCache;

#[cached(type = "together", tenant_aware)]
async fn item(id: u32) -> String {
    tokio::task::yield_now().await;
    id.to_string()
}

#[cached(type = "together-plain", tenant_aware)]
fn plain_item(id: u32) -> String {
    id.to_string()
}

/// Its load fails, so that nothing is stored and the next call has to load.
#[cached(type = "together-failing", tenant_aware)]
async fn failing_item(id: u32) -> Result<String, u32> {
    tokio::task::yield_now().await;
    Err(id)
}

const ROUNDS: u32 = 30;

/// Many calls of a few keys, so that some come between the grant of a lease and the start of its load.
async fn meet<F: Future<Output = ()> + Send + 'static>(call: fn(u32) -> F) {
    for round in 0..ROUNDS {
        let cache = TestCache::new();
        let calls = (0..400_u32).map(|number| {
            let tenant = format!("t{}", number % 4);
            tokio::spawn(cache.run(Context::new().tenant(tenant).scope(call(number / 4 % 10))))
        });
        for call in calls.collect::<Vec<_>>() {
            tokio::select! {
                ended = call => ended.expect("it does not panic"),
                () = SystemClock.sleep(Duration::from_secs(60)) => panic!("round {round}: a call hangs"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn async_functions() {
    meet(|id| async move { assert_eq!(item(id).await, id.to_string()) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn plain_functions() {
    meet(|id| async move { assert_eq!(plain_item(id), id.to_string()) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn functions_that_fail() {
    meet(|id| async move { assert_eq!(failing_item(id).await, Err(id)) }).await;
}
