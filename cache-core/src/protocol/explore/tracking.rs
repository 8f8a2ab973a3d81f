//! Tracked connections: the server remembers what was read over one, and tells of changes in the order of its
//! replies. Reads of values that are kept go over it, and heartbeats; where it remembers stamps, all reads.
//!
//! A request for a lease goes over it, too, and makes the server remember more. That ends kept values earlier, so
//! it is left out here.

use std::rc::Rc;

use crate::protocol::explore::case::Model;
use crate::protocol::explore::known::BITS;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::server::{Command, Data, Reply};
use crate::protocol::explore::state::{Doing, State, Way};
use crate::protocol::explore::words::Stored;
use crate::protocol::stamp_cache::StampCache;
use crate::protocol::validity::Tracker;

/// The tracked connection of a process.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// What the server remembers that was read: the entry, the stamp, the incarnation.
    pub(super) tracked: [bool; 3],
    /// What the server sent and the process has not received.
    pub(super) stream: Vec<Item>,
    /// Whether the server still knows it.
    pub(super) up: bool,
    pub(super) trust: Trust,
    /// The shipped record of the stamps that are known over it, after those of the connections before it.
    pub(super) stamps: Vec<Rc<StampCache>>,
}

/// Of which names the server tells changes to a connection that remembers stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Of incarnation and stamp, where they are asked for so.
    OnRequest,
    /// Of all that is read.
    Everything,
}

/// What a process thinks of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Whole,
    /// The first thing to be done about a connection that is given up is done.
    Shaken,
    /// Everything is done but making a new one.
    Gone,
}

/// Something that the server sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item {
    /// The reply to the read of a task, carried out in this history.
    Reply(usize, Reply, u8),
    /// These names changed: the entry, the stamp, the incarnation.
    Push([bool; 3]),
    /// Everything may have changed, and this history is served from now on.
    Resynchronised(u8),
    /// The answer to a heartbeat that was sent in this tick, and found this history.
    Beat { sent: u8, history: u8 },
}

impl Link {
    pub(super) fn new() -> Self {
        let stamps = vec![Rc::new(StampCache::new(BITS))];
        Self { tracked: [false; 3], stream: Vec::new(), up: true, trust: Trust::Whole, stamps }
    }

    /// What was sent is lost, and nothing is sent any more.
    pub(super) fn cut(&mut self) {
        (self.tracked, self.up) = ([false; 3], false);
        self.stream.clear();
    }

    /// The server serves the data of another one.
    pub(super) fn resynchronise(&mut self, history: u8) {
        self.tracked = [false; 3];
        if self.up {
            self.stream.push(Item::Resynchronised(history));
        }
    }

    fn push(&mut self, told: [bool; 3]) {
        match self.stream.last_mut() {
            // No step lies between the two.
            Some(Item::Push(names)) => *names = std::array::from_fn(|name| names[name] || told[name]),
            _ => self.stream.push(Item::Push(told)),
        }
    }
}

impl State {
    /// Who tells a process of changes to what it just read.
    pub(super) fn tracker(&self, model: &Model, process: usize) -> Option<Tracker> {
        if !model.tells_of_entries() {
            return None;
        }
        let trusted = match self.links.get(process)?.trust {
            Trust::Whole => true,
            Trust::Shaken => model.is(Mutant::TrackedThoughGone) || model.is(Mutant::LostBeforeMarked),
            Trust::Gone => model.is(Mutant::TrackedThoughGone),
        };
        trusted.then_some(Tracker::Calls)
    }

    /// Whether the command of a task goes over the tracked connection.
    pub(super) fn goes_over_link(&self, model: &Model, task: usize, command: Command) -> bool {
        match command {
            Command::Read { .. } => {
                model.case.tracked && (model.case.known.is_some() || self.keeps(model, task))
            }
            Command::ReadAlone { .. } | Command::ReadBeside { .. } | Command::ReadStamps { .. } => true,
            _ => false,
        }
    }

    /// A read over the tracked connection is carried out.
    pub(super) fn execute_tracked(&mut self, model: &Model, task: usize, command: Command, reply: Reply) {
        let link = &mut self.links[self.tasks[task].process];
        let [entry, groups] = match command {
            Command::ReadAlone { .. } | Command::ReadBeside { .. } => [model.tells_of_entries(), false],
            Command::ReadStamps { .. } => [false, !model.is(Mutant::LearnedUntracked)],
            _ => [true, true],
        };
        let tracked = [entry, groups, groups];
        link.tracked = std::array::from_fn(|name| link.tracked[name] || tracked[name]);
        if let (Command::ReadStamps { lease }, Reply::Read { data, .. }) = (command, reply) {
            // The entry is asked for by the command behind.
            let seen = (data.incarnation, data.stamp);
            return self.send(task, Command::ReadBeside { lease, seen });
        }
        link.stream.push(Item::Reply(task, reply, self.server.history));
        self.tasks[task].doing = Doing::Waiting(Way::Coming);
    }

