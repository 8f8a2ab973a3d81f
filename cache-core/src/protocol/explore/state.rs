//! The state of everything: server, processes, tasks, and what has been promised so far.

use std::rc::Rc;

use crate::protocol::call::Call;
use crate::protocol::explore::case::Model;
use crate::protocol::explore::known::Sought;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::near::{Holding, Near, Noted, TICKS};
use crate::protocol::explore::server::{Command, Reply, Request, Server};
use crate::protocol::explore::tracking::Link;
use crate::protocol::explore::words::{Held, Number, Stored, Version};
use crate::protocol::fence::{Batch, Fence, Repeats};

#[derive(Clone, Debug)]
pub(super) struct State {
    /// What the source says now.
    pub(super) source: Version,
    pub(super) server: Server,
    /// The tracked connections of the processes, if there are any.
    pub(super) links: Vec<Link>,
    pub(super) processes: Vec<Process>,
    pub(super) tasks: Vec<Task>,
    /// The newest version whose invalidation was acknowledged, anywhere.
    pub(super) floor: Version,
    /// The newest version that the source applied although its writer was given up.
    pub(super) applied_late: Version,
    pub(super) tick: u8,
    /// For each tick so far the newest version whose invalidation was carried out by its end.
    pub(super) executed: [Version; TICKS],
    pub(super) left: Left,
    /// The last ACQUIRE, which may be carried out once more.
    pub(super) last: Option<(Request, Option<Number>)>,
}

/// How often things may still go wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) evictions: u8,
    pub(super) expiries: u8,
    pub(super) fail_overs: u8,
    pub(super) unanswered: u8,
    pub(super) impatient: u8,
    pub(super) duplicates: u8,
    pub(super) drops: u8,
    pub(super) crashes: u8,
    pub(super) refusals: u8,
    pub(super) neighbours: u8,
    pub(super) ticks: u8,
    pub(super) beats: u8,
    pub(super) cuts: u8,
    pub(super) foreign: u8,
    pub(super) agings: u8,
    pub(super) displacements: u8,
}

#[derive(Clone, Debug)]
pub(super) struct Process {
    /// The shipped fence.
    pub(super) fence: Rc<Fence>,
    /// The shipped repetitions.
    pub(super) repeats: Rc<Repeats>,
    /// How many writes that were given up are still to be applied.
    pub(super) late: u8,
    /// The version that the repetitions are for.
    pub(super) repeats_for: Version,
    pub(super) near: Near,
    pub(super) flights: Vec<Flight>,
    /// What goes on although nobody waits for it.
    pub(super) posts: Vec<Post>,
    pub(super) worker: Worker,
    /// The invalidations that are not acknowledged: their numbers, and the versions they are for.
    pub(super) pending: Vec<(u64, Version)>,
    /// The newest version whose invalidation returned in this process, acknowledged or not.
    pub(super) floor: Version,
    /// The history that the connection believes in.
    pub(super) history: Option<u8>,
    /// The history that the connection's last reply came from.
    pub(super) heard: u8,
}

#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) id: Number,
    pub(super) phase: Phase,
    pub(super) followers: Vec<usize>,
    /// Whether it can be joined: no invalidation detached it.
    pub(super) listed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Gathering,
    Started { lease: Option<Number> },
    Done { lease: Option<Number>, version: Version },
}

/// A command that nobody waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post {
    pub(super) way: Way,
    pub(super) landing: Option<Landing>,
}

/// A flight that stays joinable until its value is stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Landing {
    pub(super) flight: Number,
    /// The lease, until the store under it has failed.
    pub(super) lease: Option<Held>,
}

/// A command under way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Sent(Command),
    /// Carried out; the reply comes over the tracked connection.
    Coming,
    /// Carried out in this history.
    Answered(Reply, u8),
}

/// The journal's worker.
#[derive(Clone, Debug)]
pub(super) enum Worker {
    Idle,
    Removing(Rc<Batch>, Way),
    /// It was removed, and one of two things that follow is done.
    Removed(Rc<Batch>),
}

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) process: usize,
    /// How many operations it has finished.
    pub(super) finished: usize,
    pub(super) doing: Doing,
    /// What its read must at least return: by what was acknowledged, by what its own process returned, and by
    /// what the source said when a read began that wants a load of its own time.
    pub(super) required: [Version; 3],
    /// The shipped state machine.
    pub(super) call: Call,
    pub(super) lead: Option<Lead>,
    /// A lease that was granted and has no load yet.
    pub(super) guard: Option<Held>,
    /// The ACQUIRE that it waits for, with the entry that it refused.
    pub(super) asked: Option<(Request, Option<Number>)>,
    /// What its read noted before it was sent.
    pub(super) noted: Option<Noted>,
    /// Its read over a connection that remembers stamps.
    pub(super) sought: Option<Sought>,
    /// The valid entry that it read, where it is of use still.
    pub(super) found: Option<Stored>,
    /// How what it loads may be kept beside the entry that it read.
    pub(super) beside: Option<Holding>,
    /// What it wrote.
    pub(super) version: Version,
}

