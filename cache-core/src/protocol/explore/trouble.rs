//! What may go wrong: evictions, expiries, fail-overs, lost answers, dropped futures, late duplicates,
//! writers that give up or die.

use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::{Command, Reply};
use crate::protocol::explore::state::{Doing, Post, Process, State, Way, Worker};
use crate::protocol::explore::step::{Sender, Step};
use crate::protocol::explore::tracking::{Link, Trust};
use crate::protocol::explore::writer::Write;

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    EvictEntry,
    EvictLease,
    EvictStamp,
    EvictIncarnation,
    LeaseExpires,
    MarksExpire,
    /// From now on a replica receives nothing any more.
    ReplicaLags,
    /// The replica is promoted. The connections are lost, or survive and are resynchronised.
    FailOver {
        connections_survive: bool,
    },
    /// A command is not carried out, or its answer is lost.
    Unanswered(Sender),
    /// A writer's wait for the acknowledgement takes too long.
    GiveUp(usize),
    /// An ACQUIRE that was carried out is carried out once more.
    Duplicate,
    /// The caller's future is dropped.
    Drop(usize),
    /// The load fails.
    LoadFails(usize),
    /// The task refuses the entry that it read.
    Refuse(usize),
    /// The lease of another entry of the group is asked for.
    Neighbour,
    /// The process of a writer with a mark dies, as far as the writer is concerned.
    Crash(usize),
    /// Time passes: a staleness bound.
    Tick,
    /// A process sends a heartbeat.
    Beat(usize),
    /// The tracked connection of a process is lost, and the process doesn't notice.
    Cut(usize),
    /// A process gives up its tracked connection, although the server still answers.
    GiveUpLink(usize),
    /// To the task the entry that it read is of a younger process's schema.
    Foreign(usize),
    /// The entry grows older.
    Age,
    /// A name takes the place of the stamp's among what the connection of a process remembers.
    Displace(usize),
}

impl State {
    /// What may go wrong now.
    pub(super) fn troubles(&self, model: &Model) -> Vec<Step> {
        let mut troubles = Vec::new();
        self.troubles_of_the_server(model, &mut troubles);
        for task in 0..self.tasks.len() {
            self.troubles_of_a_task(model, task, &mut troubles);
        }
        self.troubles_of_links(model, &mut troubles);
        if self.left.unanswered > 0 {
            for (index, process) in self.processes.iter().enumerate() {
                if let Worker::Removing(_, way) = &process.worker {
                    lose(Sender::Worker(index), way, &mut troubles);
                }
                for (number, post) in process.posts.iter().enumerate() {
                    lose(Sender::Post(index, number), &post.way, &mut troubles);
                }
            }
        }
        troubles.into_iter().map(Step::Trouble).collect()
    }

    fn troubles_of_the_server(&self, model: &Model, troubles: &mut Vec<Trouble>) {
        let (data, left) = (&self.server.data, &self.left);
        let mut may = |possible: bool, trouble| {
            if possible {
                troubles.push(trouble);
            }
        };
        let evict = left.evictions > 0;
        may(evict && data.entry.is_some(), Trouble::EvictEntry);
        may(evict && data.lease.is_some(), Trouble::EvictLease);
        may(evict && data.stamp.is_some(), Trouble::EvictStamp);
        may(evict && data.incarnation.is_some(), Trouble::EvictIncarnation);
        may(left.expiries > 0 && data.lease.is_some(), Trouble::LeaseExpires);
        let deserted = left.crashes < model.case.crashes || model.is(Mutant::ShortMark);
        may(deserted && data.marks != [false; 2], Trouble::MarksExpire);
        let lags = self.server.replica.is_some();
        may(left.fail_overs > 0 && !lags, Trouble::ReplicaLags);
        for connections_survive in [false, true] {
            may(left.fail_overs > 0 && lags, Trouble::FailOver { connections_survive });
        }
        may(left.neighbours > 0 && data.stamp.is_none(), Trouble::Neighbour);
        may(left.duplicates > 0 && self.last.is_some(), Trouble::Duplicate);
        may(left.ticks > 0, Trouble::Tick);
        may(left.agings > 0 && data.entry.is_some_and(|entry| entry.age < 2), Trouble::Age);
    }

