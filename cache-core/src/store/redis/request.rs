//! What is sent to a server, and what its replies mean.

use redis::{Cmd, RedisError};

use crate::store::redis::fault::{Fault, classify};
use crate::store::redis::server::Server;
use crate::store::redis::stamps::Told;
use crate::store::redis::wire::{Keys, Replies, Reply, Texts, one};

/// What is sent to a server.
#[derive(Debug)]
pub(crate) enum Request {
    /// A command.
    Command(Cmd),
    /// The value of one name, or of several at one moment.
    Read(Keys),
    /// The values of names of which the server is to tell every later change, and of others. The answer is that of
    /// one command for the names of the second and then those of the first.
    Learn(Keys, Keys),
}

/// In which form a request was sent, and so what its replies mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As one command, of which any error counts.
    Command,
    /// As one GET or MGET.
    Read,
    /// As a GET for each name. The values may be of several moments. That does no harm: each of them was asked for
    /// after the read began, and an entry is valid only by stamps that it shares a value with.
    Apart,
    /// Behind `CLIENT CACHING YES`, so many names and then others.
    Learn { groups: usize, own: usize },
}

impl Request {
    /// The form in which this server is to be asked.
    pub(crate) fn form(&self, server: &Server) -> Form {
        match self {
            Self::Command(_) => Form::Command,
            // It can't answer an MGET whole.
            Self::Read(names) if names.count() > 1 && server.is_torn() => Form::Apart,
            Self::Read(_) => Form::Read,
            Self::Learn(groups, own) => Form::Learn { groups: groups.count(), own: own.count() },
        }
    }

    /// How many commands it takes, and so how many replies come.
    pub(crate) fn commands(&self, form: Form) -> usize {
        match (form, self) {
            (Form::Apart, Self::Read(names)) => names.count(),
            (Form::Learn { .. }, _) => 3,
            _ => 1,
        }
    }

    /// Writes the commands.
    pub(crate) fn write(&self, form: Form, out: &mut Vec<u8>) {
        match self {
            Self::Command(command) => command.write_packed_command(out),
            Self::Read(names) if form == Form::Apart => names.write_apart(out),
            Self::Read(names) => names.write(out),
            Self::Learn(groups, own) => {
                out.extend_from_slice(b"*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$3\r\nYES\r\n");
                groups.write(out);
                own.write(out);
            }
        }
    }
}

impl Form {
    /// The answer that these replies make.
    pub(crate) fn answer(self, replies: Replies, server: &Server) -> Result<Reply, RedisError> {
        match self {
            Self::Command => without_error(one(replies)),
            Self::Read => as_in_mget(one(replies)),
            Self::Apart => {
                let texts = replies.into_iter().map(|reply| as_in_mget(reply)?.texts());
                let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
                Ok(Reply::Texts(texts.into_iter().flatten().collect()))
            }
            Self::Learn { groups, own } => {
                let answer = learned(replies, server)?;
                // With fewer, stamps would stand in the places of entries.
                if answer.len() != own + groups {
                    let message = "not as many values as names answer an MGET";
                    return Err((redis::ErrorKind::UnexpectedReturnType, message).into());
                }
                Ok(Reply::Texts(answer.into_vec()))
            }
        }
    }
}

/// The values of the others, and then of the names that are learned.
fn learned(replies: Replies, server: &Server) -> Result<Texts, RedisError> {
    let mut replies = replies.into_iter();
    let mut next = || replies.next().unwrap_or(Reply::Text(None));
    if let Err(error) = without_error(next())
        && classify(&error) != Fault::Busy
    {
        server.stamps.are_told(Told::Nothing);
        server.stamps.forget();
    }
    let mut next = || as_in_mget(next())?.texts();
    let (groups, mut own) = (next()?, next()?);
    own.extend(groups);
    Ok(own)
}

fn without_error(reply: Reply) -> Result<Reply, RedisError> {
    match reply {
        Reply::Other(value) => value.extract_error().map(Reply::Other),
        reply => Ok(reply),
    }
}

/// What is no string counts as nothing in the answer to an MGET.
fn as_in_mget(reply: Reply) -> Result<Reply, RedisError> {
    match without_error(reply) {
        Err(error) if classify(&error) == Fault::WrongType => Ok(Reply::Text(None)),
        reply => reply,
    }
}
