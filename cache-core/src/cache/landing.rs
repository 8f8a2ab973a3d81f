//! The end of a load: its followers are served, its value is stored, its lease is spent.

use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;

use crate::cache::accept::Keep;
use crate::cache::reading::Content;
use crate::cache::request::Request;
use crate::cache::spawn::spawn;
use crate::context::{Frame, Mode, current};
use crate::error::Error;
use crate::flight::{Landing, Lead, Outcome, now};
use crate::observe::{Counter, Event};
use crate::protocol::{Hold, Lives};
use crate::rng;
use crate::store::{Body, Lease, StoreReply, StoreRequest};
use crate::ttl::Ttl;
use crate::value::envelope::{ABSENT, EntryId, prefix};

/// A load that is under way. Dropping it hands the lead to a follower.
#[derive(Debug)]
pub(crate) struct Loading {
    lead: Option<Lead>,
    began: Instant,
    /// One of the function's permits to load.
    _permit: Option<OwnedSemaphorePermit>,
    /// What is served if the load fails, unless it was invalidated meanwhile.
    pub(crate) fallback: Option<(Content, Hold)>,
    /// How what is loaded may be kept in the process without being stored.
    pub(crate) keep: Option<Keep>,
}

/// What a load gave.
pub(crate) enum Landed<'a> {
    /// A value: as a body for the store, and for the followers if it can't be encoded.
    Value(&'a mut dyn Pack),
    /// A value that is not to be stored, for the followers alone.
    Unwanted(&'a mut dyn Pack),
    /// `None`, to be stored.
    Negative(&'a mut dyn Pack),
    /// `None`.
    Absent,
    /// An `Err`.
    Failed,
}

/// Makes bodies of a loaded value. Implemented by the typed side, which knows how to encode.
pub(crate) trait Pack {
    /// How long the value lives, if it says so itself.
    fn ttl(&self) -> Option<Ttl>;
    /// The body for the store.
    fn encode(&mut self, prefix: &[u8; 12], load: Duration, lives: Lives) -> Result<Body, Error>;
    /// The value itself, for the followers of a load whose value can't be encoded.
    fn share(&mut self) -> Body;
}

impl Loading {
    pub(crate) fn new(request: &Request, lead: Option<Lead>, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self { lead, began: request.now(), _permit: permit, fallback: None, keep: None }
    }

    /// Whether what is loaded will be stored.
    pub(crate) fn has_lease(&self) -> bool {
        self.lead.as_ref().is_some_and(Lead::has_lease)
    }

    /// The frame for the load: the caller's, one load deeper.
    pub(crate) fn frame(&self, request: &Request) -> Frame {
        let frame = current();
        match &self.lead {
            Some(lead) => Frame { loads: request.loads.entered(lead.flight()), mode: Mode::Usual, ..frame },
            None => Frame { mode: Mode::Usual, ..frame },
        }
    }

    /// Ends the load and tells how long it took. Nothing is waited for.
    pub(crate) fn land(self, request: &Request, landed: Landed<'_>) -> Duration {
        let took = request.now().saturating_duration_since(self.began);
        request.count(Counter::Loads);
        let outcome = match &landed {
            Landed::Value(_) | Landed::Unwanted(_) => "value",
            Landed::Negative(_) | Landed::Absent => "none",
            Landed::Failed => "error",
        };
        request.emit(Event::Load { took, outcome });
        if matches!(landed, Landed::Failed) {
            request.count(Counter::FailedLoads);
        }
        let Some(lead) = self.lead else { return took };
        match landed {
            Landed::Value(pack) => land_value(lead, request, pack, took, 0),
            Landed::Negative(pack) => land_value(lead, request, pack, took, ABSENT),
            Landed::Unwanted(pack) => drop(lead.finish(Outcome::Value([0; 12], pack.share()))),
            // The lease is not spent but dropped, which releases it.
            Landed::Absent => drop(lead.finish(Outcome::Absent)),
            Landed::Failed => lead.fail(),
        }
        took
    }
}

fn land_value(lead: Lead, request: &Request, pack: &mut dyn Pack, took: Duration, flags: u8) {
    let lives = request.draw_lives(pack.ttl().unwrap_or(request.ttl));
    if !lead.has_lease() && !lead.has_followers() {
        drop(lead.finish(Outcome::Absent));
        return;
    }
    let nonces = u8::try_from(request.names.groups() + 1).unwrap_or(u8::MAX);
    let prefix = prefix(flags, nonces, EntryId(rng::bytes(&*request.cache.random)));
    match pack.encode(&prefix, took, lives) {
        Ok(body) => {
            let (lease, landing) = lead.finish(Outcome::Value(prefix, body.clone()));
            if let Some(lease) = lease.and_then(|guard| guard.spend()) {
                store(request, lease, landing, lives, prefix, body);
            }
        }
        Err(error) => {
            request.cache.warn_once(&error, request.type_name, request.names.entry());
            drop(lead.finish(Outcome::Value(prefix, pack.share())));
        }
    }
}

/// Stores in the background. The flight stays joinable until the store has answered, so that calls in
/// between find either the flight or the entry.
fn store(request: &Request, lease: Lease, landing: Landing, lives: Lives, prefix: [u8; 12], body: Body) {
    let (cache, store) = (request.cache.clone(), request.store().clone());
    let (names, type_name) = (request.names.clone(), request.type_name);
    let (fresh, ttl) = (lives.fresh, lives.longest());
    let (at_once, counters) = (request.is_answered_at_once(), request.counters.clone());
    let events = cache.events.clone();
    let under_way = cache.under_way.begin();
    let control = request.control().clone();
    let work = async move {
        let request = StoreRequest { lease: lease.clone(), prefix, fresh, ttl, body };
        let reply = store.store(&names, request).await;
        if reply.is_err() {
            // Others must not wait for a load that has ended; if it can't be told, the lease ends by itself.
            let _ = control.renew(&names, lease, None).await;
        }
        drop((landing, under_way));
        let (counter, outcome) = match reply {
            Ok(StoreReply::Stored) => (Counter::Stores, "stored"),
            Ok(StoreReply::LeaseLost) => (Counter::RefusedStores, "lease lost"),
            Ok(StoreReply::Invalidated) => (Counter::RefusedStores, "invalidated"),
            Err(_) => (Counter::Unavailable, "not answered"),
        };
        counters.add(counter);
        events.emit(type_name, names.entry(), Event::Store { outcome });
    };
    if at_once {
        now(work);
    } else {
        spawn(request.blocking, work);
    }
}
