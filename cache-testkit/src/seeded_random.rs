//! Chance that can be replayed.

use std::sync::{Mutex, PoisonError};

use cache_core::rng::Random;

/// Random bytes that follow from a seed: a cache that is built with it draws the same ones in every run.
///
/// ```
/// use cache_core::rng::Random;
/// use cache_testkit::SeededRandom;
///
/// let draw = |seed| {
///     let mut bytes = [0; 12];
///     SeededRandom::new(seed).fill(&mut bytes);
///     bytes
/// };
/// assert_eq!(draw(7), draw(7));
/// assert_ne!(draw(7), draw(8));
/// ```
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// The bytes that follow from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// Draws a number.
    ///
    /// Algorithm: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
    pub fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Draws a number below `end`, which is not 0.
    pub fn below(&self, end: u64) -> u64 {
        // The first few numbers are favoured by less than one in 2^64 / end.
        self.next() % end
    }

    /// Draws whether something happens that happens with this probability.
    pub fn happens(&self, probability: f64) -> bool {
        self.fraction() < probability
    }

    /// The same for what was added later: what never happens draws nothing, so that old seeds mean what they meant.
    pub(crate) fn happens_if_any(&self, probability: f64) -> bool {
        probability > 0.0 && self.happens(probability)
    }

    /// Draws a number from 0 to below 1.
    pub fn fraction(&self) -> f64 {
        // 53 bits are what a double holds exactly.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn happens_as_often_as_it_is_said() {
        let random = SeededRandom::new(1);
        assert!(!(0..1000).any(|_| random.happens(0.0)));
        assert!((0..1000).all(|_| random.happens(1.0)));
        let happened = (0..10_000).filter(|_| random.happens(0.3)).count();
        assert!((2800..3200).contains(&happened), "{happened}");
    }
}
