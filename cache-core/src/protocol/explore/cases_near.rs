//! The protocol as it is, with values that are kept in processes, refreshed, stale or of another schema: no case
//! breaks a promise.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::cases::{BOUND, holds};
use crate::protocol::explore::mutant::Mutant;

/// Values are kept for a bound, since nobody tells of changes.
const UNTOLD: Case = Case { warm: true, ticks: 2, ..Case::new(&[(0, "BB"), (1, "K")]) };
/// Processes are told of changes.
const TOLD: Case = Case { tracked: true, beats: 1, ..UNTOLD };
/// The writer is in the reader's process.
const OWN: Case = Case { ticks: 0, tasks: &[(0, "BB"), (0, "KB")], ..UNTOLD };
/// The same, and the process is told of changes.
const OWN_TOLD: Case = Case { tracked: true, beats: 1, ..OWN };
const OWN_GROUP: &[(usize, &str)] = &[(0, "BB"), (0, "GB")];

#[test]
fn values_are_kept_for_a_bound() {
    holds(UNTOLD);
    holds(Case { unanswered: 1, ..UNTOLD });
    holds(Case { tasks: &[(0, "BB"), (0, "B"), (1, "G")], ..UNTOLD });
}

#[test]
fn values_are_kept_until_their_change_is_told() {
    holds(TOLD);
    holds(Case { tasks: &[(0, "BBB"), (1, "K")], ..TOLD });
    holds(Case { warm: false, tasks: &[(0, "BBB"), (1, "K")], bound: BOUND, ..TOLD });
}

#[test]
fn two_targets_and_two_readers_are_told_of_changes_bounded() {
    holds(Case { tasks: &[(0, "BB"), (1, "KG")], bound: BOUND, ..TOLD });
    holds(Case { tasks: &[(0, "BB"), (0, "B"), (1, "G")], bound: BOUND, ..TOLD });
    holds(Case { tasks: &[(0, "BB"), (1, "B"), (2, "K")], bound: BOUND, ..TOLD });
}

#[test]
fn the_writer_is_in_the_readers_process() {
    holds(OWN);
    holds(OWN_TOLD);
    holds(Case { tasks: OWN_GROUP, drops: 1, bound: BOUND, ..OWN_TOLD });
}

#[test]
fn the_writer_in_the_readers_process_does_not_wait() {
    holds(Case { impatient: 1, ..OWN });
    holds(Case { impatient: 1, ..OWN_TOLD });
    holds(Case { impatient: 1, warm: false, tasks: &[(0, "BBB"), (0, "GB")], ..OWN });
}

#[test]
fn redis_is_away_from_the_writer_in_the_readers_process() {
    holds(Case { unanswered: 1, tasks: OWN_GROUP, ..OWN });
    holds(Case { unanswered: 1, tasks: OWN_GROUP, bound: BOUND, ..OWN_TOLD });
}

#[test]
fn the_readers_process_writes_and_another_one_too() {
    holds(Case { tasks: &[(0, "BB"), (0, "KB"), (1, "G")], bound: BOUND, ..OWN });
    holds(Case { room: 1, impatient: 1, tasks: &[(0, "BB"), (0, "G"), (0, "KB")], bound: BOUND, ..OWN });
}

#[test]
fn a_write_in_the_readers_process_is_applied_late() {
    holds(Case { tasks: &[(0, "BB"), (0, "L")], ..OWN_TOLD });
    holds(Case { tasks: &[(0, "BB"), (1, "M")], bound: BOUND, ..TOLD });
}

#[test]
fn a_tracked_connection_is_lost() {
    holds(Case { cuts: 1, ..TOLD });
    holds(Case { cuts: 1, ticks: 0, tasks: &[(0, "BB"), (0, "B"), (1, "K")], bound: BOUND, ..TOLD });
}

#[test]
fn a_reader_that_keeps_values_is_cut_off() {
    holds(Case { unanswered: 1, ..TOLD });
    holds(Case { evictions: 1, bound: BOUND, ..TOLD });
}

#[test]
fn a_fail_over_while_values_are_kept() {
    holds(Case { fail_over: true, ..UNTOLD });
    holds(Case { fail_over: true, bound: BOUND, ..TOLD });
    holds(Case { fail_over: true, ticks: 0, bound: BOUND, ..TOLD });
    holds(Case { fail_over: true, ticks: 0, tasks: &[(0, "BB"), (1, "G")], bound: BOUND, ..TOLD });
}

/// Values that are kept don't rest on the order of pushes and replies; only the bound does.
#[test]
fn pushes_that_are_overtaken_break_the_bound_alone() {
    holds(Case { mutant: Some(Mutant::PushesOvertaken), ..OWN_TOLD });
    holds(Case { mutant: Some(Mutant::PushesOvertaken), ticks: 0, ..TOLD });
}

#[test]
fn a_value_is_put_by_hand_while_others_are_kept() {
    holds(Case { evictions: 1, tasks: &[(0, "BB"), (1, "PB")], ..UNTOLD });
    holds(Case { tasks: &[(0, "BB"), (1, "PK")], ..TOLD });
}

#[test]
fn a_refresh_gets_a_load_of_its_own_time() {
    holds(Case::new(&[(0, "R"), (0, "F"), (1, "K")]));
    holds(Case { warm: true, ..Case::new(&[(0, "F"), (1, "F"), (2, "K")]) });
    holds(Case { warm: true, ..Case::new(&[(0, "FB"), (0, "B"), (1, "K")]) });
}

#[test]
fn many_refreshes_bounded() {
    holds(Case { warm: true, bound: BOUND, ..Case::new(&[(0, "FF"), (1, "F"), (2, "K")]) });
    holds(Case { bound: BOUND, ..Case::new(&[(0, "R"), (1, "F"), (2, "F"), (3, "K")]) });
    holds(Case { ticks: 0, tasks: &[(0, "FB"), (1, "FK")], bound: BOUND, ..TOLD });
    let trouble = Case { expiries: 1, drops: 1, bound: BOUND, ..Case::new(&[(0, "F"), (0, "F"), (1, "K")]) };
    holds(Case { warm: true, ..trouble });
}

#[test]
fn an_entry_grows_stale() {
    let stale = Case { warm: true, agings: 2, ..Case::new(&[(0, "RR"), (1, "RK")]) };
    holds(stale);
    holds(Case { tasks: &[(0, "R"), (0, "R"), (1, "RG")], bound: BOUND, ..stale });
    holds(Case { tasks: &[(0, "R"), (1, "RK")], drops: 1, stale_if_error: true, ..stale });
    holds(Case { agings: 2, bound: BOUND, ..TOLD });
}

#[test]
fn an_entry_is_of_a_younger_processs_schema() {
    let foreign = Case { foreign: 1, ..UNTOLD };
    holds(foreign);
    holds(Case { tasks: &[(0, "BB"), (1, "BK")], ..foreign });
    holds(Case { foreign: 1, ..OWN });
    holds(Case { foreign: 1, ..TOLD });
}

#[test]
fn everything_at_once_bounded() {
    let everything = Case {
        evictions: 1,
        expiries: 1,
        fail_over: true,
        unanswered: 1,
        impatient: 1,
        drops: 1,
        refusals: 1,
        neighbours: 1,
        cuts: 1,
        foreign: 1,
        agings: 1,
        bound: BOUND,
        tasks: &[(0, "BFB"), (0, "BK"), (1, "GBP")],
        ..TOLD
    };
    holds(everything);
}
