//! What a mutant leaves out. Each is one ingredient less, and each must be caught.

/// An ingredient of the protocol that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    /// STORE writes the stamps that are current at the store, not those of the grant.
    StampsAtStore,
    /// STORE doesn't look whether the lease still stands.
    StoreWithoutLease,
    /// A load that has started is joined without having seen its lease.
    JoinUnseen,
    /// A lease counts although a group was invalidated since it was granted.
    JoinAnyGeneration,
    /// An entry counts although a group was invalidated since it was loaded.
    AnyGeneration,
    /// No call looks at the fence.
    NoFence,
    /// An acknowledgement lowers the fence of a target whatever the number of its newest invalidation.
    FenceWithoutNumbers,
    /// The incarnation stays the same in another history.
    NoRotation,
    /// A read doesn't compare the incarnation's history with the connection's.
    AnyHistory,
    /// A connection that is resynchronised goes on believing in its history.
    NeverTold,
    /// A lease that somebody holds counts although the connection is in doubt about the history it asked in.
    BusyInDoubt,
    /// A stamp's nonce is drawn by the request, not by its execution.
    NonceOfRequest,
    /// A lease's name is drawn by the request, not by its execution.
    LeaseOfRequest,
    /// Removing an entry leaves its lease.
    LeaseSurvivesRemoval,
    /// PUT leaves the lease.
    LeaseSurvivesPut,
    /// ACQUIRE grants while a writer's mark is open.
    MarksIgnored,
    /// A mark ends while its writer still writes.
    ShortMark,
    /// A lead that is dropped goes to nobody.
    LeadIsLost,
    /// A writer that is given up doesn't invalidate.
    DropForgets,
    /// What the journal has no room for is left out.
    JournalTruncated,
    /// What was given up while it wrote is not invalidated once more.
    NoRepeat,
}
