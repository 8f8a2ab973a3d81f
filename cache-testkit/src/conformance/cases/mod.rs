//! The cases. Each panics if the store doesn't behave as the sentence of its documentation says.

mod acquire;
mod common;
mod ensure;
mod put;
mod read;
mod remove;
mod renew;
mod store;

pub use self::acquire::*;
pub use self::common::*;
pub use self::ensure::*;
pub use self::put::*;
pub use self::read::*;
pub use self::remove::*;
pub use self::renew::*;
pub use self::store::*;
