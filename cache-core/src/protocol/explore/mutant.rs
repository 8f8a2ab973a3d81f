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
    /// What is kept is served whatever changed since it was read.
    NoTicket,
    /// The ticket is taken when the reply arrives.
    TicketAfterRead,
    /// The bound of what nobody tells of changes to begins when the reply arrives.
    BoundFromReply,
    /// What nobody tells of changes to is kept for as long as its entry lives.
    UntoldForEver,
    /// An invalidation of the own process bumps nothing before its acknowledgement.
    NoFirstBump,
    /// An invalidation of the own process bumps nothing after its acknowledgement.
    NoSecondBump,
    /// An invalidation of the own process bumps first and raises the fence afterwards.
    BumpBeforeFence,
    /// An acknowledgement lowers the fence first and bumps afterwards.
    BumpAfterLowering,
    /// A connection that is lost or resynchronised ends no ticket.
    NoEpoch,
    /// What is kept is served although no heartbeat was answered for too long.
    NoHeartbeat,
    /// A heartbeat vouches for a bound from its answer on.
    ValidFromAnswer,
    /// What is read over a connection that is given up counts as tracked.
    TrackedThoughGone,
    /// What is read counts as tracked if the connection that is there by now is.
    TrackerOfAnother,
    /// A connection that is given up is counted as lost first and marked afterwards.
    LostBeforeMarked,
    /// Pushes are applied after replies that came later.
    PushesOvertaken,
    /// What is known of stamps is looked up when an entry is asked for, not after the reply.
    LookedUpBefore,
    /// What was read becomes known although a change to it was told since it was asked for.
    LearnedThoughChanged,
    /// What was known over a connection that is lost is known over the next one.
    KnownOverAnother,
    /// What is known of stamps stays known although everything may have changed.
    KnownThoughResynchronised,
    /// What was read becomes known although the server was not asked to tell of changes to it.
    LearnedUntracked,
    /// The history of an incarnation that is known is not compared with the connection's.
    KnownOfAnyHistory,
    /// What is loaded beside a younger process's entry is kept with the ticket of its end.
    ForeignWithoutTicket,
    /// What is loaded beside a younger process's entry is kept for as long as any other.
    ForeignForEver,
    /// A call that wants a load of its own time takes what a load left that it waited for.
    RefreshTakesOlder,
    /// A call that wants a load of its own time takes what it refused once another load is under way.
    RefreshTakesRefused,
    /// A call that wants a load of its own time joins one that has started.
    RefreshJoins,
    /// A stale entry is served although it was invalidated.
    StaleThoughInvalidated,
}
