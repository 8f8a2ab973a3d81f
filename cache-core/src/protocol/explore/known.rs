//! What a connection knows of stamps: asked for, learned, looked up and forgotten by the shipped record.
//!
//! A read asks for the entry alone while incarnation and stamp are known. That its reply is received, that they are
//! looked up and that the history is compared are steps of their own; so are, where everything was asked for, that
//! the reply is received and that it becomes known.

use std::rc::Rc;

use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::search::Checked;
use crate::protocol::explore::server::{Command, Data, Reply};
use crate::protocol::explore::state::{Doing, State, Task, Way};
use crate::protocol::explore::tracking::{Link, Told};
use crate::protocol::explore::words::{
    Held, Number, Stored, incarnation, incarnation_number, nonce, nonce_number,
};
use crate::protocol::stamp_cache::{Asked, StampCache, Word};

/// Room for so many names, as a power of two: for these two.
pub(super) const BITS: u32 = 2;

/// A read over a connection that remembers stamps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought {
    /// Over which of the connections.
    pub(super) over: usize,
    pub(super) lease: bool,
    /// Since when incarnation and stamp are asked for, if they are.
    pub(super) since: Option<Asked>,
    /// What was known when it was sent. Only [`Mutant::LookedUpBefore`] uses it.
    pub(super) early: Option<Words>,
}

/// An incarnation's nonce and history, and a stamp.
type Words = ((Number, u8), Number);

/// What is known of incarnation and stamp.
pub(super) fn known(model: &Model, stamps: &StampCache) -> (Option<(Number, u8)>, Option<Number>) {
    let mut known = (None, None);
    for word in model.groups().filter_map(|group| stamps.known(group)) {
        match word {
            Word::Incarnation(word) => known.0 = Some(incarnation_number(word)),
            Word::Stamp(word) => known.1 = Some(nonce_number(word)),
        }
    }
    known
}

fn words(model: &Model, stamps: &StampCache) -> Option<Words> {
    let (incarnation, stamps) = stamps.words(&model.names)?;
    let stamp = stamps.first().copied().flatten().expect("every entry here has one group");
    Some((incarnation_number(incarnation), nonce_number(stamp)))
}

impl Link {
    /// What is known over this connection.
    pub(super) fn stamps(&self) -> &StampCache {
        self.stamps.last().expect("each connection has one")
    }

    fn change_stamps<R>(&mut self, change: impl FnOnce(&mut StampCache) -> R) -> R {
        change(Rc::make_mut(self.stamps.last_mut().expect("each connection has one")))
    }

    /// Changes may not have been told.
    pub(super) fn forget_stamps(&mut self) {
        self.change_stamps(StampCache::forget);
    }

    /// It takes the place of others, over which these stamps were known: whoever read over one of them looks there.
    pub(super) fn take_over(&mut self, model: &Model, mut before: Vec<Rc<StampCache>>) {
        if model.is(Mutant::KnownOverAnother) {
            self.stamps = before.last().cloned().into_iter().collect();
        }
        before.append(&mut self.stamps);
        self.stamps = before;
    }

    /// Whether it remembers anything of the stamp.
    pub(super) fn remembers_stamp(&self, model: &Model) -> bool {
        model.groups().last().is_some_and(|(hash, _)| self.stamps().depends_on(hash))
    }

    /// A name takes the stamp's place.
    pub(super) fn displace_stamp(&mut self, model: &Model) {
        let (hash, _) = model.groups().last().expect("every entry here has one group");
        let other = (hash ^ 1 << BITS, &b"another"[..]);
        self.change_stamps(|stamps| stamps.ask(std::iter::once(other)));
    }
}

impl State {
    /// Sends a read: of the entry alone if what decides over its validity is known.
    pub(super) fn send_read(&mut self, model: &Model, task: usize, lease: bool) {
        if model.case.known.is_none() {
            return self.send(task, Command::Read { lease });
        }
        let link = &self.links[self.tasks[task].process];
        if !link.stamps().knows(&model.names) {
            return self.send_whole_read(model, task, lease);
        }
        let early = words(model, link.stamps()).filter(|_| model.is(Mutant::LookedUpBefore));
        let over = link.stamps.len() - 1;
        self.tasks[task].sought = Some(Sought { over, lease, since: None, early });
        self.send(task, Command::ReadAlone { lease });
    }

