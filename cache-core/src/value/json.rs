//! The JSON codec.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::{Deserializer, Serializer};

use crate::error::Error;
use crate::value::bounded::{Bounded, budget, no_value, refused};
use crate::value::codec::Codec;
use crate::value::guard::wrap::Guard;

#[cfg(test)]
mod tests;

/// JSON, for whoever wants to read entries. It is the largest and the slowest.
///
/// It describes what it writes, and so serves the types that [`MessagePack`](crate::value) serves too. What it can't
/// tell apart: `None` from a `Some` around something that is nothing itself, such as `Some(None)`, and from an infinite
/// number or one that is none, `Some(f64::NAN)`. Maps have keys that are texts, numbers or unit variants.
///
/// Reading allows 128 levels, as [`Codec`] counts them for all codecs, and of them 127 lists and objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json;

impl Codec for Json {
    fn id(&self) -> u8 {
        4
    }

    fn name(&self) -> &'static str {
        "json"
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
        let mut bytes = Bounded::default();
        match value.serialize(&mut Serializer::new(&mut bytes)) {
            Ok(()) => Ok(bytes.written),
            Err(_) => Err(bytes.failed::<T>("json")),
        }
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
        let budget = budget::<T>("json", bytes)?;
        let mut deserializer = Deserializer::from_slice(bytes);
        let seed = Guard::top(PhantomData::<T>, &budget);
        let value = seed.deserialize(&mut deserializer).map_err(|_| refused::<T>("json", &budget))?;
        let end = deserializer.end().map_err(|_| no_value::<T>("json", "something follows it"));
        end.map(|()| value)
    }
}
