mod waits;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::key::address::{Key, Owner};
use crate::key::encode::Arguments;
use crate::key::identity::Identity;
use crate::key::names::Names;
use crate::key::namespace::Namespace;
use crate::protocol::{Generation, LeaseId};
use crate::rng::SystemRandom;
use crate::store::memory::MemoryStore;
use crate::store::{AcquireReply, AcquireRequest, Body, Lease, Store};

struct Fixture {
    flights: Arc<Flights>,
    names: Names,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Fixture {
    fn new() -> Self {
        let key = Key {
            owner: Owner { type_name: "menu", tenant: None, user: None },
            function: "menus",
            identity: Identity::of("app", "menus", &[]),
            arguments: Arguments::default(),
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self {
            flights: Arc::default(),
            names: Names::of(&Namespace::new("n", "e"), &key, &[]),
            store: Arc::new(MemoryStore::new(1 << 20, clock.clone(), Arc::new(SystemRandom))),
            clock,
        }
    }

    fn lead(&self) -> Lead {
        match self.flights.gather(&self.names) {
            Gathered::Lead(lead) => lead,
            Gathered::Follow(_) => panic!("a flight gathers already"),
        }
    }

    fn follow(&self) -> Follower {
        match self.flights.gather(&self.names) {
            Gathered::Follow(follower) => follower,
            Gathered::Lead(_) => panic!("no flight gathers"),
        }
    }

    /// A lease that the store really granted.
    fn granted(&self) -> Box<LeaseGuard> {
        now(self.store.ensure(&self.names, [0; 16])).expect("memory is ready").expect("memory does not fail");
        let lease = self.acquire([1; 16]);
        let (store, names) = (self.store.clone(), self.names.clone());
        Box::new(LeaseGuard::hold(store, &self.clock, names, lease, Duration::from_secs(5)))
    }

    fn acquire(&self, token: [u8; 16]) -> Lease {
        let request = AcquireRequest {
            token,
            lease: Duration::from_secs(5),
            stamp_ttl: Duration::from_secs(60),
            refused: None,
        };
        match now(self.store.acquire(&self.names, request))
            .expect("memory is ready")
            .expect("it does not fail")
        {
            AcquireReply::Granted(lease) => lease,
            other => panic!("not granted: {other:?}"),
        }
    }
}

fn value(text: &'static str) -> Outcome {
    Outcome::Value([0; 12], Body::Encoded(text.into()))
}

#[track_caller]
fn assert_handed(follower: &mut Follower, text: &str) {
    match follower.handed.try_recv() {
        Ok(Handed::Outcome(Outcome::Value(_, Body::Encoded(bytes)))) => assert_eq!(bytes, text.as_bytes()),
        other => panic!("handed {other:?}"),
    }
}

#[track_caller]
fn assert_lead(follower: &mut Follower) -> Lead {
    match follower.handed.try_recv() {
        Ok(Handed::Lead(lead)) => lead,
        other => panic!("handed {other:?}"),
    }
}

#[test]
fn everybody_who_follows_is_handed_the_outcome() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let (mut first, mut second) = (fixture.follow(), fixture.follow());
    lead.start(None);
    drop(lead.finish(value("soup")));
    assert_handed(&mut first, "soup");
    assert_handed(&mut second, "soup");
    assert!(fixture.flights.is_empty());
}

#[test]
fn a_load_that_has_started_is_joined_only_by_its_lease() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let guard = fixture.granted();
    let id = guard.id().expect("it is held");
    lead.start(Some(guard));
    assert!(fixture.flights.join_gathering(&fixture.names).is_none());
    assert!(fixture.flights.join(&fixture.names, LeaseId([9; 24])).is_none());
    let Some(Joined::Follow(mut follower)) = fixture.flights.join(&fixture.names, id) else {
        panic!("its own lease is known");
    };
    let (lease, landing) = lead.finish(value("soup"));
    assert_handed(&mut follower, "soup");
    assert!(matches!(fixture.flights.join(&fixture.names, id), Some(Joined::Done(Outcome::Value(..)))));
    drop((lease, landing));
    assert!(fixture.flights.join(&fixture.names, id).is_none());
    assert!(fixture.flights.is_empty());
}

