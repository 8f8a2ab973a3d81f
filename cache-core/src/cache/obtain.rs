//! The read path: carries out what the protocol's state machine says until a value is served or the caller
//! has to load.

use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;

use crate::cache::accept::Accept;
use crate::cache::first::{First, look};
use crate::cache::follow::{Abroad, Followed, follow, wait_for_turn};
use crate::cache::landing::Loading;
use crate::cache::reading::Found;
use crate::cache::request::Request;
use crate::clock::later;
use crate::flight::{Follower, Gathered, Lead, LeaseGuard};
use crate::observe::{Counter, Event};
use crate::policy::SingleFlight;
use crate::protocol::{Action, Call, Input, Permit};

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Obtained {
    /// The value was given to [`Accept`].
    Served,
    /// A stale value was given to [`Accept`], and a task is to load.
    Revalidate(Box<Loading>),
    /// The caller has to load.
    Load(Box<Loading>),
}

/// A call on its way to a value.
pub(super) struct Obtaining<'a> {
    pub(super) request: &'a Request,
    pub(super) accept: &'a mut (dyn Accept + 'a),
    pub(super) lead: Option<Lead>,
    /// What was read last.
    pub(super) found: Found,
    pub(super) lease: Option<Box<LeaseGuard>>,
    pub(super) permit: Option<OwnedSemaphorePermit>,
    pub(super) abroad: Abroad,
    pub(super) until: Instant,
    /// How long the store took since the call last waited for somebody's load.
    pub(super) spent: Duration,
    pub(super) served: Served,
    /// How the first round goes on, if it has begun.
    begun: Option<(Call, Action)>,
    /// Whether what is loaded may be kept beside the entry of a younger process.
    beside: bool,
}

/// How a value came to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Served {
    /// From the store.
    Hit,
    /// From the store although its time to live has passed.
    Stale,
    /// By the load of another call.
    Joined,
}

/// What a step came to: the next input, or the end of the round.
pub(super) enum Step {
    Input(Input),
    Restart,
    Served,
    /// Load, leading the flight.
    Load,
    /// Load at once, in no flight.
    Alone,
}