    /// The server tells everybody who read what changed since.
    pub(super) fn tell_of_changes(&mut self, before: &Data) {
        let after = &self.server.data;
        let id = |entry: Option<Stored>| entry.map(|entry| entry.id);
        let changed = [
            id(before.entry) != id(after.entry),
            before.stamp != after.stamp,
            before.incarnation != after.incarnation,
        ];
        for link in &mut self.links {
            let told: [bool; 3] = std::array::from_fn(|name| changed[name] && link.tracked[name]);
            if told != [false; 3] {
                link.tracked = std::array::from_fn(|name| link.tracked[name] && !told[name]);
                link.push(told);
            }
        }
    }

    /// Which of what was sent to a process it may receive next: the first; with pushes that are overtaken, also
    /// the first that is none.
    pub(super) fn deliverable(&self, model: &Model, process: usize) -> impl Iterator<Item = usize> {
        let stream = &self.links[process].stream;
        let overtaking = stream.iter().position(|item| !matches!(item, Item::Push(_)));
        let overtaking = overtaking.filter(|index| *index > 0 && model.is(Mutant::PushesOvertaken));
        (!stream.is_empty()).then_some(0).into_iter().chain(overtaking)
    }

    /// A process receives what was sent to it.
    pub(super) fn deliver(&mut self, model: &Model, process: usize, index: usize) {
        match self.links[process].stream.remove(index) {
            Item::Reply(task, reply, history) => {
                self.tasks[task].doing = Doing::Waiting(Way::Answered(reply, history));
            }
            Item::Push(told) => {
                self.stamps_changed(model, process, told);
                if !model.tells_of_entries() {
                    return;
                }
                let names = &model.names;
                let stamp = names.stamps().next().expect("every entry here has one group");
                let changed = [names.entry(), stamp, names.incarnation()].into_iter().zip(told);
                let changed = changed.filter_map(|(name, changed)| changed.then_some(name));
                self.processes[process].near.changed(model, changed);
            }
            Item::Resynchronised(history) => {
                self.lost(model, process, Mutant::KnownThoughResynchronised);
                self.hear(model, process, history);
            }
            Item::Beat { sent, history } if self.processes[process].history == Some(history) => {
                let sent = if model.is(Mutant::ValidFromAnswer) { self.tick } else { sent };
                self.processes[process].near.extend(model, sent);
            }
            Item::Beat { .. } => {}
        }
    }

    /// Whether a heartbeat may be sent: one at a time.
    pub(super) fn may_beat(&self, process: usize) -> bool {
        let Link { stream, up, trust, .. } = &self.links[process];
        let beats = stream.iter().any(|item| matches!(item, Item::Beat { .. }));
        self.left.beats > 0 && *up && *trust == Trust::Whole && !beats
    }

    /// A heartbeat is sent, and carried out at once: later it would vouch for more than it is taken for.
    pub(super) fn beat(&mut self, process: usize) {
        self.left.beats -= 1;
        let beat = Item::Beat { sent: self.tick, history: self.server.history };
        self.links[process].stream.push(beat);
    }

    /// A process does what is next about a connection that it gives up: it marks the connection, so that nothing
    /// that is read over it counts as tracked; it counts everything as changed; it makes a new one.
    pub(super) fn mend(&mut self, model: &Model, process: usize) {
        let marks_last = model.is(Mutant::LostBeforeMarked);
        let link = &mut self.links[process];
        match link.trust {
            Trust::Whole if marks_last => {
                link.trust = Trust::Shaken;
                self.lost(model, process, Mutant::KnownOverAnother);
            }
            Trust::Whole => link.trust = Trust::Shaken,
            Trust::Shaken if marks_last => link.trust = Trust::Gone,
            Trust::Shaken => {
                link.trust = Trust::Gone;
                self.lost(model, process, Mutant::KnownOverAnother);
            }
            Trust::Gone => self.reconnect(model, process),
        }
    }

    /// Changes may not have been told: nothing is known any more, which this mutant leaves out.
    fn lost(&mut self, model: &Model, process: usize, known: Mutant) {
        if !model.is(known) {
            self.links[process].forget_stamps();
        }
        if model.tells_of_entries() {
            self.processes[process].near.lost(model);
        }
    }

    fn reconnect(&mut self, model: &Model, process: usize) {
        let history = self.server.history;
        let link = Link::new();
        let before = std::mem::replace(&mut self.links[process], link).stamps;
        self.links[process].take_over(model, before);
        (self.processes[process].history, self.processes[process].heard) = (Some(history), history);
        for task in 0..self.tasks.len() {
            if self.tasks[task].process != process {
                continue;
            }
            let over_link = match self.tasks[task].doing {
                Doing::Waiting(Way::Coming) => true,
                Doing::Waiting(Way::Sent(command)) => self.goes_over_link(model, task, command),
                _ => false,
            };
            let task = &mut self.tasks[task];
            if over_link {
                task.doing = Doing::Waiting(Way::Answered(Reply::Failed, history));
            }
            if let Some(noted) = &mut task.noted {
                noted.replaced = true;
            }
        }
    }

    /// Nobody waits for a task's reply any more.
    pub(super) fn forget_reply(&mut self, task: usize) {
        if let Some(link) = self.links.get_mut(self.tasks[task].process) {
            link.stream.retain(|item| !matches!(item, Item::Reply(waiting, ..) if *waiting == task));
        }
    }
}
