//! Who is asking: the tenant and the user of the current task, and what else travels with it.
//!
//! A context belongs to a task, not to a thread: it is set for a future with [`Context::scope`] or for a
//! closure with [`Context::sync_scope`]. There is no guard to hold, since a guard that is held over an
//! `await` leaks its tenant into whatever runs next on the thread.
//!
//! ```
//! use cache_core::context::{Context, ContextExt};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! Context::new().tenant("t1").user("u5").scope(async {
//!     assert_eq!(Context::current().tenant_id(), Some("t1"));
//!     // A spawned task starts without a context, unless it is handed on.
//!     tokio::spawn(async { assert_eq!(Context::current().tenant_id(), Some("t1")) }.in_current_context()).await
//! }).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod frame;
#[cfg(feature = "tower")]
mod layer;
mod loads;
mod scope;

#[cfg(feature = "tower")]
pub use self::layer::{ContextLayer, ContextService};
pub use self::scope::{Context, ContextExt, InContext};

pub(crate) use self::frame::{
    Frame, Mode, current, look_at_current, with_current, with_frame, with_frame_sync,
};
pub(crate) use self::loads::Loads;
