//! Text that is safe as a part of a key, and still tells every two texts apart.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::key::base64::push_base64url;

/// The most characters of a segment, a tag or an argument list; what would be longer is hashed.
pub(super) const LIMIT: usize = 96;

/// How many bytes of a BLAKE3 hash stand for a text: 192 bits, 32 characters.
const HASH_BYTES: usize = 24;

const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-');
const UNSAFE_IN_TAG: &AsciiSet = &UNSAFE.remove(b':');

/// Percent-encodes a value so that it can't end the placeholder of a tag that it is put into, in pieces.
pub(crate) fn percent_pieces(value: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(value, UNSAFE)
}

/// Appends a text as one segment of a key. A segment that is `-` means that there is no text, so the text `-`
/// is written `%2D`.
pub(crate) fn push_segment(out: &mut String, text: &str) {
    if text == "-" {
        out.push_str("%2D");
    } else {
        push_or_hash(out, text, UNSAFE);
    }
}

/// Appends a tag, which is the last segment of what it is in, so that colons need no encoding.
///
/// The values of a tag's placeholders are encoded already. What is encoded stays as it is, so that a tag has the
/// same name whether its values came through placeholders or it was written out by hand.
pub(crate) fn push_tag(out: &mut String, tag: &str) {
    let encoded = encoded_tag(tag);
    if encoded.len() <= LIMIT {
        out.push_str(&encoded);
    } else {
        push_hash(out, encoded.as_bytes());
    }
}

fn encoded_tag(tag: &str) -> String {
    let mut parts = tag.split('%');
    let mut encoded = String::with_capacity(tag.len());
    encoded.extend(parts.next().map(|part| utf8_percent_encode(part, UNSAFE_IN_TAG)).into_iter().flatten());
    for part in parts {
        // What follows a percent sign is two digits of an escape, or the sign stands for itself.
        encoded.push_str(if is_escape(part.as_bytes()) { "%" } else { "%25" });
        encoded.extend(utf8_percent_encode(part, UNSAFE_IN_TAG));
    }
    encoded
}

fn is_escape(after: &[u8]) -> bool {
    let digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    matches!(after, [high, low, ..] if digit(high) && digit(low))
}

/// Appends `#` and a hash that stands for the bytes. No encoded text has a `#` in it.
pub(super) fn push_hash(out: &mut String, bytes: &[u8]) {
    out.push('#');
    push_base64url(out, &blake3::hash(bytes).as_bytes()[..HASH_BYTES]);
}

/// Percent-encodes a text as long as the whole has at most `limit` bytes; `None` if it would have more.
pub(super) fn push_encoded(out: &mut String, text: &str, limit: usize) -> Option<()> {
    push_within(out, text, UNSAFE, limit)
}

fn push_or_hash(out: &mut String, text: &str, set: &'static AsciiSet) {
    let start = out.len();
    if push_within(out, text, set, start + LIMIT).is_none() {
        out.truncate(start);
        push_hash(out, text.as_bytes());
    }
}

fn push_within(out: &mut String, text: &str, set: &'static AsciiSet, limit: usize) -> Option<()> {
    // Encoding never shortens: this keeps a long text from being looked at.
    if out.len() + text.len() > limit {
        return None;
    }
    for piece in utf8_percent_encode(text, set) {
        if out.len() + piece.len() > limit {
            return None;
        }
        out.push_str(piece);
    }
    Some(())
}

#[cfg(test)]
mod tests;
