//! A connection on which everything that the server says is seen as it is written.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Something that a server said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// What fits on a line: its first character and the rest.
    Line(char, String),
    /// Bytes.
    Bytes(char, Vec<u8>),
    /// Several things; those of a map stand one after the other.
    Several(char, Vec<Self>),
}

impl Said {
    pub(crate) fn is_push(&self) -> bool {
        matches!(self, Self::Several('>', _))
    }

    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::Several(_, items) => items,
            _ => &[],
        }
    }

    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(_, bytes) => Some(bytes),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Wire {
    reader: BufReader<TcpStream>,
    /// What came in the middle of a reply.
    torn: Vec<Said>,
}

impl Wire {
    pub(crate) fn to(port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { reader: BufReader::new(stream), torn: Vec::new() }
    }

    pub(crate) fn send<A: AsRef<[u8]>>(&mut self, words: &[A]) {
        let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
        for word in words.iter().map(AsRef::as_ref) {
            bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            bytes.extend_from_slice(word);
            bytes.extend_from_slice(b"\r\n");
        }
        self.reader.get_mut().write_all(&bytes).unwrap();
    }

    pub(crate) fn hear(&mut self) -> Said {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        let line = line.strip_suffix("\r\n").expect("a whole line");
        let (kind, rest) = (line.chars().next().unwrap(), &line[1..]);
        let several = |wire: &mut Self, count: usize| (0..count).map(|_| wire.hear_item(kind)).collect();
        match (kind, rest.parse::<usize>()) {
            ('$' | '=', Ok(length)) => {
                let mut bytes = vec![0; length + 2];
                self.reader.read_exact(&mut bytes).unwrap();
                bytes.truncate(length);
                Said::Bytes(kind, bytes)
            }
            ('*' | '>' | '~', Ok(count)) => Said::Several(kind, several(self, count)),
            ('%', Ok(count)) => Said::Several(kind, several(self, count * 2)),
            _ => Said::Line(kind, rest.to_owned()),
        }
    }

    /// An item of a list. Before Redis 7.0 a push may stand between the items of a reply.
    fn hear_item(&mut self, kind: char) -> Said {
        loop {
            match self.hear() {
                push if push.is_push() && kind != '>' => self.torn.push(push),
                item => return item,
            }
        }
    }

    /// Sends a command and returns its reply, and what came before it.
    pub(crate) fn ask<A: AsRef<[u8]>>(&mut self, words: &[A]) -> (Vec<Said>, Said) {
        self.send(words);
        let mut before = Vec::new();
        loop {
            match self.hear() {
                push if push.is_push() => before.push(push),
                reply => {
                    before.append(&mut self.torn);
                    return (before, reply);
                }
            }
        }
    }
}
