//! The protocol as it is, over connections that remember stamps: no case breaks a promise.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::cases::{BOUND, holds};
use crate::protocol::explore::tracking::Told;

/// How many states are looked at of such a case here, where most are looked at in two ways.
const FEW: usize = BOUND / 4;

/// Connections are told of everything.
const KNOWN: Case =
    Case { warm: true, tracked: true, known: Some(Told::Everything), ..Case::new(&[(0, "RR"), (1, "G")]) };
/// Values are kept, too.
const KEPT: Case = Case { ticks: 2, beats: 1, tasks: &[(0, "BB"), (1, "G")], ..KNOWN };
/// Two reads of one process meet, and the load of one is joined by its lease.
const JOINED: &[(usize, &str)] = &[(0, "RR"), (0, "R"), (1, "G")];
/// Another process loads before it invalidates.
const LOADED: &[(usize, &str)] = &[(0, "RR"), (1, "RG")];

/// Over connections that are told of everything, and over such that are told on request.
#[track_caller]
fn both_hold(case: Case) {
    holds(case);
    holds(Case { known: Some(Told::OnRequest), ..case });
}

#[test]
fn entries_are_asked_for_alone() {
    both_hold(Case { tasks: &[(0, "RR"), (1, "K")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RRR"), (1, "G")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "KG")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "GG")], neighbours: 1, bound: FEW, ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "RK")], warm: false, bound: FEW, ..KNOWN });
}

#[test]
fn several_processes_ask_for_entries_alone() {
    both_hold(Case { tasks: LOADED, ..KNOWN });
    both_hold(Case { tasks: &[(0, "R"), (1, "R"), (2, "G")], neighbours: 1, ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "RR"), (2, "G")], bound: FEW, ..KNOWN });
}

#[test]
fn a_read_joins_the_load_whose_lease_it_saw_beside_the_entry() {
    both_hold(Case { tasks: JOINED, ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (0, "R"), (1, "K")], ..KNOWN });
    both_hold(Case { tasks: JOINED, warm: false, neighbours: 1, bound: FEW, ..KNOWN });
}

#[test]
fn the_writer_reads_in_the_readers_process() {
    both_hold(Case { tasks: &[(0, "RR"), (0, "GR")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (0, "KR")], impatient: 1, ..KNOWN });
}

#[test]
fn what_is_known_is_evicted() {
    both_hold(Case { evictions: 1, neighbours: 1, ..KNOWN });
    both_hold(Case { evictions: 2, neighbours: 1, bound: FEW, ..KNOWN });
    both_hold(Case { evictions: 1, expiries: 1, tasks: LOADED, bound: FEW, ..KNOWN });
    both_hold(Case { evictions: 1, expiries: 1, tasks: JOINED, bound: FEW, ..KNOWN });
}

#[test]
fn another_name_takes_the_place_of_the_stamp() {
    both_hold(Case { displacements: 2, ..KNOWN });
    both_hold(Case { displacements: 1, evictions: 1, tasks: JOINED, bound: FEW, ..KNOWN });
}

#[test]
fn a_connection_that_remembers_stamps_is_lost() {
    both_hold(Case { cuts: 1, ..KNOWN });
    both_hold(Case { cuts: 2, tasks: LOADED, bound: FEW, ..KNOWN });
    both_hold(Case { cuts: 1, tasks: JOINED, bound: FEW, ..KNOWN });
}

#[test]
fn a_fail_over_while_stamps_are_known() {
    holds(Case { fail_over: true, ..KNOWN });
    both_hold(Case { fail_over: true, bound: FEW, ..KNOWN });
    both_hold(Case { fail_over: true, tasks: &[(0, "RR"), (1, "K")], bound: FEW, ..KNOWN });
}

#[test]
fn a_fail_over_while_others_read_bounded() {
    both_hold(Case { fail_over: true, tasks: LOADED, bound: FEW, ..KNOWN });
    both_hold(Case { fail_over: true, evictions: 1, cuts: 1, bound: FEW, ..KNOWN });
    both_hold(Case { fail_over: true, tasks: JOINED, bound: FEW, ..KNOWN });
}

#[test]
fn answers_are_lost_and_futures_dropped_while_stamps_are_known() {
    both_hold(Case { unanswered: 1, ..KNOWN });
    both_hold(Case { drops: 1, unanswered: 1, tasks: JOINED, bound: FEW, ..KNOWN });
}

#[test]
fn values_are_kept_that_were_asked_for_alone() {
    holds(KEPT);
    both_hold(Case { bound: FEW, ..KEPT });
    both_hold(Case { tasks: &[(0, "BB"), (1, "K")], bound: FEW, ..KEPT });
    both_hold(Case { tasks: &[(0, "RB"), (0, "B"), (1, "G")], bound: FEW, ..KEPT });
    both_hold(Case { cuts: 1, fail_over: true, bound: FEW, ..KEPT });
    both_hold(Case { ticks: 0, cuts: 1, tasks: &[(0, "RB"), (0, "B"), (1, "G")], bound: FEW, ..KEPT });
    both_hold(Case { ticks: 0, tasks: &[(0, "FB"), (1, "FG")], bound: FEW, ..KEPT });
}

#[test]
fn values_are_put_and_marked_while_stamps_are_known() {
    both_hold(Case { tasks: &[(0, "RR"), (1, "PG")], ..KNOWN });
    both_hold(Case { evictions: 1, tasks: &[(0, "RR"), (1, "PG")], bound: FEW, ..KNOWN });
    both_hold(Case { crashes: 1, tasks: &[(0, "RR"), (1, "g")], ..KNOWN });
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
        displacements: 1,
        cuts: 1,
        agings: 1,
        bound: FEW,
        tasks: &[(0, "RBR"), (0, "RG"), (1, "KR")],
        ..KEPT
    };
    both_hold(everything);
}
