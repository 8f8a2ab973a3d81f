//! Requests that arrive when nobody waits for them any more.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use cache_core::store::Store;

use crate::command::Command;

type Work = Box<dyn FnOnce(Arc<dyn Store>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// Requests on their way, and when they arrive. They are carried out before the first command after that: nobody
/// could have noticed earlier.
#[derive(Default)]
pub(super) struct Late(Mutex<Vec<(Instant, Work)>>);

impl Late {
    pub(super) fn send(&self, command: impl Command, arrives: Instant) {
        let work: Work = Box::new(|store| {
            // Nobody hears what it answers.
            Box::pin(async move { drop(command.send(&*store).await) })
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((arrives, work));
    }

    /// Carries out what has arrived, in the order of arrival.
    pub(super) async fn arrive(&self, store: &Arc<dyn Store>, now: Instant) {
        let mut due: Vec<_> = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.extract_if(.., |(arrives, _)| *arrives <= now).collect()
        };
        due.sort_by_key(|(arrives, _)| *arrives);
        for (_, work) in due {
            work(store.clone()).await;
        }
    }
}

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.lock().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_tuple("Late").field(&count).finish()
    }
}
