//! A cached call, carried out as the engine does: what the shipped state machine says is done, and what
//! happened goes back into it.

use std::time::Duration;

use crate::protocol::call::{Action, Call, Input, Permit};
use crate::protocol::decide::Verdict;
use crate::protocol::explore::case::Model;
use crate::protocol::explore::flights::Joined;
use crate::protocol::explore::found::aged;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::{Command, Reply, Request};
use crate::protocol::explore::state::{Doing, Lead, State, Then, Way};
use crate::protocol::explore::words::{Held, Nonces, Number, Stored, Version, lease_id, lease_number};

impl State {
    /// A read begins: from here on it must not return anything older than what was promised by now.
    pub(super) fn begin_read(&mut self, model: &Model, task: usize) -> Checked {
        let process = self.tasks[task].process;
        let operation = self.operation(model, task);
        if operation == b'B'
            && let Some(returned) = self.hit(model, task)
        {
            return returned;
        }
        let newest = if operation == b'F' { self.source } else { 0 };
        self.tasks[task].required = [self.floor, self.processes[process].floor, newest];
        self.obtain(model, task)
    }

    fn operation(&self, model: &Model, task: usize) -> u8 {
        model.operations(task)[self.tasks[task].finished]
    }

    /// Whether the read may keep what it reads.
    pub(super) fn keeps(&self, model: &Model, task: usize) -> bool {
        matches!(self.operation(model, task), b'B' | b'F')
    }

    /// The read returns.
    pub(super) fn returns(&mut self, task: usize, version: Version) -> Checked {
        let [anywhere, here, begun] = self.tasks[task].required;
        self.end_operation(task);
        if version < anywhere {
            return Err(format!(
                "S1: task {task} read v{version} after the invalidation for v{anywhere} was acknowledged"
            ));
        }
        if version < here {
            return Err(format!("S2: task {task} read v{version} after its process invalidated for v{here}"));
        }
        if version < begun {
            return Err(format!("refresh: task {task} got v{version} although it began at v{begun}"));
        }
        Ok(())
    }

    /// The outer loop: look for a load that has not started, else run the state machine.
    pub(super) fn obtain(&mut self, model: &Model, task: usize) -> Checked {
        let process = self.tasks[task].process;
        if self.tasks[task].lead.is_none() {
            if let Some(flight) = self.gathering(process) {
                self.follow(task, flight, Then::Begin);
                return Ok(());
            }
            if model.is(Mutant::JoinUnseen)
                && let Some(joined) = self.join(process, None)
            {
                return self.joined(task, joined);
            }
        }
        self.round(model, task)
    }

    fn round(&mut self, model: &Model, task: usize) -> Checked {
        let fenced = self.fenced(model, task);
        let (call, action) = if self.operation(model, task) == b'F' {
            Call::refresh(fenced)
        } else {
            Call::start(fenced, self.has_started(self.tasks[task].process))
        };
        self.tasks[task].call = call;
        self.act(model, task, action, None)
    }

    fn fenced(&self, model: &Model, task: usize) -> bool {
        let process = &self.processes[self.tasks[task].process];
        process.fence.covers(&model.names) && !model.is(Mutant::NoFence)
    }

    pub(super) fn next(&mut self, model: &Model, task: usize, input: Input) -> Action {
        let fenced = self.fenced(model, task);
        self.tasks[task].call.next(fenced, input)
    }

