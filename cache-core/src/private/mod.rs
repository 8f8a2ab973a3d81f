//! What generated code names. Nothing here is for people, and anything may change in any release.

mod asking;
mod call;
pub mod codec;
pub mod demand;
mod function;
mod guarded;
mod invalidated;
mod kind;
mod lookup;
mod part;
mod place;
mod plan;
mod returns;
mod run;
mod running;
pub mod shape;
mod tags;
mod taking;
mod with;

pub use crate::cache::{AsCache, Cache, Done, Wait};
pub use crate::error::Error;
pub use crate::key::address::Key;
pub use crate::policy::{Awareness, CacheType, Declared, Location, SingleFlight, Tiers, TypePolicy};
pub use crate::registry::{Entry, Named, named};
pub use crate::ttl::Ttl;
pub use inventory;

pub use self::call::Call;
pub use self::function::Function;
pub use self::invalidated::{
    Outcome, invalidated, invalidated_late, invalidated_late_sync, invalidated_late_unwaited,
    invalidated_sync, invalidated_unwaited,
};
pub use self::kind::{Encoded, InMemory, Kind};
pub use self::part::{Part, Rest, Unkeyed};
pub use self::place::{KeyPart, Percent, const_name};
pub use self::plan::{Plan, Who};
pub use self::returns::{Found, Returns, Shape, Success};
pub use self::run::{cached, cached_background, cached_background_sync, cached_sync};
pub use self::with::{With, judge, wanted};

/// The place of the attribute that is being expanded.
#[doc(hidden)]
#[macro_export]
macro_rules! __location {
    () => {
        $crate::__private::Location {
            file: ::core::file!(),
            line: ::core::line!(),
            column: ::core::column!(),
        }
    };
}
