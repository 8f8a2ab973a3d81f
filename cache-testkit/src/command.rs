//! What a store is asked, as values: they can be written down, kept back, and sent to another store.

use std::fmt;
use std::time::Duration;

use cache_core::store::{
    AcquireReply, AcquireRequest, Answer, Generation, History, Incarnation, Lease, Names, PutReply,
    PutRequest, Snapshot, Store, StoreReply, StoreRequest, Token, Tracker,
};

/// What a store is asked to do: one for each command of [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the command of this name")]
pub enum Operation {
    Read,
    Acquire,
    Store,
    Put,
    Renew,
    Remove,
    Ensure,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Acquire => "acquire",
            Self::Store => "store",
            Self::Put => "put",
            Self::Renew => "renew",
            Self::Remove => "remove",
            Self::Ensure => "ensure",
        })
    }
}

/// A command with everything that belongs to it.
pub(crate) trait Command: Clone + Send + Sync + 'static {
    type Reply: Send;
    const OPERATION: Operation;

    /// Sends it.
    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, Self::Reply>;
    /// The entry it is about.
    fn about(&self) -> Option<&Names>;
    /// What is asked and of what, as a person reads it.
    fn asks(&self) -> String {
        let entry = self.about().map_or_else(String::new, |names| format!(" {}", readable(names.entry())));
        format!("{}{entry}", Self::OPERATION)
    }
    /// The command that breaks off after a part of it, if it has parts.
    fn part(&self, number: u64) -> Option<Self> {
        let _ = number;
        None
    }
    /// The command, if it writes something that expires, with a time to live that is only a part of what was asked.
    fn shortened(&self, part: f64) -> Option<Self> {
        let _ = part;
        None
    }
    /// The answer as one of a server's, which tells of changes as long as it is reachable.
    fn tracked(reply: Self::Reply) -> Self::Reply {
        reply
    }
    /// What is answered where the incarnation is not of the current history, if that is a matter of the command.
    fn disowned() -> Option<Self::Reply> {
        None
    }
    /// The answer of a server with this history, whose incarnation was written in that one.
    fn of_history(reply: Self::Reply, current: History, written_in: Option<History>) -> Self::Reply {
        let _ = (current, written_in);
        reply
    }
    /// Itself, if it gives back a lease.
    fn gives_back(&self) -> Option<Renew> {
        None
    }
    /// What was answered, as a person reads it.
    fn told(&self, reply: &Self::Reply) -> &'static str;
}

/// A part of a time, of which something is left.
fn shorter(time: Duration, part: f64) -> Duration {
    time.mul_f64(part).max(Duration::from_millis(1))
}

/// A name as a person reads it: without namespace, environment, kind and the function's identity.
pub(crate) fn readable(name: &str) -> String {
    let within = name.splitn(3, ':').nth(2).unwrap_or(name);
    let without_kind = |kind| within.strip_prefix(kind).and_then(|rest: &str| rest.strip_prefix(':'));
    let entry = without_kind("e1");
    let shown = entry.or_else(|| without_kind("l1")).map_or_else(|| within.to_owned(), without_identity);
    match name {
        _ if entry.is_some() => shown,
        _ if without_kind("l1").is_some() => format!("lease of {shown}"),
        _ => without_kind("s1").map_or(shown, |group| format!("stamp of {group}")),
    }
}

/// `…:menus~xY3kP0aQ2Lw:id=7` without what depends on the build.
fn without_identity(address: &str) -> String {
    let Some((before, after)) = address.split_once('~') else { return address.to_owned() };
    let arguments = after.split_once(':').map_or("", |(_, arguments)| arguments);
    format!("{before}:{arguments}")
}

#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) names: Names,
    pub(crate) what: ::cache_core::store::Read,
}

impl Command for Read {
    type Reply = Snapshot;
    const OPERATION: Operation = Operation::Read;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, Snapshot> {
        store.read(&self.names, self.what)
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn of_history(seen: Snapshot, current: History, written_in: Option<History>) -> Snapshot {
        let incarnation = seen.incarnation.zip(written_in);
        let incarnation = incarnation.map(|(seen, history)| Incarnation { history, ..seen });
        Snapshot { history: Some(current), incarnation, ..seen }
    }

    fn tracked(seen: Snapshot) -> Snapshot {
        Snapshot { tracker: seen.tracker.map(|_| Tracker::Calls), ..seen }
    }

    fn told(&self, seen: &Snapshot) -> &'static str {
        match (&seen.entry, &seen.lease) {
            (Some(_), _) if is_valid(seen) => "a valid entry",
            (Some(_), _) => "an entry that is not valid",
            (None, Some(_)) => "a lease",
            (None, None) => "nothing",
        }
    }
}

