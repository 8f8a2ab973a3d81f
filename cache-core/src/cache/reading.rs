//! One read of the store, and what it found.

use std::time::{Duration, Instant};

use crate::cache::accept::{Accept, Keep, Refusal};
use crate::cache::request::Request;
use crate::clock::later;
use crate::error::{Error, Note};
use crate::observe::{Counter, Event};
use crate::protocol::{Hold, Input, Places, Seen, Stale, Ticket, Tracker, Verdict};
use crate::store::{Body, Entry, Read, Snapshot};
use crate::value::envelope::EntryId;

/// What is noted before a read is sent.
#[derive(Debug)]
struct Before {
    sent: Instant,
    places: Option<(Places, Ticket)>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) content: Option<Content>,
    /// Who tells of changes to it.
    pub(super) tracker: Option<Tracker>,
    /// Whether it is stale, and served while somebody reloads.
    pub(super) stale: bool,
    /// What is to be known of it where it may be kept, or served when the load has failed.
    holding: Option<Holding>,
}

/// What of an entry is still of use when it is known whether it is valid.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) prefix: [u8; 12],
    pub(crate) body: Body,
    pub(super) id: EntryId,
    pub(super) unreadable: bool,
}

/// How long what was found may be held. Few calls ask, so it is worked out when they do.
#[derive(Debug)]
struct Holding {
    sent: Instant,
    places: Places,
    ticket: Ticket,
    tracker: Option<Tracker>,
    /// When it was found; the times are counted from here.
    at: Instant,
    /// How long it is fresh, and how long it lives, if it may be kept.
    keep: Option<(Duration, Duration)>,
    /// How long it is good for a load that fails, if it is.
    fallback: Option<Duration>,
}

/// Reads the store, at this time or a little later. Gives what was found, or that there was trouble, and how long it
/// took.
pub(super) async fn read(
    request: &Request,
    lease: bool,
    sent: Instant,
) -> (Result<(Found, Verdict), Input>, Duration) {
    let before = Before::note(request, sent);
    // Who waits for a load has to be told of its end.
    let read = Read { lease, keep: lease || before.keeps() };
    let mut answer = request.store().read(&request.names, read).await;
    let at = request.now();
    // Not taken apart: it is large.
    let found = match &mut answer {
        Ok(snapshot) => {
            if let Some(now) = snapshot.now {
                request.cache.learn_start(now);
            }
            Ok(Found::of(request, before, snapshot, at))
        }
        Err(error) => Err(trouble(request, error)),
    };
    (found, at.saturating_duration_since(sent))
}

/// Serves what was found. `None` where it was served, else what it means for the call that it can't be.
pub(super) fn serve(request: &Request, found: &Found, accept: &mut (dyn Accept + '_)) -> Option<Input> {
    let Some(content) = &found.content else { return Some(Input::Refused) };
    match accept.value(&content.prefix, &content.body, found.keep(request)) {
        Ok(()) => None,
        Err(Refusal::OtherSchema { started_ms }) if request.cache.started_before(started_ms) => {
            Some(Input::Newer)
        }
        Err(refusal) => {
            if refusal == Refusal::Undecodable {
                request.count(Counter::Undecodable);
            }
            Some(Input::Refused)
        }
    }
}

/// What a command that failed means for the call.
pub(super) fn trouble(request: &Request, error: &Error) -> Input {
    if error.note() == Note::Foreign {
        return Input::WrongType;
    }
    request.count(Counter::Unavailable);
    request.emit(Event::Unanswered { error });
    Input::Failed
}

impl Before {
    /// Notes the ticket, if what is read may be kept, or served when the load has failed. A change after this moment
    /// is noticed. The read is sent at this time, or a little later.
    fn note(request: &Request, sent: Instant) -> Self {
        let changes = &request.cache.changes;
        let later = request.near.is_some() || request.stale.if_error > Duration::ZERO;
        let places = later.then(|| {
            let places = changes.places(&request.names);
            let ticket = changes.ticket(&places);
            (places, ticket)
        });
        Self { sent, places }
    }

    fn keeps(&self) -> bool {
        self.places.is_some()
    }
}

impl Found {
    /// Draws the conclusions from a read that was answered at this time.
    fn of(request: &Request, before: Before, snapshot: &mut Snapshot, at: Instant) -> (Self, Verdict) {
        let verdict = seen(snapshot).verdict();
        let tracker = snapshot.tracker;
        let Some(entry) = snapshot.entry.take() else {
            return (Self { tracker, ..Self::default() }, verdict);
        };
        let valid = verdict == Verdict::Valid;
        // Without the store's time nothing is known of its age: the store itself lets it expire.
        let age = snapshot.now.map(|now| now.since(entry.stored_at));
        let lives = request.lives(entry.fresh);
        let verdict = match age {
            Some(age) if valid && entry.ttl > Duration::ZERO => lives.verdict(age),
            _ => verdict,
        };
        let holding = before.places.map(|(places, ticket)| {
            let keep = age.filter(|_| verdict == Verdict::Valid);
            let fallback = age.filter(|age| valid && lives.covers_errors(*age));
            Holding {
                sent: before.sent,
                places,
                ticket,
                tracker,
                at,
                keep: keep.map(|age| (entry.fresh.saturating_sub(age), entry.ttl.saturating_sub(age))),
                fallback: fallback.map(|age| lives.fresh.saturating_add(lives.if_error).saturating_sub(age)),
            }
        });
        let stale = verdict == Verdict::Stale(Stale::Revalidate);
        (Self { content: Some(entry.into()), tracker, stale, holding }, verdict)
    }

    /// How what was found may be kept in the process, if it may.
    fn keep(&self, request: &Request) -> Option<Keep> {
        let holding = self.holding.as_ref()?;
        let (fresh, ttl) = holding.keep?;
        let hold = holding.hold(request, later(holding.at, ttl));
        let weight = self.content.as_ref()?.body.weight();
        Some(Keep { hold, fresh_until: later(holding.at, fresh), weight })
    }

    /// What is served if the load fails, as long as it may be.
    pub(super) fn take_fallback(&mut self, request: &Request) -> Option<(Content, Hold)> {
        let holding = self.holding.as_ref()?;
        let hold = holding.hold(request, later(holding.at, holding.fallback?));
        let content = self.content.take()?;
        Some((Content { body: content.body.detached(), ..content }, hold))
    }

    /// For how long what is loaded beside a younger process's entry may be kept: a staleness bound.
    pub(super) fn hold_for_bound(&self, request: &Request) -> Option<Keep> {
        let holding = self.holding.as_ref()?;
        let bound = request.cache.settings.staleness_bound;
        let hold = holding.hold(request, later(holding.sent, bound));
        Some(Keep { hold, fresh_until: later(request.now(), bound), weight: 0 })
    }
}

impl Holding {
    fn hold(&self, request: &Request, expires: Instant) -> Hold {
        let bound = request.cache.settings.staleness_bound;
        Hold::new(self.places.clone(), self.ticket, self.tracker, self.sent, bound, expires)
    }
}

impl From<Entry> for Content {
    fn from(entry: Entry) -> Self {
        let unreadable = entry.is_unreadable();
        Self { prefix: entry.prefix, body: entry.body, id: entry.id, unreadable }
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
