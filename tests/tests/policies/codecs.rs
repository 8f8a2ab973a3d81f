//! Values in other codecs, by attribute and as it is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cache_core::value::CodecKind;
use cache_core::{Cache, CacheType, PolicySettings, cached};
use cache_testkit::{MockBackend, VirtualClock};

static LOADS: AtomicU32 = AtomicU32::new(0);

/// A type that says something else when it is read than when it was written.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Dish {
    Numbered(u64),
    Named { name: String },
}

#[derive(Clone, Copy, CacheType)]
#[cache(codec = "messagepack")]
struct Described;

#[cached(type = Described)]
async fn described(id: u64) -> Vec<Dish> {
    LOADS.fetch_add(1, Ordering::SeqCst);
    vec![Dish::Numbered(id), Dish::Named { name: "soup".to_owned() }]
}

#[cached(type = "codec-of-function", codec = "postcard", tiers(redis))]
async fn compact(id: u64) -> (u64, String) {
    LOADS.fetch_add(1, Ordering::SeqCst);
    (id, "soup".to_owned())
}

fn cache(backend: &MockBackend, clock: &Arc<VirtualClock>) -> Cache {
    let store = Arc::new(backend.clone());
    Cache::builder().namespace("codecs").store(store).clock(clock.clone()).build().unwrap()
}

#[tokio::test]
async fn what_one_process_wrote_another_one_reads_whatever_is_set_there() {
    let clock = Arc::new(VirtualClock::new());
    let backend = MockBackend::new(clock.clone());
    let [writer, reader] = [(); 2].map(|()| cache(&backend, &clock));
    let dishes = vec![Dish::Numbered(1), Dish::Named { name: "soup".to_owned() }];
    let expected = (dishes, (1, "soup".to_owned()));
    let read = async || (described(1).await, compact(1).await);
    assert_eq!(writer.scope(read()).await, expected);
    writer.close().await.unwrap();

    let other = PolicySettings::new().codec(CodecKind::Bincode);
    reader.set_policy("codec-of-function", other).unwrap();
    assert_eq!(reader.scope(read()).await, expected);
    assert_eq!(LOADS.load(Ordering::SeqCst), 2, "the reader loaded nothing");
}
