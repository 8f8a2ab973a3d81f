//! What this program declares: its cached functions, the functions that invalidate, and its cache types.
//!
//! They are collected when the program is linked, so everything is known before the first call: functions that
//! were never called, those of the libraries it uses, and each generic function once. On a platform whose linker
//! can't do this nothing is known, and everything else works the same.
//!
//! ```
//! use cache_core::{cached, registry};
//!
//! #[cached(type = "menu", ttl = 3600, tenant_aware)]
//! async fn menu_items(restaurant: u64) -> Vec<String> {
//!     vec![format!("a dish of {restaurant}")]
//! }
//!
//! for function in registry::functions() {
//!     println!("{} reads {:?} at {}", function.path, function.type_name, function.location);
//! }
//! # assert!(registry::functions().iter().any(|it| it.name == "menu_items" && it.tenant_aware));
//! ```

mod announce;
mod cache_types;
mod entry;
mod functions;
mod nearest;
mod report;

pub use self::cache_types::{Type, types};
pub use self::functions::{Function, Role, functions};
pub use self::report::{Mismatch, Report, Who, reports};
pub use crate::policy::Location;

pub(crate) use self::announce::announce;
#[doc(hidden)]
pub use self::entry::{Entry, Named, named};
pub(crate) use self::entry::{cached_names, module_of};
pub(crate) use self::nearest::nearest;
pub(crate) use self::report::type_names;
