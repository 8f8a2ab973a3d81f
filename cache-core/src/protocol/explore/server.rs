//! The server: each command is one step that nothing comes in between, with exactly the semantics of its
//! script.

use crate::protocol::explore::mutant::Mutant;
use crate::protocol::explore::words::{Held, Nonces, Number, Stored, Version};

/// What lies in the server's memory, and is replicated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Data {
    pub(super) entry: Option<Stored>,
    /// A lease and the token of the request that was granted it.
    pub(super) lease: Option<(Held, Number)>,
    /// The incarnation's nonce and history.
    pub(super) incarnation: Option<(Number, u8)>,
    pub(super) stamp: Option<Number>,
    /// The marks of the entry and of its group.
    pub(super) marks: [bool; 2],
}

#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    pub(super) data: Data,
    pub(super) history: u8,
    /// What a replica has which receives nothing any more.
    pub(super) replica: Option<Data>,
    pub(super) drawn: Number,
}

/// What an invalidation hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    Entry = 0,
    Group = 1,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Command {
    Read {
        lease: bool,
    },
    /// Reads the entry, and the lease where that is asked for, and nothing else.
    ReadAlone {
        lease: bool,
    },
    /// The same after `ReadStamps`, with what that saw: the incarnation and the stamp.
    ReadBeside {
        lease: bool,
        seen: (Option<(Number, u8)>, Option<Number>),
    },
    /// Reads the incarnation and the stamp, so that changes to them are told.
    ReadStamps {
        lease: bool,
    },
    /// The entry, if one was seen and refused.
    Acquire(Request, Option<Number>),
    Ensure,
    Store {
        lease: Held,
        version: Version,
    },
    Release(Held),
    /// Whether the entry with its lease, and whether the group's stamp, is removed.
    Remove([bool; 2]),
    Put {
        version: Version,
        request: Request,
    },
    Open(Hit),
    Close(Hit),
}

/// What the requests carry that may write stamps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) token: Number,
    /// Only [`Mutant::NonceOfRequest`] uses it.
    pub(super) nonce: Number,
    pub(super) history: u8,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Reply {
    Read {
        data: Data,
        lease: bool,
    },
    /// An entry, and its lease if it was asked for.
    Alone {
        entry: Option<Stored>,
        lease: Option<Held>,
    },
    Valid,
    Granted(Held),
    Busy(Number),
    Marked,
    Disowned,
    Ensured,
    Done,
    Failed,
}

impl Server {
    /// Nothing is stored yet.
    pub(super) fn cold() -> Self {
        let mut server = Self::default();
        server.data.incarnation = Some((server.draw(), server.history));
        server
    }

    /// The entry is stored.
    pub(super) fn warm() -> Self {
        let mut server = Self::cold();
        let (incarnation, _) = server.data.incarnation.expect("a cold server has one");
        let nonces = Nonces(incarnation, server.draw());
        server.data.stamp = Some(nonces.1);
        server.data.entry = Some(Stored { id: server.draw(), version: 0, nonces, age: 0 });
        server
    }

    pub(super) fn draw(&mut self) -> Number {
        self.drawn += 1;
        self.drawn
    }

    pub(super) fn execute(&mut self, command: Command, mutant: Option<Mutant>) -> Reply {
        match command {
            Command::Read { lease } | Command::ReadStamps { lease } => Reply::Read { data: self.data, lease },
            Command::ReadAlone { lease } => {
                let held = self.data.lease.filter(|_| lease).map(|(held, _)| held);
                Reply::Alone { entry: self.data.entry, lease: held }
            }
            Command::ReadBeside { lease, seen: (incarnation, stamp) } => {
                Reply::Read { data: Data { incarnation, stamp, ..self.data }, lease }
            }
            Command::Acquire(request, refused) => self.acquire(request, refused, mutant),
            Command::Ensure => self.ensure(mutant),
            Command::Store { lease, version } => self.store(lease, version, mutant),
            Command::Release(lease) => self.release(lease),
            Command::Remove(hit) => self.remove(hit, mutant),
            Command::Put { version, request } => self.put(version, request, mutant),
            Command::Open(hit) => self.bracket(hit, true, mutant),
            Command::Close(hit) => self.bracket(hit, false, mutant),
        }
    }

