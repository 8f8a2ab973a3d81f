//! What becomes of one command.

use std::time::Duration;

use crate::faults::settings::Faults;
use crate::seeded_random::SeededRandom;

/// What becomes of one command. All of it is drawn before the command begins, so that it depends on the seed and
/// the number of commands before it alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fate {
    pub(super) before: Duration,
    pub(super) after: Duration,
    pub(super) fault: Option<Fault>,
    /// Says which name is evicted, of those that have been seen.
    pub(super) eviction: Option<u64>,
    /// For which part of its time to live lives what it writes.
    pub(super) early_expiry: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    LostRequest,
    LostReply,
    /// By how much.
    Late(Duration),
    Reset {
        carried_out: bool,
    },
    /// Says how many of its names are removed before the connection breaks.
    Partial(u64),
}

impl Fate {
    pub(super) fn draw(faults: &Faults, random: &SeededRandom) -> Self {
        let latency = share(faults.latency, random);
        let before = share(latency, random);
        let fault = draw_fault(faults, random);
        let eviction = random.happens(faults.evictions).then(|| random.next());
        let early_expiry = random.happens_if_any(faults.early_expiries).then(|| random.fraction());
        Self { before, after: latency - before, fault, eviction, early_expiry }
    }
}

fn draw_fault(faults: &Faults, random: &SeededRandom) -> Option<Fault> {
    if random.happens(faults.lost_requests) {
        return Some(Fault::LostRequest);
    }
    if random.happens(faults.lost_replies) {
        return Some(Fault::LostReply);
    }
    if random.happens(faults.late_requests) {
        return Some(Fault::Late(share(faults.patience * 10, random)));
    }
    if random.happens(faults.resets) {
        return Some(Fault::Reset { carried_out: random.happens(0.5) });
    }
    random.happens_if_any(faults.partial_removals).then(|| Fault::Partial(random.next()))
}

/// A part of a whole, in microseconds.
fn share(whole: Duration, random: &SeededRandom) -> Duration {
    let micros = u64::try_from(whole.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(random.below(micros.saturating_add(1).max(1)))
}
