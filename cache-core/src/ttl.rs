//! Times to live.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// How long an entry lives.
///
/// ```
/// use cache_core::Ttl;
/// assert_eq!("1h30m".parse::<Ttl>()?, Ttl::from(5400));
/// assert_eq!(Ttl::HOUR.to_string(), "1h");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl {
    millis: u64,
}

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl Ttl {
    /// One second.
    pub const SECOND: Self = Self::from_millis(1000);
    /// One minute.
    pub const MINUTE: Self = Self::from_millis(60_000);
    /// Five minutes, the default.
    pub const FIVE_MINUTES: Self = Self::from_millis(300_000);
    /// Ten minutes.
    pub const TEN_MINUTES: Self = Self::from_millis(600_000);
    /// Fifteen minutes.
    pub const FIFTEEN_MINUTES: Self = Self::from_millis(900_000);
    /// Half an hour.
    pub const HALF_HOUR: Self = Self::from_millis(1_800_000);
    /// One hour.
    pub const HOUR: Self = Self::from_millis(3_600_000);
    /// One day.
    pub const DAY: Self = Self::from_millis(86_400_000);
    /// One week.
    pub const WEEK: Self = Self::from_millis(604_800_000);
    /// Ten years, which is what "never expires" means: a store may still evict the entry.
    pub const NEVER: Self = Self::from_millis(315_360_000_000);

    /// A number of milliseconds: at least 1, at most [`Ttl::NEVER`].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        // `Ord::clamp` is no const function.
        let millis = if millis == 0 { 1 } else { millis };
        Self { millis: if millis > 315_360_000_000 { 315_360_000_000 } else { millis } }
    }

    /// The number of milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.millis
    }

    /// As a [`Duration`].
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }
}

impl Default for Ttl {
    /// Five minutes.
    fn default() -> Self {
        Self::FIVE_MINUTES
    }
}

impl From<u64> for Ttl {
    /// A number of seconds.
    fn from(seconds: u64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }
}

impl From<Duration> for Ttl {
    fn from(duration: Duration) -> Self {
        Self::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl FromStr for Ttl {
    type Err = Error;

    /// Reads "90s", "1h30m", "7d", "500ms", a number of seconds, or "never".
    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "never" {
            return Ok(Self::NEVER);
        }
        let millis = match text.parse::<u64>() {
            Ok(seconds) => seconds.checked_mul(1000),
            Err(_) => sum_of_parts(text),
        };
        millis.filter(|millis| *millis > 0).map(Self::from_millis).ok_or_else(|| {
            let message =
                format!("{text:?} is no duration: write for example \"90s\", \"1h30m\", \"7d\" or \"never\"");
            Error::new(ErrorKind::Config, message)
        })
    }
}

fn sum_of_parts(mut text: &str) -> Option<u64> {
    let mut sum = 0_u64;
    while !text.is_empty() {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let number = text[..digits].parse::<u64>().ok()?;
        let rest = &text[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &rest[..letters])?;
        sum = sum.checked_add(number.checked_mul(*factor)?)?;
        text = &rest[letters..];
    }
    Some(sum)
}

impl fmt::Display for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER {
            return f.write_str("never");
        }
        let mut rest = self.millis;
        for (unit, factor) in UNITS.iter().rev() {
            if rest >= *factor {
                write!(f, "{}{unit}", rest / factor)?;
                rest %= factor;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, millis: Option<u64>) {
        assert_eq!(text.parse::<Ttl>().ok().map(Ttl::as_millis), millis, "{text}");
    }

    #[test]
    fn reads_durations() {
        check("90s", Some(90_000));
        check("1h30m", Some(5_400_000));
        check("7d", Some(604_800_000));
        check("500ms", Some(500));
        check("3600", Some(3_600_000));
        check("never", Some(Ttl::NEVER.as_millis()));
        check("", None);
        check("0s", None);
        check("1x", None);
        check("h", None);
        check("-1s", None);
        check("99999999999999999999d", None);
    }

    #[test]
    fn display_can_be_read_back() {
        for millis in [1, 999, 1000, 61_001, 5_400_000, 86_400_001] {
            let ttl = Ttl::from_millis(millis);
            assert_eq!(ttl.to_string().parse::<Ttl>().expect("it was just written"), ttl);
        }
    }

    #[test]
    fn is_never_zero_and_never_longer_than_never() {
        assert_eq!(Ttl::from(0).as_millis(), 1);
        assert_eq!(Ttl::from(u64::MAX), Ttl::NEVER);
    }
}
