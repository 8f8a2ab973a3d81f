//! The postcard codec.

use postcard::ser_flavors::Flavor;
use postcard::{Deserializer, serialize_with_flavor};
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};

use std::marker::PhantomData;

use crate::error::Error;
use crate::value::bounded::{Bounded, Full, budget, left_over, refused};
use crate::value::codec::Codec;
use crate::value::guard::wrap::Guard;

#[cfg(test)]
mod tests;

/// postcard, version 1 of its format: integers of variable length, and neither names nor types.
///
/// A type has to say the same when it is written and when it is read. What doesn't: `flatten`, `tag`, `untagged` and
/// `skip_serializing_if` of serde, and types that ask for whatever comes, such as `serde_json::Value`. It can't write
/// sequences whose length is not known ahead.
///
/// Reading allows 128 levels, as [`Codec`] counts them for all codecs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Postcard;

impl Codec for Postcard {
    fn id(&self) -> u8 {
        2
    }

    fn name(&self) -> &'static str {
        "postcard"
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
        let mut bytes = Bounded::default();
        match serialize_with_flavor(value, Sink(&mut bytes)) {
            Ok(()) => Ok(bytes.written),
            Err(_) => Err(bytes.failed::<T>("postcard")),
        }
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
        let budget = budget::<T>("postcard", bytes)?;
        let mut deserializer = Deserializer::from_bytes(bytes);
        let seed = Guard::top(PhantomData::<T>, &budget);
        let value = seed.deserialize(&mut deserializer).map_err(|_| refused::<T>("postcard", &budget))?;
        match deserializer.finalize() {
            Ok([]) => Ok(value),
            Ok(left) => Err(left_over::<T>("postcard", left.len(), bytes)),
            Err(_) => Err(refused::<T>("postcard", &budget)),
        }
    }
}

/// Where postcard writes.
struct Sink<'a>(&'a mut Bounded);

impl Flavor for Sink<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.push(bytes).map_err(|Full| postcard::Error::SerializeBufferFull)
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