    /// Does what the state machine said. `entry` is what the read saw that it speaks of.
    pub(super) fn act(
        &mut self,
        model: &Model,
        task: usize,
        action: Action,
        entry: Option<Stored>,
    ) -> Checked {
        match action {
            Action::Load(Permit::Leased { lease, generation }) => {
                let held = Held { id: lease_number(lease), nonces: Nonces::of(&generation) };
                let granted = self.tasks[task].guard.take();
                assert_eq!(granted, Some(held), "the permit is the lease that was granted");
                self.start(task, granted);
                self.load(task);
            }
            Action::Load(Permit::Alone | Permit::Beside) => self.load_without_lease(task),
            Action::Read { lease } if self.keeps(model, task) => {
                self.tasks[task].doing = Doing::Noting { lease };
            }
            Action::Read { lease } => self.send_read(model, task, lease),
            Action::Serve => {
                self.dissolve(task);
                let entry = entry.expect("the verdict was that it is valid");
                return self.returns(task, entry.version);
            }
            Action::Acquire { refused } => {
                let refused = entry.filter(|_| refused).map(|entry| entry.id);
                return self.acquire(model, task, refused);
            }
            Action::Ensure => self.send(task, Command::Ensure),
            Action::Await { lease, join, .. } => {
                let join = join || model.is(Mutant::RefreshJoins);
                return self.wait(task, lease_number(lease), join);
            }
            Action::Revalidate => {
                let entry = entry.expect("the verdict was that it is valid, but stale");
                return self.revalidate(model, task, entry);
            }
            Action::Clear => unreachable!("everything here is a string"),
        }
        Ok(())
    }

    fn acquire(&mut self, model: &Model, task: usize, refused: Option<Number>) -> Checked {
        let process = self.tasks[task].process;
        if self.tasks[task].lead.is_none() {
            if let Some(flight) = self.gathering(process) {
                self.follow(task, flight, Then::Acquire(refused));
                return Ok(());
            }
            self.gather(task);
        }
        self.ask_for_lease(model, task, refused)
    }

    /// Serves a stale entry at once if a load of this process is about to replace it, or asks for the lease.
    fn revalidate(&mut self, model: &Model, task: usize, entry: Stored) -> Checked {
        let process = self.tasks[task].process;
        if self.tasks[task].lead.is_none() {
            if self.has_started(process) || self.gathering(process).is_some() {
                return self.returns(task, entry.version);
            }
            self.gather(task);
        }
        self.ask_for_lease(model, task, Some(entry.id))
    }

    fn ask_for_lease(&mut self, model: &Model, task: usize, refused: Option<Number>) -> Checked {
        let process = self.tasks[task].process;
        // A connection in doubt about its history sends no request that names it.
        let Some(request) = self.request(process) else {
            let action = self.next(model, task, Input::Failed);
            return self.act(model, task, action, self.tasks[task].found);
        };
        if self.left.duplicates > 0 {
            self.last = Some((request, refused));
        }
        self.tasks[task].asked = Some((request, refused));
        self.send(task, Command::Acquire(request, refused));
        Ok(())
    }

    pub(super) fn request(&mut self, process: usize) -> Option<Request> {
        let history = self.processes[process].history?;
        Some(Request { token: self.server.draw(), nonce: self.server.draw(), history })
    }

    /// Somebody loads: join if it is this process, else look again later.
    fn wait(&mut self, task: usize, lease: Number, join: bool) -> Checked {
        if join && let Some(joined) = self.join(self.tasks[task].process, Some(lease)) {
            return self.joined(task, joined);
        }
        self.tasks[task].doing = Doing::Polling(lease);
        Ok(())
    }

    fn joined(&mut self, task: usize, joined: Joined) -> Checked {
        self.dissolve(task);
        match joined {
            Joined::Done(version) => self.returns(task, version),
            Joined::Follow(flight) => {
                self.follow(task, flight, Then::Begin);
                Ok(())
            }
        }
    }

    /// Without a lease at most one load runs and one waits.
    fn load_without_lease(&mut self, task: usize) {
        let process = self.tasks[task].process;
        // A lease that was granted just before a fence was raised is of no use.
        let unused = self.tasks[task].guard.take();
        self.release(process, unused);
        if self.tasks[task].lead.is_none() {
            if let Some(flight) = self.gathering(process) {
                return self.follow(task, flight, Then::Alone);
            }
            self.gather(task);
        }
        self.take_turn(task);
    }

