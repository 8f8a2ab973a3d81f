//! What may happen next, and what becomes of the state.

use std::rc::Rc;

use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::{Command, Reply};
use crate::protocol::explore::state::{Doing, Landing, Post, State, Way, Worker};
use crate::protocol::explore::tracking::Trust;
use crate::protocol::explore::trouble::Trouble;
use crate::protocol::explore::writer::Write;

/// One step. Nothing comes in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A task does what it does next.
    Task(usize),
    /// The server carries out a command.
    Execute(Sender),
    /// The worker of a process does what it does next.
    Worker(usize),
    /// The answer to what nobody waits for arrives.
    Land(usize, usize),
    /// A process asks for the history that its server serves.
    Learn(usize),
    /// The source applies a write that was given up.
    Apply(usize),
    /// What a process has to invalidate once more is due.
    Repeat(usize),
    /// A process receives what comes over its tracked connection in this place.
    Deliver(usize, usize),
    /// A process does the next thing about a tracked connection that is of no use.
    Mend(usize),
    /// Only timers are left: the lease expires.
    Timer,
    Trouble(Trouble),
}

/// Whose command it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Task(usize),
    Worker(usize),
    /// A process and the number of its post.
    Post(usize, usize),
}

impl State {
    /// The steps that are possible, without those that go wrong.
    pub(super) fn progress(&self, model: &Model) -> Vec<Step> {
        let mut steps = Vec::new();
        for index in 0..self.tasks.len() {
            if let Doing::Waiting(Way::Sent(command)) = self.tasks[index].doing {
                if self.reaches_the_server(model, index, command) {
                    steps.push(Step::Execute(Sender::Task(index)));
                }
            } else if self.can_go_on(model, index) {
                steps.push(Step::Task(index));
            }
        }
        for (index, process) in self.processes.iter().enumerate() {
            match &process.worker {
                Worker::Idle if process.fence.len() == 0 => {}
                Worker::Removing(_, Way::Sent(_)) => steps.push(Step::Execute(Sender::Worker(index))),
                _ => steps.push(Step::Worker(index)),
            }
            for (number, post) in process.posts.iter().enumerate() {
                match post.way {
                    Way::Sent(_) => steps.push(Step::Execute(Sender::Post(index, number))),
                    Way::Coming | Way::Answered(..) => steps.push(Step::Land(index, number)),
                }
            }
            if process.late > 0 {
                steps.push(Step::Apply(index));
            } else if process.has_to_repeat() && !model.is(Mutant::NoRepeat) {
                // Not before: a write that was given up is applied in time, if ever.
                steps.push(Step::Repeat(index));
            }
            if process.history != Some(self.server.history) && !model.is(Mutant::NeverTold) {
                steps.push(Step::Learn(index));
            }
        }
        for (index, link) in self.links.iter().enumerate() {
            steps.extend(self.deliverable(model, index).map(|item| Step::Deliver(index, item)));
            if !link.up || link.trust != Trust::Whole {
                steps.push(Step::Mend(index));
            }
        }
        steps
    }

    fn reaches_the_server(&self, model: &Model, task: usize, command: Command) -> bool {
        !self.goes_over_link(model, task, command) || self.links[self.tasks[task].process].up
    }

    /// Whether a task has something to do that depends on nobody else.
    fn can_go_on(&self, model: &Model, index: usize) -> bool {
        let task = &self.tasks[index];
        match task.doing {
            Doing::Nothing => !task.ended(model, index),
            Doing::Following(..) | Doing::Pending(_) | Doing::Dead | Doing::Waiting(Way::Coming) => false,
            Doing::Polling(lease) => self.is_worth_a_look(model, index, lease),
            Doing::Turn => !self.is_running(task.process),
            _ => true,
        }
    }

    /// Takes a step.
    pub(super) fn take(&mut self, model: &Model, step: Step) -> Checked {
        let before = self.server.data;
        let checked = self.change(model, step);
        self.tell_of_changes(&before);
        checked
    }

    fn change(&mut self, model: &Model, step: Step) -> Checked {
        match step {
            Step::Task(task) => return self.go_on(model, task),
            Step::Execute(sender) => self.execute(model, sender),
            Step::Worker(process) => self.work(model, process),
            Step::Land(process, number) => self.land(model, process, number),
            Step::Learn(process) => {
                let history = self.server.history;
                self.processes[process].history = Some(history);
                self.processes[process].heard = history;
            }
            Step::Apply(process) => self.apply_late(process),
            Step::Repeat(process) => self.repeat(model, process),
            Step::Deliver(process, item) => self.deliver(model, process, item),
            Step::Mend(process) => self.mend(model, process),
            Step::Timer => self.server.data.lease = None,
            Step::Trouble(trouble) => return self.suffer(model, trouble),
        }
        Ok(())
    }

