#![doc = include_str!("lib.md")]
#![forbid(unsafe_code)]

// Ground.
mod background;
pub mod clock;
mod error;
pub mod observe;
pub mod rng;
mod sync;

// Words.
pub mod context;
mod key;
mod policy;
pub mod registry;
mod target;
mod ttl;
pub mod value;

// The protocol, and what carries it out.
mod cache;
mod flight;
mod near;
mod protocol;
pub mod store;

mod private;

/// The one module that generated code names.
#[doc(hidden)]
pub mod __private {
    pub use crate::__location as location;
    pub use crate::private::*;
}

pub use cache_macros::{CacheTtl, CacheType, cached, invalidate};

pub use self::cache::{
    AsCache, Builder, Cache, Health, Pending, PolicySettings, Settings, bypass, bypass_sync, refresh,
    refresh_sync,
};
pub use self::error::{Error, ErrorKind};
pub use self::key::address::Key;
pub use self::policy::{CacheType, SingleFlight, Tiers, TypePolicy};
pub use self::private::Unkeyed;
pub use self::target::{Target, TypeTarget};
pub use self::ttl::Ttl;
