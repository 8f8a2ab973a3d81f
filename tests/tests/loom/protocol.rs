//! Stripes and holds as they ship; the rest of the protocol has no threads in it.

#[path = "../../../cache-core/src/protocol/hold.rs"]
mod hold;
#[path = "../../../cache-core/src/protocol/stripes.rs"]
mod stripes;

pub(crate) use self::hold::{Hold, Standing};
pub(crate) use self::stripes::{Places, Stripes, Ticket};
pub(crate) use self::validity::{Tracker, Validity};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LeaseId(pub(crate) u8);

mod validity {
    use std::time::{Duration, Instant};

    use crate::clock::Moment;

    /// The process itself.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Tracker;

    /// Holds for ever, as it does for changes by the process itself.
    #[derive(Debug)]
    pub(crate) struct Validity;

    impl Validity {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn extend(&self, _: Tracker, _: Instant, _: Duration) {}

        pub(crate) fn end(&self, _: Tracker) {}

        pub(crate) fn holds(&self, _: Tracker, _: impl Into<Moment>) -> bool {
            true
        }
    }
}
