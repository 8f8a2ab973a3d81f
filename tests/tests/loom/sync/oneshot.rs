//! Tokio's channel for one value, with a receiver that blocks its thread.

use std::sync::Arc;

use loom::sync::{Condvar, Mutex, MutexGuard};

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let state = State { value: None, has_sender: true, has_receiver: true };
    let channel = Arc::new(Channel { state: Mutex::new(state), changed: Condvar::new() });
    (Sender(channel.clone()), Receiver(channel))
}

#[derive(Debug)]
pub(crate) struct Sender<T>(Arc<Channel<T>>);

#[derive(Debug)]
pub(crate) struct Receiver<T>(Arc<Channel<T>>);

/// The sender was dropped.
#[derive(Debug)]
pub(crate) struct Closed;

#[derive(Debug)]
struct Channel<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    has_sender: bool,
    has_receiver: bool,
}

impl<T> Channel<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().expect("no model goes on after a panic")
    }
}

impl<T> Sender<T> {
    pub(crate) fn send(self, value: T) -> Result<(), T> {
        let mut state = self.0.state();
        if !state.has_receiver {
            return Err(value);
        }
        state.value = Some(value);
        Ok(())
    }

    pub(crate) fn is_closed(&self) -> bool {
        !self.0.state().has_receiver
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.state().has_sender = false;
        self.0.changed.notify_one();
    }
}

impl<T> Receiver<T> {
    pub(crate) fn wait(self) -> Result<T, Closed> {
        let mut state = self.0.state();
        loop {
            if let Some(value) = state.value.take() {
                return Ok(value);
            }
            if !state.has_sender {
                return Err(Closed);
            }
            state = self.0.changed.wait(state).expect("no model goes on after a panic");
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let unseen = {
            let mut state = self.0.state();
            state.has_receiver = false;
            state.value.take()
        };
        // Dropping it may do anything, so no lock is held.
        drop(unseen);
    }
}
