//! A clock for tests.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use super::{Clock, Sleep, SystemClock};

/// Time that a test turns by hand.
#[derive(Debug)]
pub(crate) struct ByHand {
    start: Instant,
    passed: watch::Sender<Duration>,
}

impl ByHand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { start: SystemClock.now(), passed: watch::Sender::new(Duration::ZERO) })
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.passed.send_modify(|passed| *passed += duration);
    }

    /// How many timers there are.
    pub(crate) fn sleepers(&self) -> usize {
        self.passed.receiver_count()
    }
}

impl Clock for ByHand {
    fn now(&self) -> Instant {
        self.start + *self.passed.borrow()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut passed = self.passed.subscribe();
        let until = *passed.borrow() + duration;
        Box::pin(async move {
            let _ = passed.wait_for(|passed| *passed >= until).await;
        })
    }
}
