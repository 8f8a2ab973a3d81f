//! From what is meant to tokens. Nothing is checked here; behaviour lives in the runtime.

pub(crate) mod cache_ttl;
pub(crate) mod cache_type;
pub(crate) mod cached;
pub(crate) mod call;
pub(crate) mod companion;
pub(crate) mod declared;
pub(crate) mod fallback;
pub(crate) mod invalidate;
pub(crate) mod kind;
pub(crate) mod own;
pub(crate) mod registered;
pub(crate) mod tag;
pub(crate) mod value;
pub(crate) mod wrap;
