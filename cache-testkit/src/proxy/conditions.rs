//! How bytes fare on their way.

use std::time::Duration;

/// How bytes fare on both ways.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Conditions {
    pub(super) requests: Way,
    pub(super) replies: Way,
}

/// How bytes fare on one way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    pub(super) delay: Duration,
    pub(super) flow: Flow,
}

/// What becomes of bytes whose delay has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Flow {
    #[default]
    Passes,
    /// They wait.
    Held,
    /// They are lost, and so is the end of the connection.
    Swallowed,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Requests,
    Replies,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Requests => Self::Replies,
            Self::Replies => Self::Requests,
        }
    }
}

impl Conditions {
    pub(super) fn of(&self, side: Side) -> Way {
        match side {
            Side::Requests => self.requests,
            Side::Replies => self.replies,
        }
    }
}
