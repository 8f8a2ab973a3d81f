//! The write path: what is invalidated whatever becomes of the writer, the store and the time.

use std::pin::pin;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cache_core::__private::{
    Done, Plan, Success, Wait, Who, invalidated, invalidated_late, invalidated_late_unwaited,
    invalidated_sync, invalidated_unwaited,
};
use cache_core::clock::{Clock, SystemClock};
use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Capability, Changes, Lease, Names, PutReply, PutRequest, Read,
    Snapshot, Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Builder, Cache, Error, ErrorKind, Health, Target, cached, invalidate};
use cache_testkit::{TestCache, VirtualClock};
use tokio::sync::Notify;

/// A server in this process that removes nothing while the way to it is not open.
#[derive(Debug)]
struct Server {
    memory: MemoryStore,
    way: AtomicU8,
    attempts: AtomicU32,
    opened: Notify,
}

const OPEN: u8 = 0;
/// It says no at once.
const CUT: u8 = 1;
/// It says nothing until the way is open again.
const SILENT: u8 = 2;

impl Server {
    fn new(clock: &VirtualClock) -> Arc<Self> {
        let memory = MemoryStore::new(1 << 20, Arc::new(clock.clone()), Arc::new(SystemRandom));
        let (way, attempts) = (AtomicU8::new(OPEN), AtomicU32::new(0));
        Arc::new(Self { memory, way, attempts, opened: Notify::new() })
    }

    fn set(&self, way: u8) {
        self.way.store(way, Ordering::SeqCst);
        if way == OPEN {
            self.opened.notify_one();
        }
    }
}

impl Store for Server {
    fn capability(&self) -> Capability {
        Capability::SHARED
    }

    fn watch(&self, changes: &Arc<Changes>) {
        self.memory.watch(changes);
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        self.memory.read(names, read)
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        self.memory.acquire(names, request)
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        self.memory.store(names, request)
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        self.memory.put(names, request)
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        self.memory.renew(names, lease, keep)
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            match self.way.load(Ordering::SeqCst) {
                CUT => return Err(Error::new(ErrorKind::Unavailable, "away")),
                SILENT => self.opened.notified().await,
                _ => {}
            }
            self.memory.remove(names).await
        })
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        self.memory.ensure(names, token)
    }
}

/// Two caches over one server, as good as two processes, and the clock of all of them.
struct Fleet {
    here: Cache,
    there: Cache,
    server: Arc<Server>,
    clock: VirtualClock,
}

impl Fleet {
    fn new(build: impl Fn(Builder) -> Builder) -> Self {
        let clock = VirtualClock::new();
        let server = Server::new(&clock);
        let builder =
            || Cache::builder().namespace("fleet").store(server.clone()).clock(Arc::new(clock.clone()));
        let here = build(builder()).build().expect("the settings are in order");
        let there = builder().build().expect("the settings are in order");
        Self { here, there, server, clock }
    }

    /// Waits until the server has acknowledged everything, and nobody serves anything older.
    async fn acknowledged(&self) {
        eventually("it is acknowledged", || self.here.pending().is_empty()).await;
        self.clock.advance(self.there.settings().staleness_bound);
    }

    /// The same after an outage: the clock is turned until the journal, whose pauses grow to a second, tries again.
    async fn recovered(&self) {
        self.server.set(OPEN);
        eventually("it is tried again", || {
            self.clock.advance(Duration::from_secs(1));
            self.here.pending().is_empty()
        })
        .await;
        self.acknowledged().await;
    }
}

/// Waits for what another thread does.
async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = SystemClock.now() + Duration::from_secs(20);
    while !holds() {
        assert!(SystemClock.now() < until, "not in time: {what}");
        SystemClock.sleep(Duration::from_millis(1)).await;
    }
}

/// The source of truth: the price of each of some items, and how often it was asked.
#[derive(Debug, Default)]
struct Source {
    prices: [AtomicU32; 8],
    loads: AtomicU32,
}

impl Source {
    fn set(&self, item: usize, price: u32) {
        self.prices[item].store(price, Ordering::SeqCst);
    }

    #[track_caller]
    fn assert_loads(&self, expected: u32) {
        assert_eq!(self.loads.swap(0, Ordering::SeqCst), expected, "loads");
    }
}

