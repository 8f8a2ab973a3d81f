//! The values that processes keep: noted, kept and served by the shipped ticket, hold and validity.
//!
//! Time is a few ticks, and a staleness bound is one of them. What happens in one tick has the same time.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::key::groups::hash;
use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::state::State;
use crate::protocol::explore::words::Version;
use crate::protocol::hold::{Hold, Standing};
use crate::protocol::stripes::{Stripes, Ticket};
use crate::protocol::validity::{Tracker, Validity};

/// The moments that a case has at most.
pub(super) const TICKS: usize = 4;
/// How long a tick is.
const TICK: Duration = Duration::from_secs(1);
/// For how long a value is kept that nobody tells of changes to.
const BOUND: Duration = TICK;
/// The same in ticks.
const BOUND_TICKS: u8 = 1;
/// Longer than any case.
const LONG: Duration = Duration::from_secs(3600);

/// What a process keeps, and what it knows of changes.
#[derive(Clone, Debug)]
pub(super) struct Near {
    /// The shipped counters.
    pub(super) stripes: Rc<Stripes>,
    /// The shipped record of heartbeats.
    pub(super) validity: Rc<Validity>,
    pub(super) kept: Option<Kept>,
}

/// A value that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) version: Version,
    pub(super) holding: Holding,
}

/// How a value may be kept: the shipped hold, and what it was made of.
#[derive(Clone, Debug)]
pub(super) struct Holding {
    pub(super) hold: Hold,
    pub(super) tracker: Option<Tracker>,
    pub(super) sent: u8,
    pub(super) lifetime: Lifetime,
}

/// What is noted before a read is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    pub(super) ticket: Ticket,
    pub(super) sent: u8,
    /// Whether the connection that it goes over is replaced by now.
    pub(super) replaced: bool,
}

/// For how long a value may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// As long as the entry that was read lives.
    Entry,
    /// One bound, since it is none of the entry's.
    Bound,
}

impl Near {
    pub(super) fn new() -> Self {
        let (stripes, validity) = (Stripes::new(1), Validity::new());
        Self { stripes: Rc::new(stripes), validity: Rc::new(validity), kept: None }
    }

    pub(super) fn ticket(&self, model: &Model) -> Ticket {
        self.stripes.ticket(&model.places)
    }

    /// How a value stands, by the shipped rule.
    pub(super) fn standing(&self, holding: &Holding, now: Instant) -> Standing {
        holding.hold.standing(&self.stripes, &self.validity, now)
    }

    fn bump(&mut self, bump: impl FnOnce(&Stripes)) {
        let stripes = Stripes::clone(&self.stripes);
        bump(&stripes);
        self.stripes = Rc::new(stripes);
    }

    /// What lies under these names changed.
    pub(super) fn changed<'a>(&mut self, model: &Model, names: impl Iterator<Item = &'a str>) {
        let stamps = model.names.stamps().chain([model.names.incarnation()]);
        let stamps: Vec<_> = stamps.collect();
        self.bump(|stripes| {
            for name in names {
                let hash = hash(name.as_bytes());
                if stamps.contains(&name) { stripes.stamp_changed(hash) } else { stripes.entry_changed(hash) }
            }
        });
    }

    /// Changes may have been missed, and nothing is told any more.
    pub(super) fn lost(&mut self, model: &Model) {
        if !model.is(Mutant::NoEpoch) {
            self.bump(Stripes::lost);
        }
        let validity = Validity::clone(&self.validity);
        validity.end(Tracker::Calls);
        self.validity = Rc::new(validity);
    }

    /// A heartbeat that was sent in this tick was answered well.
    pub(super) fn extend(&mut self, model: &Model, sent: u8) {
        let validity = Validity::clone(&self.validity);
        validity.extend(Tracker::Calls, model.at(sent), BOUND);
        self.validity = Rc::new(validity);
    }
}

impl Model {
    /// The time in a tick.
    pub(super) fn at(&self, tick: u8) -> Instant {
        self.now + TICK * u32::from(tick)
    }
}

