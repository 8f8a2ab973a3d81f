//! Waiting for a load of this process, or for one of another process.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::cache::accept::Accept;
use crate::cache::request::Request;
use crate::clock::within;
use crate::flight::{Follower, Handed, Lead, Outcome};
use crate::protocol::Ticket;
use crate::rng;

/// What came of following a flight.
#[derive(Debug)]
pub(crate) enum Followed {
    /// The caller was given the outcome.
    Served,
    /// The caller leads now.
    Lead(Lead),
    /// Look again.
    Again,
    /// It took too long, or waiting would have closed a circle: load alone, at once.
    Alone,
}

/// Inside a load, another process's load is waited for at most this long, since it might wait for this one.
pub(crate) const NESTED_WAIT: Duration = Duration::from_millis(250);
/// The first pause between two looks at a load of another process; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Follows a flight until it ends, at most until `until`.
pub(crate) async fn follow(
    request: &Request,
    follower: Follower,
    until: Instant,
    accept: &mut (dyn Accept + '_),
) -> Followed {
    let Some(_wait) = request.cache.flights.wait_for(request.loads.iter(), follower.flight) else {
        return Followed::Alone;
    };
    let Follower { abroad, mut handed, .. } = follower;
    loop {
        // Inside a load a leader that waits for another process is not waited for long: that process may in
        // turn wait for this load.
        let look = if request.loads.is_empty() { until } else { until.min(request.now() + NESTED_WAIT) };
        match within(request.timer(look), &mut handed).await {
            Some(Ok(Handed::Outcome(outcome))) => return take(&outcome, accept),
            Some(Ok(Handed::Lead(lead))) => return Followed::Lead(lead),
            Some(Ok(Handed::Again) | Err(_)) => return Followed::Again,
            None if look < until && !abroad.load(Ordering::Relaxed) => {}
            None => return Followed::Alone,
        }
    }
}

/// Takes what a load of this process gave.
pub(crate) fn take(outcome: &Outcome, accept: &mut (dyn Accept + '_)) -> Followed {
    let taken = match outcome {
        Outcome::Value(prefix, body) => accept.value(prefix, body, None).is_ok(),
        Outcome::Absent => accept.absent(),
    };
    if taken { Followed::Served } else { Followed::Alone }
}

/// Waits until no load of this key is running, at most until `until`. Returns whether it is the lead's turn.
pub(crate) async fn wait_for_turn(request: &Request, lead: &Lead, until: Instant) -> bool {
    while let Some((running, turn)) = lead.turn() {
        // The flight itself waits, and with it everybody who follows it.
        let waiting = std::iter::once(lead.flight()).chain(request.loads.iter());
        let Some(_wait) = request.cache.flights.wait_for(waiting, running) else { return false };
        if within(request.timer(until), turned(turn)).await.is_none() {
            return false;
        }
    }
    true
}

async fn turned(turn: oneshot::Receiver<()>) {
    // A sender that is gone means the same: look again.
    let _ = turn.await;
}

/// The wait for a load of another process.
#[derive(Debug)]
pub(crate) struct Abroad {
    next: Duration,
    /// What was known of changes before the store was asked.
    seen: Option<Ticket>,
    /// When the lease that is waited for ends, unless it is renewed.
    ends: Option<Instant>,
}

impl Default for Abroad {
    fn default() -> Self {
        Self { next: FIRST_PAUSE, seen: None, ends: None }
    }
}

impl Abroad {
    /// Notes, before the store is asked, what is known of changes: what changes from now on ends a wait.
    pub(super) fn look(&mut self, request: &Request) {
        self.seen = Some(request.cache.changes.seen(&request.names));
    }

    /// Waits until there may be something new, at most until `until`; `false` when time is up.
    ///
    /// Where this process is told of changes it waits for one of the entry or of its lease, or for the end of the
    /// lease; elsewhere it looks again and again.
    pub(super) async fn wait(
        &mut self,
        request: &Request,
        told: bool,
        remaining: Option<Duration>,
        until: Instant,
    ) -> bool {
        let now = request.now();
        if now >= until {
            return false;
        }
        // Each waiter has its own moment, so that those of many processes don't look all at once.
        let jitter = rng::fraction(&*request.cache.random);
        match self.seen.take().filter(|_| told) {
            Some(seen) => {
                let known =
                    remaining.map(|remaining| now + remaining).or(self.ends.filter(|ends| *ends > now));
                let ends = known.unwrap_or(now + request.lease);
                self.ends = Some(ends);
                let timer = request.timer((ends + FIRST_PAUSE.mul_f64(1.0 + jitter)).min(until));
                // Either way it is time to look.
                let _ = within(timer, request.cache.changes.next(&request.names, seen)).await;
            }
            None => {
                let longest = remaining.unwrap_or(LONGEST_PAUSE).max(FIRST_PAUSE);
                let pause = self.next.min(longest).mul_f64(0.5 + jitter / 2.0);
                self.next = (self.next * 2).min(LONGEST_PAUSE);
                request.timer((now + pause).min(until)).await;
            }
        }
        true
    }
}
