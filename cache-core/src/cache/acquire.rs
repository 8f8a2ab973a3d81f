//! Asking for a lease, so that nothing is left behind if the caller is dropped meanwhile.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::cache::request::Request;
use crate::cache::spawn::spawn;
use crate::error::{Error, ErrorKind};
use crate::flight::LeaseGuard;
use crate::key::names::Names;
use crate::protocol::LeaseId;
use crate::rng;
use crate::store::{AcquireReply, AcquireRequest, Lease, Store};
use crate::value::envelope::EntryId;

/// The answer to a request for a lease; a lease that was granted is held by a guard already.
#[derive(Debug)]
pub(crate) enum Acquired {
    Valid,
    Granted(Box<LeaseGuard>),
    Busy { lease: LeaseId, remaining: Duration },
    Marked,
    Disowned,
}

/// Asks for the lease of an entry.
///
/// A request that was sent is answered although nobody waits any more, so it runs in a task of its own: if
/// the caller is gone, the guard of the lease is dropped there and releases it.
pub(crate) async fn acquire(request: &Request, refused: Option<EntryId>) -> Result<Acquired, Error> {
    let acquire = AcquireRequest {
        token: rng::bytes(&*request.cache.random),
        lease: request.lease,
        stamp_ttl: request.stamp_ttl(),
        refused,
    };
    if request.is_answered_at_once() {
        let reply = request.store().acquire(&request.names, acquire).await;
        if reply.as_ref().is_err_and(|error| error.kind() == ErrorKind::Timeout) {
            give_back(&**request.store(), &request.names, acquire, hold(request)).await;
        }
        return reply.map(|reply| answer(reply, hold(request)));
    }
    let (sender, receiver) = oneshot::channel();
    let (store, names, hold) = (request.store().clone(), request.names.clone(), hold(request));
    spawn(request.blocking, async move {
        match store.acquire(&names, acquire).await {
            Err(late) if late.kind() == ErrorKind::Timeout => {
                drop(sender.send(Err(late)));
                give_back(&*store, &names, acquire, hold).await;
            }
            // If nobody waits any more, what comes back holds the guard, and dropping it releases the lease.
            reply => drop(sender.send(reply.map(|reply| answer(reply, hold)))),
        }
    });
    receiver
        .await
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Unavailable, "the runtime of the caller ended")))
}

/// How often a lease that may have been granted too late is asked for again, to be given back.
const GIVE_BACK: usize = 4;

/// Gives back a lease that may have been granted although nobody learned of it. Asked with the same token the
/// store answers with the same lease. If it can't be told, the lease ends by itself.
async fn give_back(
    store: &dyn Store,
    names: &Names,
    acquire: AcquireRequest,
    hold: impl FnOnce(Lease) -> LeaseGuard,
) {
    for _ in 0..GIVE_BACK {
        match store.acquire(names, acquire).await {
            Ok(reply) => return drop(answer(reply, hold)),
            Err(error) if error.kind() == ErrorKind::Timeout => {}
            Err(_) => return,
        }
    }
}

fn hold(request: &Request) -> impl FnOnce(Lease) -> LeaseGuard + Send + use<> {
    let (store, clock) = (request.control().clone(), request.cache.clock.clone());
    let (names, length) = (request.names.clone(), request.lease);
    move |lease| LeaseGuard::hold(store, &clock, names, lease, length)
}

fn answer(reply: AcquireReply, hold: impl FnOnce(Lease) -> LeaseGuard) -> Acquired {
    match reply {
        AcquireReply::Valid => Acquired::Valid,
        AcquireReply::Granted(lease) => Acquired::Granted(Box::new(hold(lease))),
        AcquireReply::Busy { lease, remaining } => Acquired::Busy { lease, remaining },
        AcquireReply::Marked => Acquired::Marked,
        AcquireReply::Disowned => Acquired::Disowned,
    }
}
