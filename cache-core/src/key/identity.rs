//! What makes a function itself: where it is defined, its name, and its type and const arguments.

use std::fmt;

use crate::key::base64::push_base64url;

/// 64 bits that tell a function from every other one of the program, however they are called.
///
/// Another compiler or another place in the code may give another identity. `Display` writes 11 characters
/// that need no escaping in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity(u64);

impl Identity {
    /// Derives the identity from the path and type that enclose the function, its name, and the names of its
    /// own type and const arguments.
    #[must_use]
    pub(crate) fn of(enclosing: &str, ident: &str, own: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [enclosing, ident].iter().chain(own) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// Appends what `Display` writes.
    pub(crate) fn push_to(self, out: &mut String) {
        push_base64url(out, &self.0.to_be_bytes());
    }

    /// The identity as a number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(11);
        self.push_to(&mut text);
        f.pad(&text)
    }
}

/// What encloses a function, type arguments included, given the name of the type of a closure in its body.
///
/// `a::m::Foo<u8>::get<&str>::{{closure}}` gives `a::m::Foo<u8>`. The function's own arguments are left out
/// because those that only occur in skipped parameters must not count.
pub(crate) fn enclosing(here: &str) -> &str {
    let mut rest = here;
    loop {
        let (before, last) = split_last(rest);
        // `{{closure}}`, `{closure#0}`, or type arguments set off by colons: not the function's name yet.
        if before.is_empty() || !last.starts_with(['{', '<']) {
            return before;
        }
        rest = before;
    }
}

/// Splits a path before its last segment; the first part is empty if there is only one.
fn split_last(path: &str) -> (&str, &str) {
    match last_separator(path) {
        Some(at) => (&path[..at], &path[at + 2..]),
        None => ("", path),
    }
}

/// Where the last `::` is that lies outside of all brackets.
fn last_separator(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    let (mut found, mut depth, mut at) = (None, 0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\'' => at += char_literal(&path[at..]),
            b'-' if bytes.get(at + 1) == Some(&b'>') => at += 1,
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' | b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                found = Some(at);
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// How far the last quote of a char literal lies behind its first one: a const argument may be `'>'`.
/// Nothing, if the text begins with a lifetime.
fn char_literal(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            chars.next();
            chars.find(|(_, c)| *c == '\'').map_or(0, |(at, _)| at)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at,
            _ => 0,
        },
        None => 0,
    }
}

#[cfg(test)]
mod tests;