    fn troubles_of_links(&self, model: &Model, troubles: &mut Vec<Trouble>) {
        for (index, link) in self.links.iter().enumerate().filter(|(index, _)| model.is_linked(*index)) {
            if model.is_near(index) && self.may_beat(index) {
                troubles.push(Trouble::Beat(index));
            }
            if self.left.cuts > 0 && link.up && link.trust == Trust::Whole {
                troubles.extend([Trouble::Cut(index), Trouble::GiveUpLink(index)]);
            }
            if self.left.displacements > 0 && link.remembers_stamp(model) {
                troubles.push(Trouble::Displace(index));
            }
        }
    }

    fn troubles_of_a_task(&self, model: &Model, index: usize, troubles: &mut Vec<Trouble>) {
        let task = &self.tasks[index];
        if let (true, Doing::Waiting(way)) = (self.left.unanswered > 0, &task.doing) {
            lose(Sender::Task(index), way, troubles);
        }
        if self.left.refusals + self.left.foreign > 0 && self.about_to_be_served(model, index).is_some() {
            troubles.extend((self.left.refusals > 0).then_some(Trouble::Refuse(index)));
            troubles.extend((self.left.foreign > 0).then_some(Trouble::Foreign(index)));
        }
        if self.left.impatient > 0 && matches!(task.doing, Doing::Pending(_)) {
            troubles.push(Trouble::GiveUp(index));
        }
        if task.ended(model, index) || matches!(task.doing, Doing::Nothing) {
            return;
        }
        let write = Write::of(model.operations(index)[task.finished]);
        let reads = write.is_none();
        let may_drop = match task.doing {
            Doing::Written => matches!(write, Some(Write::Invalidate(_))),
            _ => reads,
        };
        if self.left.drops > 0 && may_drop {
            troubles.push(Trouble::Drop(index));
        }
        if self.left.drops > 0 && matches!(task.doing, Doing::Loading | Doing::Loaded(_)) {
            troubles.push(Trouble::LoadFails(index));
        }
        let opened = !matches!(task.doing, Doing::Waiting(Way::Sent(Command::Open(_))));
        if self.left.crashes > 0 && opened && !reads {
            troubles.push(Trouble::Crash(index));
        }
    }

    /// Something goes wrong.
    pub(super) fn suffer(&mut self, model: &Model, trouble: Trouble) -> Checked {
        let (data, left) = (&mut self.server.data, &mut self.left);
        match trouble {
            Trouble::EvictEntry => (data.entry, left.evictions) = (None, left.evictions - 1),
            Trouble::EvictLease => (data.lease, left.evictions) = (None, left.evictions - 1),
            Trouble::EvictStamp => (data.stamp, left.evictions) = (None, left.evictions - 1),
            Trouble::EvictIncarnation => (data.incarnation, left.evictions) = (None, left.evictions - 1),
            Trouble::LeaseExpires => (data.lease, left.expiries) = (None, left.expiries - 1),
            Trouble::MarksExpire => data.marks = [false; 2],
            Trouble::ReplicaLags => self.server.replica = Some(self.server.data),
            Trouble::FailOver { connections_survive } => self.fail_over(connections_survive),
            Trouble::Unanswered(sender) => {
                left.unanswered -= 1;
                self.lose_answer(sender);
            }
            Trouble::GiveUp(task) => {
                left.impatient -= 1;
                self.write_returns(task);
            }
            Trouble::Duplicate => {
                left.duplicates -= 1;
                if let Some((request, refused)) = self.last {
                    // Whatever is answered reaches nobody.
                    let _ = self.server.execute(Command::Acquire(request, refused), model.case.mutant);
                }
            }
            Trouble::Drop(task) => self.drop_task(model, task),
            Trouble::LoadFails(task) => return self.fail_load(model, task),
            Trouble::Refuse(task) => {
                left.refusals -= 1;
                if let Some(entry) = self.about_to_be_served(model, task) {
                    self.refuse(model, task, entry);
                }
            }
            Trouble::Foreign(task) => {
                left.foreign -= 1;
                if let Some(entry) = self.about_to_be_served(model, task) {
                    self.leave_alone(model, task, entry);
                }
            }
            Trouble::Neighbour => {
                left.neighbours -= 1;
                self.server.acquire_another();
            }
            Trouble::Crash(task) => {
                left.crashes -= 1;
                self.tasks[task].doing = Doing::Dead;
            }
            Trouble::Tick => self.pass(),
            Trouble::Beat(process) => self.beat(process),
            Trouble::Cut(process) => {
                left.cuts -= 1;
                self.links[process].cut();
            }
            Trouble::GiveUpLink(process) => {
                left.cuts -= 1;
                self.mend(model, process);
            }
            Trouble::Age => {
                left.agings -= 1;
                if let Some(entry) = &mut data.entry {
                    entry.age += 1;
                }
            }
            Trouble::Displace(process) => {
                left.displacements -= 1;
                self.links[process].displace_stamp(model);
            }
        }
        Ok(())
    }

