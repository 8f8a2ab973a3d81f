//! The same for what is kept in processes and for tracked connections.

use std::time::Duration;

use crate::clock::Moment;
use crate::protocol::explore::canonical::Writer;
use crate::protocol::explore::known::{Sought, known};
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::near::{Holding, Kept, Near};
use crate::protocol::explore::state::{State, Task};
use crate::protocol::explore::tracking::{Item, Link};
use crate::protocol::hold::Standing;
use crate::protocol::stamp_cache::StampCache;
use crate::protocol::validity::Tracker;

impl Writer<'_> {
    pub(super) fn time_and_links(&mut self, state: &State) {
        let left = state.left;
        self.bytes.extend([state.tick, left.ticks, left.beats, left.cuts, left.foreign, left.agings]);
        self.byte(left.displacements);
        self.bytes.extend(state.executed);
        for link in &state.links {
            self.link(link);
        }
    }

    fn link(&mut self, link: &Link) {
        self.bytes.extend(link.tracked.map(u8::from));
        self.bytes.extend([u8::from(link.up), link.trust as u8]);
        self.count(link.stream.len());
        for item in &link.stream {
            match *item {
                Item::Reply(task, reply, history) => {
                    self.bytes.extend([0, history]);
                    self.count(task);
                    self.reply(reply);
                }
                // Each of the names is part of every ticket; what is known depends on its own alone.
                Item::Push(told) if self.model.case.known.is_some() => {
                    self.byte(1);
                    self.bytes.extend(told.map(u8::from));
                }
                Item::Push(_) => self.byte(1),
                Item::Resynchronised(history) => self.bytes.extend([2, history]),
                Item::Beat { sent, history } => self.bytes.extend([3, sent, history]),
            }
        }
        if self.model.case.known.is_some() {
            self.known(link.stamps());
        }
    }

    fn known(&mut self, stamps: &StampCache) {
        let (incarnation, stamp) = known(self.model, stamps);
        self.option(incarnation, Self::incarnation);
        self.option(stamp, Self::number);
    }

    /// Of when something was asked for only what of it may become known matters. Whoever asks later may learn more.
    pub(super) fn sought(&mut self, sought: Sought, link: &Link) {
        let Sought { over, lease, since, early } = sought;
        let stamps = &link.stamps[over];
        let is_current = over + 1 == link.stamps.len();
        self.bytes.extend([u8::from(is_current), u8::from(lease)]);
        if !is_current {
            self.known(stamps);
        }
        self.option(since, |writer, since| {
            let model = writer.model;
            let learns = |group| u8::from(stamps.would_learn(since, group));
            writer.bytes.extend(model.groups().map(learns));
        });
        self.option(early, |writer, (incarnation, stamp)| {
            writer.incarnation(incarnation);
            writer.number(stamp);
        });
    }

    pub(super) fn near(&mut self, near: &Near, tick: u8) {
        let now = self.model.at(tick);
        let until = near.validity.until(Tracker::Calls).filter(|until| *until >= now.into());
        self.option(until, Self::time);
        match &near.kept {
            Some(Kept { version, holding }) if self.lives(near, holding, tick) => {
                self.bytes.extend([1, *version]);
                self.holding(holding);
            }
            _ => self.byte(0),
        }
    }

    pub(super) fn noted(&mut self, task: &Task, near: &Near, tick: u8) {
        // What was noted before something changed is as good as nothing.
        let noted = task.noted.filter(|noted| noted.ticket == near.ticket(self.model));
        self.option(noted, |writer, noted| writer.bytes.extend([noted.sent, u8::from(noted.replaced)]));
        self.option(task.found, Self::stored);
        let beside = task.beside.as_ref().filter(|holding| self.lives(near, holding, tick));
        self.option(beside, Self::holding);
    }

    /// Whether a value may ever be served: what is over stays so, since counters and time only grow.
    fn lives(&self, near: &Near, holding: &Holding, tick: u8) -> bool {
        near.standing(holding, self.model.at(tick)) != Standing::Over || self.model.is(Mutant::NoTicket)
    }

    fn holding(&mut self, Holding { tracker, sent, lifetime, .. }: &Holding) {
        self.bytes.extend([u8::from(tracker.is_some()), *sent, *lifetime as u8]);
    }

    fn time(&mut self, at: Moment) {
        let nanos = at.number().saturating_sub(Moment::from(self.model.now).number());
        let ticks = Duration::from_nanos(nanos).as_secs();
        self.byte(u8::try_from(ticks).unwrap_or(u8::MAX));
    }
}