/// Whether the entry carries the stamps that are current.
pub(crate) fn is_valid(seen: &Snapshot) -> bool {
    let stamps: Option<Vec<_>> = seen.stamps.iter().copied().collect();
    let (Some(entry), Some(incarnation), Some(stamps)) = (&seen.entry, seen.incarnation, stamps) else {
        return false;
    };
    entry.generation == Generation::of(std::iter::once(incarnation.nonce).chain(stamps))
}

#[derive(Clone, Debug)]
pub(crate) struct Acquire {
    pub(crate) names: Names,
    pub(crate) request: AcquireRequest,
}

impl Command for Acquire {
    type Reply = AcquireReply;
    const OPERATION: Operation = Operation::Acquire;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, AcquireReply> {
        store.acquire(&self.names, self.request)
    }

    fn shortened(&self, part: f64) -> Option<Self> {
        let [lease, stamp_ttl] = [self.request.lease, self.request.stamp_ttl].map(|ttl| shorter(ttl, part));
        Some(Self { request: AcquireRequest { lease, stamp_ttl, ..self.request }, ..self.clone() })
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn disowned() -> Option<AcquireReply> {
        Some(AcquireReply::Disowned)
    }

    fn told(&self, reply: &AcquireReply) -> &'static str {
        match reply {
            AcquireReply::Valid => "a valid entry is there",
            AcquireReply::Granted(_) => "granted",
            AcquireReply::Busy { .. } => "busy",
            AcquireReply::Marked => "marked",
            AcquireReply::Disowned => "disowned",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct StoreValue {
    pub(crate) names: Names,
    pub(crate) request: StoreRequest,
}

impl Command for StoreValue {
    type Reply = StoreReply;
    const OPERATION: Operation = Operation::Store;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, StoreReply> {
        store.store(&self.names, self.request.clone())
    }

    fn shortened(&self, part: f64) -> Option<Self> {
        let ttl = shorter(self.request.ttl, part);
        Some(Self { request: StoreRequest { ttl, ..self.request.clone() }, ..self.clone() })
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn told(&self, reply: &StoreReply) -> &'static str {
        match reply {
            StoreReply::Stored => "stored",
            StoreReply::LeaseLost => "lease lost",
            StoreReply::Invalidated => "invalidated",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Put {
    pub(crate) names: Names,
    pub(crate) request: PutRequest,
}

impl Command for Put {
    type Reply = PutReply;
    const OPERATION: Operation = Operation::Put;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, PutReply> {
        store.put(&self.names, self.request.clone())
    }

    fn shortened(&self, part: f64) -> Option<Self> {
        let [ttl, stamp_ttl] = [self.request.ttl, self.request.stamp_ttl].map(|ttl| shorter(ttl, part));
        Some(Self { request: PutRequest { ttl, stamp_ttl, ..self.request.clone() }, ..self.clone() })
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn disowned() -> Option<PutReply> {
        Some(PutReply::Disowned)
    }

    fn told(&self, reply: &PutReply) -> &'static str {
        match reply {
            PutReply::Stored(_) => "stored",
            PutReply::Marked => "marked",
            PutReply::Disowned => "disowned",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Renew {
    pub(crate) names: Names,
    pub(crate) lease: Lease,
    pub(crate) keep: Option<Duration>,
}

impl Command for Renew {
    type Reply = bool;
    const OPERATION: Operation = Operation::Renew;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, bool> {
        store.renew(&self.names, self.lease.clone(), self.keep)
    }

    fn shortened(&self, part: f64) -> Option<Self> {
        self.keep.map(|keep| Self { keep: Some(shorter(keep, part)), ..self.clone() })
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn gives_back(&self) -> Option<Renew> {
        self.keep.is_none().then(|| self.clone())
    }

    fn told(&self, held: &bool) -> &'static str {
        match (held, self.keep) {
            (true, Some(_)) => "renewed",
            (true, None) => "released",
            (false, _) => "not held",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Remove {
    pub(crate) names: Vec<String>,
}

impl Command for Remove {
    type Reply = ();
    const OPERATION: Operation = Operation::Remove;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, ()> {
        Box::pin(async move {
            let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
            store.remove(&names).await
        })
    }

    fn part(&self, number: u64) -> Option<Self> {
        let count = u64::try_from(self.names.len()).ok().filter(|count| *count > 1)?;
        let carried_out = usize::try_from(number % count).ok()?;
        Some(Self { names: self.names[..carried_out].to_vec() })
    }

    fn about(&self) -> Option<&Names> {
        None
    }

    fn asks(&self) -> String {
        let names: Vec<_> = self.names.iter().map(|name| readable(name)).collect();
        format!("remove {}", names.join(", "))
    }

    fn told(&self, (): &()) -> &'static str {
        "done"
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Ensure {
    pub(crate) names: Names,
    pub(crate) token: Token,
}

impl Command for Ensure {
    type Reply = ();
    const OPERATION: Operation = Operation::Ensure;

    fn send<'a>(&'a self, store: &'a dyn Store) -> Answer<'a, ()> {
        store.ensure(&self.names, self.token)
    }

    fn about(&self) -> Option<&Names> {
        Some(&self.names)
    }

    fn asks(&self) -> String {
        "ensure".to_owned()
    }

    fn told(&self, (): &()) -> &'static str {
        "done"
    }
}

/// Makes a type a store whose method `carry` is given every command, `watched_by` whoever is to be told of changes,
/// and which says by `capability_of_answers` whether its answers are ready at once.
macro_rules! carries_commands {
    ($type:ty) => {
        impl ::cache_core::store::Store for $type {
            fn capability(&self) -> ::cache_core::store::Capability {
                self.capability_of_answers()
            }

            fn watch(&self, changes: &::std::sync::Arc<::cache_core::store::Changes>) {
                self.watched_by(changes);
            }

            fn read<'a>(&'a self, names: &'a Names, what: ::cache_core::store::Read) -> Answer<'a, Snapshot> {
                Box::pin(self.carry(Read { names: names.clone(), what }))
            }

            fn acquire<'a>(&'a self, names: &'a Names, request: AcquireRequest) -> Answer<'a, AcquireReply> {
                Box::pin(self.carry(Acquire { names: names.clone(), request }))
            }

            fn store<'a>(&'a self, names: &'a Names, request: StoreRequest) -> Answer<'a, StoreReply> {
                Box::pin(self.carry(StoreValue { names: names.clone(), request }))
            }

            fn put<'a>(&'a self, names: &'a Names, request: PutRequest) -> Answer<'a, PutReply> {
                Box::pin(self.carry(Put { names: names.clone(), request }))
            }

            fn renew<'a>(
                &'a self,
                names: &'a Names,
                lease: Lease,
                keep: Option<Duration>,
            ) -> Answer<'a, bool> {
                Box::pin(self.carry(Renew { names: names.clone(), lease, keep }))
            }

            fn remove<'a>(&'a self, names: &'a [&'a str]) -> Answer<'a, ()> {
                let names = names.iter().map(|name| (*name).to_owned()).collect();
                Box::pin(self.carry(Remove { names }))
            }

            fn ensure<'a>(&'a self, names: &'a Names, token: Token) -> Answer<'a, ()> {
                Box::pin(self.carry(Ensure { names: names.clone(), token }))
            }
        }
    };
}
pub(crate) use carries_commands;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(readable(name), expected);
    }

    #[test]
    fn names_are_shown_without_what_all_of_them_have() {
        check("aura:test:e1:t1:menu:-:menus~xY3kP0aQ2Lw:id=42,page=1", "t1:menu:-:menus:id=42,page=1");
        check("aura:test:l1:-:menu:-:menus~xY3kP0aQ2Lw:", "lease of -:menu:-:menus:");
        check("aura:test:s1:-:menu:-", "stamp of -:menu:-");
        check("aura:test:s1:#:item:7", "stamp of #:item:7");
        check("aura:test:i1", "i1");
        check("anything", "anything");
    }
}