    fn send_whole_read(&mut self, model: &Model, task: usize, lease: bool) {
        let link = &mut self.links[self.tasks[task].process];
        let since = Some(link.change_stamps(|stamps| stamps.ask(model.groups())));
        let over = link.stamps.len() - 1;
        self.tasks[task].sought = Some(Sought { over, lease, since, early: None });
        let on_request = model.case.known == Some(Told::OnRequest);
        self.send(task, if on_request { Command::ReadStamps { lease } } else { Command::Read { lease } });
    }

    /// Completes what was read over a connection that remembers stamps, or lets it remember them. `false` if that is
    /// done, or there is nothing to do.
    pub(super) fn looks_up(&mut self, model: &Model, task: usize, reply: Reply, history: u8) -> bool {
        let Some(sought) = self.tasks[task].sought.take() else { return false };
        let data = match reply {
            Reply::Alone { entry, lease } => match self.look_up(model, task, sought) {
                Some(words) => completed(entry, lease, words),
                None => {
                    self.read_once_more(model, task, sought.lease);
                    return true;
                }
            },
            Reply::Read { data, .. } => {
                self.learn(model, task, sought, &data);
                data
            }
            _ => return false,
        };
        let reply = Reply::Read { data, lease: sought.lease };
        self.tasks[task].doing = Doing::Waiting(Way::Answered(reply, history));
        true
    }

    /// What is known after the reply.
    fn look_up(&self, model: &Model, task: usize, sought: Sought) -> Option<Words> {
        let process = self.tasks[task].process;
        let stamps = &self.links[process].stamps[sought.over];
        let (mut incarnation, stamp) = sought.early.or_else(|| words(model, stamps))?;
        if let Some(history) = self.processes[process].history
            && model.is(Mutant::KnownOfAnyHistory)
        {
            incarnation.1 = history;
        }
        Some((incarnation, stamp))
    }

    /// What the read counted on is not known any more. It goes over the connection that is there by now.
    fn read_once_more(&mut self, model: &Model, task: usize, lease: bool) {
        if let Some(noted) = &mut self.tasks[task].noted {
            noted.replaced = false;
        }
        self.send_whole_read(model, task, lease);
    }

    fn learn(&mut self, model: &Model, task: usize, sought: Sought, data: &Data) {
        let Some(mut since) = sought.since else { return };
        let stamps = &mut self.links[self.tasks[task].process].stamps[sought.over];
        let stamps = Rc::make_mut(stamps);
        if model.is(Mutant::LearnedThoughChanged) {
            since = stamps.ask(model.groups());
        }
        let incarnation = data.incarnation.map(|known| Word::Incarnation(incarnation(known)));
        let stamp = data.stamp.map(|known| Word::Stamp(nonce(known)));
        for (group, word) in model.groups().zip([incarnation, stamp]) {
            if let Some(word) = word {
                stamps.learn(since, group, word);
            }
        }
    }

    /// The server told of changes to some of entry, stamp and incarnation.
    pub(super) fn stamps_changed(
        &mut self,
        model: &Model,
        process: usize,
        [_, stamp, incarnation]: [bool; 3],
    ) {
        if model.case.known.is_none() {
            return;
        }
        self.links[process].change_stamps(|stamps| {
            for ((hash, _), _) in model.groups().zip([incarnation, stamp]).filter(|(_, changed)| *changed) {
                stamps.changed(hash);
            }
        });
    }

    /// The reply to the read of a task is not waited for any more, and with it changes may have gone astray.
    pub(super) fn doubt_what_is_known(&mut self, task: usize) {
        let Task { process, sought, .. } = self.tasks[task];
        if let Some(sought) = sought {
            Rc::make_mut(&mut self.links[process].stamps[sought.over]).forget();
        }
    }

    /// S6: when everything that was told was heard, what is known is so.
    pub(super) fn check_known(&self, model: &Model) -> Checked {
        for (process, link) in self.links.iter().enumerate() {
            let (incarnation, stamp) = known(model, link.stamps());
            let data = &self.server.data;
            let is_so = incarnation.is_none_or(|known| data.incarnation == Some(known));
            if !is_so || stamp.is_some_and(|known| data.stamp != Some(known)) {
                return Err(format!("S6: process {process} takes for known what changed"));
            }
        }
        Ok(())
    }
}

/// An entry that was read alone, with what is known.
fn completed(entry: Option<Stored>, lease: Option<Held>, (incarnation, stamp): Words) -> Data {
    let (incarnation, stamp) = (Some(incarnation), Some(stamp));
    // Of a lease that was read the token is not seen.
    Data { entry, lease: lease.map(|held| (held, 0)), incarnation, stamp, marks: [false; 2] }
}
