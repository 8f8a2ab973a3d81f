//! The protocol without one ingredient: each time a promise is broken.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::explore;

const KEY: Case = Case::new(&[(0, "RR"), (1, "K")]);
const GROUP: Case = Case::new(&[(0, "RR"), (1, "G")]);

/// As many states of the case itself are looked at, beside what `cases` does.
const BOUND: usize = 5_000;

/// Without the ingredient the case breaks this promise; with it, it breaks none.
#[track_caller]
pub(super) fn breaks(promise: &str, mutant: Mutant, case: Case) {
    let found = explore(Case { mutant: Some(mutant), ..case });
    let violation = found.violation.unwrap_or_else(|| panic!("{mutant:?} goes unnoticed"));
    assert!(violation.starts_with(promise), "{violation}");
    let whole = explore(Case { bound: BOUND, ..case });
    assert!(whole.violation.is_none(), "{whole:?}");
}

#[test]
fn stamps_taken_at_the_store() {
    breaks("S1", Mutant::StampsAtStore, GROUP);
}

#[test]
fn a_store_without_its_lease() {
    breaks("S1", Mutant::StoreWithoutLease, KEY);
    breaks("S4", Mutant::StoreWithoutLease, Case::new(&[(0, "R"), (1, "K")]));
}

#[test]
fn a_removal_that_leaves_the_lease() {
    breaks("S1", Mutant::LeaseSurvivesRemoval, KEY);
}

#[test]
fn a_load_that_is_joined_unseen() {
    breaks("S1", Mutant::JoinUnseen, Case::new(&[(0, "R"), (0, "R"), (1, "K")]));
}

#[test]
fn a_lease_of_another_generation_that_is_joined() {
    let case = Case { neighbours: 1, ..Case::new(&[(0, "R"), (0, "R"), (1, "G")]) };
    breaks("S1", Mutant::JoinAnyGeneration, case);
}

#[test]
fn an_entry_of_another_generation_that_is_served() {
    breaks("S1", Mutant::AnyGeneration, Case { neighbours: 1, ..GROUP });
}

#[test]
fn no_fence_while_redis_is_away() {
    breaks("S2", Mutant::NoFence, Case { unanswered: 1, ..Case::new(&[(0, "R"), (1, "KR")]) });
    breaks("S2", Mutant::NoFence, Case { impatient: 1, ..Case::new(&[(0, "R"), (1, "GR")]) });
}

#[test]
fn a_fence_that_is_lowered_by_an_older_removal() {
    breaks("S1", Mutant::FenceWithoutNumbers, Case::new(&[(0, "R"), (1, "K"), (1, "KR")]));
}

#[test]
fn no_new_incarnation_after_a_fail_over() {
    breaks("S1", Mutant::NoRotation, Case { fail_over: true, ..GROUP });
}

#[test]
fn a_read_that_does_not_compare_histories() {
    breaks("S1", Mutant::AnyHistory, Case { fail_over: true, ..KEY });
}

#[test]
fn a_connection_that_is_not_told_of_a_fail_over() {
    breaks("S1", Mutant::NeverTold, Case { fail_over: true, ..KEY });
}

#[test]
fn a_lease_that_is_joined_in_doubt_of_the_history() {
    breaks("S1", Mutant::BusyInDoubt, Case { fail_over: true, ..KEY });
}

#[test]
fn a_nonce_that_is_drawn_by_the_request() {
    let case = Case { duplicates: 1, ..Case::new(&[(0, "R"), (1, "GR")]) };
    breaks("S1", Mutant::NonceOfRequest, case);
}

#[test]
fn a_lease_that_is_named_by_the_request() {
    let case = Case { duplicates: 1, ..Case::new(&[(0, "R"), (1, "KR")]) };
    breaks("S1", Mutant::LeaseOfRequest, case);
}

#[test]
fn a_put_that_leaves_the_lease() {
    breaks("S1", Mutant::LeaseSurvivesPut, Case::new(&[(0, "RR"), (1, "P")]));
}

#[test]
fn a_mark_that_is_not_looked_at() {
    breaks("S5", Mutant::MarksIgnored, Case { crashes: 1, ..Case::new(&[(0, "R"), (1, "k")]) });
}

#[test]
fn a_mark_that_ends_before_its_writer() {
    breaks("S5", Mutant::ShortMark, Case { crashes: 1, ..Case::new(&[(0, "R"), (1, "g")]) });
}

#[test]
fn a_writer_that_is_dropped_without_a_trace() {
    breaks("S2", Mutant::DropForgets, Case { drops: 1, ..Case::new(&[(0, "R"), (1, "KR")]) });
}

#[test]
fn a_journal_that_leaves_out_what_it_has_no_room_for() {
    let case = Case { room: 1, ..Case::new(&[(0, "R"), (1, "G"), (1, "KR")]) };
    breaks("S1", Mutant::JournalTruncated, case);
    breaks("S4", Mutant::JournalTruncated, Case { impatient: 1, ..case });
}

#[test]
fn a_write_that_is_applied_late_and_not_invalidated_again() {
    breaks("S4", Mutant::NoRepeat, Case::new(&[(0, "R"), (1, "L")]));
    breaks("S4", Mutant::NoRepeat, Case { neighbours: 1, ..Case::new(&[(0, "R"), (1, "M")]) });
}

#[test]
fn a_lead_that_is_lost() {
    breaks("stuck", Mutant::LeadIsLost, Case { drops: 1, ..Case::new(&[(0, "R"), (0, "R")]) });
}
