//! A client that says one thing at a time: enough for a test to look behind the cache's back.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Sends commands to a server on this machine, each over a connection of its own.
#[derive(Clone)]
pub struct RedisClient {
    port: u16,
    user: Option<String>,
    password: Option<String>,
}

/// A server that doesn't answer within this time is one that was stopped.
const PATIENCE: Duration = Duration::from_secs(5);

impl RedisClient {
    /// A client of the server on this port of this machine.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, user: None, password: None }
    }

    /// Sets the password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Logs in as a user with a name.
    #[must_use]
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.user = Some(name.into());
        self.password(password)
    }

    /// The port it sends to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sends a command and returns its reply as text: an array's items stand on a line each, nothing is
    /// `(nil)`.
    ///
    /// # Panics
    ///
    /// If the server doesn't answer, or answers with an error.
    #[track_caller]
    pub fn command<A: AsRef<[u8]>>(&self, words: &[A]) -> String {
        match self.try_command(words) {
            Ok(reply) => reply,
            Err(error) => panic!("redis refused {:?}: {error}", String::from_utf8_lossy(words[0].as_ref())),
        }
    }

    /// Sends a command and returns its reply, as [`RedisClient::command`] does.
    ///
    /// # Errors
    ///
    /// If the server doesn't answer, or answers with an error.
    pub fn try_command<A: AsRef<[u8]>>(&self, words: &[A]) -> io::Result<String> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut replies = BufReader::new(&stream);
        if let Some(password) = &self.password {
            let words: Vec<&str> =
                ["AUTH"].into_iter().chain(self.user.as_deref()).chain([password.as_str()]).collect();
            (&stream).write_all(&encode(&words))?;
            read(&mut replies)?;
        }
        (&stream).write_all(&encode(words))?;
        read(&mut replies)
    }
}

impl std::fmt::Debug for RedisClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisClient").field("port", &self.port).finish_non_exhaustive()
    }
}

fn encode<A: AsRef<[u8]>>(words: &[A]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words.iter().map(AsRef::as_ref) {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn read(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let line = line.trim_end();
    let Some((kind, rest)) = line.split_at_checked(1) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let number = || rest.parse::<usize>().ok();
    match (kind, number()) {
        ("-", _) => Err(io::Error::other(rest.to_owned())),
        ("$", Some(length)) => {
            let mut bytes = vec![0; length + 2];
            from.read_exact(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
        }
        ("*", Some(count)) => {
            let items: io::Result<Vec<String>> = (0..count).map(|_| read(from)).collect();
            Ok(items?.join("\n"))
        }
        ("$" | "*", None) => Ok("(nil)".to_owned()),
        _ => Ok(rest.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expected: Result<&str, &str>) {
        let read = read(&mut reply.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(read.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn reads_each_kind_of_reply() {
        check("+OK\r\n", Ok("OK"));
        check(":42\r\n", Ok("42"));
        check("$5\r\na\r\nbc\r\n", Ok("a\r\nbc"));
        check("$-1\r\n", Ok("(nil)"));
        check("*2\r\n$1\r\na\r\n*1\r\n:2\r\n", Ok("a\n2"));
        check("-WRONGPASS no\r\n", Err("WRONGPASS no"));
        check("", Err("unexpected end of file"));
    }

    #[test]
    fn writes_bytes_as_they_are() {
        assert_eq!(encode(&[&b"GET"[..], b"\r\n\xff"]), b"*2\r\n$3\r\nGET\r\n$3\r\n\r\n\xff\r\n");
    }
}
