//! The commands that read values, as they are sent.

/// Keys whose values are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    /// The names, as the arguments of a command.
    text: Vec<u8>,
    count: usize,
}

const GET: &[u8] = b"*2\r\n$3\r\nGET\r\n";
/// What stands around a name.
const AROUND: usize = 12;

impl Keys {
    /// No names yet, with room for so many with so many bytes.
    pub(crate) fn with_capacity(names: usize, bytes: usize) -> Self {
        Self { text: Vec::with_capacity(names * AROUND + bytes), count: 0 }
    }

    /// One name more.
    pub(crate) fn add(&mut self, name: &[u8]) {
        self.count += 1;
        self.text.push(b'$');
        self.text.extend_from_slice(itoa::Buffer::new().format(name.len()).as_bytes());
        self.text.extend_from_slice(b"\r\n");
        self.text.extend_from_slice(name);
        self.text.extend_from_slice(b"\r\n");
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Writes the command that reads them all.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if self.count == 1 {
            out.extend_from_slice(GET);
        } else {
            out.push(b'*');
            out.extend_from_slice(itoa::Buffer::new().format(self.count + 1).as_bytes());
            out.extend_from_slice(b"\r\n$4\r\nMGET\r\n");
        }
        out.extend_from_slice(&self.text);
    }

    /// Writes a command for each.
    pub(crate) fn write_apart(&self, out: &mut Vec<u8>) {
        for argument in self.arguments() {
            out.extend_from_slice(GET);
            out.extend_from_slice(argument);
        }
    }

    fn arguments(&self) -> impl Iterator<Item = &[u8]> {
        let mut scan = super::frame::Scan::new();
        let mut rest = &self.text[..];
        std::iter::from_fn(move || {
            let end = scan.end(rest).ok().flatten()?;
            scan = super::frame::Scan::new();
            let (argument, after) = rest.split_at(end);
            rest = after;
            Some(argument)
        })
    }
}

#[cfg(test)]
impl Keys {
    /// The names themselves.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.arguments().map(|argument| {
            let (_, begin) = super::frame::line(argument, 0).ok().flatten().expect("it is an argument");
            &argument[begin..argument.len() - 2]
        })
    }
}

#[cfg(test)]
impl<'a> FromIterator<&'a [u8]> for Keys {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(names: I) -> Self {
        let mut collected = Self::default();
        names.into_iter().for_each(|name| collected.add(name));
        collected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(names: &[&str], apart: bool) -> String {
        let names: Keys = names.iter().map(|name| name.as_bytes()).collect();
        let mut out = Vec::new();
        if apart {
            names.write_apart(&mut out)
        } else {
            names.write(&mut out)
        }
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn writes_what_redis_rs_writes() {
        let long = "x".repeat(1234);
        for names in [&["a"][..], &["a", "bc"], &["", "\r\n$1\r\n", &long]] {
            let command = redis::cmd(if names.len() == 1 { "GET" } else { "MGET" }).arg(names).take();
            assert_eq!(written(names, false).as_bytes(), command.get_packed_command());
            let mut pipeline = redis::pipe();
            for name in names {
                pipeline.cmd("GET").arg(name);
            }
            assert_eq!(written(names, true).as_bytes(), pipeline.get_packed_pipeline());
        }
    }
}