    pub(super) fn take_turn(&mut self, task: usize) {
        if self.is_running(self.tasks[task].process) {
            self.tasks[task].doing = Doing::Turn;
        } else {
            self.start(task, None);
            self.load(task);
        }
    }

    fn load(&mut self, task: usize) {
        self.tasks[task].doing = Doing::Loading;
    }

    /// A follower finds itself handed the lead.
    pub(super) fn take_lead(&mut self, model: &Model, task: usize, lead: Lead, then: Then) -> Checked {
        self.tasks[task].lead = Some(lead);
        if lead.lease.is_some() {
            self.load(task);
            return Ok(());
        }
        match then {
            Then::Begin => return self.round(model, task),
            Then::Acquire(refused) => return self.acquire(model, task, refused),
            Then::Alone => self.take_turn(task),
        }
        Ok(())
    }

    /// A reply to a read arrived.
    pub(super) fn take_reply(&mut self, model: &Model, task: usize, reply: Reply) -> Checked {
        let believed = self.processes[self.tasks[task].process].history;
        let asked = self.tasks[task].asked.take();
        let in_doubt = asked.is_some_and(|(request, _)| believed != Some(request.history));
        let input = match reply {
            Reply::Read { data, lease } => return self.take_read(model, task, &data, lease),
            Reply::Alone { .. } => unreachable!("what it lacks was looked up"),
            Reply::Granted(held) => {
                let older = self.tasks[task].guard.replace(held);
                self.release(self.tasks[task].process, older);
                Input::Granted { lease: lease_id(held.id), generation: held.nonces.generation() }
            }
            // What another history says of an entry or of somebody's load counts for nothing.
            Reply::Busy(_) | Reply::Valid if in_doubt && !model.is(Mutant::BusyInDoubt) => Input::Failed,
            Reply::Busy(lease) => Input::Busy { lease: lease_id(lease), remaining: Duration::from_secs(1) },
            Reply::Valid => Input::Appeared,
            Reply::Marked => Input::Marked,
            Reply::Disowned => Input::Disowned,
            Reply::Ensured => Input::Ensured,
            Reply::Done => unreachable!("no read sends what is answered so"),
            Reply::Failed => Input::Failed,
        };
        let action = self.next(model, task, input);
        self.act(model, task, action, self.tasks[task].found)
    }

    /// Whether a look would show something else than the load that is waited for. Looks that show nothing
    /// new are left out.
    pub(super) fn is_worth_a_look(&self, model: &Model, task: usize, awaited: Number) -> bool {
        let process = &self.processes[self.tasks[task].process];
        let believed = process.history.filter(|_| process.heard == self.server.history);
        let seen = aged(model, &self.server.data, true, believed);
        self.fenced(model, task) || seen != Verdict::Loading(lease_id(awaited))
    }

    pub(super) fn look_again(&mut self, model: &Model, task: usize) -> Checked {
        let replacing = self.tasks[task].call.is_replacing() && model.is(Mutant::RefreshTakesRefused);
        if replacing || model.is(Mutant::RefreshTakesOlder) {
            self.tasks[task].call = Call::start(false, true).0;
        }
        let action = self.next(model, task, Input::Awaited);
        self.act(model, task, action, self.tasks[task].found)
    }

    pub(super) fn send(&mut self, task: usize, command: Command) {
        self.tasks[task].doing = Doing::Waiting(Way::Sent(command));
    }

    /// The next operation may begin.
    pub(super) fn end_operation(&mut self, task: usize) {
        let unused = self.tasks[task].guard.take();
        self.release(self.tasks[task].process, unused);
        let task = &mut self.tasks[task];
        (task.doing, task.required, task.version) = (Doing::Nothing, [0; 3], 0);
        (task.call, task.asked) = (Call::default(), None);
        (task.noted, task.sought, task.found, task.beside) = (None, None, None, None);
        task.finished += 1;
    }
}
