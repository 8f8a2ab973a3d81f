//! A lease that is held while its load runs: renewed in the background, released when the load gives up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use crate::background;
use crate::clock::Clock;
use crate::key::names::Names;
use crate::protocol::LeaseId;
use crate::store::{Lease, Store};

/// A lease is renewed for at most this many times its length: a load that takes longer is taken over.
const MAX_LENGTHS: u32 = 10;

/// Holds a lease until it is dropped.
pub(crate) struct LeaseGuard {
    store: Arc<dyn Store>,
    names: Names,
    lease: Option<Lease>,
    renewal: Option<AbortHandle>,
}

impl LeaseGuard {
    /// Holds a lease that was granted for `length`. The store is the one that the background thread uses.
    pub(crate) fn hold(
        store: Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        names: Names,
        lease: Lease,
        length: Duration,
    ) -> Self {
        // In this process nobody can vanish without telling, so there is nothing to renew.
        let renewal = (!store.capability().at_once)
            .then(|| background::handle().ok())
            .flatten()
            .map(|handle| {
                handle.spawn(renew(store.clone(), clock.clone(), names.clone(), lease.clone(), length))
            })
            .map(|task| task.abort_handle());
        Self { store, names, lease: Some(lease), renewal }
    }

    /// The lease; none once it was spent.
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    pub(crate) fn id(&self) -> Option<LeaseId> {
        self.lease.as_ref().map(|lease| lease.id)
    }

    /// Gives the lease to a store, which ends it.
    pub(crate) fn spend(mut self) -> Option<Lease> {
        self.lease.take()
    }
}

async fn renew(store: Arc<dyn Store>, clock: Arc<dyn Clock>, names: Names, lease: Lease, length: Duration) {
    let started = clock.now();
    loop {
        clock.sleep(length / 3).await;
        if clock.now().saturating_duration_since(started) >= length * MAX_LENGTHS {
            return;
        }
        // A renewal that failed is tried again at the next third; one that was refused never will succeed.
        if let Ok(false) = store.renew(&names, lease.clone(), Some(length)).await {
            return;
        }
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        if let Some(renewal) = self.renewal.take() {
            renewal.abort();
        }
        let Some(lease) = self.lease.take() else { return };
        let (store, names) = (self.store.clone(), self.names.clone());
        let release = async move {
            // If it can't be told, the lease ends by itself.
            let _ = store.renew(&names, lease, None).await;
        };
        if self.store.capability().at_once {
            now(release);
        } else if let Ok(handle) = background::handle() {
            handle.spawn(release);
        }
    }
}

/// Carries out a command of a local store, which is ready at once.
pub(crate) fn now<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut cx) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

impl fmt::Debug for LeaseGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaseGuard").field("lease", &self.lease).finish_non_exhaustive()
    }
}
