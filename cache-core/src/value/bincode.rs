//! The bincode codec.

use std::marker::PhantomData;

use bincode::config::{Config, standard};
use bincode::enc::write::Writer;
use bincode::error::{DecodeError, EncodeError};
use bincode::serde::{encode_into_writer, seed_decode_from_slice};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::value::bounded::{Bounded, Full, budget, left_over, no_value, refused};
use crate::value::codec::{Codec, MAX_ENCODED_LEN};
use crate::value::guard::budget::Budget;
use crate::value::guard::wrap::Guard;

#[cfg(test)]
mod tests;

/// bincode, version 2 of its format in the standard configuration: little endian, integers of variable length.
///
/// It writes neither names nor types, so a type has to say the same when it is written and when it is read.
/// What doesn't: `flatten`, `tag`, `untagged` and `skip_serializing_if` of serde, and types that ask for
/// whatever comes, such as `serde_json::Value`.
///
/// Reading allows 128 levels. A filled option, a newtype, a struct, a sequence, a map, a tuple and an enum with
/// content are a level each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bincode;

impl Codec for Bincode {
    fn id(&self) -> u8 {
        1
    }

    fn name(&self) -> &'static str {
        "bincode"
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
        let mut bytes = Bounded::default();
        match encode_into_writer(value, &mut bytes, format()) {
            Ok(()) => Ok(bytes.written),
            Err(error) => Err(cannot_encode::<T>(&bytes, error)),
        }
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
        let budget = budget::<T>("bincode", bytes)?;
        let seed = Guard::top(PhantomData::<T>, &budget);
        let (value, read) = seed_decode_from_slice(seed, bytes, format())
            .map_err(|error| refused_by_codec::<T>(&budget, error))?;
        match bytes.len() - read {
            0 => Ok(value),
            left => Err(left_over::<T>("bincode", left, bytes)),
        }
    }
}

/// The configuration, the same for writing and reading.
///
/// bincode's limit counts a number as up to 16 bytes where it takes one, so it can't tell a short input's
/// honest claims from others: the guard does. The limit only stops claims that no input can honour.
fn format() -> impl Config {
    standard().with_limit::<{ MAX_ENCODED_LEN * 16 }>()
}

impl Writer for Bounded {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.push(bytes).map_err(|Full| EncodeError::UnexpectedEnd)
    }
}

fn cannot_encode<T: ?Sized>(bytes: &Bounded, error: EncodeError) -> Error {
    match error {
        // The text of a type's own error may quote the value.
        EncodeError::OtherString(_) | EncodeError::UnexpectedEnd => bytes.failed::<T>("bincode"),
        error => bytes.failed::<T>("bincode").with_source(error),
    }
}

fn refused_by_codec<T>(budget: &Budget, error: DecodeError) -> Error {
    match error {
        _ if budget.refusal().is_some() => refused::<T>("bincode", budget),
        // The text of a type's own error may quote the value.
        DecodeError::OtherString(_) => no_value::<T>("bincode", "the type refuses what they say"),
        error => refused::<T>("bincode", budget).with_source(error),
    }
}
