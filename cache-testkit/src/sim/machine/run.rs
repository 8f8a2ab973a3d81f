//! How a command is carried out.

use crate::sim::commands::{Access, Call, Command, find};
use crate::sim::machine::state::{Machine, Running, SimVersion};
use crate::sim::reply::{Answer, Reply};

/// What a write is refused with.
const OUT_OF_MEMORY: &str = "OOM command not allowed when used memory > 'maxmemory'.";
const READ_ONLY: &str = "READONLY You can't write against a read only replica.";
const NO_REPLICAS: &str = "NOREPLICAS Not enough good replicas to write.";

impl Machine {
    /// Carries out a client's command: its reply, and what it tells whom, are in their output then.
    pub(crate) fn execute(&mut self, client: u64, words: &[Vec<u8>]) {
        let Some(session) = self.sessions.get(&client) else { return };
        if words.is_empty() || session.ended {
            return;
        }
        let database = session.database;
        self.running = Some(Running { client, begun: false, declared: None, out_of_memory: false });
        let found = find(words, self.version);
        let reply = match self.admit(&found) {
            Ok(command) => self.call(command, &Call { client, database, words }),
            Err(error) => Err(error),
        };
        self.answer(client, reply.unwrap_or_else(Reply::Error));
        // Whatever is said by CLIENT leaves in force what was said by it for the next command.
        let says = found.is_ok_and(|command| command.name.starts_with("client|"));
        if !says && let Some(tracking) = self.tracking_of(client) {
            tracking.caching = false;
        }
        self.running = None;
    }

    fn answer(&mut self, client: u64, reply: Reply) {
        let pending = std::mem::take(&mut self.pending);
        if let Some(session) = self.sessions.get_mut(&client) {
            session.say(&reply);
            pending.into_iter().for_each(|change| session.tell(change));
        }
    }

    /// What must hold before a command begins.
    fn admit(&mut self, found: &Result<&'static Command, String>) -> Result<&'static Command, String> {
        let command = *found.as_ref().map_err(String::clone)?;
        self.counts.commands += 1;
        let out_of_memory = !self.make_room();
        if out_of_memory && command.access == Access::Grow {
            return Err(OUT_OF_MEMORY.to_owned());
        }
        self.forget_excess();
        if command.access.writes() {
            self.writable()?;
        }
        self.data.begin(command.access.writes() || command.access == Access::Script);
        if let Some(running) = &mut self.running {
            (running.begun, running.out_of_memory) = (true, out_of_memory);
        }
        Ok(command)
    }

    /// Whether this server may be written to.
    pub(crate) fn writable(&self) -> Result<(), String> {
        if self.settings.min_replicas > 0 && self.replication.is_master() {
            return Err(NO_REPLICAS.to_owned());
        }
        if !self.replication.is_master() {
            return Err(READ_ONLY.to_owned());
        }
        Ok(())
    }

    /// Whether a script may write, which is asked before its first write alone.
    pub(crate) fn admit_write(&self, grows: bool) -> Result<(), String> {
        let room = match &self.running {
            Some(running) if grows && running.out_of_memory => Err(OUT_OF_MEMORY.to_owned()),
            _ => Ok(()),
        };
        match self.version {
            SimVersion::Redis70 => self.writable().and(room),
            SimVersion::Valkey91 => room.and(self.writable()),
        }
    }

    /// Carries out a command, also one of a script.
    pub(crate) fn call(&mut self, command: &Command, call: &Call<'_>) -> Answer {
        let answer = (command.run)(self, call);
        if command.access == Access::Read {
            match self.declared_names() {
                Some(declared) => self.remember(declared.iter().map(Vec::as_slice)),
                None => self.remember(command.names(call.words)),
            }
        }
        answer
    }

    fn declared_names(&self) -> Option<Vec<Vec<u8>>> {
        let declared = self.running.as_ref()?.declared.clone();
        declared.filter(|_| self.version == SimVersion::Redis70)
    }
}
