//! A clock that is turned by hand.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use cache_core::clock::{Clock, Sleep, SystemClock};
use tokio::sync::oneshot;

/// A clock that stands still until it is [advanced](VirtualClock::advance). Clones share their time.
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Mutex<State>>);

/// Every other task has so many turns before time passes.
const TURNS: u32 = 32;

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

    /// Lets time pass as if the process had been stopped and went on: no timer has become ready when this returns.
    /// Those that are due do so when time passes next.
    pub fn pause(&self, duration: Duration) {
        self.state().passed += duration;
    }

    /// Runs a future, and lets time pass whenever nothing else happens: to the next timer.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use cache_core::clock::Clock;
    /// use cache_testkit::VirtualClock;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// let clock = VirtualClock::new();
    /// clock.drive(clock.sleep(Duration::from_secs(3600))).await;
    /// assert_eq!(clock.passed(), Duration::from_secs(3600));
    /// # });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn drive<F: Future>(&self, future: F) -> F::Output {
        self.drive_by(future, |time| self.advance(time)).await
    }

    /// The same with a way of one's own to let time pass.
    pub(crate) async fn drive_by<F: Future>(&self, future: F, advance: impl Fn(Duration)) -> F::Output {
        let mut future = pin!(future);
        loop {
            for _ in 0..TURNS {
                let ready = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
                if let Poll::Ready(output) = ready {
                    return output;
                }
                tokio::task::yield_now().await;
            }
            if let Some(time) = self.until_next() {
                advance(time);
            }
        }
    }

    /// How long it is until the next timer that somebody waits for.
    fn until_next(&self) -> Option<Duration> {
        let state = self.state();
        let waited_for = state.timers.iter().filter(|(_, timer)| !timer.is_closed());
        waited_for.map(|(at, _)| at.saturating_sub(state.passed)).min()
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

    #[tokio::test]
    async fn a_pause_serves_no_timer_before_time_passes_again() {
        let clock = VirtualClock::new();
        let waiting = tokio::spawn(clock.sleep(Duration::from_secs(10)));
        tokio::task::yield_now().await;
        clock.pause(Duration::from_secs(60));
        tokio::task::yield_now().await;
        assert_eq!((clock.passed(), waiting.is_finished()), (Duration::from_secs(60), false));
        clock.advance(Duration::ZERO);
        waiting.await.expect("a timer does not panic");
    }

    #[tokio::test]
    async fn a_driven_future_waits_as_long_as_its_timers() {
        let clock = VirtualClock::new();
        let inner = clock.clone();
        let other = tokio::spawn(clock.sleep(Duration::from_secs(2)));
        // A timer that nobody waits for any more is none.
        drop(clock.sleep(Duration::from_secs(1)));
        let passed = clock.drive(async move {
            inner.sleep(Duration::from_secs(3)).await;
            assert!(other.is_finished());
            inner.sleep(Duration::from_secs(4)).await;
            inner.passed()
        });
        assert_eq!(passed.await, Duration::from_secs(7));
    }

    #[test]
    fn clones_share_their_time() {
        let clock = VirtualClock::new();
        let before = clock.now();
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now(), before + Duration::from_secs(5));
    }
}
