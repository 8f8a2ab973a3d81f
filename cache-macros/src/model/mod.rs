//! From syntax to what is meant, checked: whatever these types can hold can be expanded.

pub(crate) mod background;
pub(crate) mod cache_ttl;
pub(crate) mod cache_type;
pub(crate) mod cached;
pub(crate) mod companion;
pub(crate) mod entry;
pub(crate) mod function;
pub(crate) mod generics;
pub(crate) mod invalidate;
pub(crate) mod keyed;
pub(crate) mod mention;
pub(crate) mod parameter;
pub(crate) mod result;
pub(crate) mod rewrite;
pub(crate) mod secret;
pub(crate) mod tag;
pub(crate) mod value;
pub(crate) mod who;