    fn go_on(&mut self, model: &Model, task: usize) -> Checked {
        let operations = model.operations(task);
        let write = Write::of(operations[self.tasks[task].finished]);
        match (self.tasks[task].doing, write) {
            (Doing::Nothing, None) => return self.begin_read(model, task),
            (Doing::Nothing, Some(write)) => self.begin_write(model, task, write),
            (Doing::Written, Some(write)) => self.after_write(model, task, write),
            (Doing::Invalidating(number), Some(write)) => self.go_on_invalidating(model, task, write, number),
            (Doing::Noting { lease }, _) => self.note(model, task, lease),
            (Doing::Waiting(Way::Answered(reply, history)), write) => {
                self.hear(model, self.tasks[task].process, history);
                if self.looks_up(model, task, reply, history) {
                    return Ok(());
                }
                match write {
                    Some(write) => self.take_writers_reply(task, write, reply),
                    None => return self.take_reply(model, task, reply),
                }
            }
            (Doing::Handed(lead, then), _) => return self.take_lead(model, task, lead, then),
            (Doing::Again, _) => return self.obtain(model, task),
            (Doing::Polling(_), _) => return self.look_again(model, task),
            (Doing::Turn, _) => self.take_turn(task),
            (Doing::Loading, _) => self.tasks[task].doing = Doing::Loaded(self.source),
            (Doing::Loaded(version), _) => {
                self.finish(task, version)?;
                self.keep_beside(model, task, version);
                return self.returns(task, version);
            }
            (doing, _) => unreachable!("{doing:?} waits for somebody else"),
        }
        Ok(())
    }

    pub(super) fn way(&mut self, sender: Sender) -> Option<&mut Way> {
        match sender {
            Sender::Task(task) => match &mut self.tasks[task].doing {
                Doing::Waiting(way) => Some(way),
                _ => None,
            },
            Sender::Worker(process) => match &mut self.processes[process].worker {
                Worker::Removing(_, way) => Some(way),
                Worker::Idle | Worker::Removed(_) => None,
            },
            Sender::Post(process, number) => Some(&mut self.processes[process].posts[number].way),
        }
    }

    fn execute(&mut self, model: &Model, sender: Sender) {
        let way = self.way(sender).expect("a command was sent");
        let Way::Sent(command) = *way else { unreachable!("it was sent") };
        self.note_removal(sender, command);
        let reply = self.server.execute(command, model.case.mutant);
        if let Sender::Task(task) = sender
            && self.goes_over_link(model, task, command)
        {
            return self.execute_tracked(model, task, command, reply);
        }
        let history = self.server.history;
        *self.way(sender).expect("a command was sent") = Way::Answered(reply, history);
        // Nothing happens when the answer to a release arrives, unless a flight stays joinable until then.
        if let (Sender::Post(process, number), Command::Release(_)) = (sender, command)
            && self.processes[process].posts[number].landing.is_none()
        {
            self.processes[process].posts.remove(number);
        }
    }

    /// A connection that is resynchronised from another server tells so before any reply of the new history:
    /// from then on its history is in doubt.
    pub(super) fn hear(&mut self, model: &Model, process: usize, history: u8) {
        let process = &mut self.processes[process];
        if process.heard < history && !model.is(Mutant::NeverTold) {
            process.heard = history;
            process.history = None;
        }
    }

    fn work(&mut self, model: &Model, process: usize) {
        match &self.processes[process].worker {
            Worker::Idle => self.hand_over_journal(model, process),
            Worker::Removing(batch, Way::Answered(reply, history)) => {
                let (batch, reply, history) = (Rc::clone(batch), *reply, *history);
                self.hear(model, process, history);
                self.take_removal(model, process, batch, reply);
            }
            Worker::Removing(_, Way::Sent(_) | Way::Coming) => unreachable!("it waits for the server"),
            Worker::Removed(batch) => {
                let batch = Rc::clone(batch);
                self.finish_removal(model, process, &batch);
            }
        }
    }

    fn land(&mut self, model: &Model, process: usize, number: usize) {
        let post = self.processes[process].posts.remove(number);
        let Way::Answered(reply, history) = post.way else { unreachable!("its answer arrives") };
        self.hear(model, process, history);
        match (reply, post.landing) {
            // A caller that is gone leaves its lease to nobody.
            (Reply::Granted(lease), _) => self.release(process, Some(lease)),
            // Others must not wait for a load that has ended.
            (Reply::Failed, Some(Landing { flight, lease: Some(lease) })) => {
                let way = Way::Sent(Command::Release(lease));
                let landing = Some(Landing { flight, lease: None });
                self.processes[process].posts.push(Post { way, landing });
            }
            (_, Some(landing)) => self.forget(process, landing.flight),
            (_, None) => {}
        }
    }
}
