//! Plays a sequence on a server, and writes down what the clients hear.

use std::collections::BTreeMap;
use std::time::Duration;

use cache_testkit::SimRedis;

use crate::scripts::Script;
use crate::steps::{CLIENTS, Step, Word};
use crate::wire::{Said, Wire};

/// A server to play on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) port: u16,
    /// If it is not a real one.
    pub(crate) sim: Option<&'a SimRedis>,
    /// Whether all errors are the same, and pushes are compared without their place between replies: for servers
    /// that are like the simulated one, and not the very same.
    pub(crate) loosely: bool,
}

/// What was heard in each step.
pub(crate) type Transcript = Vec<Vec<String>>;

/// The last lease that was granted for an entry.
#[derive(Clone, Debug, Default)]
struct Grant {
    generation: Vec<u8>,
    id: Vec<u8>,
}

struct Player<'a> {
    stage: Stage<'a>,
    control: Wire,
    clients: Vec<Wire>,
    /// What each client was told since it was last heard, where that is compared by itself.
    told: Vec<Vec<String>>,
    grants: BTreeMap<usize, Grant>,
    /// The histories of the server, the newest last.
    histories: Vec<Vec<u8>>,
    digests: BTreeMap<String, Vec<u8>>,
    /// Its time at the beginning, in seconds.
    began: u64,
}

/// Plays all steps. It begins with an empty server.
pub(crate) fn play(stage: Stage<'_>, steps: &[Step]) -> Transcript {
    let mut player = Player::new(stage);
    steps.iter().map(|step| player.step(step)).collect()
}

impl<'a> Player<'a> {
    fn new(stage: Stage<'a>) -> Self {
        let mut control = Wire::to(stage.port);
        for line in [
            "REPLICAOF NO ONE",
            "CONFIG SET maxmemory 0",
            "CONFIG SET min-replicas-to-write 0",
            "DEBUG SET-ACTIVE-EXPIRE 0",
            "SCRIPT FLUSH",
            "FLUSHALL",
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(control.ask(&words).1, Said::Line('+', "OK".to_owned()), "{line}");
        }
        let clients = (0..CLIENTS).map(|_| Wire::to(stage.port)).collect();
        let mut player = Self {
            stage,
            control,
            clients,
            told: vec![Vec::new(); CLIENTS],
            grants: BTreeMap::new(),
            histories: Vec::new(),
            digests: BTreeMap::new(),
            began: 0,
        };
        player.began = player.millis() / 1000;
        player.learn_history();
        player
    }

    fn step(&mut self, step: &Step) -> Vec<String> {
        match step {
            Step::Send(client, words) => self.send(*client, words),
            Step::Reconnect(client) => {
                self.clients[*client] = Wire::to(self.stage.port);
                self.told[*client].clear();
                Vec::new()
            }
            Step::Pass => {
                self.pass();
                Vec::new()
            }
            Step::Hear => (0..CLIENTS).flat_map(|client| self.hear(client)).collect(),
        }
    }

    /// Whatever is there for a client comes before the answer.
    fn hear(&mut self, client: usize) -> Vec<String> {
        let mut heard = self.send(client, &[Word::Bytes(b"PING".into())]);
        let mut told = std::mem::take(&mut self.told[client]);
        told.sort();
        heard.append(&mut told);
        heard
    }

    /// Time passes on a real server by itself: it is asked until some has.
    fn pass(&mut self) {
        match self.stage.sim {
            Some(sim) => sim.advance(Duration::from_millis(5)),
            None => {
                let until = self.millis() + 3;
                while self.millis() < until {}
            }
        }
    }

    fn send(&mut self, client: usize, words: &[Word]) -> Vec<String> {
        let bytes: Vec<Vec<u8>> = words.iter().map(|word| self.bytes(word)).collect();
        let (before, reply) = self.clients[client].ask(&bytes);
        self.learn(words, &reply);
        let name = bytes[0].to_ascii_uppercase();
        if name == b"REPLICAOF" {
            self.learn_history();
        }
        let mut before: Vec<String> = before.iter().map(|push| self.shown(push)).collect();
        if self.stage.loosely {
            self.told[client].append(&mut before);
        }
        let reply = match (name.as_slice(), &reply) {
            (b"HELLO", Said::Several(..)) => "a greeting".to_owned(),
            (b"KEYS", Said::Several(kind, items)) => {
                let mut items: Vec<String> = items.iter().map(|item| self.shown(item)).collect();
                items.sort();
                format!("{kind}{items:?}")
            }
            (_, reply) => self.shown(reply),
        };
        before.into_iter().chain([reply]).map(|said| format!("client {client}: {said}")).collect()
    }