/// Obtains a value from the cache, or the task to load it.
pub(crate) async fn obtain(request: &Request, accept: &mut (dyn Accept + '_)) -> Obtained {
    let began = request.now();
    let Err(first) = look(request, accept, began).await else {
        note(request, &Obtained::Served, Served::Hit);
        return Obtained::Served;
    };
    // On the heap, so that the future of a hit is small.
    let (obtained, served) = Box::pin(obtain_after(request, accept, began, first)).await;
    note(request, &obtained, served);
    obtained
}

/// Obtains what the first look did not serve.
async fn obtain_after(
    request: &Request,
    accept: &mut (dyn Accept + '_),
    began: Instant,
    first: First,
) -> (Obtained, Served) {
    let mut obtaining = Obtaining {
        request,
        accept,
        lead: None,
        found: first.found,
        lease: None,
        permit: None,
        abroad: Abroad::default(),
        until: later(began, request.max_wait),
        spent: first.spent,
        served: Served::Hit,
        begun: first.next,
        beside: false,
    };
    (obtaining.run().await, obtaining.served)
}

fn note(request: &Request, obtained: &Obtained, served: Served) {
    let (counter, event) = match (obtained, served) {
        (Obtained::Served, Served::Joined) => (Counter::Joined, Event::Joined),
        (Obtained::Served, Served::Hit) => (Counter::Hits, Event::Hit),
        (Obtained::Served | Obtained::Revalidate(_), _) => {
            request.count(Counter::StaleHits);
            (Counter::Hits, Event::Hit)
        }
        (Obtained::Load(_), _) => (Counter::Misses, Event::Miss),
    };
    request.count(counter);
    request.emit(event);
}

impl Obtaining<'_> {
    async fn run(&mut self) -> Obtained {
        let mut rounds = 0;
        loop {
            rounds += 1;
            if rounds > 1 && self.request.now() >= self.until {
                return self.load_alone();
            }
            // A load that has not started will begin after this call did, so it may be joined unseen. Where an old
            // value may be served at once, it is looked for first.
            if self.begun.is_none()
                && self.lead.is_none()
                && self.request.merge != SingleFlight::Off
                && self.request.stale.while_revalidate.is_zero()
                && let Some(follower) = self.request.cache.flights.join_gathering(&self.request.names)
            {
                match self.follow(follower).await {
                    Some(Step::Served) => return Obtained::Served,
                    Some(Step::Alone) => return self.load_alone(),
                    _ => {}
                }
                if self.lead.as_ref().is_some_and(Lead::has_lease) {
                    return self.load();
                }
                if self.lead.is_none() {
                    continue;
                }
            }
            match self.round().await {
                Step::Served => {
                    if let Some(lead) = self.lead.take() {
                        lead.dissolve();
                    }
                    return Obtained::Served;
                }
                Step::Alone => return self.load_alone(),
                Step::Load => return self.load(),
                Step::Restart if self.lead.as_ref().is_some_and(Lead::has_lease) => return self.load(),
                Step::Restart | Step::Input(_) => {}
            }
        }
    }

    /// Runs the protocol's state machine once, to its end.
    async fn round(&mut self) -> Step {
        let (mut call, mut action) = self.begun.take().unwrap_or_else(|| self.begin());
        loop {
            // Each command has a deadline of its own; several slow ones together must not exceed it much.
            let late = self.spent >= self.request.cache.settings.deadline;
            let step = match action {
                Action::Read { .. }
                | Action::Acquire { .. }
                | Action::Revalidate
                | Action::Ensure
                | Action::Clear
                    if late =>
                {
                    Step::Input(Input::Failed)
                }
                Action::Load(Permit::Leased { .. }) => {
                    let (lead, lease) = (self.lead.as_mut(), self.lease.take());
                    if let Some(lead) = lead {
                        lead.start(lease);
                    }
                    return Step::Load;
                }
                Action::Load(Permit::Alone) => return self.start_without_lease().await,
                Action::Load(Permit::Beside) => {
                    self.beside = true;
                    return self.start_without_lease().await;
                }
                Action::Read { lease } => self.read(lease).await,
                Action::Serve => self.serve(),
                Action::Revalidate => self.revalidate().await,
                Action::Acquire { refused } => self.acquire(refused).await,
                Action::Ensure => self.ensure().await,
                Action::Clear => self.clear().await,
                Action::Await { lease, remaining, join } => self.wait(lease, remaining, join).await,
            };
            match step {
                Step::Input(input) => action = call.next(self.request.fenced(), input),
                end => return end,
            }
        }
    }

    fn begin(&self) -> (Call, Action) {
        let fenced = self.request.fenced();
        if self.request.refresh {
            Call::refresh(fenced)
        } else {
            Call::start(fenced, self.request.cache.flights.has_started(&self.request.names))
        }
    }

    /// Leads the flight of this key that has not started, or follows it. `None` when the caller leads.
    pub(super) async fn gather(&mut self) -> Option<Step> {
        if self.lead.is_some() {
            return None;
        }
        match self.request.cache.flights.gather(&self.request.names) {
            Gathered::Follow(_) if self.request.merge == SingleFlight::Off => Some(Step::Alone),
            Gathered::Follow(follower) => self.follow(follower).await,
            Gathered::Lead(lead) => {
                self.take_lead(lead);
                None
            }
        }
    }

    pub(super) fn take_lead(&mut self, mut lead: Lead) {
        lead.nest(self.request.loads.iter());
        self.lead = Some(lead);
    }

    /// Follows a flight. `None` when the lead came to the caller.
    pub(super) async fn follow(&mut self, follower: Follower) -> Option<Step> {
        match follow(self.request, follower, self.until, self.accept).await {
            Followed::Served => {
                self.served = Served::Joined;
                Some(Step::Served)
            }
            Followed::Lead(lead) => {
                self.take_lead(lead);
                None
            }
            Followed::Again => Some(Step::Restart),
            Followed::Alone => Some(Step::Alone),
        }
    }

    /// Without a lease at most one load of a key runs and one waits; who comes later shares the one that waits.
    async fn start_without_lease(&mut self) -> Step {
        // One that was granted just before a fence was raised is of no use.
        self.lease = None;
        if let Some(step) = self.gather().await {
            return step;
        }
        let Some(lead) = &mut self.lead else { return Step::Alone };
        if lead.has_lease() {
            return Step::Restart;
        }
        if !wait_for_turn(self.request, lead, self.until).await {
            return Step::Alone;
        }
        self.take_permit().await;
        if let Some(lead) = &mut self.lead {
            lead.start(None);
        }
        Step::Load
    }

    fn load(&mut self) -> Obtained {
        let mut loading = Loading::new(self.request, self.lead.take(), self.permit.take());
        let in_background = self.request.stale.in_background && !self.request.refresh;
        if in_background && loading.has_lease() && self.serve_stale() {
            return Obtained::Revalidate(Box::new(loading));
        }
        loading.fallback = self.found.take_fallback(self.request);
        if self.beside {
            loading.keep = self.found.hold_for_bound(self.request);
        }
        Obtained::Load(Box::new(loading))
    }

    /// A lead that can't be kept goes to a follower.
    fn load_alone(&mut self) -> Obtained {
        self.lead = None;
        self.load()
    }
}
