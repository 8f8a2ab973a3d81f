//! The same for what makes it good to ask for an entry alone.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::mutants::breaks;
use crate::protocol::explore::tracking::Told;

/// Connections are told of everything.
const KNOWN: Case =
    Case { warm: true, tracked: true, known: Some(Told::Everything), ..Case::new(&[(0, "RR"), (1, "G")]) };
/// Connections are told on request.
const ON_REQUEST: Case = Case { known: Some(Told::OnRequest), ..KNOWN };

#[test]
fn stamps_that_are_looked_up_before_the_read() {
    breaks("S1", Mutant::LookedUpBefore, KNOWN);
    breaks("S1", Mutant::LookedUpBefore, ON_REQUEST);
}

#[test]
fn stamps_that_are_learned_although_they_changed() {
    breaks("S1", Mutant::LearnedThoughChanged, KNOWN);
    breaks("S1", Mutant::LearnedThoughChanged, ON_REQUEST);
}

#[test]
fn stamps_that_are_known_over_the_next_connection() {
    breaks("S1", Mutant::KnownOverAnother, Case { cuts: 1, ..KNOWN });
    breaks("S1", Mutant::KnownOverAnother, Case { cuts: 1, ..ON_REQUEST });
}

/// What is rotated then stays unknown, and nothing that is stored is ever found. With the incarnation evicted before
/// and a read given up behind, something older is served, too; that is far to search for.
#[test]
fn stamps_that_are_known_in_spite_of_a_resynchronisation() {
    breaks("S6", Mutant::KnownThoughResynchronised, Case { fail_over: true, ..KNOWN });
    breaks("S6", Mutant::KnownThoughResynchronised, Case { fail_over: true, ..ON_REQUEST });
}

#[test]
fn pushes_that_are_overtaken() {
    breaks("S1", Mutant::PushesOvertaken, KNOWN);
    breaks("S1", Mutant::PushesOvertaken, ON_REQUEST);
}

#[test]
fn stamps_that_are_learned_and_not_tracked() {
    breaks("S1", Mutant::LearnedUntracked, ON_REQUEST);
}

#[test]
fn an_incarnation_that_is_known_and_of_another_history() {
    breaks("S1", Mutant::KnownOfAnyHistory, Case { fail_over: true, ..KNOWN });
    breaks("S1", Mutant::KnownOfAnyHistory, Case { fail_over: true, ..ON_REQUEST });
}