#[cached(type = "price", ttl = "never", skip(source), tags("item:{item}"))]
async fn price(source: &Source, item: usize) -> u32 {
    source.loads.fetch_add(1, Ordering::SeqCst);
    source.prices[item].load(Ordering::SeqCst)
}

#[invalidate(type = "price")]
async fn reprice(source: &Source, item: usize, price: u32) {
    source.set(item, price);
}

fn entry(item: usize) -> Target {
    Target::key(price_key(item).expect("a number makes a key"))
}

/// A plan that invalidates all prices.
fn prices() -> Plan {
    Plan::new("prices").group(Some("price"), Who::Anyone, Who::Anyone)
}

#[tokio::test]
async fn what_is_invalidated_while_the_server_is_away_is_acknowledged_when_it_is_back() {
    let (fleet, source) = (Fleet::new(|builder| builder), Source::default());
    for cache in [&fleet.here, &fleet.there] {
        assert_eq!(cache.scope(price(&source, 1)).await, 0);
        cache.close().await.expect("it is stored");
    }
    fleet.server.set(CUT);
    fleet.here.scope(reprice(&source, 1, 5)).await;
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 5);
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 0, "nobody told it yet");
    let pending = fleet.here.pending();
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert_eq!(pending[0].target, "type price");
    assert_eq!(pending[0].since, fleet.clock.wall());
    assert!(matches!(fleet.here.health().await, Health::Degraded(_)));

    fleet.recovered().await;
    assert_eq!(fleet.here.health().await, Health::Healthy);
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 5);
    fleet.there.close().await.expect("it is stored");
    source.loads.store(0, Ordering::SeqCst);
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 5);
    source.assert_loads(0);
}

/// A cache that sends what `on_pending` is called with, and then panics.
fn telling(builder: Builder) -> (Builder, Receiver<String>) {
    let (sender, told) = mpsc::channel();
    let sender = Mutex::new(sender);
    let builder = builder.on_pending(move |pending| {
        sender
            .lock()
            .expect("it is not held where it panics")
            .send(pending.target.clone())
            .expect("it listens");
        panic!("on purpose");
    });
    (builder, told)
}

#[tokio::test]
async fn of_each_target_somebody_is_told_once_until_it_is_acknowledged() {
    let told = Mutex::new(None);
    let fleet = Fleet::new(|builder| {
        let (builder, receiver) = telling(builder);
        *told.lock().unwrap() = Some(receiver);
        builder
    });
    let told = told.into_inner().unwrap().expect("it was built");
    let patience = Duration::from_secs(20);
    fleet.server.set(CUT);
    for _ in 0..2 {
        assert!(fleet.here.invalidate(Target::tag("a")).await.is_err());
        assert_eq!(told.recv_timeout(patience).as_deref(), Ok("tag a"));
        assert!(fleet.here.invalidate(Target::tag("a")).await.is_err());
        let attempts = fleet.server.attempts.load(Ordering::SeqCst);
        eventually("it is tried again and again", || {
            fleet.clock.advance(Duration::from_secs(1));
            fleet.server.attempts.load(Ordering::SeqCst) > attempts + 3
        })
        .await;
        assert!(fleet.here.pending()[0].attempts > 3);
        fleet.recovered().await;
        assert!(told.try_recv().is_err(), "it was told before");
        fleet.server.set(CUT);
    }
    assert!(fleet.here.invalidate(Target::tag("b")).await.is_err());
    assert_eq!(told.recv_timeout(patience).as_deref(), Ok("tag b"));
}

#[tokio::test]
async fn somebody_is_told_when_a_server_says_nothing_for_longer_than_the_deadline() {
    let told = Mutex::new(None);
    let fleet = Fleet::new(|builder| {
        let (builder, receiver) = telling(builder.deadline(Duration::from_millis(100)));
        *told.lock().unwrap() = Some(receiver);
        builder
    });
    let told = told.into_inner().unwrap().expect("it was built");
    fleet.server.set(SILENT);
    let here = fleet.here.clone();
    let invalidation = tokio::spawn(async move { here.invalidate(Target::tag("a")).await });
    eventually("the server is asked", || fleet.server.attempts.load(Ordering::SeqCst) == 1).await;
    assert!(told.try_recv().is_err());
    eventually("somebody is told", || {
        fleet.clock.advance(Duration::from_millis(100));
        told.try_recv().as_deref() == Ok("tag a")
    })
    .await;
    let outcome = invalidation.await.expect("it does not panic");
    assert_eq!(outcome.map_err(|error| error.kind()), Err(ErrorKind::Pending));
    fleet.recovered().await;
}

