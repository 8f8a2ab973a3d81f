//! From tokens to syntax: arguments with the spans of their names, functions with their bodies unparsed.

pub(crate) mod argument;
pub(crate) mod cached;
pub(crate) mod choice;
pub(crate) mod closure;
pub(crate) mod declared;
pub(crate) mod duration;
pub(crate) mod enumeration;
pub(crate) mod function;
pub(crate) mod invalidate;
pub(crate) mod keying;
pub(crate) mod number;
pub(crate) mod shared;
pub(crate) mod type_policy;
pub(crate) mod value;
pub(crate) mod vocabulary;