    fn bytes(&mut self, word: &Word) -> Vec<u8> {
        match word {
            Word::Bytes(bytes) => bytes.clone(),
            Word::Text(script) => script.text().into_bytes(),
            Word::Digest(script) => self.digest(*script),
            Word::History => self.histories.last().cloned().unwrap(),
            Word::At(millis) => (i64::try_from(self.millis()).unwrap() + millis).to_string().into_bytes(),
            Word::Generation(entry) => self.grant(*entry).generation,
            Word::LeaseId(entry) => self.grant(*entry).id,
            Word::LeaseValue(entry) => {
                let Grant { generation, id } = self.grant(*entry);
                [b"L", &id[..], &generation].concat()
            }
        }
    }

    fn digest(&mut self, script: Script) -> Vec<u8> {
        let known = self.digests.entry(format!("{script:?}"));
        known.or_insert_with(|| redis::Script::new(&script.text()).get_hash().as_bytes().to_vec()).clone()
    }

    fn grant(&self, entry: usize) -> Grant {
        let none = || Grant { generation: vec![b'g'; 36], id: vec![b'd'; 24] };
        self.grants.get(&entry).cloned().unwrap_or_else(none)
    }

    /// Whoever is granted a lease stores and renews by it.
    fn learn(&mut self, words: &[Word], reply: &Said) {
        let entry = words.iter().find_map(|word| match word {
            Word::Bytes(name) => match name.as_slice() {
                [b'e', number @ b'0'..=b'9'] => Some(usize::from(number - b'0')),
                _ => None,
            },
            _ => None,
        });
        let granted = Said::Line(':', "1".to_owned());
        if let (Some(entry), [first, generation, id]) = (entry, reply.items())
            && *first == granted
            && let (Some(generation), Some(id)) = (generation.bytes(), id.bytes())
        {
            self.grants.insert(entry, Grant { generation: generation.to_vec(), id: id.to_vec() });
        }
    }

    fn learn_history(&mut self) {
        let (_, info) = self.control.ask(&["INFO", "replication"]);
        let info = String::from_utf8_lossy(info.bytes().unwrap()).into_owned();
        let id = info.lines().find_map(|line| line.strip_prefix("master_replid:")).unwrap();
        let id = id.as_bytes()[..16].to_vec();
        if self.histories.last() != Some(&id) {
            self.histories.push(id);
        }
    }

    fn millis(&mut self) -> u64 {
        let (_, time) = self.control.ask(&["TIME"]);
        let part = |place: usize| -> u64 {
            std::str::from_utf8(time.items()[place].bytes().unwrap()).unwrap().parse().unwrap()
        };
        part(0) * 1000 + part(1) / 1000
    }

    /// As text in which nothing depends on the server's clock or on its ids.
    fn shown(&self, said: &Said) -> String {
        match said {
            Said::Line(':', number) => format!(":{}", rounded(number.parse().unwrap())),
            Said::Line('-', error) => self.shown_error(error),
            Said::Line(kind, rest) => format!("{kind}{rest}"),
            Said::Bytes(kind, bytes) => format!("{kind}{}", self.shown_bytes(bytes)),
            Said::Several(kind, items) => {
                let items: Vec<String> = items.iter().map(|item| self.shown(item)).collect();
                format!("{kind}[{}]", items.join(" "))
            }
        }
    }

    /// A script's error ends in the line where it happened.
    fn shown_error(&self, error: &str) -> String {
        let error = error.split(" script: ").next().unwrap();
        if self.stage.loosely { "-an error".to_owned() } else { format!("-{error}") }
    }

    fn shown_bytes(&self, bytes: &[u8]) -> String {
        let (mut shown, mut rest) = (String::new(), bytes);
        while let Some((first, after)) = rest.split_first() {
            let history = self.histories.iter().position(|id| rest.starts_with(id));
            if let Some(number) = history {
                shown += &format!("<history {number}>");
                rest = &rest[16..];
            } else if self.is_time(rest) {
                shown += "<time>";
                rest = &rest[8..];
            } else {
                shown += &first.escape_ascii().to_string();
                rest = after;
            }
        }
        shown
    }

    /// Whether bytes begin with a time of the last minutes, as the scripts write it.
    fn is_time(&self, bytes: &[u8]) -> bool {
        let number =
            |range| bytes.get(range).map(|bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap()));
        let (Some(seconds), Some(micros)) = (number(0..4), number(4..8)) else { return false };
        (self.began..self.began + 3600).contains(&seconds.into()) && micros < 1_000_000
    }
}

/// What is left of a time to live, as what it was.
fn rounded(number: i64) -> i64 {
    let unit = match number {
        100_000.. => 100_000,
        500.. => 100,
        _ => 1,
    };
    (number + unit - 1) / unit * unit
}
