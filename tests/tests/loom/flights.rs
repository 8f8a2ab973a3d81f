//! One leads and everybody else is handed something, whoever leaves or is invalidated meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use loom::thread;

use crate::explore::explore;
use crate::flight::lead::Lead;
use crate::flight::lease::LeaseGuard;
use crate::flight::registry::{Flights, Follower, Gathered, Handed, Joined, Outcome};
use crate::key::names::{NAMES, Names};
use crate::protocol::LeaseId;
use crate::store::Body;

const LEASE: LeaseId = LeaseId(7);

#[derive(Clone)]
struct Process {
    flights: Arc<Flights>,
    names: Names,
    released: Arc<AtomicUsize>,
}

impl Process {
    fn new() -> Self {
        Self { flights: Arc::default(), names: NAMES, released: Arc::default() }
    }

    fn gather(&self) -> Gathered {
        self.flights.gather(&self.names)
    }

    fn lead(&self) -> Lead {
        match self.gather() {
            Gathered::Lead(lead) => lead,
            Gathered::Follow(_) => panic!("a flight gathers already"),
        }
    }

    fn follow(&self) -> Follower {
        match self.gather() {
            Gathered::Follow(follower) => follower,
            Gathered::Lead(_) => panic!("no flight gathers"),
        }
    }

    fn start_leased(&self, lead: &mut Lead) {
        lead.start(Some(LeaseGuard::hold(LEASE, &self.released)));
    }

    fn join(&self) -> Option<Joined> {
        self.flights.join(&self.names, LEASE)
    }

    /// Asserts that nothing is left, and that the lease was released once for each of `leases`.
    fn assert_over(&self, leases: usize) {
        assert!(self.flights.is_empty(), "a flight is left behind");
        assert_eq!(self.released.load(Ordering::Relaxed), leases, "leases released");
    }
}

fn value() -> Outcome {
    Outcome::Value([0; 12], Body(1))
}

#[track_caller]
fn assert_value(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Value(_, Body(1))), "{outcome:?}");
}

/// Loads, and ends the flight once its value is stored.
fn load(lead: Lead) {
    drop(lead.finish(value()));
}

#[test]
fn of_two_who_gather_exactly_one_leads() {
    explore(|| {
        let process = Process::new();
        let other = process.clone();
        let gathering = thread::spawn(move || other.gather());
        let gathered = [process.gather(), gathering.join().expect("it does not panic")];
        let leads = gathered.iter().filter(|gathered| matches!(gathered, Gathered::Lead(_))).count();
        assert_eq!(leads, 1);
        drop(gathered);
        process.assert_over(0);
    });
}

#[test]
fn who_joins_a_load_that_ends_is_handed_its_value() {
    explore(|| {
        let process = Process::new();
        let mut lead = process.lead();
        process.start_leased(&mut lead);
        let loading = thread::spawn(move || load(lead));
        match process.join() {
            Some(Joined::Done(outcome)) => assert_value(&outcome),
            Some(Joined::Follow(follower)) => match follower.handed.wait() {
                Ok(Handed::Outcome(outcome)) => assert_value(&outcome),
                other => panic!("handed {other:?}"),
            },
            // It is over: the value is in the store.
            None => {}
        }
        loading.join().expect("it does not panic");
        process.assert_over(1);
    });
}

#[test]
fn who_joins_a_load_that_has_not_started_is_handed_its_value() {
    explore(|| {
        let process = Process::new();
        let mut lead = process.lead();
        let loader = process.clone();
        let loading = thread::spawn(move || {
            loader.start_leased(&mut lead);
            load(lead);
        });
        if let Some(follower) = process.flights.join_gathering(&process.names) {
            match follower.handed.wait() {
                Ok(Handed::Outcome(outcome)) => assert_value(&outcome),
                other => panic!("handed {other:?}"),
            }
        }
        loading.join().expect("it does not panic");
        process.assert_over(1);
    });
}

#[test]
fn a_flight_that_dissolves_lets_everybody_look_again() {
    explore(|| {
        let process = Process::new();
        let lead = process.lead();
        let dissolving = thread::spawn(move || lead.dissolve());
        if let Some(follower) = process.flights.join_gathering(&process.names) {
            assert!(matches!(follower.handed.wait(), Ok(Handed::Again)));
        }
        dissolving.join().expect("it does not panic");
        process.assert_over(0);
    });
}

/// A leader is dropped while one of its two followers leaves: the lead goes to the other one.
fn passes_the_lead_on(leased: bool) {
    explore(move || {
        let process = Process::new();
        let mut lead = process.lead();
        let (leaver, last) = (process.follow(), process.follow());
        if leased {
            process.start_leased(&mut lead);
        } else {
            lead.start(None);
        }
        let threads = [thread::spawn(move || drop(lead)), thread::spawn(move || drop(leaver))];
        match last.handed.wait() {
            Ok(Handed::Lead(lead)) => {
                assert_eq!(lead.has_lease(), leased, "the lead comes with its lease");
                load(lead);
            }
            other => panic!("handed {other:?}"),
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        process.assert_over(usize::from(leased));
    });
}

#[test]
fn a_lead_with_a_lease_passes_one_who_leaves() {
    passes_the_lead_on(true);
}

#[test]
fn a_lead_without_a_lease_passes_one_who_leaves() {
    passes_the_lead_on(false);
}

#[test]
fn who_joins_while_the_leader_is_dropped_leads_or_finds_nothing() {
    explore(|| {
        let process = Process::new();
        let mut lead = process.lead();
        process.start_leased(&mut lead);
        let leaving = thread::spawn(move || drop(lead));
        match process.join() {
            Some(Joined::Follow(follower)) => match follower.handed.wait() {
                Ok(Handed::Lead(lead)) => assert!(lead.has_lease()),
                other => panic!("handed {other:?}"),
            },
            Some(Joined::Done(_)) => panic!("nothing was loaded"),
            None => {}
        }
        leaving.join().expect("it does not panic");
        process.assert_over(1);
    });
}

#[test]
fn an_invalidated_load_serves_those_who_joined_and_nobody_else() {
    explore(|| {
        let process = Process::new();
        let mut lead = process.lead();
        let early = process.follow();
        process.start_leased(&mut lead);
        let writer = process.clone();
        let threads = [
            thread::spawn(move || load(lead)),
            thread::spawn(move || {
                writer.flights.detach(|_| true);
                assert!(writer.join().is_none(), "a load is joined after its invalidation");
            }),
        ];
        match early.handed.wait() {
            Ok(Handed::Outcome(outcome)) => assert_value(&outcome),
            other => panic!("handed {other:?}"),
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        process.assert_over(1);
    });
}
