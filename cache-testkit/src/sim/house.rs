//! The server with its connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::sim::machine::Machine;

/// What connections and tests share.
#[derive(Debug)]
pub(crate) struct House {
    inside: Mutex<Inside>,
    /// Whether it was stopped where it is.
    stopped: watch::Sender<bool>,
}

#[derive(Debug)]
struct Inside {
    machine: Machine,
    /// Rung when there is something to be written to a client.
    bells: BTreeMap<u64, Arc<Notify>>,
}

impl House {
    pub(crate) fn new(machine: Machine) -> Self {
        let inside = Mutex::new(Inside { machine, bells: BTreeMap::new() });
        Self { inside, stopped: watch::Sender::new(false) }
    }

    /// Does something with the server, and has written what it says.
    pub(crate) fn act<R>(&self, act: impl FnOnce(&mut Machine) -> R) -> R {
        self.inside().act(act)
    }

    pub(crate) fn connect(&self) -> (u64, Arc<Notify>) {
        let mut inside = self.inside();
        let (client, bell) = (inside.machine.connect(), Arc::<Notify>::default());
        inside.bells.insert(client, bell.clone());
        (client, bell)
    }

    pub(crate) fn disconnect(&self, client: u64) {
        let mut inside = self.inside();
        inside.machine.disconnect(client);
        inside.bells.remove(&client);
    }

    pub(crate) fn stop(&self) {
        // Whatever is under way ends before; nothing begins after.
        let _inside = self.inside();
        self.stopped.send_replace(true);
    }

    pub(crate) fn go_on(&self) {
        self.stopped.send_replace(false);
        self.expire();
    }

    /// Removes what has expired, as a server does by itself.
    pub(crate) fn expire(&self) {
        let mut inside = self.inside();
        if !*self.stopped.borrow() {
            inside.act(Machine::expire);
        }
    }

    /// Does something for a client once the server runs.
    pub(crate) async fn when_it_runs<R>(&self, act: impl FnOnce(&mut Machine) -> R) -> R {
        let mut changes = self.stopped.subscribe();
        loop {
            {
                let mut inside = self.inside();
                if !*changes.borrow_and_update() {
                    return inside.act(act);
                }
            }
            // The sender lives as long as this.
            let _ = changes.changed().await;
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn act<R>(&mut self, act: impl FnOnce(&mut Machine) -> R) -> R {
        let done = act(&mut self.machine);
        for client in self.machine.has_output() {
            if let Some(bell) = self.bells.get(&client) {
                bell.notify_one();
            }
        }
        done
    }
}