#[tokio::test]
async fn a_journal_that_is_full_is_widened_and_loses_nothing() {
    let (fleet, source) = (Fleet::new(|builder| builder.journal_targets(2)), Source::default());
    for cache in [&fleet.here, &fleet.there] {
        for item in 0..8 {
            assert_eq!(cache.scope(price(&source, item)).await, 0);
        }
        cache.close().await.expect("it is stored");
    }
    fleet.server.set(CUT);
    for item in 0..5 {
        source.set(item, 7);
        assert!(fleet.here.invalidate(entry(item)).await.is_err());
        for earlier in 0..=item {
            assert_eq!(fleet.here.scope(price(&source, earlier)).await, 7, "{earlier} of {item}");
        }
        assert!(fleet.here.pending().len() <= 2);
    }
    assert!(fleet.here.pending().iter().any(|pending| pending.target == "type price"));
    fleet.recovered().await;
    for item in 0..5 {
        assert_eq!(fleet.there.scope(price(&source, item)).await, 7, "{item}");
    }
}

/// Polls a future this often, and drops it. `true` if it was done.
fn poll_and_drop(future: impl Future, times: u32) -> bool {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).any(|_| future.as_mut().poll(&mut context).is_ready())
}

/// Is ready when it is polled the second time.
async fn step() {
    let mut polled = false;
    std::future::poll_fn(
        |_| {
            if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
        },
    )
    .await;
}

/// A writer whose write is applied at one of its steps.
#[invalidate(type = "price")]
async fn write_in_steps(source: &Source, price: u32) {
    step().await;
    step().await;
    source.set(1, price);
    step().await;
}

#[tokio::test]
async fn a_writer_may_be_dropped_at_any_point() {
    let (alone, source) = (TestCache::new(), Source::default());
    let fleet = Fleet::new(|builder| builder);
    for cache in [alone.cache(), &fleet.here] {
        let mut was_done = false;
        for times in 1..20 {
            cache.scope(price(&source, 1)).await;
            cache.close().await.expect("it is stored");
            source.loads.store(0, Ordering::SeqCst);
            let newest = source.prices[1].load(Ordering::SeqCst) + 1;
            was_done = poll_and_drop(cache.scope(write_in_steps(&source, newest)), times);
            let expected = source.prices[1].load(Ordering::SeqCst);
            assert_eq!(cache.scope(price(&source, 1)).await, expected, "after {times} polls");
            source.assert_loads(1);
        }
        assert!(was_done || cache.settings().namespace == "fleet", "it has fewer steps");
    }
}

/// A writer that is given up once it has sent what it writes.
#[invalidate(type = "price")]
async fn write_for_ever() {
    std::future::pending::<()>().await;
}

const UNCERTAIN: Duration = Duration::from_secs(10);

/// The source applies what was given up; only the repetition makes it seen.
async fn is_repeated(cache: &TestCache, source: &Source) {
    let newest = source.prices[1].load(Ordering::SeqCst) + 1;
    assert_eq!(cache.run(price(source, 1)).await, newest - 1, "it was invalidated at once");
    source.set(1, newest);
    cache.advance(UNCERTAIN - Duration::from_millis(1));
    assert_eq!(cache.run(price(source, 1)).await, newest - 1, "it is cached");
    source.assert_loads(1);
    cache.advance(Duration::from_millis(1));
    assert_eq!(cache.run(price(source, 1)).await, newest);
    source.assert_loads(1);
    cache.advance(UNCERTAIN * 2);
    assert_eq!(cache.run(price(source, 1)).await, newest);
    source.assert_loads(0);
}

