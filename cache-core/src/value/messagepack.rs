//! The MessagePack codec.

use std::marker::PhantomData;

use rmp_serde::{Deserializer, Serializer};
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};

use crate::error::Error;
use crate::value::bounded::{Bounded, budget, left_over, refused};
use crate::value::codec::Codec;
use crate::value::guard::wrap::Guard;

#[cfg(test)]
mod tests;

/// MessagePack, with the names of fields and variants.
///
/// It describes what it writes, so it serves types that say something else when they are read than when they were
/// written: `flatten`, `tag`, `untagged` and `skip_serializing_if` of serde, `serde_json::Value`. It is larger for it.
/// What it can't tell apart is `None` from a `Some` around something that is nothing itself: `Some(None)`, `Some(())`.
///
/// Reading allows 128 levels, as [`Codec`] counts them for all codecs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessagePack;

impl Codec for MessagePack {
    fn id(&self) -> u8 {
        3
    }

    fn name(&self) -> &'static str {
        "messagepack"
    }

    fn encode<T: Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Error> {
        let mut bytes = Bounded::default();
        match value.serialize(&mut Serializer::new(&mut bytes).with_struct_map()) {
            Ok(()) => Ok(bytes.written),
            Err(_) => Err(bytes.failed::<T>("messagepack")),
        }
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Error> {
        let budget = budget::<T>("messagepack", bytes)?;
        let mut deserializer = Deserializer::new(bytes);
        let seed = Guard::top(PhantomData::<T>, &budget);
        let value = seed.deserialize(&mut deserializer).map_err(|_| refused::<T>("messagepack", &budget))?;
        match deserializer.get_ref() {
            [] => Ok(value),
            left => Err(left_over::<T>("messagepack", left.len(), bytes)),
        }
    }
}