impl State {
    /// Looks at what the process keeps: `Some` if the read returns that.
    pub(super) fn hit(&mut self, model: &Model, task: usize) -> Option<Checked> {
        let process = self.tasks[task].process;
        let near = &self.processes[process].near;
        let Kept { version, holding } = near.kept.as_ref()?;
        let version = *version;
        let served = match near.standing(holding, model.at(self.tick)) {
            Standing::Good => true,
            Standing::Unsure => model.is(Mutant::NoHeartbeat),
            Standing::Over => model.is(Mutant::NoTicket),
        };
        served.then(|| self.returns_kept(task, version))
    }

    fn returns_kept(&mut self, task: usize, version: Version) -> Checked {
        let here = self.processes[self.tasks[task].process].floor;
        self.end_operation(task);
        if version < here {
            return Err(format!(
                "S2: task {task} was served v{version} after its process invalidated for v{here}"
            ));
        }
        let long_ago = usize::from(self.tick).checked_sub(usize::from(BOUND_TICKS) + 1);
        let bounded = long_ago.map_or(0, |tick| self.executed[tick]);
        if version < bounded {
            return Err(format!(
                "S3: task {task} was served v{version} more than a bound after the invalidation for v{bounded}"
            ));
        }
        Ok(())
    }

    /// The ticket is noted, and only then the read is sent.
    pub(super) fn note(&mut self, model: &Model, task: usize, lease: bool) {
        let ticket = self.processes[self.tasks[task].process].near.ticket(model);
        self.tasks[task].noted = Some(Noted { ticket, sent: self.tick, replaced: false });
        self.send_read(model, task, lease);
    }

    /// How what was read, or what is loaded since, may be kept.
    pub(super) fn hold(&self, model: &Model, task: usize, lifetime: Lifetime) -> Option<Holding> {
        let process = self.tasks[task].process;
        let Noted { mut ticket, mut sent, replaced } = self.tasks[task].noted?;
        if model.is(Mutant::TicketAfterRead) {
            ticket = self.processes[process].near.ticket(model);
        }
        if model.is(Mutant::BoundFromReply) {
            sent = self.tick;
        }
        let (bound, expires) = match lifetime {
            Lifetime::Bound if model.is(Mutant::ForeignForEver) => (LONG, LONG),
            Lifetime::Bound => (BOUND, BOUND),
            Lifetime::Entry if model.is(Mutant::UntoldForEver) => (LONG, LONG),
            Lifetime::Entry => (BOUND, LONG),
        };
        let replaced = replaced && !model.is(Mutant::TrackerOfAnother);
        let tracker = if replaced { None } else { self.tracker(model, process) };
        let at = model.at(sent);
        let hold = Hold::new(model.places.clone(), ticket, tracker, at, bound, at + expires);
        Some(Holding { hold, tracker, sent, lifetime })
    }

    /// Keeps a value. What was kept before is gone.
    pub(super) fn keep(&mut self, process: usize, version: Version, holding: Holding) {
        self.processes[process].near.kept = Some(Kept { version, holding });
    }

    /// Time passes.
    pub(super) fn pass(&mut self) {
        self.left.ticks -= 1;
        self.tick += 1;
        let tick = usize::from(self.tick);
        self.executed[tick] = self.executed[tick - 1];
    }

    /// An invalidation for this version is carried out.
    pub(super) fn note_executed(&mut self, version: Version) {
        let executed = &mut self.executed[usize::from(self.tick)];
        *executed = version.max(*executed);
    }

    /// S4 for what is kept: nothing that may be served for as long as its entry lives is older than what was
    /// acknowledged.
    pub(super) fn check_kept(&self, model: &Model, required: Version) -> Checked {
        for (index, process) in self.processes.iter().enumerate() {
            let Some(Kept { version, holding }) = &process.near.kept else { continue };
            let stands = process.near.standing(holding, model.now + LONG - TICK) != Standing::Over;
            if stands && *version < required {
                return Err(format!(
                    "S4: process {index} keeps v{version} for ever although v{required} is required"
                ));
            }
        }
        Ok(())
    }
}
