//! The flights of a process, by the rules of the registry: a load that has not started is joined unseen,
//! any other only by its lease.

use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::Command;
use crate::protocol::explore::state::{Doing, Flight, Landing, Lead, Phase, Post, State, Then, Way};
use crate::protocol::explore::words::{Held, Number, Version};

/// What came of joining a flight that has started.
pub(super) enum Joined {
    Follow(Number),
    Done(Version),
}

impl State {
    /// The flight that has not started: at most one.
    pub(super) fn gathering(&self, process: usize) -> Option<Number> {
        let flights = &self.processes[process].flights;
        flights.iter().find(|flight| flight.phase == Phase::Gathering).map(|flight| flight.id)
    }

    pub(super) fn has_started(&self, process: usize) -> bool {
        let started = |flight: &Flight| flight.listed && flight.phase != Phase::Gathering;
        self.processes[process].flights.iter().any(started)
    }

    /// Whether a load runs that one without a lease has to wait for.
    pub(super) fn is_running(&self, process: usize) -> bool {
        let running = |flight: &Flight| flight.listed && matches!(flight.phase, Phase::Started { .. });
        self.processes[process].flights.iter().any(running)
    }

    pub(super) fn flight(&mut self, process: usize, id: Number) -> &mut Flight {
        let flights = &mut self.processes[process].flights;
        flights.iter_mut().find(|flight| flight.id == id).expect("its lead or a follower knows it")
    }

    /// Opens a flight and leads it.
    pub(super) fn gather(&mut self, task: usize) {
        let id = self.server.draw();
        let flight = Flight { id, phase: Phase::Gathering, followers: Vec::new(), listed: true };
        self.processes[self.tasks[task].process].flights.push(flight);
        self.tasks[task].lead = Some(Lead { flight: id, lease: None });
    }

    pub(super) fn follow(&mut self, task: usize, flight: Number, then: Then) {
        self.flight(self.tasks[task].process, flight).followers.push(task);
        self.tasks[task].doing = Doing::Following(flight, then);
    }

    /// Joins the flight that holds this lease; `None` as the lease joins any that has started.
    pub(super) fn join(&self, process: usize, seen: Option<Number>) -> Option<Joined> {
        let listed = self.processes[process].flights.iter().filter(|flight| flight.listed);
        listed.into_iter().find_map(|flight| match flight.phase {
            Phase::Started { lease } if seen.is_none() || lease == seen => Some(Joined::Follow(flight.id)),
            Phase::Done { lease, version } if seen.is_none() || lease == seen => Some(Joined::Done(version)),
            _ => None,
        })
    }

    /// Starts the load that the task leads.
    pub(super) fn start(&mut self, task: usize, lease: Option<Held>) {
        let process = self.tasks[task].process;
        let lead = self.tasks[task].lead.as_mut().expect("only a lead starts");
        lead.lease = lease;
        let id = lead.flight;
        let flight = self.flight(process, id);
        flight.phase = Phase::Started { lease: lease.map(|lease| lease.id) };
        flight.listed = true;
    }

    /// Ends the flight that the task leads: its followers return, its value is stored under its lease.
    pub(super) fn finish(&mut self, task: usize, version: Version) -> Checked {
        let process = self.tasks[task].process;
        let Some(lead) = self.tasks[task].lead.take() else { return Ok(()) };
        let flight = self.flight(process, lead.flight);
        flight.phase = Phase::Done { lease: lead.lease.map(|lease| lease.id), version };
        let followers = std::mem::take(&mut flight.followers);
        match lead.lease {
            Some(lease) => {
                let way = Way::Sent(Command::Store { lease, version });
                let landing = Landing { flight: lead.flight, lease: Some(lease) };
                self.processes[process].posts.push(Post { way, landing: Some(landing) });
            }
            None => self.forget(process, lead.flight),
        }
        followers.into_iter().try_for_each(|follower| self.returns(follower, version))
    }

    /// Ends the flight that the task leads, if it leads one: its followers look again.
    pub(super) fn dissolve(&mut self, task: usize) {
        let process = self.tasks[task].process;
        if let Some(lead) = self.tasks[task].lead.take() {
            self.scatter(process, lead.flight);
        }
    }

    fn scatter(&mut self, process: usize, flight: Number) {
        for follower in std::mem::take(&mut self.flight(process, flight).followers) {
            self.tasks[follower].doing = Doing::Again;
        }
        self.forget(process, flight);
    }

    pub(super) fn forget(&mut self, process: usize, flight: Number) {
        self.processes[process].flights.retain(|other| other.id != flight);
    }

    /// The lead is dropped: it goes to one follower, with the lease if there is one.
    pub(super) fn hand_over(&mut self, model: &Model, process: usize, lead: Lead) {
        if model.is(Mutant::LeadIsLost) {
            return;
        }
        if lead.lease.is_none() {
            if self.gathering(process).is_some_and(|other| other != lead.flight) {
                return self.scatter(process, lead.flight);
            }
            let flight = self.flight(process, lead.flight);
            (flight.phase, flight.listed) = (Phase::Gathering, true);
        }
        let followers = &mut self.flight(process, lead.flight).followers;
        if followers.is_empty() {
            self.forget(process, lead.flight);
            return self.release(process, lead.lease);
        }
        let heir = followers.remove(0);
        let Doing::Following(_, then) = self.tasks[heir].doing else { unreachable!("it follows the flight") };
        self.tasks[heir].doing = Doing::Handed(lead, then);
    }

    pub(super) fn release(&mut self, process: usize, lease: Option<Held>) {
        if let Some(lease) = lease {
            let way = Way::Sent(Command::Release(lease));
            self.processes[process].posts.push(Post { way, landing: None });
        }
    }

    /// An invalidation lets nobody join the loads that have started any more.
    pub(super) fn detach(&mut self, process: usize) {
        for flight in &mut self.processes[process].flights {
            flight.listed &= flight.phase == Phase::Gathering;
        }
    }
}
