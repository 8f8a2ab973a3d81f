//! Time. The only module that reads the system's clocks or sets a timer.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may ask the system for the time")]

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use tokio::task::JoinHandle;

use crate::background;

#[cfg(all(test, unix, feature = "redis"))]
pub(crate) mod by_hand;
mod moment;

pub use self::moment::Moment;

/// A timer: ready when its time has come.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time and sets timers.
///
/// The cache never asks the system itself, so that a test can turn time by hand. An implementation
/// guarantees that `now` never goes back, and that a timer that was made before time was moved past it
/// becomes ready.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Monotonic time: for deadlines and expiry.
    fn now(&self) -> Instant;

    /// Monotonic time that is cheaper to ask for: as late as `now` or up to 20 ms later, never earlier. So what is
    /// decided by it ends a little too early, and never too late.
    fn about_now(&self) -> Moment {
        self.now().into()
    }

    /// The time of day: for what a person reads, never for an order of events.
    fn wall(&self) -> SystemTime;

    /// Makes a timer that is ready `duration` from now, under any executor.
    fn sleep(&self, duration: Duration) -> Sleep;
}

/// The system's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[cfg(any(target_os = "android", target_os = "linux"))]
    fn about_now(&self) -> Moment {
        moment::coarse()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // A caller may live under any executor, so the timer runs on our own thread.
        match background::handle() {
            Ok(handle) => Box::pin(Timer(handle.spawn(async move { tokio::time::sleep(duration).await }))),
            Err(_) => Box::pin(std::future::ready(())),
        }
    }
}

struct Timer(JoinHandle<()>);

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A time this much later. One that is further away than the system can tell is taken to be ten years away.
pub(crate) fn later(now: Instant, duration: Duration) -> Instant {
    now.checked_add(duration).unwrap_or_else(|| now + Duration::from_secs(10 * 365 * 86_400))
}

/// Awaits a future, at most until the timer is ready; `None` when the timer was first.
pub(crate) async fn within<F: Future>(mut timer: Sleep, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        timer.as_mut().poll(cx).map(|()| None)
    })
    .await
}