    /// A lease that may have been granted too late is asked for again, with the same token, and given back.
    fn lose_answer(&mut self, sender: Sender) {
        let history = self.server.history;
        if let Sender::Task(task) = sender {
            self.forget_reply(task);
            self.doubt_what_is_known(task);
        }
        *self.way(sender).expect("a command is under way") = Way::Answered(Reply::Failed, history);
        if let Sender::Task(task) = sender
            && let Some((request, refused)) = self.tasks[task].asked
        {
            let way = Way::Sent(Command::Acquire(request, refused));
            self.processes[self.tasks[task].process].posts.push(Post { way, landing: None });
        }
    }

    fn fail_over(&mut self, connections_survive: bool) {
        self.left.fail_overs -= 1;
        self.server.history += 1;
        self.server.data = self.server.replica.take().expect("a replica lags");
        let history = self.server.history;
        if connections_survive {
            self.links.iter_mut().for_each(|link| link.resynchronise(history));
            return;
        }
        self.links.iter_mut().for_each(Link::cut);
        for task in &mut self.tasks {
            if let Doing::Waiting(way) = &mut task.doing {
                *way = Way::Answered(Reply::Failed, history);
            }
        }
        for process in &mut self.processes {
            (process.history, process.heard) = (Some(history), history);
            fail_what_is_under_way(process, history);
        }
    }

    /// What the drops of the caller's guards do.
    fn drop_task(&mut self, model: &Model, index: usize) {
        self.left.drops -= 1;
        let process = self.tasks[index].process;
        match self.tasks[index].doing {
            Doing::Written => {
                let write = Write::of(model.operations(index)[self.tasks[index].finished]);
                if let (Some(Write::Invalidate(hit)), false) = (write, model.is(Mutant::DropForgets)) {
                    // It is repeated later, which can't matter: the source has applied what it wrote.
                    self.invalidate(model, process, model.removal(hit), self.tasks[index].version);
                }
                return self.write_returns(index);
            }
            Doing::Following(flight, _) => {
                self.flight(process, flight).followers.retain(|follower| *follower != index);
            }
            // A request for a lease is answered although nobody waits for it.
            Doing::Waiting(way @ (Way::Sent(Command::Acquire(..)) | Way::Answered(Reply::Granted(_), _))) => {
                self.processes[process].posts.push(Post { way, landing: None });
            }
            Doing::Waiting(Way::Coming) => {
                self.forget_reply(index);
                self.doubt_what_is_known(index);
            }
            Doing::Waiting(Way::Sent(_)) => self.doubt_what_is_known(index),
            Doing::Handed(lead, _) => self.hand_over(model, process, lead),
            _ => {}
        }
        if let Some(lead) = self.tasks[index].lead.take() {
            self.hand_over(model, process, lead);
        }
        self.end_operation(index);
    }

    /// The lease of a load that failed is released, and one follower tries next.
    fn fail_load(&mut self, model: &Model, index: usize) -> Checked {
        self.left.drops -= 1;
        let process = self.tasks[index].process;
        if let Some(mut lead) = self.tasks[index].lead.take() {
            self.release(process, lead.lease.take());
            self.hand_over(model, process, lead);
        }
        match self.tasks[index].found.filter(|_| model.case.stale_if_error) {
            Some(entry) => self.returns(index, entry.version),
            None => {
                self.end_operation(index);
                Ok(())
            }
        }
    }
}

fn lose(sender: Sender, way: &Way, troubles: &mut Vec<Trouble>) {
    if !matches!(way, Way::Answered(Reply::Failed, _)) {
        troubles.push(Trouble::Unanswered(sender));
    }
}

fn fail_what_is_under_way(process: &mut Process, history: u8) {
    let failed = Way::Answered(Reply::Failed, history);
    if let Worker::Removing(_, way) = &mut process.worker {
        *way = failed;
    }
    for post in &mut process.posts {
        post.way = failed;
    }
}