/// The lead of a flight, with its lease if it has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    pub(super) flight: Number,
    pub(super) lease: Option<Held>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Doing {
    /// It has not begun its next operation.
    Nothing,
    Waiting(Way),
    /// It is about to note the ticket and to send its read.
    Noting {
        lease: bool,
    },
    Following(Number, Then),
    /// It was handed a lead, and has not looked yet.
    Handed(Lead, Then),
    /// It was told to look again.
    Again,
    /// It waits for a load of another process.
    Polling(Number),
    /// It waits until no load runs.
    Turn,
    Loading,
    Loaded(Version),
    /// It wrote to the source.
    Written,
    /// It began to invalidate, and did one of two things that follow. The number, if it has one.
    Invalidating(Option<u64>),
    /// Its invalidation has this number.
    Pending(u64),
    Dead,
}

/// What a follower that was handed the lead was about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Begin,
    /// Asking for the lease, with the entry that it refused.
    Acquire(Option<Number>),
    Alone,
}

impl State {
    pub(super) fn initial(model: &Model) -> Self {
        let case = &model.case;
        let processes = case.tasks.iter().map(|(process, _)| process + 1).max().unwrap_or(0);
        let tasks = case.tasks.iter().map(|(process, _)| Task::new(*process)).collect();
        let left = Left {
            evictions: case.evictions,
            expiries: case.expiries,
            fail_overs: u8::from(case.fail_over),
            unanswered: case.unanswered,
            impatient: case.impatient,
            duplicates: case.duplicates,
            drops: case.drops,
            crashes: case.crashes,
            refusals: case.refusals,
            neighbours: case.neighbours,
            ticks: case.ticks,
            beats: case.beats,
            cuts: case.cuts,
            foreign: case.foreign,
            agings: case.agings,
            displacements: case.displacements,
        };
        let server = if case.warm { Server::warm() } else { Server::cold() };
        Self {
            source: 0,
            server,
            links: vec![Link::new(); if case.tracked { processes } else { 0 }],
            processes: vec![Process::new(model); processes],
            tasks,
            floor: 0,
            applied_late: 0,
            tick: 0,
            executed: [0; TICKS],
            left,
            last: None,
        }
    }

    /// Whether every task is done and nothing is under way.
    pub(super) fn is_quiet(&self, model: &Model) -> bool {
        let ended = |(index, task): (usize, &Task)| task.ended(model, index);
        self.tasks.iter().enumerate().all(ended)
            && self.processes.iter().all(|process| process.is_quiet(model))
    }
}

impl Process {
    fn new(model: &Model) -> Self {
        let room = model.case.room;
        Self {
            fence: Rc::new(Fence::new(room)),
            repeats: Rc::new(Repeats::new(room)),
            late: 0,
            repeats_for: 0,
            near: Near::new(),
            flights: Vec::new(),
            posts: Vec::new(),
            worker: Worker::Idle,
            pending: Vec::new(),
            floor: 0,
            history: Some(0),
            heard: 0,
        }
    }

    pub(super) fn has_to_repeat(&self) -> bool {
        self.repeats.next_due().is_some()
    }

    fn is_quiet(&self, model: &Model) -> bool {
        let repeated = !self.has_to_repeat() || model.is(Mutant::NoRepeat);
        let applied = self.late == 0 && repeated;
        applied && self.posts.is_empty() && matches!(self.worker, Worker::Idle) && self.fence.len() == 0
    }
}

impl Task {
    fn new(process: usize) -> Self {
        Self {
            process,
            finished: 0,
            doing: Doing::Nothing,
            required: [0; 3],
            call: Call::default(),
            lead: None,
            guard: None,
            asked: None,
            noted: None,
            sought: None,
            found: None,
            beside: None,
            version: 0,
        }
    }

    pub(super) fn ended(&self, model: &Model, index: usize) -> bool {
        matches!(self.doing, Doing::Dead) || self.finished == model.operations(index).len()
    }
}
