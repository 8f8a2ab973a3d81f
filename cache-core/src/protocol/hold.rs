//! When a value that is kept in the process may be served.

use std::time::{Duration, Instant};

use crate::clock::{Moment, later};
use crate::protocol::stripes::{Places, Stripes, Ticket};
use crate::protocol::validity::{Tracker, Validity};

/// What is noted of a value when it is kept, and compared at every hit. So a race between keeping it and a change
/// of anything that it depends on costs nothing: such a value is kept, and never served.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    places: Places,
    /// Taken before the value was read.
    ticket: Ticket,
    tracker: Option<Tracker>,
    /// Until when it may be served at all.
    until: Moment,
}

/// Whether a value that is kept may be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may be served.
    Good,
    /// Not now: who tells of changes was not heard of for too long. It may be good again.
    Unsure,
    /// Never again.
    Over,
}

impl Hold {
    /// What is noted of a value whose read was sent at `sent` with this ticket. Where nobody tells of changes to
    /// it, it lives one staleness bound from then on.
    pub(crate) fn new(
        places: Places,
        ticket: Ticket,
        tracker: Option<Tracker>,
        sent: Instant,
        bound: Duration,
        expires: Instant,
    ) -> Self {
        let until = if tracker.is_some() { expires } else { expires.min(later(sent, bound)) };
        Self { places, ticket, tracker, until: until.into() }
    }

    /// How it stands now.
    #[inline]
    pub(crate) fn standing(
        &self,
        stripes: &Stripes,
        validity: &Validity,
        now: impl Into<Moment>,
    ) -> Standing {
        let now = now.into();
        if now >= self.until || stripes.ticket(&self.places) != self.ticket {
            return Standing::Over;
        }
        match self.tracker {
            Some(tracker) if !validity.holds(tracker, now) => Standing::Unsure,
            _ => Standing::Good,
        }
    }
}
