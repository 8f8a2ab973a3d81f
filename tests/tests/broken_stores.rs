//! Each case of the conformance suite fails over a store that is broken in the way that the case is about.
//!
//! The two that reach a server's data behind its back are not among them: what they ask is asked of Redis alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cache_core::rng::SystemRandom;
use cache_core::store::memory::MemoryStore;
use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Body, Capability, Changes, Generation, Lease, Names, Nonce,
    PutReply, PutRequest, Read, Snapshot, Store, StoreReply, StoreRequest, Token,
};
use cache_core::{Error, ErrorKind};
use cache_testkit::VirtualClock;
use cache_testkit::conformance::{Subject, cases, run};

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    InventsStamps,
    KeepsEntriesTooLong,
    TellsLeasesUnasked,
    EnsuresByItself,
    RepeatsStamps,
    GrantsBesideAnEntry,
    ForgetsWhatWasRefused,
    TakesLeasesOver,
    ForgetsTokens,
    GrantsTheFirstForEver,
    KeepsLeasesTooLong,
    LosesGenerations,
    StoresWithoutLease,
    LeavesLeases,
    StoresWhatWasInvalidated,
    LeavesTheLeaseOfAStore,
    ForgetsPuts,
    LeavesTheLeaseOfAPut,
    FirstPutWins,
    RenewsNothing,
    RenewsAnything,
    RemovesNothing,
    MissesWhatIsAbsent,
    RepeatsIncarnations,
    RewritesIncarnations,
    IgnoresCase,
    GrantsToEverybody,
    HangsOnAfterADrop,
    CutsValues,
    TellsNobody,
}

use Broken::*;

#[derive(Debug)]
struct BrokenStore {
    inner: MemoryStore,
    broken: Broken,
    first: Mutex<Option<Lease>>,
    tokens: AtomicU8,
    at_work: AtomicBool,
}

impl BrokenStore {
    fn is(&self, broken: Broken) -> bool {
        self.broken == broken
    }

    /// Grants a lease beside an entry that has just been stored.
    async fn leave_lease(&self, names: &Names, prefix: [u8; 12]) {
        let snapshot = self.inner.read(names, Read::default()).await.expect("memory answers");
        let refused = snapshot.entry.map(|entry| entry.id);
        assert_eq!(
            refused.map(|id| cache_core::value::envelope::prefix(prefix[1], prefix[2], id)),
            Some(prefix)
        );
        let minute = Duration::from_secs(60);
        let request = AcquireRequest { token: [0xee; 16], lease: minute, stamp_ttl: minute, refused };
        drop(self.inner.acquire(names, request).await);
    }

    async fn put_anyway(&self, names: &Names, request: StoreRequest) -> Result<StoreReply, Error> {
        let StoreRequest { prefix, fresh, ttl, body, .. } = request;
        let put = PutRequest { token: [0; 16], stamp_ttl: ttl, prefix, fresh, ttl, body };
        self.inner.put(names, put).await.map(|_| StoreReply::Stored)
    }
}

impl Store for BrokenStore {
    fn capability(&self) -> Capability {
        Capability::LOCAL
    }

