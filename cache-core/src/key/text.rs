//! Text that is safe as a part of a key, and still tells every two texts apart.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::key::base64::push_base64url;

/// The most characters of a segment, a tag or an argument list; what would be longer is hashed.
pub(super) const LIMIT: usize = 96;

/// How many bytes of a BLAKE3 hash stand for a text: 192 bits, 32 characters.
const HASH_BYTES: usize = 24;

const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-');
const UNSAFE_IN_TAG: &AsciiSet = &UNSAFE.remove(b':');

/// Percent-encodes a value so that it can't end the placeholder of a tag that it is put into.
#[must_use]
pub(crate) fn percent(value: &str) -> String {
    utf8_percent_encode(value, UNSAFE).to_string()
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
pub(crate) fn push_tag(out: &mut String, tag: &str) {
    push_or_hash(out, tag, UNSAFE_IN_TAG);
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
