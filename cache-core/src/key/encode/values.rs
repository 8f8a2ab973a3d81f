//! The arguments of a call before they are a key: their values alone, which tell calls of one function apart.

use serde::Serialize;
use smallvec::SmallVec;

use crate::error::{Error, ErrorKind};
use crate::key::encode::arguments::Arguments;
use crate::key::encode::bytes::Bytes;
use crate::key::encode::encoder::Encoder;
use crate::key::encode::failure::Failure;

/// The values of named arguments. Of one function all calls have the same names in the same order, so calls are
/// told apart without looking at them; a key needs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    bytes: Bytes,
    /// The names, where the value of each ends, and how it is shown.
    names: SmallVec<[(&'static str, usize, Show); 3]>,
}

/// How a value is shown in keys, logs and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// As it is.
    AsItIs,
    /// As a keyed hash.
    Hashed,
}

impl Values {
    /// Appends an argument. On an error the list is what it was before.
    ///
    /// # Errors
    ///
    /// A value that refuses to be serialized, or whose parts lie more than 128 levels deep in each other, is
    /// an error of kind [`ErrorKind::Codec`].
    #[inline]
    pub(crate) fn push<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
        show: Show,
    ) -> Result<(), Error> {
        let encoded = Encoder::new(&mut self.bytes).value(value);
        self.pushed(name, encoded, show)
    }

    /// The same for a type of the language's, which has no parts whose depth would count.
    #[inline]
    pub(crate) fn push_primitive<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
        show: Show,
    ) -> Result<(), Error> {
        let encoded = value.serialize(&mut Encoder::new(&mut self.bytes));
        self.pushed(name, encoded, show)
    }

    #[inline]
    fn pushed(&mut self, name: &'static str, encoded: Result<(), Failure>, show: Show) -> Result<(), Error> {
        match encoded {
            Ok(()) => {
                self.names.push((name, self.bytes.len(), show));
                Ok(())
            }
            Err(failure) => Err(refused(name, failure)),
        }
    }

    /// The values in canonical bytes, one after the other. Each tells where it ends.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The arguments with their names.
    pub(crate) fn to_arguments(&self) -> Arguments {
        Arguments::of_encoded(self.iter())
    }

    /// Each with its name, in canonical bytes.
    pub(in crate::key) fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8], Show)> {
        let mut start = 0;
        self.names.iter().map(move |(name, end, show)| {
            let value = &self.bytes[start..*end];
            start = *end;
            (*name, value, *show)
        })
    }

    /// Whether all of them are shown as they are.
    pub(in crate::key) fn are_shown(&self) -> bool {
        self.names.iter().all(|(_, _, show)| *show == Show::AsItIs)
    }
}

#[cold]
fn refused(name: &str, failure: Failure) -> Error {
    Error::new(ErrorKind::Codec, format!("the argument `{name}` can't be part of a key")).with_source(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_the_same_arguments_as_naming_them_at_once() {
        let (mut values, mut arguments) = (Values::default(), Arguments::default());
        assert_eq!(values.to_arguments(), arguments);
        values.push("id", &42_u64, Show::AsItIs).expect("a number is encoded");
        values.push("text", "soup", Show::AsItIs).expect("a text is encoded");
        values.push("many", &[1, 2], Show::AsItIs).expect("a list is encoded");
        arguments.push("id", &42_u64).expect("a number is encoded");
        arguments.push("text", "soup").expect("a text is encoded");
        arguments.push("many", &[1, 2]).expect("a list is encoded");
        assert_eq!(values.to_arguments(), arguments);
    }
}
