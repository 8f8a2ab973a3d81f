//! Reads the commands that clients send: arrays of byte strings.

/// A command: its name and its arguments.
pub(crate) type Words = Vec<Vec<u8>>;

/// Bytes that are no command. There is nothing to be understood after them.
#[derive(Debug, PartialEq)]
pub(crate) struct Malformed;

/// Bytes as they come in, which are cut into commands.
#[derive(Debug, Default)]
pub(crate) struct Requests(Vec<u8>);

impl Requests {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next command, if all of it has come.
    pub(crate) fn next(&mut self) -> Result<Option<Words>, Malformed> {
        let mut cursor = Cursor { bytes: &self.0, at: 0 };
        let words = cursor.command()?;
        let used = cursor.at;
        if words.is_some() {
            self.0.drain(..used);
        }
        Ok(words)
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn command(&mut self) -> Result<Option<Words>, Malformed> {
        let Some(count) = self.length(b'*')? else { return Ok(None) };
        let mut words = Vec::new();
        for _ in 0..count {
            let Some(length) = self.length(b'$')? else { return Ok(None) };
            let end = self.at.checked_add(length).and_then(|end| end.checked_add(2)).ok_or(Malformed)?;
            let Some(word) = self.bytes.get(self.at..end) else { return Ok(None) };
            words.push(word[..length].to_vec());
            self.at = end;
        }
        Ok(Some(words))
    }

    /// The number on a line that begins with this byte, if the line has come.
    fn length(&mut self, kind: u8) -> Result<Option<usize>, Malformed> {
        let rest = &self.bytes[self.at..];
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let line = rest[..end].strip_prefix(&[kind]).ok_or(Malformed)?;
        let number = std::str::from_utf8(line).ok().and_then(|line| line.parse().ok()).ok_or(Malformed)?;
        self.at += end + 2;
        Ok(Some(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_wherever_the_bytes_are_cut() {
        let bytes = b"*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\n*1\r\n$0\r\n\r\n";
        for cut in 0..bytes.len() {
            let mut requests = Requests::default();
            let mut read = Vec::new();
            for part in [&bytes[..cut], &bytes[cut..]] {
                requests.push(part);
                while let Some(words) = requests.next().expect("these are commands") {
                    read.push(words);
                }
            }
            assert_eq!(read, [vec![b"GET".to_vec(), b"a\r\nb".to_vec()], vec![Vec::new()]], "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for bytes in [&b"PING\r\n"[..], b"*x\r\n", b"*1\r\n:1\r\n", b"*-1\r\n"] {
            let mut requests = Requests::default();
            requests.push(bytes);
            assert_eq!(requests.next(), Err(Malformed));
        }
    }
}
