//! Random sequences of commands.

use std::fmt;

use cache_testkit::SeededRandom;

use crate::scripts::{ALL, Script};

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// A client sends a command.
    Send(usize, Vec<Word>),
    /// A client's connection is replaced.
    Reconnect(usize),
    /// Some milliseconds pass.
    Pass,
    /// Everyone hears what there is to hear.
    Hear,
}

/// A word of a command. Some depend on what the server said before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    Bytes(Vec<u8>),
    Text(Script),
    Digest(Script),
    /// The beginning of the id of the server's history.
    History,
    /// A moment by the server's clock, so many milliseconds from now.
    At(i64),
    /// Of the last lease that was granted for this entry.
    Generation(usize),
    LeaseId(usize),
    LeaseValue(usize),
}

pub(crate) const CLIENTS: usize = 3;
/// Entries, each with its lease.
pub(crate) const ENTRIES: usize = 2;
const STAMPS: usize = 2;
/// Times to live in milliseconds: what is left of one is never taken for what is left of the other.
const TIMES: [&str; 2] = ["1000000", "10000000"];

/// Makes steps.
pub(crate) struct Dice {
    random: SeededRandom,
    tokens: u32,
    /// Whether it is an unruly sequence, in which settings and roles change too.
    unruly: bool,
}

/// A whole sequence.
pub(crate) fn sequence(seed: u64, length: usize) -> Vec<Step> {
    let random = SeededRandom::new(seed);
    let unruly = random.happens(0.3);
    let mut dice = Dice { random, tokens: 0, unruly };
    let mut steps = dice.beginning();
    while steps.len() < length {
        dice.next(&mut steps);
        if steps.len().is_multiple_of(7) {
            steps.push(Step::Hear);
        }
    }
    steps.push(Step::Hear);
    steps
}

fn words(line: &str) -> Vec<Word> {
    line.split_whitespace().map(word).collect()
}

fn word(word: &str) -> Word {
    Word::Bytes(word.as_bytes().to_vec())
}

impl Dice {
    fn below(&self, end: usize) -> usize {
        usize::try_from(self.random.below(end as u64)).unwrap()
    }

    fn one<'a>(&self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn name(&self) -> &'static str {
        self.one(&["e0", "e0", "e1", "l0", "l1", "i", "i", "s0", "s0", "s1", "s1", "w0", "w1", "a"])
    }

