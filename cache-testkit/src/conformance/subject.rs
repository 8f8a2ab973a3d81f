//! A store under test.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_core::store::{
    AcquireReply, AcquireRequest, Body, Changes, Lease, Names, PutReply, PutRequest, Read, Snapshot, Store,
    StoreReply, StoreRequest, Token,
};
use cache_core::value::envelope::{EntryId, prefix};

use crate::virtual_clock::VirtualClock;

/// A store under test, new and empty, with what the cases need to know of it.
#[derive(Debug)]
pub struct Subject {
    pub(super) store: Arc<dyn Store>,
    pub(super) names: Names,
    clock: Option<VirtualClock>,
    pub(super) behind: Option<Box<dyn Behind>>,
    out_of_reach: bool,
    pub(super) changes: Arc<Changes>,
    tokens: AtomicU8,
}

/// What the names of all cases begin with.
pub(super) const NAMESPACE: &str = "conformance:test";

/// A way to a store's data behind its back. Every store but one that lies in this process has it.
pub trait Behind: fmt::Debug {
    /// Puts bytes under a name.
    fn plant(&self, name: &str, bytes: &[u8]);
    /// Makes the store run out of memory: from now on it refuses to write.
    fn exhaust(&self);
}

/// A time to live that a case lets pass.
pub(super) const SHORT: Duration = Duration::from_millis(500);
/// A time to live that never passes within a case.
pub(super) const LONG: Duration = Duration::from_secs(600);

impl Subject {
    /// A store whose time is the system's.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let names = Names::for_tests(NAMESPACE, "t1:menu:-:menus", &["-:menu:-", "t1:menu:-"]);
        let changes = Arc::new(Changes::for_tests(NAMESPACE));
        store.watch(&changes);
        let tokens = AtomicU8::new(1);
        Self { store, names, clock: None, behind: None, out_of_reach: false, changes, tokens }
    }

    /// Says where the store reports changes, if it was made with that already.
    #[must_use]
    pub fn changes(mut self, changes: Arc<Changes>) -> Self {
        self.changes = changes;
        self
    }

    /// Says that nobody reaches the store's data but by the store.
    #[must_use]
    pub fn out_of_reach(mut self) -> Self {
        self.out_of_reach = true;
        self
    }

    /// Says that the store's time is that of a clock.
    #[must_use]
    pub fn clock(mut self, clock: VirtualClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Gives a way to the store's data.
    #[must_use]
    pub fn behind(mut self, behind: impl Behind + 'static) -> Self {
        self.behind = Some(Box::new(behind));
        self
    }

    /// The way to the store's data; `None` for a store that lies in this process, which no one else reaches.
    pub(super) fn reached(&self) -> Option<&dyn Behind> {
        let alone = self.store.capability().local || self.out_of_reach;
        assert!(
            alone || self.behind.is_some(),
            "a shared store's data can be reached: say how with `behind`, or that it can't with `out_of_reach`"
        );
        self.behind.as_deref()
    }

    /// Lets time pass until something holds: at once where time is turned by hand, else within seconds.
    pub(super) async fn after(&self, passed: Duration, what: &str, holds: impl AsyncFn() -> bool) {
        if let Some(clock) = &self.clock {
            clock.advance(passed);
            assert!(holds().await, "{what} after {passed:?}");
            return;
        }
        let until = SystemClock.now() + passed + Duration::from_secs(10);
        while !holds().await {
            assert!(SystemClock.now() < until, "{what} long after {passed:?}");
            SystemClock.sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn token(&self) -> Token {
        [self.tokens.fetch_add(1, Ordering::Relaxed); 16]
    }

    pub(super) async fn read(&self) -> Snapshot {
        self.store
            .read(&self.names, Read { lease: true, ..Read::default() })
            .await
            .expect("a read is answered")
    }

    /// The id and the payload of the entry.
    pub(super) async fn entry(&self) -> Option<(EntryId, Vec<u8>)> {
        let entry = self.read().await.entry?;
        let Body::Encoded(bytes) = &entry.body else { panic!("the body is as it was given: {entry:?}") };
        Some((entry.id, bytes.to_vec()))
    }

    pub(super) async fn ensure(&self) {
        self.store.ensure(&self.names, self.token()).await.expect("an incarnation can be written");
    }

    pub(super) async fn ask(&self, request: AcquireRequest) -> AcquireReply {
        self.store.acquire(&self.names, request).await.expect("a request for a lease is answered")
    }

    /// A request for a lease that lives long.
    pub(super) fn request(&self) -> AcquireRequest {
        AcquireRequest { token: self.token(), lease: LONG, stamp_ttl: LONG, refused: None }
    }

    /// A lease that nobody else has.
    pub(super) async fn grant(&self, lease: Duration) -> Lease {
        self.ensure().await;
        match self.ask(AcquireRequest { lease, ..self.request() }).await {
            AcquireReply::Granted(lease) => lease,
            other => panic!("a free lease is granted, and not: {other:?}"),
        }
    }

    /// Stores one byte, which is the entry's id too.
    pub(super) async fn store(&self, lease: Lease, value: u8, ttl: Duration) -> StoreReply {
        let request = StoreRequest { lease, prefix: self.prefix(value), fresh: ttl, ttl, body: body(value) };
        self.store.store(&self.names, request).await.expect("a store is answered")
    }

    /// Stores a body, whose entry's id is this number.
    pub(super) async fn store_body(&self, lease: Lease, value: u8, body: Body) -> StoreReply {
        let request = StoreRequest { lease, prefix: self.prefix(value), fresh: LONG, ttl: LONG, body };
        self.store.store(&self.names, request).await.expect("a store is answered")
    }

    pub(super) async fn put(&self, value: u8) -> PutReply {
        let (prefix, body) = (self.prefix(value), body(value));
        let request =
            PutRequest { token: self.token(), stamp_ttl: LONG, prefix, fresh: LONG, ttl: LONG, body };
        self.store.put(&self.names, request).await.expect("a put is answered")
    }

    pub(super) async fn remove(&self, names: &[&str]) {
        self.store.remove(names).await.expect("a removal is answered");
    }

    fn prefix(&self, value: u8) -> [u8; 12] {
        let nonces = u8::try_from(self.names.groups() + 1).expect("there are few");
        prefix(0, nonces, id(value))
    }
}

/// The id of the entry that holds a value.
pub(super) fn id(value: u8) -> EntryId {
    EntryId::peek(&[value; 12]).expect("twelve bytes hold an id")
}

fn body(value: u8) -> Body {
    Body::Encoded(vec![value].into())
}
