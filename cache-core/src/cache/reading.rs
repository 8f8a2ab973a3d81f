//! One read of the store, and what it found.

use std::time::{Duration, Instant};

use crate::cache::accept::Keep;
use crate::cache::request::Request;
use crate::clock::later;
use crate::protocol::{Hold, Places, Seen, Stale, Ticket, Tracker, Verdict};
use crate::store::{Entry, Snapshot};

/// What is noted before a read is sent.
#[derive(Debug)]
pub(super) struct Before {
    sent: Instant,
    places: Option<Places>,
    ticket: Option<Ticket>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entry: Option<Entry>,
    /// Who tells of changes to it.
    pub(super) tracker: Option<Tracker>,
    /// How it may be kept in the process.
    keep: Option<Keep>,
    /// For how long what is loaded beside it may be kept.
    beside: Option<Hold>,
    /// Whether it is stale, and served while somebody reloads.
    pub(super) stale: bool,
    /// Whether it is served if the load fails, and how long unless anything changes that it depends on.
    fallback: Option<Hold>,
}

impl Before {
    /// Notes the ticket, if what is read may be kept, or served when the load has failed. A change after this moment
    /// is noticed.
    pub(super) fn note(request: &Request) -> Self {
        let changes = &request.cache.changes;
        let later = request.near.is_some() || request.stale.if_error > Duration::ZERO;
        let places = later.then(|| changes.places(&request.names));
        let ticket = places.as_ref().map(|places| changes.ticket(places));
        Self { sent: request.now(), places, ticket }
    }

    pub(super) fn keeps(&self) -> bool {
        self.places.is_some()
    }
}

impl Found {
    /// Draws the conclusions from a read.
    pub(super) fn of(request: &Request, before: Before, snapshot: Snapshot) -> (Self, Verdict) {
        let verdict = seen(&snapshot).verdict();
        let tracker = snapshot.tracker;
        let Some(entry) = snapshot.entry else { return (Self { tracker, ..Self::default() }, verdict) };
        let valid = verdict == Verdict::Valid;
        // Without the store's time nothing is known of its age: the store itself lets it expire.
        let age = snapshot.now.map(|now| now.since(entry.stored_at));
        let lives = request.lives(entry.fresh);
        let verdict = match age {
            Some(age) if valid && entry.ttl > Duration::ZERO => lives.verdict(age),
            _ => verdict,
        };
        let hold = |expires: Instant| {
            let (places, ticket) = (before.places.clone()?, before.ticket?);
            let bound = request.cache.settings.staleness_bound;
            Some(Hold::new(places, ticket, snapshot.tracker, before.sent, bound, expires))
        };
        let covers = age.filter(|age| valid && lives.covers_errors(*age));
        let fallback = covers.and_then(|age| {
            let left = lives.fresh.saturating_add(lives.if_error).saturating_sub(age);
            hold(later(request.now(), left))
        });
        let keep = match (verdict, age) {
            (Verdict::Valid, Some(age)) => {
                let now = request.now();
                let expires = later(now, entry.ttl.saturating_sub(age));
                let fresh_until = later(now, entry.fresh.saturating_sub(age));
                hold(expires).map(|hold| Keep { hold, fresh_until, weight: entry.body.weight() })
            }
            _ => None,
        };
        let beside = hold(later(before.sent, request.cache.settings.staleness_bound));
        let stale = verdict == Verdict::Stale(Stale::Revalidate);
        (Self { entry: Some(entry), tracker, keep, beside, stale, fallback }, verdict)
    }

    pub(super) fn take_keep(&mut self) -> Option<Keep> {
        self.keep.take()
    }

    /// What is served if the load fails, as long as it may be.
    pub(super) fn take_fallback(&mut self) -> Option<(Entry, Hold)> {
        self.fallback.take().and_then(|hold| Some((self.entry.take()?, hold)))
    }

    /// For how long what is loaded beside a younger process's entry may be kept: a staleness bound.
    pub(super) fn hold_for_bound(&mut self, request: &Request) -> Option<Keep> {
        let hold = self.beside.take()?;
        let fresh_until = later(request.now(), request.cache.settings.staleness_bound);
        Some(Keep { hold, fresh_until, weight: 0 })
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
