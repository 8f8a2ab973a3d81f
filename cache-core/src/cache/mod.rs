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
mod obtain;
mod request;
mod settings;
mod spawn;
mod steps;
mod write;

pub use self::builder::Builder;
pub use self::handle::{AsCache, Cache, Health};
pub use self::settings::Settings;

pub(crate) use self::accept::{Accept, Refusal};
pub(crate) use self::global::current;
pub(crate) use self::landing::{Landed, Loading, Pack};
pub(crate) use self::obtain::{Obtained, obtain};
pub(crate) use self::request::Request;
pub(crate) use self::write::{Guard, Written};
