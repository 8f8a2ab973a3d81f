//! What is wrong with an attribute, collected so that all of it is reported at once.

pub(crate) mod collector;
pub(crate) mod nearest;
