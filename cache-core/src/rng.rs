//! Chance. The only module that asks the system for random bytes.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may ask the system for chance")]

use std::fmt;

/// Gives random bytes: for tokens, lease ids and jitter.
///
/// An implementation guarantees that two calls in two processes give the same sixteen bytes with
/// negligible probability, except where a test seeds it on purpose.
pub trait Random: fmt::Debug + Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("every supported system has a source of random bytes");
    }
}

/// Draws `N` bytes.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// Draws a number from 0 (included) to 1 (excluded).
pub(crate) fn fraction(random: &dyn Random) -> f64 {
    // 53 bits are what a double holds exactly.
    (u64::from_be_bytes(bytes(random)) >> 11) as f64 / (1_u64 << 53) as f64
}
