//! From tokens to syntax: arguments with the spans of their names, functions with their bodies unparsed.

pub(crate) mod argument;
pub(crate) mod cached;
pub(crate) mod duration;
pub(crate) mod function;
pub(crate) mod invalidate;
pub(crate) mod shared;
pub(crate) mod value;
pub(crate) mod vocabulary;
