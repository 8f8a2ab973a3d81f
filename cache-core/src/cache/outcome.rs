//! What a function that invalidates says of its end.

/// What the end of a function calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing: it changed nothing.
    Nothing,
    /// To invalidate: what it wrote is written.
    Certain,
    /// To invalidate now and once more later: it failed, and what it wrote may still be applied.
    Uncertain,
}

impl Done {
    /// Whatever came of it, it is followed by an invalidation.
    #[must_use]
    pub fn always(succeeded: bool) -> Self {
        if succeeded { Self::Certain } else { Self::Uncertain }
    }

    /// What it returned decides whether it is followed by an invalidation.
    pub fn when<R: ?Sized>(
        returned: &R,
        invalidates: impl FnOnce(&R) -> bool,
        succeeded: impl FnOnce(&R) -> bool,
    ) -> Self {
        if invalidates(returned) { Self::always(succeeded(returned)) } else { Self::Nothing }
    }
}

/// What a function waits for after it has invalidated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// That the store acknowledged it, within the deadline.
    #[default]
    Ack,
    /// That no process serves anything older: the acknowledgement, and then the staleness bound.
    Global,
    /// Nothing.
    No,
}
