//! Flights as they ship, over leases that only count.

#[path = "../../../cache-core/src/flight/lead.rs"]
pub(crate) mod lead;
#[path = "../../../cache-core/src/flight/registry.rs"]
pub(crate) mod registry;
#[path = "../../../cache-core/src/flight/waits.rs"]
pub(crate) mod waits;

pub(crate) mod lease {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::protocol::LeaseId;

    /// A lease that counts how often it was released.
    #[derive(Debug)]
    pub(crate) struct LeaseGuard {
        id: LeaseId,
        /// No primitive of loom: nobody decides anything by it.
        released: Arc<AtomicUsize>,
    }

    impl LeaseGuard {
        pub(crate) fn hold(id: LeaseId, released: &Arc<AtomicUsize>) -> Box<Self> {
            Box::new(Self { id, released: released.clone() })
        }

        pub(crate) fn id(&self) -> Option<LeaseId> {
            Some(self.id)
        }
    }

    impl Drop for LeaseGuard {
        fn drop(&mut self) {
            self.released.fetch_add(1, Ordering::Relaxed);
        }
    }
}
