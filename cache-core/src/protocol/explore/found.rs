//! What a read found: the shipped verdict over it, and what becomes of it.

use std::time::Duration;

use crate::protocol::call::{Action, Input};
use crate::protocol::decide::{Lives, Seen, Stale, Verdict};
use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::near::{Lifetime, Noted};
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::{Data, Reply};
use crate::protocol::explore::state::{Doing, State, Way};
use crate::protocol::explore::words::{Stored, Version, history, incarnation, lease_id, nonce};
use crate::protocol::words::Generation;

impl State {
    /// A read was answered.
    pub(super) fn take_read(&mut self, model: &Model, task: usize, data: &Data, lease: bool) -> Checked {
        let process = self.tasks[task].process;
        let believed = self.processes[process].history;
        let valid = verdict(model, data, false, believed) == Verdict::Valid;
        let verdict = aged(model, data, lease, believed);
        let action = self.next(model, task, Input::Read(verdict));
        let of_use = matches!(action, Action::Revalidate | Action::Acquire { refused: true });
        let of_use = of_use || valid && model.case.stale_if_error;
        self.tasks[task].found = data.entry.filter(|_| of_use);
        if self.tasks[task].beside.is_some() {
            self.tasks[task].beside = self.hold(model, task, Lifetime::Bound);
        }
        if let (Action::Serve, Verdict::Valid, Some(entry)) = (&action, verdict, data.entry)
            && let Some(holding) = self.hold(model, task, Lifetime::Entry)
        {
            self.keep(process, entry.version, holding);
        }
        if self.tasks[task].beside.is_none() {
            self.tasks[task].noted = None;
        }
        self.act(model, task, action, data.entry)
    }

    /// The entry that a task's read saw, if it is to be served next.
    pub(super) fn about_to_be_served(&self, model: &Model, task: usize) -> Option<Stored> {
        let Doing::Waiting(Way::Answered(Reply::Read { data, lease }, from)) = self.tasks[task].doing else {
            return None;
        };
        if self.tasks[task].sought.is_some() {
            return None;
        }
        let process = &self.processes[self.tasks[task].process];
        let believed = process.history.filter(|_| process.heard == from);
        data.entry.filter(|_| aged(model, &data, lease, believed) == Verdict::Valid)
    }

    /// The entry that was to be served can't be decoded, or has an older writer's schema.
    pub(super) fn refuse(&mut self, model: &Model, task: usize, entry: Stored) {
        let action = self.next(model, task, Input::Read(Verdict::Valid));
        let action = if action == Action::Serve { self.next(model, task, Input::Refused) } else { action };
        (self.tasks[task].found, self.tasks[task].noted) = (Some(entry), None);
        self.act(model, task, action, Some(entry)).expect("nothing is returned");
    }

    /// The entry that was to be served has the schema of a younger process.
    pub(super) fn leave_alone(&mut self, model: &Model, task: usize, entry: Stored) {
        let mut action = self.next(model, task, Input::Read(Verdict::Valid));
        if action == Action::Serve {
            action = self.next(model, task, Input::Newer);
            self.tasks[task].beside = self.hold(model, task, Lifetime::Bound);
        }
        self.act(model, task, action, Some(entry)).expect("nothing is returned");
    }

    /// What was loaded beside a younger process's entry is kept.
    pub(super) fn keep_beside(&mut self, model: &Model, task: usize, version: Version) {
        let process = self.tasks[task].process;
        let Some(mut holding) = self.tasks[task].beside.take() else { return };
        if model.is(Mutant::ForeignWithoutTicket) {
            let ticket = self.processes[process].near.ticket(model);
            self.tasks[task].noted = self.tasks[task].noted.map(|noted| Noted { ticket, ..noted });
            holding = self.hold(model, task, Lifetime::Bound).expect("it was noted");
        }
        self.keep(process, version, holding);
    }
}

/// The shipped verdict over what a read saw; mutants show it something else.
pub(super) fn verdict(model: &Model, data: &Data, lease: bool, believed: Option<u8>) -> Verdict {
    let stamps = [data.stamp.map(nonce)];
    let incarnation = data.incarnation.map(incarnation);
    let mut entry = data.entry.map(|entry| entry.nonces.generation());
    let mut held =
        data.lease.filter(|_| lease).map(|(held, _)| (lease_id(held.id), held.nonces.generation()));
    let mut believed = believed.map(history);
    if model.is(Mutant::AnyHistory) || model.is(Mutant::NoRotation) {
        believed = incarnation.map(|incarnation| incarnation.history);
    }
    let bare = Seen { entry: None, lease: None, incarnation, stamps: &stamps, history: believed };
    let known = incarnation.filter(|incarnation| believed == Some(incarnation.history));
    if let (Some(incarnation), [Some(stamp)]) = (known, stamps) {
        let current = Generation::of([incarnation.nonce, stamp]);
        if model.is(Mutant::AnyGeneration) {
            entry = entry.map(|_| current.clone());
        }
        if model.is(Mutant::JoinAnyGeneration) {
            held = held.map(|(id, _)| (id, current));
        }
    }
    let lease = held.as_ref().map(|(id, generation)| (*id, generation));
    Seen { entry: entry.as_ref(), lease, ..bare }.verdict()
}

/// The shipped verdict over what a read saw and how old it is: of an entry's age 0, 1 and 2 each is good for less.
pub(super) fn aged(model: &Model, data: &Data, lease: bool, believed: Option<u8>) -> Verdict {
    const SECOND: Duration = Duration::from_secs(1);
    const LIVES: Lives = Lives { fresh: SECOND, while_revalidate: SECOND, if_error: SECOND };
    let verdict = verdict(model, data, lease, believed);
    let age = data.entry.map_or(0, |entry| entry.age);
    match verdict {
        Verdict::Valid => LIVES.verdict(SECOND * u32::from(age)),
        _ if age > 0 && model.is(Mutant::StaleThoughInvalidated) => Verdict::Stale(Stale::Revalidate),
        _ => verdict,
    }
}
