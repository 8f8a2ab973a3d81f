//! The same for what keeps values in processes honest.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::mutants::breaks;

/// Values are kept for a bound, since nobody tells of changes.
const UNTOLD: Case = Case { warm: true, ticks: 2, ..Case::new(&[(0, "BB"), (1, "K")]) };
/// Processes are told of changes.
const TOLD: Case = Case { tracked: true, beats: 1, ..UNTOLD };
/// The writer is in the reader's process.
const OWN: Case = Case { ticks: 0, tasks: &[(0, "BB"), (0, "KB")], ..UNTOLD };

#[test]
fn a_value_that_is_served_without_its_ticket() {
    breaks("S2", Mutant::NoTicket, OWN);
    breaks("S3", Mutant::NoTicket, TOLD);
}

#[test]
fn a_ticket_that_is_taken_after_the_read() {
    breaks("S4", Mutant::TicketAfterRead, Case { ticks: 0, ..TOLD });
    breaks("S2", Mutant::TicketAfterRead, Case { tasks: &[(0, "BB"), (0, "GB")], ..OWN });
}

#[test]
fn a_bound_that_begins_with_the_reply() {
    breaks("S3", Mutant::BoundFromReply, UNTOLD);
}

#[test]
fn a_value_that_nobody_tells_of_changes_to_and_that_stays() {
    breaks("S4", Mutant::UntoldForEver, UNTOLD);
}

#[test]
fn an_invalidation_that_bumps_nothing_at_first() {
    breaks("S2", Mutant::NoFirstBump, Case { impatient: 1, ..OWN });
}

#[test]
fn an_invalidation_that_bumps_nothing_when_it_is_acknowledged() {
    breaks("S2", Mutant::NoSecondBump, OWN);
}

#[test]
fn an_invalidation_that_bumps_before_it_raises_the_fence() {
    breaks("S2", Mutant::BumpBeforeFence, Case { impatient: 1, ..OWN });
}

#[test]
fn an_acknowledgement_that_lowers_the_fence_before_it_bumps() {
    breaks("S2", Mutant::BumpAfterLowering, Case { impatient: 1, ..OWN });
}

#[test]
fn a_lost_connection_that_ends_no_ticket() {
    breaks("S4", Mutant::NoEpoch, Case { ticks: 0, cuts: 1, ..TOLD });
    breaks("S4", Mutant::NoEpoch, Case { ticks: 0, fail_over: true, ..TOLD });
}

#[test]
fn a_value_that_is_served_without_heartbeats() {
    breaks("S3", Mutant::NoHeartbeat, Case { beats: 0, ..TOLD });
}

#[test]
fn a_heartbeat_that_vouches_from_its_answer_on() {
    breaks("S3", Mutant::ValidFromAnswer, TOLD);
}

#[test]
fn a_connection_that_is_given_up_and_counts_as_tracked() {
    breaks("S4", Mutant::TrackedThoughGone, Case { ticks: 0, cuts: 1, ..TOLD });
}

#[test]
fn a_connection_that_is_counted_as_lost_before_it_is_marked() {
    breaks("S4", Mutant::LostBeforeMarked, Case { ticks: 0, cuts: 1, ..TOLD });
}

#[test]
fn a_read_that_counts_as_tracked_by_another_connection() {
    breaks("S4", Mutant::TrackerOfAnother, Case { ticks: 0, cuts: 1, ..TOLD });
}

#[test]
fn pushes_that_are_overtaken() {
    breaks("S3", Mutant::PushesOvertaken, TOLD);
}

#[test]
fn a_foreign_value_that_is_kept_without_its_ticket() {
    breaks("S2", Mutant::ForeignWithoutTicket, Case { foreign: 1, ..OWN });
}

#[test]
fn a_foreign_value_that_is_kept_for_ever() {
    breaks("S4", Mutant::ForeignForEver, Case { foreign: 1, ..UNTOLD });
}

#[test]
fn a_refresh_that_takes_what_it_waited_for() {
    breaks("refresh", Mutant::RefreshTakesOlder, Case::new(&[(0, "R"), (1, "F"), (2, "K")]));
}

#[test]
fn a_refresh_that_joins_a_load_that_has_started() {
    breaks("refresh", Mutant::RefreshJoins, Case::new(&[(0, "R"), (0, "F"), (1, "K")]));
}

#[test]
fn a_refresh_that_takes_what_it_refused() {
    let case = Case { warm: true, ..Case::new(&[(0, "FF"), (1, "F"), (2, "K")]) };
    breaks("refresh", Mutant::RefreshTakesRefused, case);
}

#[test]
fn a_stale_entry_that_is_served_although_it_was_invalidated() {
    let case = Case { warm: true, agings: 1, neighbours: 1, ..Case::new(&[(0, "R"), (1, "R"), (2, "G")]) };
    breaks("S1", Mutant::StaleThoughInvalidated, case);
}
