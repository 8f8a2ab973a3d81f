//! Monotonic time as one number, and the kernel's coarse clock, which tells it.
#![expect(clippy::disallowed_methods, reason = "it reads the system's clock once")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A moment of monotonic time that costs one comparison of two integers: what is compared at every hit.
///
/// ```
/// use std::time::Duration;
/// use cache_core::clock::{Clock, Moment, SystemClock};
///
/// let now = SystemClock.now();
/// assert!(Moment::from(now) < Moment::from(now + Duration::from_secs(1)));
/// assert!(Moment::from(now) <= SystemClock.about_now());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// The number of the moment at which the process began to count: far from both ends, since a clock that is turned
/// by hand may stand before it.
const MIDDLE: u64 = 1 << 62;

impl Moment {
    /// Before every other one.
    pub(crate) const NEVER: Self = Self(0);

    /// From a number that [`number`](Self::number) gave.
    #[cfg(test)]
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number)
    }

    /// Nanoseconds since some moment long ago, in the order of time.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl From<Instant> for Moment {
    fn from(at: Instant) -> Self {
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let began = BEGAN.precise;
        Self(match at.checked_duration_since(began) {
            Some(after) => MIDDLE.saturating_add(nanos(after)),
            None => MIDDLE.saturating_sub(nanos(began.duration_since(at))).max(1),
        })
    }
}

/// The same moment by two clocks.
struct Began {
    precise: Instant,
    #[cfg(any(target_os = "android", target_os = "linux"))]
    coarse: u64,
}

static BEGAN: LazyLock<Began> = LazyLock::new(|| Began {
    // Asked first, so that the precise time is not before it.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    coarse: ticks(),
    precise: Instant::now(),
});

/// The time of the kernel's last tick, in nanoseconds.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn ticks() -> u64 {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::MonotonicCoarse);
    // Neither is negative: the clock began with the machine.
    (time.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec as u64)
}

/// Not earlier than the precise time, and two ticks later at most. The kernel keeps its coarse clock also while the
/// process is stopped; one that the process keeps itself would stand still then.
#[cfg(any(target_os = "android", target_os = "linux"))]
pub(super) fn coarse() -> Moment {
    /// Kernels tick at least a hundred times a second.
    const TICK: u64 = 10_000_000;

    Moment(ticks().wrapping_sub(BEGAN.coarse).wrapping_add(MIDDLE + TICK))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn moments_lie_in_the_order_of_time_also_before_the_first() {
        let now = Instant::now();
        let times = [now - SECOND, now, now + Duration::from_nanos(1), now + SECOND * 1_000_000_000];
        assert!(
            times
                .is_sorted_by(|a, b| Moment::NEVER < Moment::from(*a) && Moment::from(*a) < Moment::from(*b))
        );
    }

    #[cfg(any(target_os = "android", target_os = "linux"))]
    #[test]
    fn the_coarse_time_is_never_earlier_than_the_precise_one_and_hardly_later() {
        for _ in 0..100_000 {
            let before = Instant::now();
            let about = coarse();
            let after = Instant::now();
            assert!(about >= Moment::from(before));
            assert!(about <= Moment::from(after + Duration::from_millis(30)));
        }
    }
}
