//! Writers and the journal's worker, as the engine carries them out over the shipped fence.

use std::rc::Rc;

use crate::protocol::explore::case::Model;
use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::server::{Command, Hit, Reply};
use crate::protocol::explore::state::{Doing, State, Way, Worker};
use crate::protocol::explore::step::Sender;
use crate::protocol::explore::words::Version;
use crate::protocol::fence::{Batch, Fence, Repeats};
use crate::target::Removal;

/// What an operation of a writer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Invalidate(Hit),
    Bracket(Hit),
    Put,
    Late(Hit),
}

impl Write {
    /// `None` for a read.
    pub(super) fn of(operation: u8) -> Option<Self> {
        match operation {
            b'K' => Some(Self::Invalidate(Hit::Entry)),
            b'G' => Some(Self::Invalidate(Hit::Group)),
            b'k' => Some(Self::Bracket(Hit::Entry)),
            b'g' => Some(Self::Bracket(Hit::Group)),
            b'P' => Some(Self::Put),
            b'L' => Some(Self::Late(Hit::Entry)),
            b'M' => Some(Self::Late(Hit::Group)),
            _ => None,
        }
    }
}

impl State {
    /// The writer begins: a mark is opened before the source is written.
    pub(super) fn begin_write(&mut self, model: &Model, task: usize, write: Write) {
        match write {
            Write::Late(hit) => self.give_up_writing(model, task, hit),
            Write::Bracket(hit) => self.send(task, Command::Open(hit)),
            Write::Invalidate(_) | Write::Put => self.write(task),
        }
    }

    /// The source is written.
    pub(super) fn write(&mut self, task: usize) {
        self.source += 1;
        self.tasks[task].version = self.source;
        self.tasks[task].doing = Doing::Written;
    }

    /// What follows the write to the source.
    pub(super) fn after_write(&mut self, model: &Model, task: usize, write: Write) {
        match write {
            // What happens between the two things that an invalidation does matters to what is kept alone.
            Write::Invalidate(hit) if model.is_near(self.tasks[task].process) => {
                self.begin_to_invalidate(model, task, hit)
            }
            Write::Invalidate(hit) => {
                let (process, version) = (self.tasks[task].process, self.tasks[task].version);
                let number = self.invalidate(model, process, model.removal(hit), version);
                self.tasks[task].doing = Doing::Pending(number);
            }
            Write::Bracket(hit) => self.send(task, Command::Close(hit)),
            Write::Put => self.put(task),
            Write::Late(_) => unreachable!("it was given up"),
        }
    }

    /// The writer is dropped: what it sent to the source is applied later. Its targets are invalidated now, and
    /// once more.
    fn give_up_writing(&mut self, model: &Model, task: usize, hit: Hit) {
        let process = self.tasks[task].process;
        self.invalidate(model, process, model.removal(hit), 0);
        let mut repeats = Repeats::clone(&self.processes[process].repeats);
        repeats.add([model.removal(hit)], model.now);
        self.processes[process].repeats = Rc::new(repeats);
        self.processes[process].late += 1;
        self.end_operation(task);
    }

    /// The source applies what a writer sent that was given up.
    pub(super) fn apply_late(&mut self, process: usize) {
        self.source += 1;
        self.applied_late = self.source;
        let process = &mut self.processes[process];
        (process.late, process.repeats_for) = (process.late - 1, self.source);
    }

    /// What is due is invalidated once more.
    pub(super) fn repeat(&mut self, model: &Model, process: usize) {
        let mut repeats = Repeats::clone(&self.processes[process].repeats);
        let version = self.processes[process].repeats_for;
        for removal in repeats.take_due(model.now) {
            self.invalidate(model, process, removal, version);
        }
        self.processes[process].repeats = Rc::new(repeats);
    }

    /// The fence is raised, and then the stripes are bumped: who reads notes the ticket first and looks at the
    /// fence afterwards.
    fn begin_to_invalidate(&mut self, model: &Model, task: usize, hit: Hit) {
        let (process, version) = (self.tasks[task].process, self.tasks[task].version);
        let number = if model.is(Mutant::BumpBeforeFence) {
            self.bump(model, process, &[model.removal(hit)]);
            None
        } else {
            Some(self.raise_fence(model, process, model.removal(hit), version))
        };
        self.tasks[task].doing = Doing::Invalidating(number);
    }

    pub(super) fn go_on_invalidating(
        &mut self,
        model: &Model,
        task: usize,
        write: Write,
        number: Option<u64>,
    ) {
        let Write::Invalidate(hit) = write else { unreachable!("it invalidates") };
        let (process, version) = (self.tasks[task].process, self.tasks[task].version);
        let number = match number {
            Some(number) if model.is(Mutant::NoFirstBump) => number,
            Some(number) => {
                self.bump(model, process, &[model.removal(hit)]);
                number
            }
            None => self.raise_fence(model, process, model.removal(hit), version),
        };
        self.detach(process);
        self.tasks[task].doing = Doing::Pending(number);
        if !self.processes[process].pending.iter().any(|(pending, _)| *pending == number) {
            // The worker was faster.
            self.write_returns(task);
        }
    }

    fn bump(&mut self, model: &Model, process: usize, removals: &[Removal]) {
        self.processes[process].near.changed(model, removals.iter().flat_map(Removal::names));
    }

    /// Raises the fence, bumps stripes, detaches flights, and leaves the rest to the worker.
    pub(super) fn invalidate(
        &mut self,
        model: &Model,
        process: usize,
        removal: Removal,
        version: Version,
    ) -> u64 {
        let number = self.raise_fence(model, process, removal.clone(), version);
        if model.is_near(process) {
            self.bump(model, process, &[removal]);
        }
        self.detach(process);
        number
    }

