//! The contract of a store.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::key::names::Names;
use crate::protocol::Token;
use crate::store::changes::Changes;
use crate::store::words::{
    AcquireReply, AcquireRequest, Capability, Lease, PutReply, PutRequest, Read, Snapshot, StoreReply,
    StoreRequest,
};

/// The answer of a store: a boxed future, so that stores can be chosen at run time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A place for entries, and for the leases and stamps that keep them honest.
///
/// A store executes each of these commands as one indivisible step. It decides nothing: whether an entry may
/// be served follows from what [`Store::read`] saw, and the protocol draws the conclusion.
///
/// # Behavior
///
/// - Names are compared as text; a store adds nothing to them.
/// - Of many who ask for a lease at the same time one is granted it.
/// - A future that is dropped may or may not have had its effect, and harms no other command.
/// - A value is stored whole, whatever its bytes are and however many.
///
/// # Trouble
///
/// - Losing any entry, lease, stamp or incarnation at any time (eviction, expiry) is allowed and only costs
///   misses, as long as a stamp that is written anew never has a value that it had before.
/// - Every command either answers within the store's deadline or fails with
///   [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) or
///   [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable); what it did is then unknown.
/// - A store that finds, after a reply, that it came from another history than the request named fails with
///   [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable), except where a lease was granted.
///
/// The conformance suite of the testkit has one case for each sentence under "Behavior".
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// What it can do beyond the contract.
    fn capability(&self) -> Capability;

    /// Tells the store, once, before anything else is asked of it, where to report changes. A store that reports
    /// none does nothing here: then values that were read from it are kept in the process for a staleness bound at
    /// most.
    ///
    /// A store that sets [`Snapshot::tracker`] MUST report every later change of the names that were read, by
    /// whomever, before it hands out an answer that was made after the change; and MUST call [`Changes::lost`]
    /// before it reports anything else when it may have missed one.
    ///
    /// # Behavior
    ///
    /// - A store that says who tracks what was read has told of a change before a later read is answered.
    fn watch(&self, changes: &Arc<Changes>) {
        let _ = changes;
    }

    /// Reads an entry with everything that decides over its validity, and its lease where it is asked for.
    ///
    /// # Behavior
    ///
    /// - What was never stored is absent, and so is a lease or a stamp that was never written.
    /// - An entry is absent once its time to live has passed.
    /// - A lease is reported only where it is asked for.
    /// - Bytes that are no entry, stamp, lease or incarnation are reported as absent.
    fn read<'a>(&'a self, names: &'a Names, read: Read) -> Answer<'a, Snapshot>;

    /// Asks for the lease of an entry.
    ///
    /// # Behavior
    ///
    /// - Without an incarnation of the current history it answers [`AcquireReply::Disowned`].
    /// - A missing stamp is written with a value that it never had before.
    /// - While a valid entry is there it answers [`AcquireReply::Valid`].
    /// - A valid entry that the caller refused by its id does not keep it from the lease.
    /// - The first to ask is granted the lease; others are told who has it and for how long.
    /// - The same request sent twice is granted the same lease.
    /// - A lease of an older generation is taken over.
    /// - A lease ends with its time to live.
    fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply>;

    /// Stores a value under a lease and ends the lease.
    ///
    /// # Behavior
    ///
    /// - Under a live lease the entry is stored and carries the lease's generation.
    /// - Without the lease it is refused: [`StoreReply::LeaseLost`].
    /// - After the entry was removed it is refused: [`StoreReply::LeaseLost`].
    /// - After a stamp or the incarnation was removed it is refused: [`StoreReply::Invalidated`].
    /// - The lease is gone afterwards.
    fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply>;

    /// Stores a value by hand.
    ///
    /// # Behavior
    ///
    /// - The entry is stored with the current generation; missing stamps are written.
    /// - A lease is gone afterwards, so that a load that began before can't overwrite the value.
    /// - The last put wins.
    /// - Without an incarnation of the current history it answers [`PutReply::Disowned`], and nothing is
    ///   stored.
    fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply>;

    /// Renews a lease for `keep`, or releases it where that is `None`. Answers whether it was still held.
    ///
    /// # Behavior
    ///
    /// - A renewed lease lives for `keep` from now.
    /// - A released lease is gone.
    /// - A lease of another id is left alone, and the answer is `false`.
    fn renew<'a>(&'a self, names: &'a Names, lease: Lease, keep: Option<Duration>) -> Answer<'a, bool>;

    /// Removes entries, leases, stamps or incarnations by their names.
    ///
    /// # Behavior
    ///
    /// - Once it has answered, every one of the names is absent.
    /// - Removing what is absent succeeds.
    /// - It succeeds when the store is out of memory.
    fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()>;

    /// Makes the incarnation belong to the history that the store serves now.
    ///
    /// # Behavior
    ///
    /// - A missing incarnation is written with a value that it never had before.
    /// - An incarnation of the current history is left alone.
    fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_be_chosen_at_run_time() {
        fn object_safe(_: Option<&dyn Store>) {}
        object_safe(None);
    }
}
