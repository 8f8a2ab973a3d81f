//! A load without a lease starts when the one that runs has ended, however that ends.

use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;

use crate::explore::{explore, explore_most};
use crate::flight::lead::Lead;
use crate::flight::registry::{Flights, Gathered, Handed, Outcome};
use crate::key::names::{NAMES, Names};

#[derive(Clone)]
struct Process {
    flights: Arc<Flights>,
    names: Names,
    loading: Arc<AtomicBool>,
}

impl Process {
    fn new() -> Self {
        let loading = Arc::new(AtomicBool::new(false));
        Self { flights: Arc::default(), names: NAMES, loading }
    }

    fn lead(&self) -> Lead {
        match self.flights.gather(&self.names) {
            Gathered::Lead(lead) => lead,
            Gathered::Follow(_) => panic!("a flight gathers already"),
        }
    }

    fn start(&self, lead: &mut Lead) {
        lead.start(None);
        assert!(!self.loading.swap(true, Ordering::Relaxed), "two loads of one key run");
    }

    fn finish(&self, lead: Lead) {
        self.loading.store(false, Ordering::Relaxed);
        drop(lead.finish(Outcome::Absent));
    }

    /// Loads when it is the lead's turn, as a call without a lease does.
    fn load_in_turn(&self, mut lead: Lead) {
        while let Some((_, turn)) = lead.turn() {
            // A sender that is gone means the same: look again.
            let _ = turn.wait();
        }
        self.start(&mut lead);
        self.finish(lead);
    }

    /// A call without a lease.
    fn call(&self) {
        match self.flights.gather(&self.names) {
            Gathered::Lead(lead) => self.load_in_turn(lead),
            Gathered::Follow(follower) => match follower.handed.wait() {
                Ok(Handed::Lead(lead)) => self.load_in_turn(lead),
                Ok(Handed::Outcome(_)) => {}
                other => panic!("handed {other:?}"),
            },
        }
    }

    fn assert_over(&self) {
        assert!(self.flights.is_empty(), "a flight is left behind");
    }
}

#[test]
fn loads_run_one_at_a_time() {
    explore(|| {
        let process = Process::new();
        let other = process.clone();
        let loading = thread::spawn(move || other.call());
        process.call();
        loading.join().expect("it does not panic");
        process.assert_over();
    });
}

/// One load runs and one waits. The first ends in this way, in a thread of its own, which may leave it behind.
fn is_told(end: fn(&Process, Lead) -> Option<Lead>) {
    explore(move || {
        let process = Process::new();
        let mut running = process.lead();
        process.start(&mut running);
        let waiting = process.lead();
        let other = process.clone();
        let ending = thread::spawn(move || end(&other, running));
        process.load_in_turn(waiting);
        drop(ending.join().expect("it does not panic"));
        process.assert_over();
    });
}

#[test]
fn a_load_that_ends() {
    is_told(|process, running| {
        process.finish(running);
        None
    });
}

#[test]
fn a_load_that_is_dropped() {
    is_told(|process, running| {
        process.loading.store(false, Ordering::Relaxed);
        drop(running);
        None
    });
}

#[test]
fn a_load_that_is_invalidated() {
    is_told(|process, running| {
        // From here on it is none that anybody has to wait for.
        process.loading.store(false, Ordering::Relaxed);
        process.flights.detach(|_| true);
        Some(running)
    });
}

#[test]
fn a_load_that_ends_while_it_is_invalidated() {
    explore_most(|| {
        let process = Process::new();
        let mut running = process.lead();
        running.start(None);
        let waiting = process.lead();
        let flights = process.flights.clone();
        let threads = [
            thread::spawn(move || drop(running.finish(Outcome::Absent))),
            thread::spawn(move || flights.detach(|_| true)),
        ];
        process.load_in_turn(waiting);
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        process.assert_over();
    });
}

#[test]
fn a_turn_goes_with_the_lead() {
    explore_most(|| {
        let process = Process::new();
        let mut running = process.lead();
        process.start(&mut running);
        let waiting = process.lead();
        let follower = match process.flights.gather(&process.names) {
            Gathered::Follow(follower) => follower,
            Gathered::Lead(_) => panic!("no flight gathers"),
        };
        let other = process.clone();
        let threads = [
            thread::spawn(move || other.finish(running)),
            // It asks for its turn, and is dropped before it takes it.
            thread::spawn(move || drop((waiting.turn(), waiting))),
        ];
        match follower.handed.wait() {
            Ok(Handed::Lead(lead)) => process.load_in_turn(lead),
            other => panic!("handed {other:?}"),
        }
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        process.assert_over();
    });
}
