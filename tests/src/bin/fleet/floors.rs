//! What is known of acknowledged invalidations, now and a staleness bound ago.

use std::collections::VecDeque;
use std::time::Instant;

use cache_core::clock::{Clock, SystemClock};

use crate::BOUND;
use crate::database::Database;

/// The floors that were read so far.
#[derive(Debug, Default)]
pub(crate) struct Floors(VecDeque<(Instant, Vec<u64>)>);

impl Floors {
    /// Reads them once more.
    pub(crate) async fn look(&mut self, database: &Database) {
        let floors = database.floors().await;
        let now = SystemClock.now();
        self.0.push_back((now, floors));
        // One that is older than the bound is enough.
        while self.0.get(1).is_some_and(|(at, _)| *at + BOUND <= now) {
            self.0.pop_front();
        }
    }

    /// What a strict read that begins now has to reach.
    pub(crate) fn strict(&self, item: u64) -> u64 {
        self.0.back().map_or(0, |(_, floors)| floors[index(item)])
    }

    /// What a read that begins now has to reach although its value may be kept in the process.
    pub(crate) fn bounded(&self, item: u64) -> u64 {
        let now = SystemClock.now();
        let old = self.0.iter().rev().find(|(at, _)| *at + BOUND <= now);
        old.map_or(0, |(_, floors)| floors[index(item)])
    }
}

fn index(item: u64) -> usize {
    usize::try_from(item).unwrap()
}
