//! The protocol as it is, over connections that remember stamps: no case breaks a promise.

use crate::protocol::explore::case::Case;
use crate::protocol::explore::cases::{BOUND, holds};
use crate::protocol::explore::tracking::Told;

const KNOWN: Case = Case { warm: true, tracked: true, known: Some(Told::Everything), ..Case::new(&[(0, "RR"), (1, "K")]) };
const ON_REQUEST: Case = Case { known: Some(Told::OnRequest), ..KNOWN };
const GROUP: &[(usize, &str)] = &[(0, "RR"), (1, "G")];

/// Over connections that are told of everything, and over such that are told on request.
#[track_caller]
fn both_hold(case: Case) {
    holds(case);
    holds(Case { known: Some(Told::OnRequest), ..case });
}

#[test]
fn probe() {
    both_hold(KNOWN);
    both_hold(Case { tasks: GROUP, ..KNOWN });
    both_hold(Case { tasks: &[(0, "RRR"), (1, "G")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "R"), (0, "R"), (1, "G")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (0, "R"), (1, "G")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "KG")], ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (1, "RG")], ..KNOWN });
    both_hold(Case { tasks: GROUP, evictions: 1, ..KNOWN });
    both_hold(Case { tasks: GROUP, cuts: 1, ..KNOWN });
    both_hold(Case { tasks: GROUP, fail_over: true, ..KNOWN });
    both_hold(Case { tasks: GROUP, unanswered: 1, ..KNOWN });
    both_hold(Case { tasks: GROUP, displacements: 1, ..KNOWN });
    both_hold(Case { tasks: &[(0, "RR"), (0, "GR")], ..KNOWN });
}
