//! What a cache key is made of: the arguments in canonical form, text that is safe in a key, and the
//! identity of a function.
//!
//! Two forms of an argument list exist. The canonical bytes ([`encode::Arguments`]) decide what is equal;
//! they are injective, the same on every platform and never shown. The readable form (`render`) is made from
//! those bytes when a key has to be written out, and it is injective too, so a key in the store is as good as
//! the bytes.

pub(crate) mod address;
mod base64;
pub(crate) mod encode;
pub(crate) mod groups;
pub(crate) mod identity;
pub(crate) mod names;
pub(crate) mod namespace;
pub(crate) mod owners;
pub(crate) mod render;
pub(crate) mod text;