    fn raise_fence(&mut self, model: &Model, process: usize, removal: Removal, version: Version) -> u64 {
        let number = self.change_fence(process, |fence| {
            let known = fence.journaled().iter().any(|(name, _)| *name == removal.name);
            let left_out = fence.len() >= model.case.room && !known && model.is(Mutant::JournalTruncated);
            fence.raise((!left_out).then_some(removal), model.now)
        });
        self.processes[process].pending.push((number, version));
        number
    }

    fn put(&mut self, task: usize) {
        let version = self.tasks[task].version;
        match self.request(self.tasks[task].process) {
            Some(request) => self.send(task, Command::Put { version, request }),
            None => self.end_operation(task),
        }
    }

    /// A reply to a command of the writer's own arrived.
    pub(super) fn take_writers_reply(&mut self, task: usize, write: Write, reply: Reply) {
        let written = self.tasks[task].version > 0;
        match (write, reply) {
            (Write::Bracket(_), Reply::Done) if !written => self.write(task),
            // Without its mark a crash-safe writer does not write.
            (Write::Bracket(_), _) if !written => self.end_operation(task),
            (Write::Bracket(hit), Reply::Failed) => self.send(task, Command::Close(hit)),
            (Write::Put, Reply::Disowned) => self.send(task, Command::Ensure),
            (Write::Put, Reply::Ensured) => self.put(task),
            // A put that is not known to be carried out promises nothing.
            (Write::Put, Reply::Failed | Reply::Marked) => self.end_operation(task),
            _ => {
                self.floor = self.floor.max(self.tasks[task].version);
                self.write_returns(task);
            }
        }
    }

    /// The writer returns: nothing older is to be seen in its process.
    pub(super) fn write_returns(&mut self, task: usize) {
        let (process, version) = (self.tasks[task].process, self.tasks[task].version);
        let floor = &mut self.processes[process].floor;
        *floor = (*floor).max(version);
        self.end_operation(task);
    }

    /// The worker hands everything over that is journaled.
    pub(super) fn hand_over_journal(&mut self, model: &Model, process: usize) {
        let batch = self.processes[process].fence.hand_over();
        let command = Command::Remove(model.hit(&batch.removals));
        self.processes[process].worker = Worker::Removing(Rc::new(batch), Way::Sent(command));
    }

    /// What the worker's removal removes is invalidated from now on.
    pub(super) fn note_removal(&mut self, sender: Sender, command: Command) {
        if let (Sender::Worker(index), Command::Remove(_)) = (sender, command)
            && let Worker::Removing(batch, _) = &self.processes[index].worker
        {
            let pending = self.processes[index].pending.iter();
            let covered = pending.filter(|(number, _)| batch.covers(*number)).map(|(_, version)| *version);
            self.note_executed(covered.max().unwrap_or(0));
        }
    }

    /// The worker's removal was answered. The stripes are bumped, and then the fence is lowered: what was read
    /// while it was up is not served once it is down.
    pub(super) fn take_removal(&mut self, model: &Model, process: usize, batch: Rc<Batch>, reply: Reply) {
        self.processes[process].worker = Worker::Idle;
        if matches!(reply, Reply::Failed) {
            // Whoever waits is told at once; the journal keeps the target.
            return self.tell(process, |_| true);
        }
        if !model.is_near(process) {
            return self.finish_removal(model, process, &batch);
        }
        if model.is(Mutant::BumpAfterLowering) {
            self.lower_fence(model, process, &batch);
        } else if !model.is(Mutant::NoSecondBump) {
            self.bump(model, process, &batch.removals);
        }
        self.processes[process].worker = Worker::Removed(batch);
    }

    /// The fence is lowered, and whoever waits is told.
    pub(super) fn finish_removal(&mut self, model: &Model, process: usize, batch: &Batch) {
        self.processes[process].worker = Worker::Idle;
        if model.is(Mutant::BumpAfterLowering) {
            self.bump(model, process, &batch.removals);
        } else {
            self.lower_fence(model, process, batch);
        }
        let (done, pending): (Vec<_>, Vec<_>) =
            self.processes[process].pending.iter().partition(|(number, _)| batch.covers(*number));
        self.processes[process].pending = pending;
        for (_, version) in done {
            self.floor = self.floor.max(version);
        }
        self.tell(process, |number| batch.covers(number));
        if self.processes[process].fence.len() == 0 {
            // Whatever is waited for is gone from the journal.
            for (_, version) in std::mem::take(&mut self.processes[process].pending) {
                self.floor = self.floor.max(version);
            }
            self.tell(process, |_| true);
        }
    }

    fn lower_fence(&mut self, model: &Model, process: usize, batch: &Batch) {
        self.change_fence(process, |fence| {
            if model.is(Mutant::FenceWithoutNumbers) {
                let mut newer = fence.hand_over();
                newer.removals.retain(|removal| batch.removals.contains(removal));
                fence.acknowledged(&newer);
            } else {
                fence.acknowledged(batch);
            }
        });
    }

    fn tell(&mut self, process: usize, told: impl Fn(u64) -> bool) {
        for task in 0..self.tasks.len() {
            if let Doing::Pending(number) = self.tasks[task].doing
                && self.tasks[task].process == process
                && told(number)
            {
                self.write_returns(task);
            }
        }
    }

    fn change_fence<R>(&mut self, process: usize, change: impl FnOnce(&Fence) -> R) -> R {
        let fence = Fence::clone(&self.processes[process].fence);
        let result = change(&fence);
        self.processes[process].fence = Rc::new(fence);
        result
    }
}
