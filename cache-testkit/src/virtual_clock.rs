//! A clock that is turned by hand.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use cache_core::clock::{Clock, Sleep, SystemClock};
use tokio::sync::oneshot;

/// A clock that stands still until it is [advanced](VirtualClock::advance). Clones share their time.
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    start: Instant,
    passed: Duration,
    timers: Vec<(Duration, oneshot::Sender<()>)>,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl VirtualClock {
    /// A clock at its start: midnight of 1 January 2026, UTC.
    #[must_use]
    pub fn new() -> Self {
        let start = SystemClock.now();
        Self(Arc::new(Mutex::new(State { start, passed: Duration::ZERO, timers: Vec::new() })))
    }

    /// Lets time pass. Timers that are due are ready when this returns.
    pub fn advance(&self, duration: Duration) {
        let due = {
            let mut state = self.state();
            state.passed += duration;
            let passed = state.passed;
            let (due, later): (Vec<_>, _) = state.timers.drain(..).partition(|(at, _)| *at <= passed);
            state.timers = later;
            due
        };
        for (_, timer) in due {
            // Whoever dropped the timer no longer waits.
            let _ = timer.send(());
        }
    }

    /// How much time has passed since its start.
    #[must_use]
    pub fn passed(&self) -> Duration {
        self.state().passed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 1 January 2026, in seconds of the Unix era.
const EPOCH: u64 = 1_767_225_600;

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        let state = self.state();
        state.start + state.passed
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH) + self.passed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration.is_zero() {
            return Box::pin(std::future::ready(()));
        }
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        let at = state.passed.saturating_add(duration);
        state.timers.retain(|(_, timer)| !timer.is_closed());
        state.timers.push((at, sender));
        Box::pin(async move {
            // The sender is dropped only with the clock itself; then time stands still for ever.
            if receiver.await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_timer_is_ready_when_its_time_has_come_and_not_before() {
        let clock = VirtualClock::new();
        let timer = clock.sleep(Duration::from_secs(10));
        let waiting = tokio::spawn(timer);
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(1));
        waiting.await.expect("a timer does not panic");
    }

    #[test]
    fn clones_share_their_time() {
        let clock = VirtualClock::new();
        let before = clock.now();
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), before + Duration::from_secs(5));
    }
}