    fn acquire(&mut self, request: Request, refused: Option<Number>, mutant: Option<Mutant>) -> Reply {
        let nonces = match self.nonces(request, mutant) {
            Ok(nonces) => nonces,
            Err(reply) => return reply,
        };
        if self.data.entry.is_some_and(|entry| entry.nonces == nonces && refused != Some(entry.id)) {
            return Reply::Valid;
        }
        if let Some((held, token)) = self.data.lease
            && held.nonces == nonces
        {
            return if token == request.token { Reply::Granted(held) } else { Reply::Busy(held.id) };
        }
        let id = if mutant == Some(Mutant::LeaseOfRequest) { request.token } else { self.draw() };
        let held = Held { id, nonces };
        self.data.lease = Some((held, request.token));
        Reply::Granted(held)
    }

    /// The current nonces; a missing stamp is written.
    fn nonces(&mut self, request: Request, mutant: Option<Mutant>) -> Result<Nonces, Reply> {
        let Some((incarnation, history)) = self.data.incarnation else { return Err(Reply::Disowned) };
        if history != request.history && mutant != Some(Mutant::NoRotation) {
            return Err(Reply::Disowned);
        }
        if self.data.marks != [false; 2] && mutant != Some(Mutant::MarksIgnored) {
            return Err(Reply::Marked);
        }
        let stamp = match self.data.stamp {
            Some(stamp) => stamp,
            None if mutant == Some(Mutant::NonceOfRequest) => request.nonce,
            None => self.draw(),
        };
        self.data.stamp = Some(stamp);
        Ok(Nonces(incarnation, stamp))
    }

    fn ensure(&mut self, mutant: Option<Mutant>) -> Reply {
        let known = self.data.incarnation;
        let ours = |(_, history)| history == self.history || mutant == Some(Mutant::NoRotation);
        if !known.is_some_and(ours) {
            self.data.incarnation = Some((self.draw(), self.history));
        }
        Reply::Ensured
    }

    /// The lease of another entry of the group is asked for: a missing stamp is written.
    pub(super) fn acquire_another(&mut self) {
        let stamp = self.data.stamp.unwrap_or_else(|| self.draw());
        self.data.stamp = Some(stamp);
    }

    fn store(&mut self, lease: Held, version: Version, mutant: Option<Mutant>) -> Reply {
        let mut nonces = lease.nonces;
        let unchecked = matches!(mutant, Some(Mutant::StoreWithoutLease | Mutant::StampsAtStore));
        if !unchecked && self.data.lease.map(|(held, _)| held) != Some(lease) {
            return Reply::Done;
        }
        self.data.lease = None;
        if mutant == Some(Mutant::StampsAtStore) {
            let stamp = self.data.stamp.unwrap_or_else(|| self.draw());
            self.data.stamp = Some(stamp);
            nonces.1 = stamp;
        }
        let incarnation = self.data.incarnation.map(|(nonce, _)| nonce);
        if (incarnation, self.data.stamp) == (Some(nonces.0), Some(nonces.1)) {
            self.data.entry = Some(Stored { id: self.draw(), version, nonces, age: 0 });
        }
        Reply::Done
    }

    fn release(&mut self, lease: Held) -> Reply {
        if self.data.lease.is_some_and(|(held, _)| held == lease) {
            self.data.lease = None;
        }
        Reply::Done
    }

    fn remove(&mut self, hit: [bool; 2], mutant: Option<Mutant>) -> Reply {
        if hit[Hit::Entry as usize] {
            self.data.entry = None;
            if mutant != Some(Mutant::LeaseSurvivesRemoval) {
                self.data.lease = None;
            }
        }
        if hit[Hit::Group as usize] {
            self.data.stamp = None;
        }
        Reply::Done
    }

    fn put(&mut self, version: Version, request: Request, mutant: Option<Mutant>) -> Reply {
        let nonces = match self.nonces(request, mutant) {
            Ok(nonces) => nonces,
            Err(reply) => return reply,
        };
        if mutant != Some(Mutant::LeaseSurvivesPut) {
            self.data.lease = None;
        }
        self.data.entry = Some(Stored { id: self.draw(), version, nonces, age: 0 });
        Reply::Done
    }

    fn bracket(&mut self, hit: Hit, open: bool, mutant: Option<Mutant>) -> Reply {
        self.remove([hit == Hit::Entry, hit == Hit::Group], mutant);
        self.data.marks[hit as usize] = open;
        Reply::Done
    }
}