    fn time(&self) -> &'static str {
        self.one(&TIMES)
    }

    fn token(&mut self) -> Word {
        self.tokens += 1;
        word(&format!("{:04}{:012}", self.tokens, 0))
    }

    /// Most clients are told of changes; the scripts are known.
    fn beginning(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for client in 0..CLIENTS {
            steps.push(Step::Send(client, words("HELLO 3")));
            let tracking = self.one(&["", "OPTIN", "OPTIN NOLOOP", "NOLOOP", "OPTOUT"]);
            let tracking = if client == 0 { "" } else { tracking };
            steps.push(Step::Send(client, words(&format!("CLIENT TRACKING ON {tracking}"))));
        }
        for script in ALL {
            steps.push(Step::Send(0, vec![word("SCRIPT"), word("LOAD"), Word::Text(script)]));
        }
        steps.push(Step::Send(0, self.script(Script::Ensure)));
        steps
    }

    fn next(&mut self, steps: &mut Vec<Step>) {
        let client = self.below(CLIENTS);
        let mut send = |words| steps.push(Step::Send(client, words));
        match self.below(100) {
            0..30 => send(self.script(ALL[self.below(ALL.len())])),
            30..34 => {
                // A whole load.
                let entry = self.below(ENTRIES);
                send(self.script_for(Script::Acquire, entry));
                send(self.script_for(Script::Store, entry));
            }
            34..54 => send(self.read()),
            54..82 => send(self.write()),
            82..90 => {
                send(words(self.client()));
            }
            90..92 if self.unruly => {
                send(words(&format!("SET {} v PX 1", self.name())));
                steps.push(Step::Pass);
            }
            92..98 if self.unruly => send(words(self.server())),
            98 => steps.push(Step::Reconnect(client)),
            99 => send(self.mistake()),
            _ => send(self.read()),
        }
    }

    fn read(&self) -> Vec<Word> {
        let names = || (0..=self.below(4)).map(|_| self.name()).collect::<Vec<_>>().join(" ");
        words(&match self.below(14) {
            0..4 => format!("MGET {}", names()),
            4..7 => format!("GET {}", self.name()),
            7 => format!("EXISTS {}", names()),
            8 => format!("PTTL {}", self.name()),
            9 => format!("TTL {}", self.name()),
            10 => format!("STRLEN {}", self.name()),
            11 => {
                // Ids and times are compared whole or not at all, and nothing writes those under "a".
                let range =
                    ["0 -1", "5 2", "0 1000", "-3 -1", "2 11", "-2 -5", "1000 2000", "-1000 3", "1 -2"];
                let name = self.one(&["a", "a", self.name()]);
                let range = if name == "a" { self.one(&range) } else { self.one(&range[..3]) };
                format!("GETRANGE {name} {range}")
            }
            12 => format!("TYPE {}", self.name()),
            _ => self.one(&["KEYS *", "KEYS s?", "KEYS e*", "DBSIZE"]).to_owned(),
        })
    }

    fn write(&mut self) -> Vec<Word> {
        let name = self.name();
        match self.below(24) {
            0..6 => words(&format!("SET {name} {} {}", self.value(), self.options())),
            6 => {
                // Over before it began.
                let mut words = words(&format!("SET {name} v PXAT"));
                words.push(Word::At(-1000));
                words
            }
            7 => words(&format!("SETNX {name} {}", self.value())),
            8 => words(&format!("PSETEX {name} {} v", self.time())),
            9..13 => words(&format!("UNLINK {name} {}", self.name())),
            13 => words(&format!("DEL {name} {} {name}", self.name())),
            14 => {
                // A time of its own: which of two that are the same is later depends on when they were set.
                self.tokens += 1;
                let time = 1_300_000 + self.tokens % 18 * 200_000;
                words(&format!("PEXPIRE {name} {time} {}", self.one(&["GT", "LT"])))
            }
            15..17 => {
                let condition = self.one(&["", "", "", "NX", "XX"]);
                words(&format!("PEXPIRE {name} {} {condition}", self.time()))
            }
            17 => words(&format!("EXPIRE {name} {}", self.one(&["1000", "10000", "-1", "0"]))),
            18 => {
                let mut words = words(&format!("PEXPIREAT {name}"));
                words.push(Word::At([-5000, 1_000_000, 10_000_000][self.below(3)]));
                words
            }
            19..21 => words(&format!("PERSIST {name}")),
            21 => words(&format!("{} {name} x y", self.one(&["RPUSH", "LPUSH"]))),
            22 => words(self.one(&["FLUSHALL", "FLUSHDB", "FLUSHALL ASYNC", "FLUSHDB SYNC"])),
            _ => words(&format!("SETEX {name} 1000 v")),
        }
    }

    /// Text, or what might be a stamp.
    fn value(&self) -> &'static str {
        self.one(&["v", "a-longer-value", "twelve-bytes", "L"])
    }

    fn options(&self) -> String {
        let time = match self.below(6) {
            0 | 1 => format!("PX {}", self.time()),
            2 => "EX 1000".to_owned(),
            3 => "KEEPTTL".to_owned(),
            _ => String::new(),
        };
        format!("{} {time} {}", self.one(&["", "", "NX", "XX"]), self.one(&["", "", "", "GET"]))
    }

    fn client(&self) -> &'static str {
        self.one(&[
            "CLIENT TRACKING ON",
            "CLIENT TRACKING ON NOLOOP",
            "CLIENT TRACKING ON OPTIN",
            "CLIENT TRACKING ON OPTOUT",
            "CLIENT TRACKING ON OPTIN OPTOUT",
            "CLIENT TRACKING OFF",
            "CLIENT CACHING YES",
            "CLIENT CACHING YES",
            "CLIENT CACHING NO",
            "CLIENT CACHING MAYBE",
            "CLIENT TRACKINGINFO",
            "CLIENT SETNAME me",
            "CLIENT GETNAME",
            "HELLO 2",
            "HELLO 3",
            "HELLO 3 SETNAME you",
            "RESET",
            "SELECT 0",
            "SELECT 1",
            "PING",
            "ECHO hello",
        ])
    }

    /// What changes the server itself.
    fn server(&self) -> &'static str {
        self.one(&[
            "CONFIG SET maxmemory 1",
            "CONFIG SET maxmemory 0",
            "CONFIG SET maxmemory 0",
            "CONFIG GET maxmemory",
            "CONFIG SET min-replicas-to-write 1",
            "CONFIG SET min-replicas-to-write 0",
            "CONFIG SET min-replicas-to-write 0",
            "REPLICAOF 127.0.0.1 1",
            "REPLICAOF NO ONE",
            "REPLICAOF NO ONE",
            "REPLICAOF NO ONE",
            "ROLE",
            "WAIT 0 0",
            "SCRIPT FLUSH",
        ])
    }

    fn mistake(&self) -> Vec<Word> {
        words(self.one(&[
            "NOSUCH a b",
            "GET",
            "GET a b",
            "SET a",
            "SET a b NX XX",
            "SET a b PX 0",
            "SET a b PX x",
            "SET a b EX 9223372036854775807",
            "PEXPIRE a x",
            "EXPIRE a 9223372036854775807",
            "PEXPIRE a 1 NX GT",
            "PEXPIRE a 1 GT LT",
            "PEXPIRE a 1 FOO",
            "GETRANGE a x 1",
            "CLIENT",
            "CLIENT FOO",
            "CLIENT TRACKING",
            "CLIENT TRACKING MAYBE",
            "CLIENT TRACKING ON FOO",
            "SELECT 99",
            "SELECT x",
            "HELLO 4",
            "HELLO x",
            "HELLO 3 FOO",
            "FLUSHALL FOO",
            "EVALSHA 0000000000000000000000000000000000000000 0",
            "SCRIPT EXISTS 0000000000000000000000000000000000000000",
            "SCRIPT FOO",
            "CONFIG SET nosuch 1",
            "CONFIG SET maxmemory",
            "WAIT x 0",
            "PING a b",
        ]))
    }

    fn script(&mut self, script: Script) -> Vec<Word> {
        let entry = self.below(ENTRIES);
        self.script_for(script, entry)
    }

    /// A script's command, as the cache sends it, or nearly so.
    fn script_for(&mut self, script: Script, entry: usize) -> Vec<Word> {
        let form = if script == Script::Ensure || self.below(8) == 0 {
            [word("EVAL"), Word::Text(script)]
        } else {
            [word("EVALSHA"), Word::Digest(script)]
        };
        let (keys, arguments) = self.of_script(script, entry);
        let count = word(&keys.len().to_string());
        form.into_iter().chain([count]).chain(keys).chain(arguments).collect()
    }

    fn of_script(&mut self, script: Script, entry: usize) -> (Vec<Word>, Vec<Word>) {
        let [own, lease] = ["e", "l"].map(|kind| word(&format!("{kind}{entry}")));
        let stamps = (0..STAMPS).map(|number| word(&format!("s{number}")));
        let marks = (0..=STAMPS).map(|number| word(&format!("w{number}")));
        let marks: Vec<Word> = if self.below(8) == 0 { Vec::new() } else { marks.collect() };
        let with_stamps: Vec<Word> = [own, lease.clone(), word("i")].into_iter().chain(stamps).collect();
        let stamp_ttl = word(if self.below(30) == 0 { "0" } else { self.time() });
        let (count, permanent) = (word(&STAMPS.to_string()), word(&self.below(STAMPS + 1).to_string()));
        let history = if self.below(15) == 0 { word("another-history!") } else { Word::History };
        let refused = word(if self.below(3) == 0 { "id-00000" } else { "" });
        let head = Word::Bytes(
            [&[1, 0, self.one(&["\u{3}", "\u{3}", "\u{2}"]).as_bytes()[0], 0], &b"id-00000"[..]].concat(),
        );
        let (token, ttl) = (self.token(), word(if self.below(30) == 0 { "x" } else { self.time() }));
        match script {
            Script::Acquire => (
                with_stamps.into_iter().chain(marks).collect(),
                vec![token, ttl, count, permanent, stamp_ttl, history, refused],
            ),
            Script::Ensure => (vec![word("i")], vec![token]),
            Script::Put => (
                with_stamps.into_iter().chain(marks).collect(),
                vec![token, count, permanent, stamp_ttl, history, head, ttl, word("by-hand")],
            ),
            Script::Renew => {
                let keep = word(self.one(&["0", "1000000", "10000000"]));
                (vec![lease], vec![Word::LeaseValue(entry), keep])
            }
            Script::Store => {
                let (id, generation) = (Word::LeaseId(entry), Word::Generation(entry));
                (with_stamps, vec![id, generation, head, ttl, word("loaded")])
            }
        }
    }
}

impl Step {
    /// Whether it is something that servers understand since Redis 7.0.
    pub(crate) fn is_modern(&self) -> bool {
        let Self::Send(_, words) = self else { return false };
        let is = |place: usize, wanted: &str| words.get(place) == Some(&word(wanted));
        let has = |wanted: &str| words.contains(&word(wanted));
        is(0, "PEXPIRE") && words.len() > 3 || is(0, "SET") && has("NX") && has("GET")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Send(client, words) = self else { return write!(f, "{self:?}") };
        write!(f, "client {client}:")?;
        for word in words {
            match word {
                Word::Bytes(bytes) => write!(f, " {:?}", bytes.escape_ascii().to_string())?,
                other => write!(f, " {other:?}")?,
            }
        }
        Ok(())
    }
}
