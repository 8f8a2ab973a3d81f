//! What the functions of these tests count and fail with.

use std::sync::atomic::{AtomicU32, Ordering};

/// Counts how often a body ran.
#[derive(Debug, Default)]
pub(super) struct Loads(AtomicU32);

impl Loads {
    pub(super) fn run(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    #[track_caller]
    pub(super) fn assert(&self, expected: u32) {
        assert_eq!(self.0.load(Ordering::Relaxed), expected, "loads");
    }
}

#[derive(Debug, PartialEq)]
pub(super) struct Failure(pub(super) String);

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Self(error.to_string())
    }
}
