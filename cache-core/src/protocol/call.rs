//! One cached call as a state machine: what happened goes in, what to do next comes out.

use std::time::Duration;

use crate::protocol::decide::Verdict;
use crate::protocol::words::{Generation, LeaseId};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Read the entry and its stamps, and its lease where `lease` says so.
    Read { lease: bool },
    /// Serve the entry that was just read, if it can be decoded.
    Serve,
    /// Ask for the lease. `refused` says that the entry just read is valid, but of no use to this process.
    Acquire { refused: bool },
    /// Make the incarnation belong to the server's history.
    Ensure,
    /// Join the load that holds this lease if it is one of this process, else wait for it.
    Await { lease: LeaseId, remaining: Option<Duration> },
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

/// The state of one cached call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Call {
    rounds: u32,
    awaited: Option<LeaseId>,
    vanished: u32,
    cleared: bool,
}

impl Call {
    /// Starts a call. `fenced` says that an invalidation of this process that is not yet acknowledged covers
    /// the entry; `lease`, that this process loads it already, so that its lease is worth reading.
    pub(crate) fn start(fenced: bool, lease: bool) -> (Self, Action) {
        let action = if fenced { Action::Load(Permit::Alone) } else { Action::Read { lease } };
        (Self::default(), action)
    }

    /// Takes what happened and answers what to do.
    pub(crate) fn next(&mut self, fenced: bool, input: Input) -> Action {
        // A fence may have been raised while the reply was under way: what it holds may be older.
        if fenced {
            return Action::Load(Permit::Alone);
        }
        match input {
            Input::Read(Verdict::Valid) => Action::Serve,
            Input::Read(Verdict::Loading(lease)) => self.wait(lease, None),
            Input::Read(Verdict::Miss) => self.missed(),
            // Somebody replaces it already: waiting for that is bounded by time.
            Input::Refused if self.awaited.is_some() => Action::Acquire { refused: true },
            Input::Refused => self.again(Action::Acquire { refused: true }),
            Input::Granted { lease, generation } => Action::Load(Permit::Leased { lease, generation }),
            Input::Busy { lease, remaining } => self.wait(lease, Some(remaining)),
            Input::Appeared | Input::Ensured => self.again(Action::Read { lease: false }),
            Input::Awaited => self.again_while_waiting(),
            Input::Disowned => self.again(Action::Ensure),
            Input::WrongType if !self.cleared => {
                self.cleared = true;
                Action::Clear
            }
            // Another schema's younger writer keeps its entry; the rest is a store that can't be used now.
            Input::Newer
            | Input::Marked
            | Input::WrongType
            | Input::Cleared
            | Input::Failed
            | Input::WaitedEnough => Action::Load(Permit::Alone),
        }
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
        let successor = self.awaited.replace(lease).is_some_and(|awaited| awaited != lease);
        if successor {
            self.vanished += 1;
            if self.vanished >= MAX_VANISHED {
                return Action::Load(Permit::Alone);
            }
        }
        Action::Await { lease, remaining }
    }

    /// Waiting for one and the same lease is bounded by time, not by rounds.
    fn again_while_waiting(&mut self) -> Action {
        Action::Read { lease: true }
    }

    fn again(&mut self, action: Action) -> Action {
        self.rounds += 1;
        if self.rounds > MAX_ROUNDS { Action::Load(Permit::Alone) } else { action }
    }
}

