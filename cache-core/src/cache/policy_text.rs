//! The values of policies as people write them.

use std::time::Duration;

use crate::policy::{SingleFlight, Tiers};
use crate::ttl::Ttl;

pub(crate) const TRUTH: &str = "true or false";
pub(crate) const TTL: &str = "for example 30m, 1h30m, 7d or never";
pub(crate) const WINDOW: &str = "for example 30s or 10m, or 0 for none";
pub(crate) const SHARE: &str = "a share from 0.0 to below 1.0, for example 0.1 for 10 %";
pub(crate) const TIERS: &str = "memory, redis or memory,redis";
pub(crate) const SINGLE_FLIGHT: &str = "fleet, process or off";
pub(crate) const COUNT: &str = "a number from 1 on";
pub(crate) const BYTES: &str = "for example 100MB, 64MiB or a number of bytes from 1 on";

pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub(crate) fn ttl(text: &str) -> Option<Ttl> {
    text.parse().ok()
}

/// A length of time that may be none.
pub(crate) fn window(text: &str) -> Option<Duration> {
    match text {
        "0" | "off" => Some(Duration::ZERO),
        _ => ttl(text).map(Ttl::as_duration),
    }
}

pub(crate) fn share(text: &str) -> Option<f64> {
    text.parse().ok().filter(|share| (0.0..1.0).contains(share))
}

pub(crate) fn tiers(text: &str) -> Option<Tiers> {
    let mut tiers = Tiers { memory: false, shared: false };
    for word in text.split(',').map(str::trim) {
        match word {
            "memory" => tiers.memory = true,
            "redis" => tiers.shared = true,
            _ => return None,
        }
    }
    Some(tiers)
}

pub(crate) fn single_flight(text: &str) -> Option<SingleFlight> {
    match text {
        "fleet" => Some(SingleFlight::Fleet),
        "process" => Some(SingleFlight::Process),
        "off" => Some(SingleFlight::Off),
        _ => None,
    }
}

pub(crate) fn count(text: &str) -> Option<u32> {
    text.parse().ok().filter(|count| *count > 0)
}

pub(crate) fn bytes(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match text[end..].trim_start() {
        "" | "B" => 1,
        "KB" | "kB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    text[..end].parse::<u64>().ok()?.checked_mul(factor).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_values_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1", Some(true)),
            ("Yes", Some(true)),
            ("0", Some(false)),
            ("FALSE", Some(false)),
            ("maybe", None),
        ] {
            assert_eq!(truth(text), expected, "{text}");
        }
    }

    #[test]
    fn a_window_may_be_none() {
        assert_eq!(window("0"), Some(Duration::ZERO));
        assert_eq!(window("10m"), Some(Duration::from_secs(600)));
        assert_eq!(window("-1s"), None);
    }

    #[test]
    fn tiers_are_a_list() {
        assert_eq!(tiers("memory"), Some(Tiers::MEMORY));
        assert_eq!(tiers("redis, memory"), Some(Tiers::BOTH));
        assert_eq!(tiers(""), None);
    }

    #[test]
    fn sizes_have_units() {
        for (text, expected) in [
            ("7", Some(7)),
            ("100MB", Some(100_000_000)),
            ("64 MiB", Some(64 << 20)),
            ("0", None),
            ("1TB", None),
            ("MB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn shares_leave_something() {
        assert_eq!((share("0.1"), share("0"), share("1"), share("NaN")), (Some(0.1), Some(0.0), None, None));
    }
}