#[tokio::test]
async fn what_was_given_up_is_invalidated_once_more() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(price(&source, 1)).await;
    source.assert_loads(1);

    assert!(!poll_and_drop(cache.run(write_for_ever()), 1));
    is_repeated(&cache, &source).await;

    let writer = tokio::spawn(cache.run(invalidated(prices(), |()| true, async { panic!("on purpose") })));
    assert!(writer.await.is_err());
    is_repeated(&cache, &source).await;

    let failed =
        invalidated(prices(), |result: &Result<(), u8>| Done::always(result.is_ok()), async { Err(1) });
    assert_eq!(cache.run(failed).await, Err(1));
    is_repeated(&cache, &source).await;
}

#[tokio::test]
async fn what_succeeded_or_changed_nothing_is_not_invalidated_once_more() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(price(&source, 1)).await;
    source.assert_loads(1);
    cache.run(reprice(&source, 1, 3)).await;
    assert_eq!(cache.run(price(&source, 1)).await, 3);
    source.assert_loads(1);
    let unchanged =
        invalidated(prices(), |changed| Done::when(changed, |it| *it, |_| false), async { false });
    assert!(!cache.run(unchanged).await);
    cache.advance(UNCERTAIN * 2);
    assert_eq!(cache.run(price(&source, 1)).await, 3);
    source.assert_loads(0);
}

#[tokio::test]
async fn what_was_given_up_is_invalidated_once_more_in_every_process() {
    let (fleet, source) = (Fleet::new(|builder| builder), Source::default());
    assert!(!poll_and_drop(fleet.here.scope(write_for_ever()), 1));
    fleet.acknowledged().await;
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 0);
    fleet.there.close().await.expect("it is stored");
    source.set(1, 4);
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 0, "it is cached");

    fleet.server.set(CUT);
    fleet.clock.advance(UNCERTAIN);
    eventually("it is repeated", || !fleet.here.pending().is_empty()).await;
    fleet.recovered().await;
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 4);
}

#[tokio::test]
async fn closing_invalidates_at_once_what_is_to_be_invalidated_once_more() {
    let (fleet, source) = (Fleet::new(|builder| builder), Source::default());
    assert!(!poll_and_drop(fleet.here.scope(write_for_ever()), 1));
    fleet.here.close().await.expect("it is acknowledged");
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 0);
    fleet.there.close().await.expect("it is stored");
    source.set(1, 4);
    fleet.here.close().await.expect("it is acknowledged");
    fleet.acknowledged().await;
    assert_eq!(fleet.there.scope(price(&source, 1)).await, 4);
}

#[tokio::test]
async fn a_writer_may_wait_until_no_process_serves_anything_older() {
    let fleet = Fleet::new(|builder| builder.staleness_bound(Duration::from_secs(3)));
    let done = Arc::new(AtomicU32::new(0));
    let writer = {
        let (here, done) = (fleet.here.clone(), done.clone());
        tokio::spawn(async move {
            let plan = prices().cache(&here).wait(Wait::Global);
            let returned = invalidated(plan, |_| true, async { 7 }).await;
            done.store(returned, Ordering::SeqCst);
        })
    };
    let asked = || fleet.server.attempts.load(Ordering::SeqCst) == 1 && fleet.here.pending().is_empty();
    eventually("it is acknowledged", asked).await;
    for _ in 0..3 {
        assert_eq!(done.load(Ordering::SeqCst), 0, "it sleeps");
        settle().await;
        fleet.clock.advance(Duration::from_secs(1));
    }
    writer.await.expect("it does not panic");
    assert_eq!(done.load(Ordering::SeqCst), 7);

    let alone = TestCache::new();
    let plan = prices().wait(Wait::Global);
    assert_eq!(alone.run(invalidated(plan, |_| true, async { 7 })).await, 7, "there is nobody to wait for");
}

/// Lets every task that can run do so.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_writer_may_wait_for_nothing() {
    let (fleet, source) = (Fleet::new(|builder| builder), Source::default());
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 0);
    fleet.here.close().await.expect("it is stored");
    fleet.server.set(SILENT);
    let plan = || prices().cache(&fleet.here).wait(Wait::No);
    let write = |price| source.set(1, price);
    invalidated(plan(), |()| true, async { write(1) }).await;
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 1);
    invalidated_unwaited(plan(), |()| true, async { write(2) }).await;
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 2);
    invalidated_sync(plan(), |()| true, || write(3));
    assert_eq!(fleet.here.scope(price(&source, 1)).await, 3);
    fleet.server.set(OPEN);
}

