//! Numbers that are written down.

use syn::{Expr, ExprLit, Lit};

use crate::parse::argument::{Argument, Value};
use crate::parse::value;

/// Reads `version = 2`.
pub(crate) fn version(argument: &Argument) -> syn::Result<u32> {
    match literal(argument) {
        Some(Lit::Int(number)) => number.base10_parse(),
        _ => Err(value::wrong(argument, "a number", "version = 2")),
    }
}

/// Reads `max_loads = 64`.
pub(crate) fn max_loads(argument: &Argument) -> syn::Result<u32> {
    match literal(argument) {
        Some(Lit::Int(number)) if number.base10_digits() != "0" => number.base10_parse(),
        _ => Err(value::wrong(argument, "a number from 1 on", "max_loads = 64")),
    }
}

/// Reads `jitter = 0.1`: a share of the ttl, which must leave something of it.
pub(crate) fn jitter(argument: &Argument) -> syn::Result<f64> {
    let share = match literal(argument) {
        Some(Lit::Float(share)) => share.base10_parse::<f64>().ok(),
        Some(Lit::Int(share)) => share.base10_parse::<f64>().ok(),
        _ => None,
    };
    share.filter(|share| (0.0..1.0).contains(share)).ok_or_else(|| {
        value::wrong(argument, "the share of the ttl to take off, from 0.0 to below 1.0", "jitter = 0.1")
    })
}

/// Reads `max_bytes = "100MB"`, or a plain number of bytes.
pub(crate) fn bytes(argument: &Argument) -> syn::Result<u64> {
    let bytes = match literal(argument) {
        Some(Lit::Int(number)) => number.base10_parse().ok(),
        Some(Lit::Str(text)) => size(&text.value()),
        _ => None,
    };
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| {
        value::wrong(
            argument,
            "a number of bytes from 1 on",
            "max_bytes = \"100MB\"` or `max_bytes = \"64MiB\"",
        )
    })
}

fn literal(argument: &Argument) -> Option<&Lit> {
    match &argument.value {
        Value::Is(Expr::Lit(ExprLit { lit, .. })) => Some(lit),
        _ => None,
    }
}

fn size(text: &str) -> Option<u64> {
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
    text[..end].parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, bytes: Option<u64>) {
        assert_eq!(size(text), bytes, "{text}");
    }

    #[test]
    fn reads_sizes() {
        check("100MB", Some(100_000_000));
        check("64 MiB", Some(67_108_864));
        check("12", Some(12));
        check("1GiB", Some(1_073_741_824));
        check("2kB", Some(2000));
        check("100Mb", None);
        check("MB", None);
        check("-1MB", None);
        check("1.5GB", None);
        check("99999999999GB", None);
    }
}
