//! What a process notes of an entry that it keeps, and compares at a hit.

use std::time::{Duration, Instant};

use cache_core::clock::{Clock, SystemClock};

use crate::key::names::NAMES;
use crate::protocol::{Hold, Places, Standing, Stripes, Tracker, Validity};

/// The counters, and the places of one entry's. Time stands still.
pub(crate) struct Counters {
    pub(crate) stripes: Stripes,
    places: Places,
    now: Instant,
}

impl Counters {
    pub(crate) fn new(bits: u32) -> Self {
        let stripes = Stripes::new(bits);
        let places = stripes.places(&NAMES);
        Self { stripes, places, now: SystemClock.now() }
    }

    /// To be taken before the entry is read.
    pub(crate) fn hold(&self) -> Hold {
        let (ticket, lives) = (self.stripes.ticket(&self.places), Duration::from_secs(1));
        Hold::new(self.places.clone(), ticket, Some(Tracker), self.now, lives, self.now + lives)
    }

    pub(crate) fn may_serve(&self, hold: &Hold) -> bool {
        hold.standing(&self.stripes, &Validity, self.now) == Standing::Good
    }
}