/// Nothing is awaited while it holds the result.
#[test]
fn a_writer_that_waits_for_nothing_may_return_what_stays_on_its_thread() {
    fn travels(_: impl Send) {}
    async fn nothing() -> Option<std::rc::Rc<()>> {
        None
    }
    travels(invalidated_unwaited(prices(), |_| true, nothing()));
    travels(invalidated_late_unwaited(prices(), |_| true, |_| [""; 0], nothing()));
}

#[tokio::test]
async fn tags_of_a_result_are_invalidated_and_the_group_without_one() {
    let (cache, source) = (TestCache::new(), Source::default());
    let read_both = || cache.run(async { price(&source, 1).await + price(&source, 2).await });
    let late = |result: Result<usize, String>| {
        let plan = prices().entry(price_key(3));
        let tags = |result: &Result<usize, String>| {
            result.iter().map(|item| format!("item:{item}")).collect::<Vec<_>>()
        };
        let done = |result: &Result<usize, String>| Done::always(result.is_ok());
        cache.run(invalidated_late(plan, done, tags, async { result }))
    };
    read_both().await;
    cache.run(price(&source, 3)).await;
    source.assert_loads(3);
    assert_eq!(late(Ok(1)).await, Ok(1));
    read_both().await;
    source.assert_loads(1);
    cache.run(price(&source, 3)).await;
    source.assert_loads(1);

    assert!(late(Err("it names no tag".to_owned())).await.is_err());
    read_both().await;
    source.assert_loads(2);

    let tags = |_: &()| [""; 0];
    assert!(!poll_and_drop(cache.run(invalidated_late(prices(), |_| true, tags, std::future::pending())), 1));
    read_both().await;
    source.assert_loads(2);

    let panics = |_: &()| -> [String; 0] { panic!("on purpose") };
    let writer = tokio::spawn(cache.run(invalidated_late(prices(), |_| true, panics, async {})));
    assert!(writer.await.is_err());
    read_both().await;
    source.assert_loads(2);
}

/// Tags span tenants, so what stands in for them does, too.
#[tokio::test]
async fn what_stands_in_for_unknown_tags_is_not_narrowed() {
    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(price(&source, 1)).await;
    source.assert_loads(1);
    let tags = |_: &()| [""; 0];
    let of_t1 = Plan::new("prices").group(Some("price"), Who::is("t1"), Who::Anyone);
    for plan in [of_t1, Plan::new("prices")] {
        assert!(!poll_and_drop(cache.run(invalidated_late(plan, |_| true, tags, std::future::pending())), 1));
        cache.run(price(&source, 1)).await;
        source.assert_loads(1);
    }
}

/// As the attribute writes it, where what is returned is known only by the function's type.
#[tokio::test]
async fn what_was_returned_decides_with_and_without_success() {
    use cache_core::__private::Returns;

    async fn write(price: u32) -> Result<u32, String> {
        invalidated(
            prices(),
            |result| {
                Done::when(
                    result,
                    |result| *result != Ok(0),
                    |result| {
                        Success::succeeded(
                            &{
                                let returns = Returns::<Result<u32, String>>::new();
                                {
                                    use cache_core::__private::shape::*;
                                    (&&&&&returns).shape()
                                }
                            },
                            result,
                        )
                    },
                )
            },
            async move { if price > 5 { Err("too much".to_owned()) } else { Ok(price) } },
        )
        .await
    }

    let (cache, source) = (TestCache::new(), Source::default());
    cache.run(price(&source, 1)).await;
    source.assert_loads(1);
    for (written, loads, loads_later) in [(0, 0, 0), (1, 1, 0), (9, 1, 1)] {
        drop(cache.run(write(written)).await);
        cache.run(price(&source, 1)).await;
        source.assert_loads(loads);
        cache.advance(UNCERTAIN);
        cache.run(price(&source, 1)).await;
        source.assert_loads(loads_later);
    }
}
