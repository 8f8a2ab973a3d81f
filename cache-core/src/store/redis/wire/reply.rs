//! What a reply says.

use bytes::Bytes;
use redis::{RedisError, Value};
use smallvec::{SmallVec, smallvec};

use crate::store::redis::wire::frame::{Scan, count, line};

/// Strings, or nothing in their place.
pub(crate) type Texts = SmallVec<[Option<Bytes>; 2]>;

/// What a server replied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// A string, or nothing.
    Text(Option<Bytes>),
    /// Strings, or nothing in their place.
    Texts(Vec<Option<Bytes>>),
    /// Anything else.
    Other(Value),
}

impl Reply {
    /// Reads a reply that is whole. Strings, of which there are most, are not copied; the rest is left to redis-rs.
    ///
    /// # Errors
    ///
    /// An error that the server replied with is a reply; an error is what can't be read.
    pub(crate) fn read(frame: &Bytes) -> Result<Self, RedisError> {
        let frame = without_attributes(frame);
        match texts(&frame) {
            Some(texts) => Ok(texts),
            None => redis::parse_redis_value(&frame).map(Self::Other),
        }
    }

    /// The strings that answer a GET or an MGET.
    ///
    /// # Errors
    ///
    /// Something else answers.
    pub(crate) fn texts(self) -> Result<Texts, RedisError> {
        match self {
            Self::Text(text) => Ok(smallvec![text]),
            Self::Texts(texts) => Ok(texts.into()),
            Self::Other(_) => {
                Err((redis::ErrorKind::UnexpectedReturnType, "no strings answer a GET or an MGET").into())
            }
        }
    }

    /// Whether the server says that it is busy with a script.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Other(Value::ServerError(error)) if error.code() == "BUSY")
    }

    /// The same in redis-rs' words; an error where the server replied with one.
    pub(crate) fn value(self) -> Result<Value, RedisError> {
        let value = |text: Option<Bytes>| text.map_or(Value::Nil, |text| Value::BulkString(text.into()));
        match self {
            Self::Text(text) => Ok(value(text)),
            Self::Texts(texts) => Ok(Value::Array(texts.into_iter().map(value).collect())),
            Self::Other(other) => other.extract_error(),
        }
    }
}

/// What is said about a reply stands before it, and is of no interest.
fn without_attributes(frame: &Bytes) -> Bytes {
    let mut rest = frame.clone();
    while rest.first() == Some(&b'|') {
        let Some(end) = attributes(&rest) else { break };
        rest = rest.slice(end..);
    }
    rest
}

/// Where the attributes end with which this begins.
fn attributes(frame: &[u8]) -> Option<usize> {
    let (header, after) = line(frame, 0).ok()??;
    let count = count(&header[1..]).ok()?.unwrap_or(0);
    Scan::of(after, 2 * count).end(frame).ok()?
}

fn texts(frame: &Bytes) -> Option<Reply> {
    if frame.first() != Some(&b'*') {
        return text(frame, 0).map(|(text, _)| Reply::Text(text));
    }
    let (header, mut at) = line(frame, 0).ok()??;
    let Some(length) = count(&header[1..]).ok()? else { return Some(Reply::Text(None)) };
    // No more than there is room for: a header and a line end each.
    let mut texts = Vec::with_capacity(usize::try_from(length).ok()?.min(frame.len() / 3));
    for _ in 0..length {
        let (text, after) = text(frame, at)?;
        texts.push(text);
        at = after;
    }
    Some(Reply::Texts(texts))
}

/// The string that begins here, and where the next one does.
fn text(frame: &Bytes, at: usize) -> Option<(Option<Bytes>, usize)> {
    let (header, after) = line(frame, at).ok()??;
    let (kind, length) = header.split_first()?;
    match kind {
        b'_' => Some((None, after)),
        b'$' => {
            let Some(length) = count(length).ok()? else { return Some((None, after)) };
            let end = after + usize::try_from(length).ok()?;
            Some((Some(frame.slice(after..end)), end + 2))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Replies as bytes.
    fn reply() -> impl Strategy<Value = Vec<u8>> {
        let length = |text: &Vec<u8>| text.len();
        let leaf = prop_oneof![
            4 => prop::collection::vec(any::<u8>(), 0..40)
                .prop_map(move |text| [format!("${}\r\n", length(&text)).into_bytes(), text, b"\r\n".to_vec()].concat()),
            2 => Just(b"_\r\n".to_vec()),
            1 => Just(b"$-1\r\n".to_vec()),
            1 => Just(b"*-1\r\n".to_vec()),
            2 => any::<i64>().prop_map(|number| format!(":{number}\r\n").into_bytes()),
            1 => "[ -~]{0,20}".prop_map(|text| format!("+{text}\r\n").into_bytes()),
            1 => "(ERR|BUSY|WRONGTYPE|X) [ -~]{0,20}".prop_map(|text| format!("-{text}\r\n").into_bytes()),
            1 => any::<bool>().prop_map(|yes| if yes { b"#t\r\n".to_vec() } else { b"#f\r\n".to_vec() }),
            1 => Just(b",1.5\r\n".to_vec()),
            1 => Just(b"=6\r\ntxt:ab\r\n".to_vec()),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            (prop_oneof![3 => Just('*'), 1 => Just('~'), 1 => Just('%')], prop::collection::vec(inner, 0..8))
                .prop_map(|(kind, mut inner)| {
                    let count = if kind == '%' { inner.len() / 2 } else { inner.len() };
                    inner.truncate(if kind == '%' { 2 * count } else { count });
                    [format!("{kind}{count}\r\n").into_bytes(), inner.concat()].concat()
                })
        })
    }

    #[test]
    fn what_is_said_about_a_reply_is_left_out() {
        let read = |frame: &'static [u8]| {
            assert_eq!(Scan::new().end(frame), Ok(Some(frame.len())));
            Reply::read(&Bytes::from_static(frame)).expect("it is a reply")
        };
        let text = Reply::Text(Some(Bytes::from_static(b"a")));
        assert_eq!(read(b"|1\r\n+ttl\r\n:1\r\n$1\r\na\r\n"), text);
        assert_eq!(read(b"|1\r\n+x\r\n*1\r\n|0\r\n_\r\n|0\r\n$1\r\na\r\n"), text);
        let push = read(b"|1\r\n+ttl\r\n:1\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nx\r\n");
        assert!(matches!(push, Reply::Other(Value::Push { .. })), "{push:?}");
    }

    proptest! {
        #[test]
        fn says_what_redis_rs_reads(reply in reply(), cut in any::<prop::sample::Index>()) {
            let mut scan = Scan::new();
            let cut = cut.index(reply.len());
            prop_assert_eq!(scan.end(&reply[..cut]), Ok(None));
            prop_assert_eq!(scan.end(&reply), Ok(Some(reply.len())));
            let expected = redis::parse_redis_value(&reply).and_then(Value::extract_error);
            let read = Reply::read(&reply.into()).expect("it is a reply");
            prop_assert_eq!(read.value(), expected);
        }

        #[test]
        fn garbage_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..100), kind in "[$*%|~>=!:+_-]") {
            let bytes = [kind.as_bytes(), &bytes].concat();
            if let Ok(Some(end)) = Scan::new().end(&bytes) {
                let _ = Reply::read(&Bytes::from(bytes).slice(..end));
            }
        }
    }
}
