//! From syntax to what is meant, checked: whatever these types can hold can be expanded.

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
pub(crate) mod tag;
pub(crate) mod who;
