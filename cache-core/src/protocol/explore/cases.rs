//! The protocol as it is: no case breaks a promise.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::search::explore;

/// How many states are looked at of a case that has more than a test run has time for.
pub(super) const BOUND: usize = 20_000;

const KEY: Case = Case::new(&[(0, "RR"), (1, "K")]);
const GROUP: Case = Case::new(&[(0, "RR"), (1, "G")]);

/// Looks at the whole case, or as far as its bound goes.
#[track_caller]
pub(super) fn holds(mut case: Case) {
    if case.bound != Case::ALL && std::env::var("CACHE_EXPLORE").is_ok_and(|how| how == "full") {
        case.bound *= 100;
    }
    let found = explore(case);
    println!("{} states{}", found.states, if found.complete { "" } else { " (bounded)" });
    assert!(found.violation.is_none(), "{} states: {}", found.states, found.violation.unwrap_or_default());
    assert!(found.complete || case.bound != Case::ALL, "a search that is not bounded looks at every state");
}

#[test]
fn a_key_and_then_its_group() {
    holds(Case { neighbours: 1, ..Case::new(&[(0, "RR"), (1, "KG")]) });
}

#[test]
fn two_readers_in_two_processes() {
    holds(Case::new(&[(0, "R"), (1, "R"), (2, "K")]));
    holds(Case { neighbours: 1, ..Case::new(&[(0, "R"), (1, "R"), (2, "G")]) });
}

#[test]
fn two_writers_at_once() {
    holds(Case::new(&[(0, "R"), (1, "K"), (2, "GR")]));
}

#[test]
fn a_read_joins_the_load_whose_lease_it_saw() {
    holds(Case::new(&[(0, "RR"), (0, "R"), (1, "K")]));
    holds(Case { neighbours: 1, ..Case::new(&[(0, "RR"), (0, "R"), (1, "G")]) });
}

#[test]
fn three_reads_of_one_process_bounded() {
    holds(Case { bound: BOUND, ..Case::new(&[(0, "R"), (0, "R"), (0, "R"), (1, "G")]) });
}

#[test]
fn the_writer_reads_in_the_readers_process() {
    holds(Case::new(&[(0, "RR"), (0, "KR")]));
    holds(Case { neighbours: 1, ..Case::new(&[(0, "RR"), (0, "GR")]) });
}

#[test]
fn evictions_and_an_expired_lease() {
    holds(Case { evictions: 2, expiries: 1, ..KEY });
    holds(Case { evictions: 2, expiries: 1, ..GROUP });
}

#[test]
fn evictions_while_loads_are_joined() {
    holds(Case { evictions: 1, expiries: 1, ..Case::new(&[(0, "R"), (0, "R"), (1, "G")]) });
}

#[test]
fn a_fail_over_that_loses_what_was_acknowledged_key() {
    holds(Case { fail_over: true, ..KEY });
}

#[test]
fn a_fail_over_that_loses_what_was_acknowledged_group() {
    holds(Case { fail_over: true, ..GROUP });
}

#[test]
fn a_fail_over_while_loads_are_joined_bounded() {
    holds(Case { fail_over: true, bound: BOUND, ..Case::new(&[(0, "R"), (0, "R"), (1, "KR")]) });
}

#[test]
fn redis_is_away_when_the_key_is_invalidated() {
    holds(Case { unanswered: 1, ..Case::new(&[(0, "RR"), (1, "KR")]) });
}

#[test]
fn redis_is_away_when_the_group_is_invalidated() {
    holds(Case { unanswered: 1, ..Case::new(&[(0, "RR"), (1, "GR")]) });
}

#[test]
fn redis_is_away_while_loads_are_joined_bounded() {
    holds(Case { unanswered: 2, bound: BOUND, ..Case::new(&[(0, "R"), (0, "R"), (0, "KR")]) });
}

#[test]
fn a_writer_does_not_wait_for_the_acknowledgement() {
    holds(Case { unanswered: 1, impatient: 1, ..Case::new(&[(0, "R"), (0, "KR")]) });
    holds(Case { unanswered: 1, impatient: 1, ..Case::new(&[(0, "R"), (0, "GR")]) });
}

#[test]
fn two_invalidations_of_one_process_on_one_target() {
    holds(Case { impatient: 1, ..Case::new(&[(0, "R"), (1, "K"), (1, "KR")]) });
    holds(Case { neighbours: 1, ..Case::new(&[(0, "R"), (1, "G"), (1, "GR")]) });
}

#[test]
fn an_acquire_is_carried_out_twice() {
    holds(Case { duplicates: 1, ..Case::new(&[(0, "RR"), (1, "KR")]) });
    holds(Case { duplicates: 1, ..Case::new(&[(0, "RR"), (1, "GR")]) });
}

#[test]
fn a_value_is_put_by_hand() {
    holds(Case { evictions: 1, ..Case::new(&[(0, "RR"), (1, "PR")]) });
    holds(Case { fail_over: true, ..Case::new(&[(0, "R"), (1, "PK")]) });
}

#[test]
fn a_writer_with_a_mark_dies() {
    holds(Case { crashes: 1, ..Case::new(&[(0, "RR"), (1, "k")]) });
    holds(Case { crashes: 1, neighbours: 1, ..Case::new(&[(0, "RR"), (1, "g")]) });
}

#[test]
fn entries_that_are_refused_are_replaced() {
    holds(Case { refusals: 2, ..Case::new(&[(0, "RR"), (1, "R"), (1, "K")]) });
}

#[test]
fn futures_are_dropped_and_loads_fail() {
    holds(Case { drops: 1, ..Case::new(&[(0, "R"), (0, "R"), (1, "KR")]) });
}

#[test]
fn futures_are_dropped_in_the_writers_process_bounded() {
    holds(Case { drops: 2, bound: BOUND, ..Case::new(&[(0, "R"), (0, "R"), (0, "GR")]) });
}

#[test]
fn a_journal_that_has_room_for_one_target() {
    let one = |tasks| Case { room: 1, impatient: 1, ..Case::new(tasks) };
    holds(one(&[(0, "R"), (1, "K"), (1, "GR")]));
    holds(one(&[(0, "R"), (1, "G"), (1, "KR")]));
    holds(Case { unanswered: 1, ..one(&[(0, "R"), (1, "KGR")]) });
}

#[test]
fn a_write_is_applied_after_its_writer_was_given_up() {
    holds(Case::new(&[(0, "RR"), (1, "LR")]));
    holds(Case { neighbours: 1, ..Case::new(&[(0, "RR"), (1, "MR")]) });
    holds(Case { unanswered: 1, ..Case::new(&[(0, "R"), (1, "LR")]) });
}

#[test]
fn several_writes_are_applied_after_their_writers_were_given_up() {
    holds(Case { room: 1, ..Case::new(&[(0, "R"), (1, "LMR")]) });
    holds(Case::new(&[(0, "R"), (1, "L"), (1, "LK")]));
}

#[test]
fn everything_at_once_bounded() {
    let everything = Case {
        evictions: 1,
        expiries: 1,
        fail_over: true,
        unanswered: 1,
        impatient: 1,
        duplicates: 1,
        drops: 1,
        refusals: 1,
        neighbours: 1,
        bound: BOUND,
        ..Case::new(&[(0, "RR"), (0, "RK"), (1, "GR")])
    };
    holds(everything);
}
