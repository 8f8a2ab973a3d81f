//! The lead of a flight: whoever holds it loads, and dropping it hands it over.

use std::collections::HashMap;
use std::sync::Arc;

use crate::flight::lease::LeaseGuard;
use crate::flight::registry::{Flight, Flights, Handed, Outcome, Phase, Slot, Turn};
use crate::flight::waits::Wait;
use crate::sync::{MutexGuard, Ordering, oneshot};

/// The lead of a flight.
///
/// There is one per flight at any time. A lead that is dropped, because the caller's future was dropped or
/// its load panicked, goes to exactly one follower, together with the lease if there is one.
#[derive(Debug)]
pub(crate) struct Lead {
    flights: Arc<Flights>,
    flight: Arc<Flight>,
    lease: Option<Box<LeaseGuard>>,
    /// The enclosing load waits for this one.
    nested: Option<Wait>,
    over: bool,
}

/// A flight that is done, and stays joinable until its value is stored.
#[derive(Debug)]
pub(crate) struct Landing {
    flights: Arc<Flights>,
    flight: Arc<Flight>,
}

impl Lead {
    pub(super) fn new(flights: Arc<Flights>, flight: Arc<Flight>, lease: Option<Box<LeaseGuard>>) -> Self {
        Self { flights, flight, lease, nested: None, over: false }
    }

    /// The flight's number.
    pub(crate) fn flight(&self) -> u64 {
        self.flight.id
    }

    /// Whether the lead came with a lease: then its holder loads at once.
    pub(crate) fn has_lease(&self) -> bool {
        self.lease.is_some()
    }

    /// Says whether the leader waits for the load of another process.
    pub(crate) fn is_abroad(&self, abroad: bool) {
        self.flight.abroad.store(abroad, Ordering::Relaxed);
    }

    /// Registers that the loads above wait for this flight.
    pub(crate) fn nest(&mut self, above: impl Iterator<Item = u64>) {
        self.nested = self.flights.wait_for(above, self.flight.id);
    }

    /// Starts the load, under a lease or without one. From now on nobody joins without seeing the lease.
    pub(crate) fn start(&mut self, lease: Option<Box<LeaseGuard>>) {
        let mut shard = self.flights.shard(&self.flight.names);
        let slot = shard.entry(self.flight.names.entry().into()).or_default();
        slot.remove(&self.flight);
        self.flight.state().phase = Phase::Started { lease: lease.as_ref().and_then(|lease| lease.id()) };
        slot.started.push(self.flight.clone());
        self.lease = lease;
    }

    /// What to wait for before a load without a lease may start: the load that is running, if there is one.
    pub(crate) fn turn(&self) -> Option<(u64, oneshot::Receiver<()>)> {
        let shard = self.flights.shard(&self.flight.names);
        let running = shard.get(self.flight.names.entry())?.running()?;
        let (sender, receiver) = oneshot::channel();
        self.flight.state().turn = Some(sender);
        Some((running, receiver))
    }

    /// Whether anybody waits for the outcome.
    pub(crate) fn has_followers(&self) -> bool {
        self.flight.state().followers.iter().any(|follower| !follower.is_closed())
    }

    /// Ends the flight with an outcome for everybody who follows. The lease, if there was one, is returned to
    /// be spent on a store, until which the flight stays joinable.
    #[must_use]
    pub(crate) fn finish(mut self, outcome: Outcome) -> (Option<Box<LeaseGuard>>, Landing) {
        self.over = true;
        let lease = self.lease.take();
        let (followers, turn) = {
            let shard = self.flights.shard(&self.flight.names);
            let mut state = self.flight.state();
            let followers = std::mem::take(&mut state.followers);
            let held = lease.as_ref().and_then(|lease| lease.id());
            state.phase = Phase::Done { lease: held, outcome: outcome.clone() };
            drop(state);
            (followers, shard.get(self.flight.names.entry()).and_then(Slot::turn))
        };
        turn.into_iter().for_each(Turn::tell);
        for follower in followers {
            // A follower that is gone needs nothing.
            let _ = follower.send(Handed::Outcome(outcome.clone()));
        }
        (lease, Landing { flights: self.flights.clone(), flight: self.flight.clone() })
    }

    /// Ends the flight without an outcome: everybody who follows looks again.
    pub(crate) fn dissolve(mut self) {
        self.over = true;
        self.lease = None;
        remove(&self.flights, &self.flight);
        let followers = std::mem::take(&mut self.flight.state().followers);
        for follower in followers {
            let _ = follower.send(Handed::Again);
        }
    }

    /// Ends the load as failed: its lease is released, and one follower tries next.
    pub(crate) fn fail(mut self) {
        self.lease = None;
    }

    /// Makes the flight gather again under its next leader; not possible where another one gathers already.
    fn gather_again(&self) -> bool {
        let mut shard = self.flights.shard(&self.flight.names);
        let slot = shard.entry(self.flight.names.entry().into()).or_default();
        let other = slot.gathering.as_ref().is_some_and(|other| !Arc::ptr_eq(other, &self.flight));
        if other {
            return false;
        }
        slot.remove(&self.flight);
        slot.gathering = Some(self.flight.clone());
        self.flight.state().phase = Phase::Gathering;
        true
    }

    fn hand_over(&mut self) {
        self.nested = None;
        let lease = self.lease.take();
        if lease.is_none() && !self.gather_again() {
            return self.next_of_kin().dissolve();
        }
        let mut lead = self.next_of_kin();
        lead.lease = lease;
        loop {
            let follower = lead.flight.state().followers.pop_front();
            let Some(follower) = follower else { return lead.dissolve_unless_followed() };
            match follower.send(Handed::Lead(lead)) {
                Err(Handed::Lead(back)) => lead = back,
                _ => return,
            }
        }
    }

    fn next_of_kin(&self) -> Self {
        Self::new(self.flights.clone(), self.flight.clone(), None)
    }

    /// Ends the flight, unless somebody began to follow it just now.
    fn dissolve_unless_followed(mut self) {
        let shard = self.flights.shard(&self.flight.names);
        if self.flight.state().followers.is_empty() {
            self.over = true;
            let turn = take_out(shard, &self.flight);
            turn.into_iter().for_each(Turn::tell);
        }
        // Otherwise dropping it hands it over once more.
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        if !self.over {
            self.over = true;
            self.hand_over();
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        remove(&self.flights, &self.flight);
    }
}

fn remove(flights: &Flights, flight: &Arc<Flight>) {
    let shard = flights.shard(&flight.names);
    take_out(shard, flight).into_iter().for_each(Turn::tell);
}

/// Takes a flight out of its slot, and unlocks the shard.
fn take_out(mut shard: MutexGuard<'_, HashMap<Box<str>, Slot>>, flight: &Arc<Flight>) -> Option<Turn> {
    let slot = shard.get_mut(flight.names.entry())?;
    slot.remove(flight);
    let turn = slot.turn();
    if slot.is_empty() {
        shard.remove(flight.names.entry());
    }
    turn
}
