//! Every shape of function that `#[cached]` and `#[invalidate]` go on: it compiles without a warning, behaves as
//! before, and its second call is a hit.

mod arguments;
mod background;
mod futures;
mod generics;
mod invalidations;
mod loads;
mod methods;
mod names;
mod owners;
mod parameters;
mod tags;
mod traits;
mod types;
mod unkeyed;
mod values;
