//! Changes as they ship; stores themselves are not looked at.

#[path = "../../../cache-core/src/store/changes.rs"]
pub(crate) mod changes;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Body(pub(crate) u64);
