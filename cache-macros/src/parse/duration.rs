//! Durations that are written down: `3600`, `"90s"`, `"1h30m"`, `"7d"`, `"500ms"`, `"never"`.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

use crate::parse::argument::{Argument, Value};
use crate::parse::value;

/// A duration as far as it is known before the program runs.
pub(crate) enum Duration {
    Never,
    Millis(u64),
    /// An expression, whose type decides.
    Computed(Box<Expr>),
}

const ADVICE: &str = "write for example `60`, `\"90s\"`, `\"1h30m\"`, `\"7d\"` or `\"500ms\"`";

/// What no end is to the runtime, in milliseconds.
const TEN_YEARS: u64 = 315_360_000_000;

/// Reads a duration: literals now, everything else when the program runs.
///
/// # Errors
///
/// Fails on a literal that is no duration.
pub(crate) fn duration(expr: Expr) -> syn::Result<Duration> {
    let problem = match &expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value() == "never" => {
            return Ok(Duration::Never);
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => checked(parts(&text.value())),
        Expr::Lit(ExprLit { lit: Lit::Int(seconds), .. }) => {
            checked(in_millis(seconds.base10_digits(), 1000))
        }
        Expr::Lit(_) => Err("this is no duration"),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) if matches!(**expr, Expr::Lit(_)) => {
            Err("a duration is never negative")
        }
        _ => return Ok(Duration::Computed(Box::new(expr))),
    };
    problem
        .map(Duration::Millis)
        .map_err(|problem| syn::Error::new_spanned(&expr, format!("{problem}; {ADVICE}")))
}

/// Reads an argument's duration that is known before the program runs.
///
/// # Errors
///
/// Fails on an expression too.
pub(crate) fn written(argument: &Argument, example: &str) -> syn::Result<Duration> {
    if let Value::Is(expr) = &argument.value
        && let known @ (Duration::Never | Duration::Millis(_)) = duration(expr.clone())?
    {
        return Ok(known);
    }
    Err(value::wrong(argument, "a duration that is written down", example))
}

/// Reads an argument's duration that is known and ends; in milliseconds.
///
/// # Errors
///
/// Fails on `"never"` too.
pub(crate) fn fixed(argument: &Argument, example: &str) -> syn::Result<u64> {
    match written(argument, example)? {
        Duration::Millis(millis) => Ok(millis),
        _ => Err(value::wrong(argument, "a duration that comes to an end", example)),
    }
}

fn checked(millis: Option<u64>) -> Result<u64, &'static str> {
    match millis {
        Some(0) => Err("a duration is never zero"),
        Some(millis) if millis > TEN_YEARS => Err(
            "this is longer than ten years: a number without a unit counts seconds, and for ever is `\"never\"`",
        ),
        Some(millis) => Ok(millis),
        None => Err("this is no duration"),
    }
}

/// Adds up the parts of a text: numbers, each followed by its unit, or one number of seconds.
fn parts(mut text: &str) -> Option<u64> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return in_millis(text, 1000);
    }
    let mut sum = None;
    while !text.is_empty() {
        let (number, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let (unit, rest) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        sum = Some(in_millis(number, factor(unit)?)?.checked_add(sum.unwrap_or(0))?);
        text = rest;
    }
    sum
}

fn in_millis(digits: &str, factor: u64) -> Option<u64> {
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn factor(unit: &str) -> Option<u64> {
    match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: Option<u64>) {
        let expr = syn::parse_str(source).expect("the case is an expression");
        let millis = duration(expr).ok().map(|duration| match duration {
            Duration::Never => u64::MAX,
            Duration::Millis(millis) => millis,
            Duration::Computed(_) => 0,
        });
        assert_eq!(millis, expected, "{source}");
    }

    #[test]
    fn reads_literals() {
        check("3600", Some(3_600_000));
        check("3_600u64", Some(3_600_000));
        check("\"90s\"", Some(90_000));
        check("\"90\"", Some(90_000));
        check("\"1h30m\"", Some(5_400_000));
        check("\"7d\"", Some(604_800_000));
        check("\"500ms\"", Some(500));
        check("\"never\"", Some(u64::MAX));
        check("315360000", Some(TEN_YEARS));
    }

    #[test]
    fn leaves_expressions_to_the_program() {
        check("60 * 60", Some(0));
        check("Ttl::HOUR", Some(0));
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for source in
            ["0", "\"0s\"", "\"\"", "\"h\"", "\"1x\"", "\"1h30\"", "\"-1s\"", "\" 1s\"", "-5", "1.5", "true"]
        {
            check(source, None);
        }
        check("99999999999999999999", None);
        check("315360001", None);
        check("\"18446744073709551615d\"", None);
    }
}
