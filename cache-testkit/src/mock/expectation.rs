//! What a test expects to be asked, and what is to happen then.

use cache_core::ErrorKind;

use crate::command::Operation;

/// What a test expects to be asked, and what is to happen then: see [`MockBackend::expect`].
///
/// [`MockBackend::expect`]: crate::MockBackend::expect
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an expectation is given to `MockBackend::expect`"]
pub struct Expectation {
    pub(super) operation: Operation,
    pub(super) then: Then,
    pub(super) times: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Answer,
    Fail(ErrorKind),
    LoseReply,
}

impl Expectation {
    /// Expects the next command of this kind, which is answered as always.
    pub fn of(operation: Operation) -> Self {
        Self { operation, then: Then::Answer, times: 1 }
    }

    /// It is not carried out, and fails.
    pub fn fails(mut self, kind: ErrorKind) -> Self {
        self.then = Then::Fail(kind);
        self
    }

    /// It is carried out, and fails with [`ErrorKind::Timeout`].
    pub fn loses_its_reply(mut self) -> Self {
        self.then = Then::LoseReply;
        self
    }

    /// Expects this many in a row.
    pub fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }
}
