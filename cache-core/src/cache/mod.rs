//! The cache: assembly of the parts, the read path, the write path, and the handle that users hold.

mod accept;
mod acquire;
mod builder;
mod follow;
mod global;
mod handle;
mod inner;
mod journal;
mod landing;
mod modes;
mod obtain;
mod outcome;
mod pending;
mod reading;
mod repeat;
mod request;
mod seeds;
mod settings;
mod spawn;
mod steps;
mod write;

pub use self::builder::Builder;
pub use self::handle::{AsCache, Cache, Health};
pub use self::modes::{bypass, bypass_sync, refresh, refresh_sync};
pub use self::outcome::{Done, Wait};
pub use self::pending::Pending;
pub use self::settings::{Settings, TypeSettings};

pub(crate) use self::accept::{Accept, Keep, Refusal};
pub(crate) use self::global::{current, look, say_outside};
pub(crate) use self::inner::Inner;
pub(crate) use self::landing::{Landed, Loading, Pack};
pub(crate) use self::obtain::{Obtained, obtain};
pub(crate) use self::request::{Request, StaleFor};
pub(crate) use self::spawn::spawn;
pub(crate) use self::write::Guard;
