//! The steps of a call: each carries out one action of the protocol and says what came of it.

use std::time::Duration;

use crate::cache::accept::Refusal;
use crate::cache::acquire::{Acquired, acquire};
use crate::cache::follow::{Followed, NESTED_WAIT, take};
use crate::cache::obtain::{Obtaining, Step};
use crate::error::{Error, Note};
use crate::flight::{Joined, Lead};
use crate::observe::Counter;
use crate::protocol::{Input, LeaseId, Seen};
use crate::rng;
use crate::store::{Read, Snapshot};

impl Obtaining<'_> {
    pub(super) async fn read(&mut self, lease: bool) -> Step {
        match self.timed(self.request.store().read(&self.request.names, Read { lease, keep: false })).await {
            Ok(snapshot) => {
                if let Some(now) = snapshot.now {
                    self.request.cache.learn_start(now);
                }
                let verdict = seen(&snapshot).verdict();
                self.entry = snapshot.entry;
                Step::Input(Input::Read(verdict))
            }
            Err(error) => self.trouble(&error),
        }
    }

    pub(super) fn serve(&mut self) -> Step {
        let Some(entry) = &self.entry else { return Step::Input(Input::Refused) };
        match self.accept.value(&entry.prefix, &entry.body) {
            Ok(()) => Step::Served,
            Err(Refusal::OtherSchema { started_ms }) if self.request.cache.started_before(started_ms) => {
                Step::Input(Input::Newer)
            }
            Err(refusal) => {
                if refusal == Refusal::Undecodable {
                    self.request.count(Counter::Undecodable);
                }
                Step::Input(Input::Refused)
            }
        }
    }

    pub(super) async fn acquire(&mut self, refused: bool) -> Step {
        if let Some(step) = self.gather().await {
            return step;
        }
        if self.lead.as_ref().is_some_and(Lead::has_lease) {
            return Step::Restart;
        }
        let refused =
            self.entry.as_ref().filter(|entry| refused || entry.is_unreadable()).map(|entry| entry.id);
        match self.timed(acquire(self.request, refused)).await {
            Ok(Acquired::Granted(guard)) => {
                let granted = guard.lease().map(|lease| (lease.id, lease.generation.clone()));
                self.lease = Some(guard);
                match granted {
                    Some((lease, generation)) => Step::Input(Input::Granted { lease, generation }),
                    None => Step::Input(Input::Failed),
                }
            }
            Ok(Acquired::Valid) => Step::Input(Input::Appeared),
            Ok(Acquired::Busy { lease, remaining }) => Step::Input(Input::Busy { lease, remaining }),
            Ok(Acquired::Marked) => Step::Input(Input::Marked),
            Ok(Acquired::Disowned) => Step::Input(Input::Disowned),
            Err(error) => self.trouble(&error),
        }
    }

    pub(super) async fn ensure(&mut self) -> Step {
        let token = rng::bytes(&*self.request.cache.random);
        match self.timed(self.request.store().ensure(&self.request.names, token)).await {
            Ok(()) => Step::Input(Input::Ensured),
            Err(error) => self.trouble(&error),
        }
    }

    pub(super) async fn clear(&mut self) -> Step {
        let names = [self.request.names.entry(), self.request.names.lease()];
        match self.timed(self.request.store().remove(&names)).await {
            Ok(()) => Step::Input(Input::Cleared),
            Err(error) => self.trouble(&error),
        }
    }

    pub(super) async fn wait(&mut self, lease: LeaseId, remaining: Option<Duration>) -> Step {
        match self.request.cache.flights.join(&self.request.names, lease) {
            Some(Joined::Done(outcome)) => {
                self.joined = true;
                return match take(&outcome, self.accept) {
                    Followed::Served => Step::Served,
                    _ => Step::Alone,
                };
            }
            Some(Joined::Follow(follower)) => {
                // Whoever follows this lead sees the same lease.
                if let Some(lead) = self.lead.take() {
                    lead.dissolve();
                }
                return self.follow(follower).await.unwrap_or(Step::Restart);
            }
            None => {}
        }
        let nested = !self.request.loads.is_empty();
        let until = if nested { self.until.min(self.request.now() + NESTED_WAIT) } else { self.until };
        if nested {
            self.until = until;
        }
        if let Some(lead) = &self.lead {
            lead.is_abroad(true);
        }
        let waited = self.pauses.pause(self.request, remaining, until).await;
        if let Some(lead) = &self.lead {
            lead.is_abroad(false);
        }
        self.spent = Duration::ZERO;
        Step::Input(if waited { Input::Awaited } else { Input::WaitedEnough })
    }

    /// Runs one command of the store, and notes how long it took.
    async fn timed<T>(&mut self, command: impl Future<Output = T>) -> T {
        let began = self.request.now();
        let outcome = command.await;
        self.spent += self.request.now().saturating_duration_since(began);
        outcome
    }

    fn trouble(&self, error: &Error) -> Step {
        if error.note() == Note::Foreign {
            return Step::Input(Input::WrongType);
        }
        self.request.count(Counter::Unavailable);
        tracing::debug!(target: "cache", %error, key = self.request.names.entry(), "the store did not answer");
        Step::Input(Input::Failed)
    }
}

fn seen(snapshot: &Snapshot) -> Seen<'_> {
    Seen {
        entry: snapshot.entry.as_ref().map(|entry| &entry.generation),
        lease: snapshot.lease.as_ref().map(|lease| (lease.id, &lease.generation)),
        incarnation: snapshot.incarnation,
        stamps: &snapshot.stamps,
        history: snapshot.history,
    }
}