/// For the explorer, which compares states.
#[cfg(test)]
impl Call {
    /// The lease that was awaited last; and rounds, leases that vanished, and whether it cleared the names.
    pub(super) fn parts(&self) -> (Option<LeaseId>, [u32; 3]) {
        (self.awaited, [self.rounds, self.vanished, u32::from(self.cleared)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: LeaseId = LeaseId([1; 24]);
    const OTHER: LeaseId = LeaseId([2; 24]);
    const ALONE: Action = Action::Load(Permit::Alone);

    /// Feeds a call with inputs and checks each answer.
    #[track_caller]
    fn check(steps: &[(Input, Action)]) {
        let (mut call, first) = Call::start(false, false);
        assert_eq!(first, Action::Read { lease: false });
        for (input, action) in steps {
            assert_eq!(call.next(false, input.clone()), *action, "after {input:?}");
        }
    }

    fn miss() -> (Input, Action) {
        (Input::Read(Verdict::Miss), Action::Acquire { refused: false })
    }

    fn busy(lease: LeaseId) -> Input {
        Input::Busy { lease, remaining: Duration::from_secs(1) }
    }

    fn wait(lease: LeaseId) -> Action {
        Action::Await { lease, remaining: Some(Duration::from_secs(1)) }
    }

    #[test]
    fn a_valid_entry_is_served() {
        check(&[(Input::Read(Verdict::Valid), Action::Serve)]);
    }

    #[test]
    fn a_miss_is_loaded_under_a_lease() {
        let generation = Generation::default();
        let granted = Input::Granted { lease: LEASE, generation: generation.clone() };
        check(&[miss(), (granted, Action::Load(Permit::Leased { lease: LEASE, generation }))]);
    }

    #[test]
    fn an_incarnation_of_another_history_is_ensured_before_the_next_read() {
        check(&[miss(), (Input::Disowned, Action::Ensure), (Input::Ensured, Action::Read { lease: false })]);
    }

    #[test]
    fn a_refused_entry_is_replaced_but_a_younger_writers_entry_stays() {
        check(&[
            (Input::Read(Verdict::Valid), Action::Serve),
            (Input::Refused, Action::Acquire { refused: true }),
        ]);
        check(&[(Input::Read(Verdict::Valid), Action::Serve), (Input::Newer, ALONE)]);
    }

    #[test]
    fn another_ones_load_is_awaited_and_then_read() {
        let look = (Input::Awaited, Action::Read { lease: true });
        let still = (Input::Read(Verdict::Loading(LEASE)), Action::Await { lease: LEASE, remaining: None });
        let done = (Input::Read(Verdict::Valid), Action::Serve);
        check(&[miss(), (busy(LEASE), wait(LEASE)), look.clone(), still, look, done]);
    }

    #[test]
    fn waiting_for_somebody_to_replace_a_refused_entry_is_bounded_by_time_and_not_by_rounds() {
        let (mut call, _) = Call::start(false, false);
        call.next(false, busy(LEASE));
        for _ in 0..10 * MAX_ROUNDS {
            assert_eq!(call.next(false, Input::Awaited), Action::Read { lease: true });
            assert_eq!(call.next(false, Input::Read(Verdict::Valid)), Action::Serve);
            assert_eq!(call.next(false, Input::Refused), Action::Acquire { refused: true });
            assert_eq!(call.next(false, busy(LEASE)), wait(LEASE));
        }
    }

    #[test]
    fn after_two_leases_that_vanished_the_call_loads_alone() {
        let look = (Input::Awaited, Action::Read { lease: true });
        let gone = (Input::Read(Verdict::Miss), ALONE);
        check(&[
            miss(),
            (busy(LEASE), wait(LEASE)),
            look.clone(),
            miss(),
            (busy(OTHER), wait(OTHER)),
            look,
            gone,
        ]);
    }

    #[test]
    fn a_fence_raised_meanwhile_overrules_every_reply() {
        let (mut call, _) = Call::start(false, false);
        assert_eq!(call.next(true, Input::Read(Verdict::Valid)), ALONE);
        assert_eq!(Call::start(true, false).1, ALONE);
    }

    #[test]
    fn a_wrong_type_is_cleared_once() {
        let (mut call, _) = Call::start(false, false);
        assert_eq!(call.next(false, Input::WrongType), Action::Clear);
        assert_eq!(call.next(false, Input::WrongType), ALONE);
    }

    #[test]
    fn trouble_with_the_store_never_fails_a_call() {
        for input in [Input::Failed, Input::Marked, Input::WaitedEnough] {
            check(&[miss(), (input, ALONE)]);
        }
    }

    #[test]
    fn rounds_are_bounded() {
        let (mut call, mut action) = Call::start(false, false);
        for _ in 0..100 {
            action = match action {
                Action::Read { .. } => call.next(false, Input::Read(Verdict::Miss)),
                Action::Acquire { .. } => call.next(false, Input::Appeared),
                other => {
                    assert_eq!(other, ALONE);
                    return;
                }
            };
        }
        panic!("the call goes on for ever");
    }
}
