//! One cached call as a state machine: what happened goes in, what to do next comes out.

use std::time::Duration;

use crate::protocol::decide::{Stale, Verdict};
use crate::protocol::words::{Generation, LeaseId};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Read the entry and its stamps, and its lease where `lease` says so.
    Read { lease: bool },
    /// Serve the entry that was just read, if it can be decoded.
    Serve,
    /// Serve the stale entry that was just read if a load of this process is to replace it, else ask for the
    /// lease to do that.
    Revalidate,
    /// Ask for the lease. `refused` says that the entry just read is valid, but of no use to this process.
    Acquire { refused: bool },
    /// Make the incarnation belong to the server's history.
    Ensure,
    /// Join the load that holds this lease if it is one of this process and `join` says so, else wait for it.
    Await { lease: LeaseId, remaining: Option<Duration>, join: bool },
    /// Remove what lies under the entry's names, which is of a type that no cache wrote.
    Clear,
    /// Load.
    Load(Permit),
}

/// How a load stands to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Under a lease: what is loaded is stored.
    Leased { lease: LeaseId, generation: Generation },
    /// Without one: what is loaded is returned and not stored, and may be shared only with calls that came
    /// before it started.
    Alone,
    /// Without one, beside an entry of a younger process that stays: what is loaded may be kept in this process
    /// for a staleness bound.
    Beside,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A read was answered.
    Read(Verdict),
    /// The entry could not be decoded, or has another schema written by an older process.
    Refused,
    /// The entry has another schema, written by a process that started later than this one.
    Newer,
    /// The lease was granted.
    Granted { lease: LeaseId, generation: Generation },
    /// Somebody else holds the lease.
    Busy { lease: LeaseId, remaining: Duration },
    /// A valid entry appeared in between.
    Appeared,
    /// A writer's mark is open on the entry or on one of its groups.
    Marked,
    /// The incarnation is missing or of another history.
    Disowned,
    /// The incarnation was made anew.
    Ensured,
    /// A wait ended: look again.
    Awaited,
    /// What lay under the names was removed, or could not be.
    Cleared,
    /// The store holds something else than a string under one of the names.
    WrongType,
    /// The store could not answer.
    Failed,
    /// The call has waited for others as long as it may.
    WaitedEnough,
}

/// After this many rounds without a decision a call loads alone: it has met one invalidation after the other.
const MAX_ROUNDS: u32 = 16;
/// After this many leases that vanished without leaving an entry a call loads alone.
const MAX_VANISHED: u32 = 2;

/// How far a call that wants a load of its own time has come: one that began after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Refresh {
    /// It takes what is there.
    #[default]
    No,
    /// No load is known that began after the call.
    Wanted,
    /// This lease was held when the call first asked: its load began before.
    After(LeaseId),
    /// Another lease was granted since, but the entry that is there may still be the one that was refused.
    Replacing,
    /// Another entry appeared since then: what is there is good.
    Replaced,
}

/// The state of one cached call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    rounds: u32,
    awaited: Option<LeaseId>,
    vanished: u32,
    cleared: bool,
    /// The entry that was read is stale, and served unless this call is the one to replace it.
    stale: bool,
    refresh: Refresh,
}

impl Call {
    /// Starts a call. `fenced` says that an invalidation of this process that is not yet acknowledged covers
    /// the entry; `lease`, that this process loads it already, so that its lease is worth reading.
    pub(crate) fn start(fenced: bool, lease: bool) -> (Self, Action) {
        let action = if fenced { Action::Load(Permit::Alone) } else { Action::Read { lease } };
        (Self::default(), action)
    }

    /// Starts a call that is not content with what is there: the load whose value it gets begins after it did.
    pub(crate) fn refresh(fenced: bool) -> (Self, Action) {
        let (call, action) = Self::start(fenced, false);
        (Self { refresh: Refresh::Wanted, ..call }, action)
    }

    /// Takes what happened and answers what to do.
    pub(crate) fn next(&mut self, fenced: bool, input: Input) -> Action {
        // A fence may have been raised while the reply was under way: what it holds may be older.
        if fenced {
            return Action::Load(Permit::Alone);
        }
        if let Some(action) = self.next_of_stale(&input) {
            return action;
        }
        match input {
            Input::Read(verdict) => self.read(verdict),
            // Somebody replaces it already: waiting for that is bounded by time.
            Input::Refused if self.awaited.is_some() => Action::Acquire { refused: true },
            Input::Refused => self.again(Action::Acquire { refused: true }),
            Input::Granted { lease, generation } => Action::Load(Permit::Leased { lease, generation }),
            Input::Busy { lease, remaining } => self.wait(lease, Some(remaining)),
            Input::Appeared => self.appeared(),
            Input::Ensured => self.again(Action::Read { lease: false }),
            Input::Awaited => self.again_while_waiting(),
            Input::Disowned => self.again(Action::Ensure),
            Input::WrongType if !self.cleared => {
                self.cleared = true;
                Action::Clear
            }
            Input::Newer => Action::Load(Permit::Beside),
            Input::Marked | Input::WrongType | Input::Cleared | Input::Failed | Input::WaitedEnough => {
                Action::Load(Permit::Alone)
            }
        }
    }

