//! The arguments of a call, as far as they are part of its key.

#[cfg(test)]
use serde::Serialize;

#[cfg(test)]
use crate::error::{Error, ErrorKind};
use crate::key::encode::encoder::Encoder;
use crate::key::encode::format::Bytes;

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
    pub(super) fn of_encoded<'a>(named: impl Iterator<Item = (&'static str, &'a [u8])>) -> Self {
        let mut bytes = Bytes::new();
        for (name, value) in named {
            Encoder::new(&mut bytes).text(name);
            bytes.extend_from_slice(value);
        }
        Self { bytes }
    }

    /// The canonical bytes: equal for equal lists, different for different ones, the same on every platform.
    #[must_use]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests;
