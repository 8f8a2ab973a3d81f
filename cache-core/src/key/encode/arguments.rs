//! The arguments of a call, as far as they are part of its key.

use std::borrow::Cow;

#[cfg(test)]
use serde::Serialize;
use smallvec::SmallVec;

#[cfg(test)]
use crate::error::{Error, ErrorKind};
use crate::key::base64::push_base64url;
use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;
use crate::key::encode::values::Show;

/// How many bytes of a BLAKE3 hash stand for a value: 192 bits, 32 characters.
const HASH_BYTES: usize = 24;

/// The named arguments that tell one call of a function from another.
///
/// Two lists are equal if they hold equal values under equal names in the same order. Values are compared by
/// what their `Serialize` emits: `5_u8` equals `5_i64`, `"a"` equals `String::from("a")` and `'a'`, the order
/// of maps and sets does not matter, `-0.0` equals `0.0`, and NaN is one value.
///
/// `Debug` shows what the key shows.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Arguments {
    bytes: Bytes,
    /// Where values stand that are only shown as a keyed hash.
    hidden: SmallVec<[(usize, usize); 1]>,
}

impl Arguments {
    /// Appends an argument. On an error the list is what it was before.
    ///
    /// # Errors
    ///
    /// A value that refuses to be serialized, or whose parts lie more than 128 levels deep in each other, is
    /// an error of kind [`ErrorKind::Codec`].
    #[cfg(test)]
    pub(crate) fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        let before = self.bytes.len();
        let mut encoder = Encoder::new(&mut self.bytes);
        encoder.text(name);
        encoder.value(value).map_err(|failure| {
            self.bytes.truncate(before);
            Error::new(ErrorKind::Codec, format!("the argument `{name}` can't be part of a key"))
                .with_source(failure)
        })
    }

    /// The arguments with these names, whose values are encoded already.
    pub(super) fn of_encoded<'a>(named: impl Iterator<Item = (&'static str, &'a [u8], Show)>) -> Self {
        let mut arguments = Self::default();
        for (name, value, show) in named {
            Encoder::new(&mut arguments.bytes).text(name);
            let start = arguments.bytes.len();
            arguments.bytes.extend_from_slice(value);
            if show == Show::Hashed {
                arguments.hidden.push((start, arguments.bytes.len()));
            }
        }
        arguments
    }

    /// The bytes as they may be shown: a text stands for each hidden value, made of it and of a secret.
    pub(crate) fn shown(&self, secret: &[u8; 32]) -> Cow<'_, [u8]> {
        if self.hidden.is_empty() {
            return Cow::Borrowed(&self.bytes);
        }
        let mut shown = Bytes::new();
        let mut from = 0;
        for (start, end) in &self.hidden {
            shown.extend_from_slice(&self.bytes[from..*start]);
            let hash = blake3::keyed_hash(secret, &self.bytes[*start..*end]);
            let mut text = String::with_capacity(32);
            push_base64url(&mut text, &hash.as_bytes()[..HASH_BYTES]);
            Encoder::new(&mut shown).text(&text);
            from = *end;
        }
        shown.extend_from_slice(&self.bytes[from..]);
        Cow::Owned(shown.to_vec())
    }

    /// The canonical bytes: equal for equal lists, different for different ones, the same on every platform.
    #[cfg(test)]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests;