    /// Who can't get the lease of a stale entry is served the entry, whatever the reason.
    fn next_of_stale(&mut self, input: &Input) -> Option<Action> {
        if !std::mem::take(&mut self.stale) {
            return None;
        }
        match input {
            Input::Granted { .. } | Input::Refused | Input::Newer | Input::Read(_) => None,
            _ => Some(Action::Serve),
        }
    }

    fn read(&mut self, verdict: Verdict) -> Action {
        match verdict {
            Verdict::Loading(lease) => self.wait(lease, None),
            Verdict::Miss => self.missed(),
            Verdict::Valid | Verdict::Stale(_) if self.wants_another() => self.replace(),
            Verdict::Valid => Action::Serve,
            Verdict::Stale(Stale::Revalidate) => {
                self.stale = true;
                Action::Revalidate
            }
            Verdict::Stale(Stale::Replace) => self.replace(),
        }
    }

    /// Whether what is there was loaded too early for this call.
    fn wants_another(&self) -> bool {
        matches!(self.refresh, Refresh::Wanted | Refresh::After(_) | Refresh::Replacing)
    }

    fn appeared(&mut self) -> Action {
        if self.refresh == Refresh::Replacing {
            self.refresh = Refresh::Replaced;
        }
        self.again(Action::Read { lease: false })
    }

    /// Waiting for somebody to replace an entry is bounded by time, not by rounds.
    fn replace(&mut self) -> Action {
        if self.awaited.is_some() {
            return Action::Acquire { refused: true };
        }
        self.again(Action::Acquire { refused: true })
    }

    fn missed(&mut self) -> Action {
        if self.awaited.take().is_some() {
            self.vanished += 1;
            if self.vanished >= MAX_VANISHED {
                return Action::Load(Permit::Alone);
            }
        }
        self.again(Action::Acquire { refused: false })
    }

    fn wait(&mut self, lease: LeaseId, remaining: Option<Duration>) -> Action {
        self.refresh = match self.refresh {
            Refresh::Wanted => Refresh::After(lease),
            Refresh::After(older) if older != lease => Refresh::Replacing,
            same => same,
        };
        let successor = self.awaited.replace(lease).is_some_and(|awaited| awaited != lease);
        if successor && self.refresh == Refresh::No {
            self.vanished += 1;
            if self.vanished >= MAX_VANISHED {
                return Action::Load(Permit::Alone);
            }
        }
        let join = !matches!(self.refresh, Refresh::Wanted | Refresh::After(_));
        Action::Await { lease, remaining, join }
    }

    /// Waiting for one and the same lease is bounded by time, not by rounds.
    fn again_while_waiting(&mut self) -> Action {
        match self.refresh {
            // A read would not tell the entry that was refused from what takes its place.
            Refresh::Replacing => Action::Acquire { refused: true },
            _ => Action::Read { lease: true },
        }
    }

    fn again(&mut self, action: Action) -> Action {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS { Action::Load(Permit::Alone) } else { action }
    }
}

/// For the explorer, which compares states.
#[cfg(test)]
impl Call {
    /// Whether the entry that is there may be the one that the call refused.
    pub(super) fn is_replacing(&self) -> bool {
        self.refresh == Refresh::Replacing
    }

    /// The leases that it knows of; and rounds, leases that vanished, and what else it has noted.
    pub(super) fn parts(&self) -> ([Option<LeaseId>; 2], [u32; 5]) {
        let (refresh, older) = match self.refresh {
            Refresh::No => (0, None),
            Refresh::Wanted => (1, None),
            Refresh::After(lease) => (2, Some(lease)),
            Refresh::Replacing => (3, None),
            Refresh::Replaced => (4, None),
        };
        let noted = [self.rounds, self.vanished, u32::from(self.cleared), u32::from(self.stale), refresh];
        ([self.awaited, older], noted)
    }
}

#[cfg(test)]
mod tests;
