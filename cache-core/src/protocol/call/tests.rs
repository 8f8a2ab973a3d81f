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
    Action::Await { lease, remaining: Some(Duration::from_secs(1)), join: true }
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
    let beside = Action::Load(Permit::Beside);
    check(&[(Input::Read(Verdict::Valid), Action::Serve), (Input::Newer, beside)]);
}

#[test]
fn another_ones_load_is_awaited_and_then_read() {
    let look = (Input::Awaited, Action::Read { lease: true });
    let still =
        (Input::Read(Verdict::Loading(LEASE)), Action::Await { lease: LEASE, remaining: None, join: true });
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

const REVALIDATE: Verdict = Verdict::Stale(Stale::Revalidate);
const REPLACE: Verdict = Verdict::Stale(Stale::Replace);

#[test]
fn a_stale_entry_is_served_to_everybody_but_the_one_who_replaces_it() {
    let generation = Generation::default();
    let granted = Input::Granted { lease: LEASE, generation: generation.clone() };
    let load = Action::Load(Permit::Leased { lease: LEASE, generation });
    check(&[(Input::Read(REVALIDATE), Action::Revalidate), (granted, load)]);
    for input in [busy(LEASE), Input::Marked, Input::Failed, Input::Appeared, Input::Disowned] {
        check(&[(Input::Read(REVALIDATE), Action::Revalidate), (input, Action::Serve)]);
    }
    check(&[
        (Input::Read(REVALIDATE), Action::Revalidate),
        (busy(LEASE), Action::Serve),
        (Input::Refused, Action::Acquire { refused: true }),
    ]);
}

#[test]
fn an_entry_that_is_too_old_is_replaced() {
    check(&[(Input::Read(REPLACE), Action::Acquire { refused: true }), (busy(LEASE), wait(LEASE))]);
}

#[test]
fn a_refresh_takes_only_what_a_load_left_that_began_after_it() {
    let acquire = Action::Acquire { refused: true };
    let look = (Input::Awaited, Action::Read { lease: true });
    let valid = Input::Read(Verdict::Valid);
    let unjoined = Action::Await { lease: LEASE, remaining: Some(Duration::from_secs(1)), join: false };
    let (mut call, first) = Call::refresh(false);
    assert_eq!(first, Action::Read { lease: false });
    let steps = [
        (valid.clone(), acquire.clone()),
        (busy(LEASE), unjoined),
        look,
        // What the load left that was under way.
        (valid.clone(), acquire.clone()),
        // This one was granted since.
        (busy(OTHER), wait(OTHER)),
        // The entry may still be the one that was refused, so it is refused again.
        (Input::Awaited, acquire.clone()),
        (busy(OTHER), wait(OTHER)),
        (Input::Awaited, acquire),
        (Input::Appeared, Action::Read { lease: false }),
        (valid, Action::Serve),
    ];
    for (input, action) in steps {
        assert_eq!(call.next(false, input.clone()), action, "after {input:?}");
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