#[test]
fn a_leader_that_is_dropped_hands_over_to_exactly_one_follower_with_its_lease() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let (mut first, mut second) = (fixture.follow(), fixture.follow());
    let guard = fixture.granted();
    let id = guard.id();
    lead.start(Some(guard));
    drop(lead);
    let next = assert_lead(&mut first);
    assert!(next.has_lease());
    assert!(second.handed.try_recv().is_err(), "only one leads");
    let (lease, _landing) = next.finish(value("stew"));
    assert_eq!(lease.and_then(|lease| lease.id()), id);
    assert_handed(&mut second, "stew");
}

#[test]
fn a_follower_that_left_or_leaves_without_looking_passes_the_lead_on() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let (left, leaving, mut last) = (fixture.follow(), fixture.follow(), fixture.follow());
    drop(left);
    lead.start(None);
    drop(lead);
    // It has been handed the lead and is dropped before it looks.
    drop(leaving);
    let lead = assert_lead(&mut last);
    drop(lead);
    assert!(fixture.flights.is_empty());
}

#[test]
fn a_leader_that_is_dropped_alone_releases_its_lease() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    lead.start(Some(fixture.granted()));
    drop(lead);
    assert!(fixture.flights.is_empty());
    fixture.acquire([2; 16]);
}

#[test]
fn a_failed_load_releases_its_lease_and_one_follower_tries_next() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let (mut first, mut second) = (fixture.follow(), fixture.follow());
    lead.start(Some(fixture.granted()));
    lead.fail();
    fixture.acquire([2; 16]);
    let next = assert_lead(&mut first);
    assert!(!next.has_lease());
    // It has not started again, so others may join unseen.
    let mut third = fixture.follow();
    drop(next.finish(value("bread")));
    assert_handed(&mut second, "bread");
    assert_handed(&mut third, "bread");
}

#[test]
fn an_invalidated_load_is_not_joined_any_more_but_serves_those_who_did() {
    let fixture = Fixture::new();
    let mut lead = fixture.lead();
    let mut early = fixture.follow();
    let guard = fixture.granted();
    let id = guard.id().expect("it is held");
    lead.start(Some(guard));
    fixture.flights.detach(|_| true);
    assert!(fixture.flights.join(&fixture.names, id).is_none());
    let other = fixture.lead();
    drop(lead.finish(value("old")));
    assert_handed(&mut early, "old");
    drop(other);
    assert!(fixture.flights.is_empty());
}

#[test]
fn a_load_without_a_lease_waits_for_the_one_that_runs() {
    let fixture = Fixture::new();
    let mut running = fixture.lead();
    running.start(None);
    let waiting = fixture.lead();
    let (flight, mut turn) = waiting.turn().expect("a load is running");
    assert_eq!(flight, running.flight());
    assert!(turn.try_recv().is_err());
    drop(running.finish(value("soup")));
    assert!(turn.try_recv().is_ok());
    assert!(waiting.turn().is_none());
}

#[test]
fn an_invalidation_ends_the_wait_for_a_turn() {
    let fixture = Fixture::new();
    let mut running = fixture.lead();
    running.start(None);
    let waiting = fixture.lead();
    let (_, mut turn) = waiting.turn().expect("a load is running");
    fixture.flights.detach(|_| true);
    assert!(turn.try_recv().is_ok());
    drop(running);
}

#[test]
fn a_flight_that_found_a_value_lets_its_followers_look_again() {
    let fixture = Fixture::new();
    let lead = fixture.lead();
    let mut follower = fixture.follow();
    lead.dissolve();
    assert!(matches!(follower.handed.try_recv(), Ok(Handed::Again)));
    assert!(fixture.flights.is_empty());
}

#[test]
fn a_lease_of_another_generation_is_none_of_this_flight() {
    let fixture = Fixture::new();
    let lease = Lease { id: LeaseId([3; 24]), generation: Generation::default() };
    let released = now(fixture.store.renew(&fixture.names, lease, None)).expect("memory is ready");
    assert_eq!(released.ok(), Some(false));
}
