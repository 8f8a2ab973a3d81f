//! Which faults there are, and how often.

use std::env;
use std::time::Duration;

use cache_core::rng::{Random, SystemRandom};

/// Which faults a [`FaultyStore`](crate::FaultyStore) has. A probability is from 0 to 1 and for each command.
///
/// ```
/// use std::time::Duration;
///
/// use cache_testkit::Faults;
///
/// let faults = Faults { lost_replies: 0.05, latency: Duration::from_millis(20), ..Faults::none(42) };
/// assert_eq!(faults.seed, 42);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faults {
    /// What all chance follows from.
    pub seed: u64,
    /// A command takes up to this long: a part of it before it is carried out, the other part after.
    pub latency: Duration,
    /// How probably a request is lost: it is not carried out, and the caller is told after `patience`.
    pub lost_requests: f64,
    /// How probably a reply is lost: the request was carried out, and the caller is told after `patience`.
    pub lost_replies: f64,
    /// How probably a request arrives late: the caller is told after `patience` that there was no answer, and
    /// it is carried out up to ten times as long after it was sent.
    pub late_requests: f64,
    /// How probably the connection breaks: every command that is under way fails, carried out or not.
    pub resets: f64,
    /// How probably a removal of several names breaks off after some of them, and the connection with it.
    pub partial_removals: f64,
    /// How probably what a command writes (an entry, a lease, a stamp) lives for only a part of its time to live.
    pub early_expiries: f64,
    /// How probably an entry, a lease, a stamp or the incarnation is evicted before a command.
    pub evictions: f64,
    /// How long a caller waits for an answer that doesn't come.
    pub patience: Duration,
}

/// The variable that gives the seed.
pub(super) const VARIABLE: &str = "CACHE_TEST_SEED";

impl Faults {
    /// No faults, with a seed for those that are added.
    #[must_use]
    pub const fn none(seed: u64) -> Self {
        Self {
            seed,
            latency: Duration::ZERO,
            lost_requests: 0.0,
            lost_replies: 0.0,
            late_requests: 0.0,
            resets: 0.0,
            partial_removals: 0.0,
            early_expiries: 0.0,
            evictions: 0.0,
            patience: Duration::from_millis(250),
        }
    }

    /// Some of every fault: each twentieth command meets one.
    #[must_use]
    pub const fn all(seed: u64) -> Self {
        Self {
            latency: Duration::from_millis(20),
            lost_requests: 0.01,
            lost_replies: 0.01,
            late_requests: 0.01,
            resets: 0.01,
            partial_removals: 0.01,
            early_expiries: 0.01,
            evictions: 0.01,
            ..Self::none(seed)
        }
    }

    /// The seed that the variable `CACHE_TEST_SEED` gives, as a failed run has told it; else a new one.
    ///
    /// # Panics
    ///
    /// If the variable is not a number.
    #[must_use]
    #[track_caller]
    pub fn seed_from_environment() -> u64 {
        match env::var(VARIABLE) {
            Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("{VARIABLE} is {seed:?}, which is no number")),
            Err(_) => {
                let mut bytes = [0; 8];
                SystemRandom.fill(&mut bytes);
                u64::from_le_bytes(bytes)
            }
        }
    }
}
