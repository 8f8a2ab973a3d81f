//! What a server says, and how it is written in the two versions of its protocol.

/// A reply, or a push.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// A word, as in `OK`.
    Word(&'static str),
    /// An error: its code and its text.
    Error(String),
    Int(i64),
    Bulk(Vec<u8>),
    Nil,
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Set(Vec<Self>),
    /// Text for a person.
    Text(String),
    /// What nobody asked for.
    Push(Vec<Self>),
}

/// What comes of a command; an error is its code and its text.
pub(crate) type Answer = Result<Reply, String>;

impl Reply {
    pub(crate) const OK: Self = Self::Word("OK");

    pub(crate) fn bulk(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bulk(bytes.as_ref().to_vec())
    }

    pub(crate) fn count(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// A value, or nothing.
    pub(crate) fn value(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Self::Nil, Self::bulk)
    }

    /// Writes it for a client of this version of the protocol. Older ones are told nothing that they didn't ask
    /// for.
    pub(crate) fn write(&self, version: u8, out: &mut Vec<u8>) {
        let modern = version > 2;
        match self {
            Self::Word(word) => line(out, '+', word),
            Self::Error(error) => line(out, '-', error),
            Self::Int(number) => line(out, ':', number),
            Self::Bulk(bytes) => block(out, '$', b"", bytes),
            Self::Nil if modern => out.extend_from_slice(b"_\r\n"),
            Self::Nil => out.extend_from_slice(b"$-1\r\n"),
            Self::Array(items) => list(out, '*', items, version),
            Self::Set(items) => list(out, if modern { '~' } else { '*' }, items, version),
            Self::Push(items) => list(out, '>', items, version),
            Self::Text(text) if modern => block(out, '=', b"txt:", text.as_bytes()),
            Self::Text(text) => block(out, '$', b"", text.as_bytes()),
            Self::Map(pairs) => {
                let (kind, count) = if modern { ('%', pairs.len()) } else { ('*', pairs.len() * 2) };
                line(out, kind, count);
                for (key, value) in pairs {
                    key.write(version, out);
                    value.write(version, out);
                }
            }
        }
    }
}

fn line(out: &mut Vec<u8>, kind: char, rest: impl std::fmt::Display) {
    out.extend_from_slice(format!("{kind}{rest}\r\n").as_bytes());
}

fn block(out: &mut Vec<u8>, kind: char, prefix: &[u8], bytes: &[u8]) {
    line(out, kind, prefix.len() + bytes.len());
    out.extend_from_slice(prefix);
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

fn list(out: &mut Vec<u8>, kind: char, items: &[Reply], version: u8) {
    line(out, kind, items.len());
    items.iter().for_each(|item| item.write(version, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &Reply, older: &str, modern: &str) {
        for (version, expected) in [(2, older), (3, modern)] {
            let mut out = Vec::new();
            reply.write(version, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "version {version}");
        }
    }

    #[test]
    fn each_kind_is_written_as_its_version_writes_it() {
        check(&Reply::OK, "+OK\r\n", "+OK\r\n");
        check(&Reply::Error("ERR no".to_owned()), "-ERR no\r\n", "-ERR no\r\n");
        check(&Reply::Int(-2), ":-2\r\n", ":-2\r\n");
        check(&Reply::bulk("a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n");
        check(&Reply::Nil, "$-1\r\n", "_\r\n");
        check(&Reply::Text("t".to_owned()), "$1\r\nt\r\n", "=5\r\ntxt:t\r\n");
        let pair = || (Reply::Int(1), Reply::Nil);
        check(&Reply::Map(vec![pair()]), "*2\r\n:1\r\n$-1\r\n", "%1\r\n:1\r\n_\r\n");
        check(&Reply::Set(vec![Reply::Int(1)]), "*1\r\n:1\r\n", "~1\r\n:1\r\n");
        check(&Reply::Array(vec![Reply::Array(Vec::new())]), "*1\r\n*0\r\n", "*1\r\n*0\r\n");
    }
}
