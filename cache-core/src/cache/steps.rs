//! The steps of a call: each carries out one action of the protocol and says what came of it.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::acquire::{Acquired, acquire};
use crate::cache::follow::{Followed, NESTED_WAIT, take};
use crate::cache::obtain::{Obtaining, Served, Step};
use crate::cache::reading::{read, serve, trouble};
use crate::clock::within;
use crate::flight::{Gathered, Joined, Lead};
use crate::policy::SingleFlight;
use crate::protocol::{Input, LeaseId};
use crate::rng;

impl Obtaining<'_> {
    pub(super) async fn read(&mut self, lease: bool) -> Step {
        let request = self.request;
        if lease {
            self.abroad.look(request);
        }
        let (answer, took) = read(request, lease, request.now()).await;
        self.spent += took;
        Step::Input(match answer {
            Ok((found, verdict)) => {
                self.found = found;
                Input::Read(verdict)
            }
            Err(input) => input,
        })
    }

    pub(super) fn serve(&mut self) -> Step {
        match serve(self.request, &self.found, self.accept) {
            None => {
                self.served = if self.found.stale { Served::Stale } else { Served::Hit };
                Step::Served
            }
            Some(input) => Step::Input(input),
        }
    }

    /// Serves the stale entry that was read, if there is one that can be decoded.
    pub(super) fn serve_stale(&mut self) -> bool {
        self.found.stale && matches!(self.serve(), Step::Served)
    }

    /// Serves a stale entry at once if a load of this process is about to replace it, or asks for the lease.
    pub(super) async fn revalidate(&mut self) -> Step {
        if self.lead.is_none() {
            let flights = &self.request.cache.flights;
            if flights.has_started(&self.request.names) {
                return self.serve();
            }
            match flights.gather(&self.request.names) {
                Gathered::Follow(_) => return self.serve(),
                Gathered::Lead(lead) => self.take_lead(lead),
            }
        }
        self.ask_for_lease(true).await
    }

    pub(super) async fn acquire(&mut self, refused: bool) -> Step {
        if let Some(step) = self.gather().await {
            return step;
        }
        self.take_permit().await;
        self.ask_for_lease(refused).await
    }

    async fn ask_for_lease(&mut self, refused: bool) -> Step {
        if self.lead.as_ref().is_some_and(Lead::has_lease) {
            return Step::Restart;
        }
        let content = self.found.content.as_ref();
        let refused = content.filter(|content| refused || content.unreadable).map(|content| content.id);
        self.abroad.look(self.request);
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
            Err(error) => Step::Input(trouble(self.request, &error)),
        }
    }

    /// Takes one of the function's permits to load, waiting for it at most as long as for somebody's load. Inside
    /// another load none is taken, since that load may hold the last one.
    pub(super) async fn take_permit(&mut self) {
        let Some(permits) = &self.request.permits else { return };
        if self.permit.is_some() || !self.request.loads.is_empty() {
            return;
        }
        let permit = Arc::clone(permits).acquire_owned();
        self.permit = within(self.request.timer(self.until), permit).await.and_then(Result::ok);
    }

    pub(super) async fn ensure(&mut self) -> Step {
        let token = rng::bytes(&*self.request.cache.random);
        match self.timed(self.request.store().ensure(&self.request.names, token)).await {
            Ok(()) => Step::Input(Input::Ensured),
            Err(error) => Step::Input(trouble(self.request, &error)),
        }
    }

    pub(super) async fn clear(&mut self) -> Step {
        let names = [self.request.names.entry(), self.request.names.lease()];
        match self.timed(self.request.store().remove(&names)).await {
            Ok(()) => Step::Input(Input::Cleared),
            Err(error) => Step::Input(trouble(self.request, &error)),
        }
    }

    pub(super) async fn wait(&mut self, lease: LeaseId, remaining: Option<Duration>, join: bool) -> Step {
        // Who waits doesn't load.
        self.permit = None;
        if self.request.merge == SingleFlight::Off {
            return Step::Alone;
        }
        let joined = if join { self.request.cache.flights.join(&self.request.names, lease) } else { None };
        match joined {
            Some(Joined::Done(outcome)) => {
                self.served = Served::Joined;
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
        if self.request.merge == SingleFlight::Process {
            return Step::Input(Input::WaitedEnough);
        }
        if !self.request.loads.is_empty() {
            self.until = self.until.min(self.request.now() + NESTED_WAIT);
        }
        if let Some(lead) = &self.lead {
            lead.is_abroad(true);
        }
        let told = self.request.is_told(self.found.tracker);
        let waited = self.abroad.wait(self.request, told, remaining, self.until).await;
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
}
