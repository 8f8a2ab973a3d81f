//! The bincode codec.

use std::any::type_name;
use std::marker::PhantomData;

use bincode::config::{Config, standard};
use bincode::enc::write::Writer;
use bincode::error::{DecodeError, EncodeError};
use bincode::serde::{encode_into_writer, seed_decode_from_slice};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
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
        if bytes.len() > MAX_ENCODED_LEN {
            return Err(cannot_decode::<T>("they are more than 64 MiB"));
        }
        let budget = Budget::for_input(bytes.len());
        let seed = Guard::top(PhantomData::<T>, &budget);
        let (value, read) = seed_decode_from_slice(seed, bytes, format()).map_err(|error| {
            refused_by_guard::<T>(&budget).unwrap_or_else(|| refused_by_codec::<T>(error))
        })?;
        if read != bytes.len() {
            return Err(cannot_decode::<T>(&format!("only {read} of {} bytes belong to it", bytes.len())));
        }
        Ok(value)
    }
}

/// The configuration, the same for writing and reading.
///
/// bincode's limit counts a number as up to 16 bytes where it takes one, so it can't tell a short input's
/// honest claims from others: the guard does. The limit only stops claims that no input can honour.
fn format() -> impl Config {
    standard().with_limit::<{ MAX_ENCODED_LEN * 16 }>()
}

/// Collects what is written, up to the most that a value may take.
#[derive(Default)]
struct Bounded {
    written: Vec<u8>,
    full: bool,
}

impl Writer for Bounded {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        if bytes.len() > MAX_ENCODED_LEN - self.written.len() {
            self.full = true;
            return Err(EncodeError::UnexpectedEnd);
        }
        self.written.extend_from_slice(bytes);
        Ok(())
    }
}

fn cannot_encode<T: ?Sized>(bytes: &Bounded, error: EncodeError) -> Error {
    let name = type_name::<T>();
    if bytes.full {
        return Error::new(ErrorKind::Codec, format!("this {name} takes more than 64 MiB encoded"));
    }
    let failed = Error::new(ErrorKind::Codec, format!("bincode can't encode this {name}"));
    match error {
        // The text of a type's own error may quote the value.
        EncodeError::OtherString(_) => failed,
        error => failed.with_source(error),
    }
}

fn refused_by_guard<T>(budget: &Budget) -> Option<Error> {
    budget.refusal().map(|refusal| cannot_decode::<T>(&refusal.to_string()))
}

fn refused_by_codec<T>(error: DecodeError) -> Error {
    match error {
        // The text of a type's own error may quote the value.
        DecodeError::OtherString(_) => cannot_decode::<T>("the type refuses what they say"),
        error => cannot_decode::<T>("they are damaged, or were written for another type").with_source(error),
    }
}

fn cannot_decode<T>(why: &str) -> Error {
    Error::new(ErrorKind::Codec, format!("the bytes are no {} in bincode: {why}", type_name::<T>()))
}
