//! One client's connection, as the server knows it.

use crate::sim::reply::Reply;

/// What the server knows of a client.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) database: usize,
    /// 2 or 3.
    pub(crate) protocol: u8,
    pub(crate) name: Vec<u8>,
    /// How it is told of changes to what it reads, if at all.
    pub(crate) tracking: Option<Tracking>,
    /// It was ended by the server, and goes once it has been given what there is for it.
    pub(crate) ended: bool,
    output: Vec<u8>,
}

/// How a client is told of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tracking {
    pub(crate) choice: Choice,
    /// It is not told of its own changes.
    pub(crate) no_loop: bool,
    /// Whether `CLIENT CACHING` came just before.
    pub(crate) caching: bool,
}

/// Of which names a client is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Of all that it reads.
    #[default]
    All,
    /// Of those that it reads right after `CLIENT CACHING YES`.
    OptIn,
    /// Of those that it doesn't read right after `CLIENT CACHING NO`.
    OptOut,
}

impl Tracking {
    /// Whether what is read now is to be remembered.
    pub(crate) fn remembers(self) -> bool {
        match self.choice {
            Choice::All => true,
            Choice::OptIn => self.caching,
            Choice::OptOut => !self.caching,
        }
    }
}

/// What a client is told of.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Name(Vec<u8>),
    Everything,
}

impl Default for Session {
    fn default() -> Self {
        Self { database: 0, protocol: 2, name: Vec::new(), tracking: None, ended: false, output: Vec::new() }
    }
}

impl Session {
    pub(crate) fn say(&mut self, reply: &Reply) {
        if !self.ended {
            reply.write(self.protocol, &mut self.output);
        }
    }

    /// The older protocol has no word for what nobody asked for.
    pub(crate) fn tell(&mut self, change: Change) {
        if self.protocol < 3 {
            return;
        }
        let what = match change {
            Change::Name(name) => Reply::Array(vec![Reply::Bulk(name)]),
            Change::Everything => Reply::Nil,
        };
        self.say(&Reply::Push(vec![Reply::bulk("invalidate"), what]));
    }

    /// Ends the connection from the server's side.
    pub(crate) fn end(&mut self) {
        self.ended = true;
        self.tracking = None;
    }

    pub(crate) fn has_output(&self) -> bool {
        self.ended || !self.output.is_empty()
    }

    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}