    fn watch(&self, changes: &Arc<Changes>) {
        if self.is(TellsNobody) {
            // It is told itself, so that it says that somebody is.
            let own = Changes::for_tests("conformance:test");
            return self.inner.watch(&Arc::new(own));
        }
        self.inner.watch(changes);
    }

    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot> {
        Box::pin(async move {
            if self.is(HangsOnAfterADrop) {
                if self.at_work.swap(true, Ordering::SeqCst) {
                    return Err(Error::new(ErrorKind::Timeout, "the one before has not ended"));
                }
                tokio::task::yield_now().await;
                self.at_work.store(false, Ordering::SeqCst);
            }
            let read = Read { lease: read.lease || self.is(TellsLeasesUnasked), ..read };
            let mut seen = self.inner.read(names, read).await?;
            for stamp in &mut seen.stamps {
                if self.is(InventsStamps) || (self.is(RepeatsStamps) && stamp.is_some()) {
                    *stamp = Some(Nonce([7; 12]));
                }
            }
            if let (true, Some(incarnation)) = (self.is(RepeatsIncarnations), &mut seen.incarnation) {
                incarnation.nonce = Nonce([7; 12]);
            }
            if let (true, Some(entry)) = (self.is(LosesGenerations), &mut seen.entry) {
                entry.generation = Generation::default();
            }
            Ok(seen)
        })
    }

    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
        Box::pin(async move {
            let mut request = request;
            match self.broken {
                EnsuresByItself => self.inner.ensure(names, request.token).await?,
                GrantsBesideAnEntry => self.inner.remove(&[names.entry()]).await?,
                ForgetsWhatWasRefused => request.refused = None,
                ForgetsTokens => request.token = [self.tokens.fetch_add(1, Ordering::SeqCst); 16],
                KeepsLeasesTooLong => request.lease *= 100,
                _ => {}
            }
            let mut reply = self.inner.acquire(names, request).await?;
            if let (TakesLeasesOver, AcquireReply::Busy { .. }) = (self.broken, &reply) {
                self.inner.remove(&[names.lease()]).await?;
                reply = self.inner.acquire(names, request).await?;
            }
            if let (GrantsToEverybody, AcquireReply::Busy { lease, .. }) = (self.broken, &reply) {
                return Ok(AcquireReply::Granted(Lease { id: *lease, generation: Generation::default() }));
            }
            if let (GrantsTheFirstForEver, AcquireReply::Granted(lease)) = (self.broken, &reply) {
                let mut first = self.first.lock().expect("nobody panics");
                return Ok(AcquireReply::Granted(first.get_or_insert(lease.clone()).clone()));
            }
            Ok(reply)
        })
    }

    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
        Box::pin(async move {
            let mut request = request;
            if self.is(KeepsEntriesTooLong) {
                request.ttl *= 100;
            }
            if let (CutsValues, Body::Encoded(bytes)) = (self.broken, &request.body) {
                request.body = Body::Encoded(bytes.slice(..bytes.len().min(1024)));
            }
            let prefix = request.prefix;
            let reply = self.inner.store(names, request.clone()).await?;
            match (self.broken, reply) {
                (StoresWithoutLease, StoreReply::LeaseLost)
                | (StoresWhatWasInvalidated, StoreReply::Invalidated) => {
                    self.put_anyway(names, request).await
                }
                (LeavesTheLeaseOfAStore, StoreReply::Stored) => {
                    self.leave_lease(names, prefix).await;
                    Ok(reply)
                }
                _ => Ok(reply),
            }
        })
    }

    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
        Box::pin(async move {
            let is_there = self.inner.read(names, Read::default()).await?.entry.is_some();
            match self.broken {
                ForgetsPuts => return Ok(PutReply::Stored(Generation::default())),
                FirstPutWins if is_there => return Ok(PutReply::Stored(Generation::default())),
                EnsuresByItself => self.inner.ensure(names, request.token).await?,
                _ => {}
            }
            let prefix = request.prefix;
            let reply = self.inner.put(names, request).await?;
            if self.is(LeavesTheLeaseOfAPut) {
                self.leave_lease(names, prefix).await;
            }
            Ok(reply)
        })
    }

    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool> {
        Box::pin(async move {
            if self.is(RenewsNothing) {
                return Ok(true);
            }
            let read = Read { lease: true, ..Read::default() };
            let current = self.inner.read(names, read).await?.lease;
            let lease = if self.is(RenewsAnything) { current.unwrap_or(lease) } else { lease };
            self.inner.renew(names, lease, keep).await
        })
    }

    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
        Box::pin(async move {
            match self.broken {
                RemovesNothing => Ok(()),
                MissesWhatIsAbsent
                    if names.is_empty() || names.iter().any(|name| name.ends_with("never")) =>
                {
                    Err(Error::new(ErrorKind::Unexpected, "there is no such name"))
                }
                LeavesLeases => {
                    let names: Vec<&str> =
                        names.iter().copied().filter(|name| !name.contains(":l1:")).collect();
                    self.inner.remove(&names).await
                }
                IgnoresCase => {
                    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    self.inner.remove(&names).await
                }
                _ => self.inner.remove(names).await,
            }
        })
    }

    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
        Box::pin(async move {
            if self.is(RewritesIncarnations) {
                self.inner.remove(&[names.incarnation()]).await?;
            }
            self.inner.ensure(names, token).await
        })
    }
}

