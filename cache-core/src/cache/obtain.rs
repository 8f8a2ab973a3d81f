//! The read path: carries out what the protocol's state machine says until a value is served or the caller
//! has to load.

use std::time::{Duration, Instant};

use crate::cache::accept::Accept;
use crate::cache::follow::{Followed, Pauses, follow, wait_for_turn};
use crate::cache::landing::Loading;
use crate::cache::request::Request;
use crate::clock::later;
use crate::flight::{Follower, Gathered, Lead, LeaseGuard};
use crate::observe::{Counter, Event};
use crate::protocol::{Action, Call, Input, Permit};
use crate::store::Entry;

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Obtained {
    /// The value was given to [`Accept`].
    Served,
    /// The caller has to load.
    Load(Box<Loading>),
}

/// A call on its way to a value.
pub(super) struct Obtaining<'a> {
    pub(super) request: &'a Request,
    pub(super) accept: &'a mut (dyn Accept + 'a),
    pub(super) lead: Option<Lead>,
    pub(super) entry: Option<Entry>,
    pub(super) lease: Option<Box<LeaseGuard>>,
    pub(super) pauses: Pauses,
    pub(super) until: Instant,
    /// How long the store took since the call last waited for somebody's load.
    pub(super) spent: Duration,
    pub(super) joined: bool,
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
    let until = later(request.now(), request.max_wait);
    let mut obtaining = Obtaining {
        request,
        accept,
        lead: None,
        entry: None,
        lease: None,
        pauses: Pauses::default(),
        until,
        spent: Duration::ZERO,
        joined: false,
    };
    let obtained = obtaining.run().await;
    match &obtained {
        Obtained::Served if obtaining.joined => {
            request.count(Counter::Joined);
            request.emit(Event::Joined);
        }
        Obtained::Served => {
            request.count(Counter::Hits);
            request.emit(Event::Hit);
        }
        Obtained::Load(_) => {
            request.count(Counter::Misses);
            request.emit(Event::Miss);
        }
    }
    obtained
}

impl Obtaining<'_> {
    async fn run(&mut self) -> Obtained {
        let mut rounds = 0;
        loop {
            rounds += 1;
            if rounds > 1 && self.request.now() >= self.until {
                return self.load_alone();
            }
            // A load that has not started will begin after this call did, so it may be joined unseen.
            if self.lead.is_none()
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
        let started = self.request.cache.flights.has_started(&self.request.names);
        let (mut call, mut action) = Call::start(self.request.fenced(), started);
        loop {
            // Each command has a deadline of its own; several slow ones together must not exceed it much.
            let late = self.spent >= self.request.cache.settings.deadline;
            let step = match action {
                Action::Read { .. } | Action::Acquire { .. } | Action::Ensure | Action::Clear if late => {
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
                Action::Read { lease } => self.read(lease).await,
                Action::Serve => self.serve(),
                Action::Acquire { refused } => self.acquire(refused).await,
                Action::Ensure => self.ensure().await,
                Action::Clear => self.clear().await,
                Action::Await { lease, remaining } => self.wait(lease, remaining).await,
            };
            match step {
                Step::Input(input) => action = call.next(self.request.fenced(), input),
                end => return end,
            }
        }
    }

    /// Leads the flight of this key that has not started, or follows it. `None` when the caller leads.
    pub(super) async fn gather(&mut self) -> Option<Step> {
        if self.lead.is_some() {
            return None;
        }
        match self.request.cache.flights.gather(&self.request.names) {
            Gathered::Follow(follower) => self.follow(follower).await,
            Gathered::Lead(mut lead) => {
                lead.nest(self.request.loads.iter());
                self.lead = Some(lead);
                None
            }
        }
    }

    /// Follows a flight. `None` when the lead came to the caller.
    pub(super) async fn follow(&mut self, follower: Follower) -> Option<Step> {
        match follow(self.request, follower, self.until, self.accept).await {
            Followed::Served => {
                self.joined = true;
                Some(Step::Served)
            }
            Followed::Lead(mut lead) => {
                lead.nest(self.request.loads.iter());
                self.lead = Some(lead);
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
        lead.start(None);
        Step::Load
    }

    fn load(&mut self) -> Obtained {
        Obtained::Load(Box::new(Loading::new(self.request, self.lead.take())))
    }

    /// A lead that can't be kept goes to a follower.
    fn load_alone(&mut self) -> Obtained {
        self.lead = None;
        Obtained::Load(Box::new(Loading::new(self.request, None)))
    }
}
