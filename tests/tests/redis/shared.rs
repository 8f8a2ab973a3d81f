//! Values that one process stores and another one finds, and invalidations that reach both.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::context::Context;
use cache_core::{Cache, Target, cached, invalidate};
use cache_testkit::RedisServer;
use serde::{Deserialize, Serialize};

use crate::support::{Source, builder, connected, hits, in_time};

/// Two caches over one server.
struct Pair {
    _server: RedisServer,
    here: Cache,
    there: Cache,
    source: Source,
}

impl Pair {
    async fn new() -> Self {
        let server = RedisServer::start();
        let (here, there) = (connected(&server).await, connected(&server).await);
        Self { _server: server, here, there, source: Source::default() }
    }

    /// Calls here, and then there.
    async fn both<T>(&self, call: impl AsyncFn() -> T) -> [T; 2] {
        let here = in_time(self.here.scope(call())).await;
        in_time(self.here.close()).await.unwrap();
        let there = in_time(self.there.scope(call())).await;
        in_time(self.there.close()).await.unwrap();
        [here, there]
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Dish {
    id: u64,
    name: String,
    price: Option<f64>,
}

fn a_dish(id: u64) -> Dish {
    Dish { id, name: format!("dish {id}"), price: (id > 1).then_some(4.5) }
}

#[cached(type = "plain", skip(source))]
async fn plain(source: &Source, id: u64) -> Dish {
    source.load();
    a_dish(id)
}

#[tokio::test]
async fn a_value_stored_here_is_a_hit_there() {
    let pair = Pair::new().await;
    assert_eq!(pair.both(async || plain(&pair.source, 1).await).await, [a_dish(1), a_dish(1)]);
    pair.source.assert_loads(1);
    assert_eq!(hits(&pair.there, "plain"), 1);
    assert_eq!(pair.both(async || plain(&pair.source, 2).await).await, [a_dish(2), a_dish(2)]);
    pair.source.assert_loads(1);
}

#[cached(type = "result", skip(source))]
async fn result(source: &Source, id: u64) -> Result<Dish, String> {
    source.load();
    if id == 13 { Err("unlucky".to_owned()) } else { Ok(a_dish(id)) }
}

#[cached(type = "option", skip(source))]
async fn option(source: &Source, id: u64) -> Option<Dish> {
    source.load();
    (id != 13).then(|| a_dish(id))
}

#[cached(type = "both", skip(source))]
async fn result_of_option(source: &Source, id: u64) -> Result<Option<Arc<Dish>>, String> {
    source.load();
    match id {
        13 => Err("unlucky".to_owned()),
        0 => Ok(None),
        id => Ok(Some(Arc::new(a_dish(id)))),
    }
}

#[cached(type = "arc", skip(source))]
async fn arc(source: &Source, id: u64) -> Arc<Dish> {
    source.load();
    Arc::new(a_dish(id))
}

#[tokio::test]
async fn values_in_a_result_an_option_or_an_arc() {
    let pair = Pair::new().await;
    let (source, dish) = (&pair.source, a_dish(7));
    assert_eq!(pair.both(async || result(source, 7).await).await, [Ok(dish.clone()), Ok(dish.clone())]);
    source.assert_loads(1);
    assert_eq!(pair.both(async || option(source, 7).await).await, [Some(dish.clone()), Some(dish.clone())]);
    source.assert_loads(1);
    let shared = Arc::new(dish);
    let both = pair.both(async || result_of_option(source, 7).await).await;
    assert_eq!(both, [Ok(Some(shared.clone())), Ok(Some(shared.clone()))]);
    source.assert_loads(1);
    assert_eq!(pair.both(async || arc(source, 7).await).await, [shared.clone(), shared]);
    source.assert_loads(1);
}

#[tokio::test]
async fn an_error_and_nothing_are_not_stored() {
    let pair = Pair::new().await;
    let source = &pair.source;
    assert!(pair.both(async || result(source, 13).await).await.iter().all(Result::is_err));
    source.assert_loads(2);
    assert_eq!(pair.both(async || option(source, 13).await).await, [None, None]);
    source.assert_loads(2);
    assert!(pair.both(async || result_of_option(source, 13).await).await.iter().all(Result::is_err));
    source.assert_loads(2);
    assert_eq!(pair.both(async || result_of_option(source, 0).await).await, [Ok(None), Ok(None)]);
    source.assert_loads(2);
}

/// Its store finds a server that hangs.
#[cached(type = "slow_store", skip(server))]
async fn slow_store(server: &Mutex<RedisServer>) -> u64 {
    server.lock().unwrap().stop();
    7
}

#[tokio::test]
async fn closing_waits_for_the_stores() {
    let server = RedisServer::start();
    let patient = || builder(&server).deadline(Duration::from_secs(4)).build().unwrap();
    let (here, there) = (patient(), patient());
    in_time(here.ready()).await.unwrap();
    in_time(there.ready()).await.unwrap();
    let server = Mutex::new(server);
    assert_eq!(in_time(here.scope(slow_store(&server))).await, 7);
    let mut closing = pin!(here.close());
    tokio::select! {
        closed = &mut closing => panic!("the store is not answered, but: {closed:?}"),
        () = SystemClock.sleep(Duration::from_millis(200)) => server.lock().unwrap().cont(),
    }
    in_time(closing).await.unwrap();
    assert_eq!(in_time(there.scope(slow_store(&server))).await, 7);
    assert_eq!(hits(&there, "slow_store"), 1);
}

#[cached(type = "menu", tenant_aware, skip(source), tags("item:{id}"))]
async fn menu(source: &Source, id: u64) -> u64 {
    source.load() + id
}

fn of<F: Future>(tenant: &str, future: F) -> impl Future<Output = F::Output> {
    Context::new().tenant(tenant).scope(future)
}

#[tokio::test]
async fn tenants_have_entries_of_their_own() {
    let pair = Pair::new().await;
    for (index, tenant) in ["t1", "t2", "t1:menu", "-", "%2D"].into_iter().enumerate() {
        pair.source.set(index as u64 * 100);
        let value = index as u64 * 100 + 1;
        assert_eq!(pair.both(async || of(tenant, menu(&pair.source, 1)).await).await, [value, value]);
        pair.source.assert_loads(1);
    }
    // Without a tenant nothing is shared.
    pair.both(async || menu(&pair.source, 1).await).await;
    pair.source.assert_loads(2);
    assert_eq!(pair.there.stats().of("menu").no_tenant, 1);
}

#[tokio::test]
async fn scopes_of_a_cache_and_of_a_context_stand_in_either_order() {
    let pair = Pair::new().await;
    for id in [1, 2] {
        pair.here.scope(of("t1", menu(&pair.source, id))).await;
        pair.here.close().await.unwrap();
        of("t1", pair.here.scope(menu(&pair.source, id))).await;
    }
    pair.source.assert_loads(2);
    assert_eq!(hits(&pair.here, "menu"), 2);
}

#[invalidate(type = "menu")]
async fn change_all() {}

#[invalidate(type = "menu", tenant_aware)]
async fn change_mine() {}

#[invalidate(tags("item:{id}"))]
async fn change_item(id: u64) -> Result<(), String> {
    if id == 13 { Err("unlucky".to_owned()) } else { Ok(()) }
}

#[invalidate(tenant = "t1")]
async fn off_board() {}

#[invalidate(entry(menu(1)))]
async fn change_entry() {}

/// Which of the menus are loaded anew here after the invalidation there: 1 and 2 of the first tenant, then of
/// the second.
async fn hit_by(invalidate: impl AsyncFn()) -> [bool; 4] {
    let pair = Pair::new().await;
    let all = [("t1", 1), ("t1", 2), ("t2", 1), ("t2", 2)];
    for (tenant, id) in all {
        pair.both(async || of(tenant, menu(&pair.source, id)).await).await;
    }
    pair.source.assert_loads(4);
    pair.source.set(100);
    in_time(pair.there.scope(of("t1", invalidate()))).await;
    let mut hit = [false; 4];
    for (hit, (tenant, id)) in hit.iter_mut().zip(all) {
        let [here, there] = pair.both(async || of(tenant, menu(&pair.source, id)).await).await;
        assert_eq!(here, there);
        *hit = here > 100;
    }
    let loads = hit.iter().filter(|hit| **hit).count();
    pair.source.assert_loads(u32::try_from(loads).unwrap());
    hit
}

#[tokio::test]
async fn an_invalidation_of_a_type() {
    assert_eq!(hit_by(async || change_all().await).await, [true; 4]);
}

#[tokio::test]
async fn an_invalidation_of_a_type_within_a_tenant() {
    assert_eq!(hit_by(async || change_mine().await).await, [true, true, false, false]);
}

#[tokio::test]
async fn an_invalidation_of_a_tag() {
    assert_eq!(hit_by(async || change_item(2).await.unwrap()).await, [false, true, false, true]);
}

#[tokio::test]
async fn an_invalidation_of_a_tenant() {
    assert_eq!(hit_by(async || off_board().await).await, [true, true, false, false]);
}

#[tokio::test]
async fn an_invalidation_of_an_entry() {
    assert_eq!(hit_by(async || change_entry().await).await, [true, false, false, false]);
    let by_key = async || {
        let key = menu_key(2).unwrap();
        Cache::current().unwrap().invalidate(Target::key(key)).await.unwrap();
    };
    assert_eq!(hit_by(by_key).await, [false, true, false, false]);
}

#[tokio::test]
async fn an_invalidation_of_everything() {
    let everything = async || Cache::current().unwrap().invalidate(Target::everything()).await.unwrap();
    assert_eq!(hit_by(everything).await, [true; 4]);
}

#[tokio::test]
async fn a_failed_or_dropped_writer_invalidates_too() {
    assert_eq!(hit_by(async || assert!(change_item(13).await.is_err())).await, [false; 4]);
    let dropped = async || {
        let mut writer = Box::pin(never_ends());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(writer.as_mut().poll(&mut cx).is_pending());
        drop(writer);
        // Whoever comes after it in the journal is acknowledged with it.
        Cache::current().unwrap().invalidate(Target::tag("unrelated")).await.unwrap();
    };
    assert_eq!(hit_by(dropped).await, [true; 4]);
}

#[invalidate(type = "menu")]
async fn never_ends() {
    std::future::pending().await
}
