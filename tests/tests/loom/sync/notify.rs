//! Tokio's `Notify`, to be polled by hand: a notification that nobody waits for yet is kept.

use std::future::poll_fn;
use std::task::Poll;

use loom::sync::Mutex;

#[derive(Debug)]
pub(crate) struct Notify(Mutex<bool>);

impl Notify {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(false))
    }

    pub(crate) fn notify_one(&self) {
        *self.0.lock().expect("no model goes on after a panic") = true;
    }

    pub(crate) async fn notified(&self) {
        poll_fn(|_| {
            let mut kept = self.0.lock().expect("no model goes on after a panic");
            if std::mem::take(&mut *kept) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
