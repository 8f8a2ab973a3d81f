//! The readable form of an argument list: `restaurant_id=42,page=1`.
//!
//! A list of scalars that fits is written out; anything else is `#` and a hash of the canonical bytes. Both
//! tell every two lists apart:
//!
//! | value | written |
//! |---|---|
//! | integer | `42`, `-1` |
//! | float | `1.0`, `1e16`, `NaN`, `-inf` |
//! | bool | `true`, `false` |
//! | `None`, `Some(x)` | `none`, `+` and x |
//! | variant without content | `@` and its name |
//! | string | percent-encoded, with a `'` before it if it reads like one of the above |

use std::fmt::{self, Write};

use crate::key::encode::Values;
use crate::key::encode::arguments::Arguments;
use crate::key::encode::reader::{Reader, Scalar};
use crate::key::text::{LIMIT, push_encoded, push_hash};

/// Appends the readable form. No long text is built to be thrown away.
pub(crate) fn render(arguments: &Arguments, secret: &[u8; 32], out: &mut String) {
    let (start, shown) = (out.len(), arguments.shown(secret));
    if write_out(&shown, out, start + LIMIT).is_none() {
        out.truncate(start);
        push_hash(out, &shown);
    }
}

/// The same for values whose names are not in canonical bytes yet. Those of most calls need never be.
pub(crate) fn render_values(values: &Values, secret: &[u8; 32], out: &mut String) {
    if !values.are_shown() {
        return render(&values.to_arguments(), secret, out);
    }
    let start = out.len();
    if write_out_values(values, out, start + LIMIT).is_none() {
        out.truncate(start);
        push_hash(out, &values.to_arguments().shown(secret));
    }
}

/// What hidden values are hashed with where nothing belongs to a namespace.
pub(crate) const NO_SECRET: &[u8; 32] = b"a key that is shown and not used";

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        render(self, NO_SECRET, &mut text);
        write!(f, "Arguments({text})")
    }
}

/// `None` if there is a value with parts, or the text would be longer than the limit.
fn write_out(bytes: &[u8], out: &mut String, limit: usize) -> Option<()> {
    let mut reader = Reader::new(bytes);
    let mut separator = "";
    while !reader.is_empty() {
        let Scalar::Text(name) = reader.scalar()? else {
            return None;
        };
        out.push_str(separator);
        push_named(name, &mut reader, out, limit)?;
        separator = ",";
    }
    Some(())
}

fn write_out_values(values: &Values, out: &mut String, limit: usize) -> Option<()> {
    let mut separator = "";
    for (name, value, _) in values.iter() {
        out.push_str(separator);
        let mut reader = Reader::new(value);
        push_named(name, &mut reader, out, limit)?;
        if !reader.is_empty() {
            return None;
        }
        separator = ",";
    }
    Some(())
}

fn push_named(name: &str, value: &mut Reader<'_>, out: &mut String, limit: usize) -> Option<()> {
    push_encoded(out, name, limit)?;
    out.push('=');
    push_value(value, out, limit)
}

fn push_value(reader: &mut Reader<'_>, out: &mut String, limit: usize) -> Option<()> {
    match reader.scalar()? {
        Scalar::Positive(magnitude) => match u64::try_from(magnitude) {
            // In most keys, and written faster than by a formatter.
            Ok(usual) => push_number(out, usual),
            Err(_) => write!(out, "{magnitude}").ok()?,
        },
        Scalar::Negative(magnitude) => write!(out, "-{magnitude}").ok()?,
        Scalar::Float(value) => write!(out, "{value:?}").ok()?,
        Scalar::Bool(value) => write!(out, "{value}").ok()?,
        Scalar::Text(text) => push_text(out, text, limit)?,
        Scalar::Variant(name) => {
            out.push('@');
            push_encoded(out, name, limit)?;
        }
        Scalar::None => out.push_str("none"),
        Scalar::Some => {
            out.push('+');
            push_value(reader, out, limit)?;
        }
    }
    (out.len() <= limit).then_some(())
}

fn push_number(out: &mut String, mut number: u64) {
    const MOST: usize = u64::MAX.ilog10() as usize + 1;
    let (mut digits, mut first) = ([0; MOST], MOST);
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.push_str(str::from_utf8(&digits[first..]).expect("digits are ASCII"));
}

fn push_text(out: &mut String, text: &str, limit: usize) -> Option<()> {
    // A text this long becomes a hash whatever it reads like.
    if text.len() <= LIMIT && reads_like_another_value(text) {
        out.push('\'');
    }
    push_encoded(out, text, limit)
}

/// Everything that an integer is written as is also a float's text.
fn reads_like_another_value(text: &str) -> bool {
    matches!(text, "true" | "false" | "none") || text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests;