fn subject(broken: Broken) -> Subject {
    let clock = VirtualClock::new();
    let inner = MemoryStore::new(1024 * 1024, Arc::new(clock.clone()), Arc::new(SystemRandom));
    let store = BrokenStore {
        inner,
        broken,
        first: Mutex::default(),
        tokens: AtomicU8::default(),
        at_work: AtomicBool::default(),
    };
    Subject::new(Arc::new(store)).clock(clock)
}

macro_rules! each_is_caught {
    ($($broken:ident: $($case:ident),+;)*) => {$($(
        #[test]
        fn $case() {
            let fails = || run(async || subject($broken), cases::$case);
            let caught = catch_unwind(AssertUnwindSafe(fails));
            assert!(caught.is_err(), "a store that is broken ({:?}) passes", $broken);
        }
    )+)*};
}

each_is_caught! {
    InventsStamps: what_was_never_stored_is_absent;
    KeepsEntriesTooLong: an_entry_is_absent_once_its_time_to_live_has_passed;
    TellsLeasesUnasked: a_lease_is_reported_only_where_it_is_asked_for;
    EnsuresByItself: without_an_incarnation_a_lease_is_disowned, without_an_incarnation_a_put_is_disowned;
    RepeatsStamps: a_missing_stamp_is_written_anew;
    GrantsBesideAnEntry: a_valid_entry_keeps_from_the_lease;
    ForgetsWhatWasRefused: a_refused_entry_does_not_keep_from_the_lease;
    TakesLeasesOver: the_first_is_granted_the_lease;
    ForgetsTokens: the_same_request_is_granted_the_same_lease;
    GrantsTheFirstForEver: a_lease_of_an_older_generation_is_taken_over;
    KeepsLeasesTooLong: a_lease_ends_with_its_time_to_live;
    LosesGenerations: under_a_live_lease_the_entry_is_stored;
    StoresWithoutLease: without_the_lease_a_store_is_refused;
    LeavesLeases: after_the_entry_was_removed_a_store_is_refused;
    StoresWhatWasInvalidated: after_a_stamp_was_removed_a_store_is_refused;
    LeavesTheLeaseOfAStore: after_a_store_the_lease_is_gone;
    ForgetsPuts: a_put_stores_with_the_current_generation;
    LeavesTheLeaseOfAPut: a_put_ends_a_lease;
    FirstPutWins: the_last_put_wins;
    RenewsNothing: a_renewed_lease_lives_from_now, a_released_lease_is_gone;
    RenewsAnything: a_lease_of_another_id_is_left_alone;
    RemovesNothing: what_was_removed_is_absent;
    MissesWhatIsAbsent: removing_what_is_absent_succeeds;
    RepeatsIncarnations: a_missing_incarnation_is_written_anew;
    RewritesIncarnations: an_incarnation_of_the_current_history_is_left_alone;
    IgnoresCase: names_are_compared_as_text;
    GrantsToEverybody: of_many_who_ask_at_the_same_time_one_is_granted;
    HangsOnAfterADrop: a_dropped_command_harms_no_other;
    CutsValues: a_value_is_stored_whole;
    TellsNobody: what_is_tracked_is_told_before_a_later_read;
}
