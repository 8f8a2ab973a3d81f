//! The in-process tier: values as they are, in front of the store, served without a round trip.
//!
//! A value is kept under the arguments of its call as they are encoded, so that a hit costs neither a hash that is
//! made to be safe nor the text of a key. Whether it may be served is for the protocol to say at every hit.

mod kept;
mod key;
mod short;
mod tier;

pub(crate) use self::kept::{Kept, NoValue, Value};
pub(crate) use self::key::{Lookup, NearKey};
pub(crate) use self::tier::Near;
