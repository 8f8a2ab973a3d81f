//! Where a reply ends.
//!
//! By the Redis serialization protocol specification, RESP3. What it calls streamed strings and aggregates, no server
//! sends.

/// No header is longer; the text of an error is part of its header.
const MAX_LINE: usize = 64 * 1024;
/// No value is longer: the default of `proto-max-bulk-len`.
const MAX_LENGTH: u64 = 512 * 1024 * 1024;

/// Looks for the end of a reply, and goes on where it stopped when there are more bytes.
#[derive(Debug)]
pub(crate) struct Scan {
    /// Everything before is known.
    at: usize,
    /// How many values follow, as far as is known. What is inside of a value follows it like any other.
    left: u64,
}

/// What was received is no reply.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Scan {
    pub(crate) fn new() -> Self {
        Self::of(0, 1)
    }

    /// Looks for the end of so many values, of which the first begins here.
    pub(crate) fn of(at: usize, left: u64) -> Self {
        Self { at, left }
    }

    /// Where the reply ends that these bytes begin with, if it does; the bytes so far must be the same in each call.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        while self.left > 0 {
            let Some((header, after)) = line(bytes, self.at)? else { return Ok(None) };
            let (&kind, number) = header.split_first().ok_or(Malformed)?;
            let (mut end, mut more) = (after, 0);
            match kind {
                b'+' | b'-' | b':' | b'_' | b',' | b'#' | b'(' => {}
                b'$' | b'!' | b'=' => {
                    if let Some(length) = count(number)? {
                        end = text(bytes, after, length)?;
                    }
                }
                b'*' | b'~' | b'>' => more = count(number)?.unwrap_or(0),
                b'%' => more = 2 * count(number)?.unwrap_or(0),
                // The value that it says something about follows.
                b'|' => more = 2 * count(number)?.unwrap_or(0) + 1,
                _ => return Err(Malformed),
            }
            if end > bytes.len() {
                return Ok(None);
            }
            self.at = end;
            self.left = (self.left - 1).checked_add(more).ok_or(Malformed)?;
        }
        Ok(Some(self.at))
    }
}

/// The line that begins here, without its end, and where the next one begins.
pub(crate) fn line(bytes: &[u8], at: usize) -> Result<Option<(&[u8], usize)>, Malformed> {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = &rest[..rest.len().min(MAX_LINE)];
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) => {
            let line = rest[..end].strip_suffix(b"\r").ok_or(Malformed)?;
            Ok(Some((line, at + end + 1)))
        }
        None if rest.len() == MAX_LINE => Err(Malformed),
        None => Ok(None),
    }
}

/// Where a text of this length ends, with the end of its line.
fn text(bytes: &[u8], at: usize, length: u64) -> Result<usize, Malformed> {
    let last = at + usize::try_from(length).map_err(|_| Malformed)?;
    match bytes.get(last..last + 2) {
        Some(end) if end != b"\r\n" => Err(Malformed),
        _ => Ok(last + 2),
    }
}

/// How much follows; `None` for a null of RESP2.
pub(crate) fn count(number: &[u8]) -> Result<Option<u64>, Malformed> {
    if number == b"-1" {
        return Ok(None);
    }
    if number.is_empty() {
        return Err(Malformed);
    }
    let mut count = 0;
    for digit in number {
        if !digit.is_ascii_digit() {
            return Err(Malformed);
        }
        count = count * 10 + u64::from(digit - b'0');
        if count > MAX_LENGTH {
            return Err(Malformed);
        }
    }
    Ok(Some(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLIES: [&[u8]; 12] = [
        b"+OK\r\n",
        b"-ERR no\r\n",
        b":12\r\n",
        b"_\r\n",
        b"$-1\r\n",
        b"$0\r\n\r\n",
        b"$4\r\n\r\n\r\n\r\n",
        b"*-1\r\n",
        b"*0\r\n",
        b"*3\r\n$1\r\na\r\n*2\r\n:1\r\n_\r\n#t\r\n",
        b"%2\r\n+a\r\n:1\r\n+b\r\n~1\r\n,1.5\r\n",
        b"|1\r\n+ttl\r\n:1\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\na\r\n",
    ];

    #[test]
    fn finds_the_end_however_the_bytes_arrive() {
        for reply in REPLIES {
            let followed = [reply, b"+next\r\n"].concat();
            let mut scan = Scan::new();
            for end in 0..reply.len() {
                assert_eq!(scan.end(&followed[..end]), Ok(None), "{end} bytes of {reply:?}");
            }
            assert_eq!(scan.end(&followed), Ok(Some(reply.len())), "{reply:?}");
            assert_eq!(Scan::new().end(&followed), Ok(Some(reply.len())), "{reply:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_reply() {
        let long = [b"+".as_slice(), &[b'a'; MAX_LINE]].concat();
        let replies: [&[u8]; 12] = [
            b"?\r\n",
            b"\r\n",
            b"OK\n",
            b"$1\r\naXX",
            b"$-2\r\n",
            b"$\r\n",
            b"$1a\r\n",
            b"$?\r\n",
            b"*99999999999999999999\r\n",
            b"$536870913\r\n",
            b"*1\r\n?\r\n",
            &long,
        ];
        for reply in replies {
            assert_eq!(Scan::new().end(reply), Err(Malformed), "{reply:?}");
        }
    }

    #[test]
    fn a_depth_without_end_takes_no_stack() {
        let nested = b"*1\r\n".repeat(1_000_000);
        assert_eq!(Scan::new().end(&nested), Ok(None));
    }
}
