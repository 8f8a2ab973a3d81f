//! What two states have to have in common to be the same state: everything but which numbers were drawn.

use crate::protocol::explore::case::Model;
use crate::protocol::explore::server::{Command, Data, Reply, Request};
use crate::protocol::explore::state::{Doing, Lead, Phase, Post, Process, State, Task, Then, Way, Worker};
use crate::protocol::explore::words::{Held, Nonces, Number, Stored, lease_number};
use crate::protocol::fence::Batch;
use crate::target::Removal;

/// Writes a state as bytes. Numbers are renamed in the order in which they appear, since only their being
/// equal or different matters.
pub(super) struct Writer<'a> {
    pub(super) model: &'a Model,
    pub(super) bytes: Vec<u8>,
    names: Vec<u8>,
    named: u8,
}

impl State {
    /// A hash of the state.
    pub(super) fn fingerprint(&self, model: &Model) -> u64 {
        let names = vec![0; usize::from(self.server.drawn) + 1];
        let mut writer = Writer { model, bytes: Vec::with_capacity(256), names, named: 0 };
        writer.state(self);
        twox_hash::XxHash3_64::oneshot(&writer.bytes)
    }
}

impl Writer<'_> {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.byte(u8::try_from(count).expect("states are small"));
    }

    pub(super) fn number(&mut self, number: Number) {
        let name = &mut self.names[usize::from(number)];
        if *name == 0 {
            self.named += 1;
            *name = self.named;
        }
        let name = *name;
        self.byte(name);
    }

    pub(super) fn option<T>(&mut self, option: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match option {
            Some(value) => {
                self.byte(1);
                write(self, value);
            }
            None => self.byte(0),
        }
    }

    fn nonces(&mut self, nonces: Nonces) {
        self.number(nonces.0);
        self.number(nonces.1);
    }

    fn held(&mut self, held: Held) {
        self.number(held.id);
        self.nonces(held.nonces);
    }

    fn state(&mut self, state: &State) {
        self.bytes.extend([state.source, state.floor, state.applied_late, state.server.history]);
        let left = state.left;
        self.bytes.extend([left.evictions, left.expiries, left.fail_overs, left.unanswered]);
        self.bytes.extend([left.impatient, left.duplicates, left.drops, left.crashes]);
        self.bytes.extend([left.refusals, left.neighbours]);
        self.time_and_links(state);
        self.data(&state.server.data);
        self.option(state.server.replica, |writer, data| writer.data(&data));
        self.option(state.last.filter(|_| left.duplicates > 0), Self::asked);
        for process in &state.processes {
            self.process(process);
            self.near(&process.near, state.tick);
        }
        for task in &state.tasks {
            self.task(task);
            self.noted(task, &state.processes[task.process].near, state.tick);
            self.option(task.sought, |writer, sought| writer.sought(sought, &state.links[task.process]));
        }
    }

    fn data(&mut self, data: &Data) {
        self.option(data.entry, |writer, entry| {
            writer.stored(entry);
        });
        self.option(data.lease, |writer, (held, token)| {
            writer.held(held);
            writer.number(token);
        });
        self.option(data.incarnation, Self::incarnation);
        self.option(data.stamp, Self::number);
        self.bytes.extend(data.marks.map(u8::from));
    }

    pub(super) fn incarnation(&mut self, (nonce, history): (Number, u8)) {
        self.number(nonce);
        self.byte(history);
    }

    pub(super) fn stored(&mut self, entry: Stored) {
        self.bytes.extend([entry.version, entry.age]);
        self.number(entry.id);
        self.nonces(entry.nonces);
    }

    fn asked(&mut self, (request, refused): (Request, Option<Number>)) {
        self.request(request);
        self.option(refused, Self::number);
    }

    fn request(&mut self, request: Request) {
        self.number(request.token);
        self.number(request.nonce);
        self.byte(request.history);
    }

    fn process(&mut self, process: &Process) {
        self.bytes.extend([process.floor, process.heard, process.late, process.repeats_for]);
        self.removals(&process.repeats.all());
        self.option(process.history, Self::byte);
        self.count(process.flights.len());
        for flight in &process.flights {
            self.number(flight.id);
            self.phase(flight.phase);
            self.byte(u8::from(flight.listed));
            self.count(flight.followers.len());
            flight.followers.iter().for_each(|follower| self.count(*follower));
        }
        self.count(process.posts.len());
        for Post { way, landing } in &process.posts {
            self.way(*way);
            self.option(*landing, |writer, landing| {
                writer.number(landing.flight);
                writer.option(landing.lease, Self::held);
            });
        }
        self.journal(process);
    }

    fn journal(&mut self, process: &Process) {
        let journaled = process.fence.journaled();
        self.count(journaled.len());
        for (name, newest) in journaled {
            // Of the names here only that of the entry has its kind's letter in this place.
            self.byte(u8::from(name.starts_with("n:e:e1:")));
            self.bytes.extend(newest.to_le_bytes());
        }
        self.count(process.pending.len());
        for (number, version) in &process.pending {
            self.bytes.extend(number.to_le_bytes());
            self.byte(*version);
        }
        match &process.worker {
            Worker::Idle => self.byte(0),
            Worker::Removing(batch, way) => {
                self.byte(1);
                self.batch(batch);
                self.way(*way);
            }
            Worker::Removed(batch) => {
                self.byte(2);
                self.batch(batch);
            }
        }
    }

    fn batch(&mut self, batch: &Batch) {
        self.count((0..u64::from(u8::MAX)).take_while(|number| batch.covers(*number)).count());
        self.removals(&batch.removals);
    }

    fn removals(&mut self, removals: &[Removal]) {
        // Only an entry is removed together with a lease.
        for entry in [true, false] {
            self.byte(u8::from(removals.iter().any(|removal| removal.lease.is_some() == entry)));
        }
    }

    fn phase(&mut self, phase: Phase) {
        match phase {
            Phase::Gathering => self.byte(0),
            Phase::Started { lease } => {
                self.byte(1);
                self.option(lease, Self::number);
            }
            Phase::Done { lease, version } => {
                self.bytes.extend([2, version]);
                self.option(lease, Self::number);
            }
        }
    }

    fn way(&mut self, way: Way) {
        match way {
            Way::Sent(command) => {
                self.byte(0);
                self.command(command);
            }
            Way::Answered(reply, history) => {
                self.bytes.extend([1, history]);
                self.reply(reply);
            }
            Way::Coming => self.byte(2),
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Read { lease } => self.bytes.extend([0, u8::from(lease)]),
            Command::ReadAlone { lease } => self.bytes.extend([9, u8::from(lease)]),
            Command::ReadBeside { lease, seen: (incarnation, stamp) } => {
                self.bytes.extend([10, u8::from(lease)]);
                self.data(&Data { incarnation, stamp, ..Data::default() });
            }
            Command::ReadStamps { lease } => self.bytes.extend([11, u8::from(lease)]),
            Command::Acquire(request, refused) => {
                self.byte(1);
                self.asked((request, refused));
            }
            Command::Ensure => self.byte(2),
            Command::Store { lease, version } => {
                self.bytes.extend([3, version]);
                self.held(lease);
            }
            Command::Release(lease) => {
                self.byte(4);
                self.held(lease);
            }
            Command::Remove([entry, group]) => self.bytes.extend([5, u8::from(entry), u8::from(group)]),
            Command::Put { version, request } => {
                self.bytes.extend([6, version]);
                self.request(request);
            }
            Command::Open(hit) => self.bytes.extend([7, hit as u8]),
            Command::Close(hit) => self.bytes.extend([8, hit as u8]),
        }
    }

    pub(super) fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Read { data, lease } => {
                self.bytes.extend([0, u8::from(lease)]);
                // What was not asked for was not read.
                let lease = data.lease.filter(|_| lease).map(|(held, _)| (held, 0));
                self.data(&Data { lease, marks: [false; 2], ..data });
            }
            Reply::Alone { entry, lease } => {
                self.byte(9);
                self.option(entry, Self::stored);
                self.option(lease, Self::held);
            }
            Reply::Valid => self.byte(1),
            Reply::Granted(held) => {
                self.byte(2);
                self.held(held);
            }
            Reply::Busy(lease) => {
                self.byte(3);
                self.number(lease);
            }
            Reply::Marked => self.byte(4),
            Reply::Disowned => self.byte(5),
            Reply::Ensured => self.byte(6),
            Reply::Done => self.byte(7),
            Reply::Failed => self.byte(8),
        }
    }

    fn task(&mut self, task: &Task) {
        self.count(task.finished);
        self.bytes.extend(task.required);
        self.byte(task.version);
        let (awaited, counts) = task.call.parts();
        for lease in awaited {
            self.option(lease, |writer, lease| writer.number(lease_number(lease)));
        }
        counts.into_iter().for_each(|count| self.bytes.extend(count.to_le_bytes()));
        self.option(task.lead, Self::lead);
        self.option(task.guard, Self::held);
        self.option(task.asked, Self::asked);
        self.doing(task.doing);
    }

    fn lead(&mut self, lead: Lead) {
        self.number(lead.flight);
        self.option(lead.lease, Self::held);
    }

    fn doing(&mut self, doing: Doing) {
        match doing {
            Doing::Nothing => self.byte(0),
            Doing::Waiting(way) => {
                self.byte(1);
                self.way(way);
            }
            Doing::Following(flight, then) => {
                self.byte(2);
                self.number(flight);
                self.then(then);
            }
            Doing::Handed(lead, then) => {
                self.byte(3);
                self.lead(lead);
                self.then(then);
            }
            Doing::Again => self.byte(4),
            Doing::Polling(lease) => {
                self.byte(5);
                self.number(lease);
            }
            Doing::Turn => self.byte(6),
            Doing::Loading => self.byte(7),
            Doing::Loaded(version) => self.bytes.extend([8, version]),
            Doing::Written => self.byte(9),
            Doing::Pending(number) => {
                self.byte(10);
                self.bytes.extend(number.to_le_bytes());
            }
            Doing::Dead => self.byte(11),
            Doing::Noting { lease } => self.bytes.extend([12, u8::from(lease)]),
            Doing::Invalidating(number) => {
                self.byte(13);
                self.option(number, |writer, number| writer.bytes.extend(number.to_le_bytes()));
            }
        }
    }

    fn then(&mut self, then: Then) {
        match then {
            Then::Begin => self.byte(0),
            Then::Acquire(refused) => {
                self.byte(1);
                self.option(refused, Self::number);
            }
            Then::Alone => self.byte(2),
        }
    }
}
