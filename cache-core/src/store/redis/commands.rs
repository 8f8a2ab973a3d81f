//! The commands of the protocol, as they are sent.

use std::time::Duration;

use redis::Cmd;

use crate::key::names::Names;
use crate::protocol::{History, Token};
use crate::store::redis::scripts::{ACQUIRE, ENSURE, Known, PUT, RENEW, STORE};
use crate::store::words::{AcquireRequest, Body, Lease, PutRequest, StoreRequest};

/// How a script is named in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its digest.
    Digest,
    /// By its source: after the server said that it doesn't know the digest.
    Source,
}

impl Form {
    fn of(self, script: &Known, keys: usize) -> Cmd {
        match self {
            Self::Digest => script.by_digest(keys),
            Self::Source => script.by_source(keys),
        }
    }
}

pub(crate) fn acquire(form: Form, names: &Names, request: &AcquireRequest, history: History) -> Cmd {
    let stamps_count = names.groups();
    let mut command = form.of(&ACQUIRE, 4 + 2 * stamps_count);
    command.arg(names.entry()).arg(names.lease()).arg(names.incarnation());
    stamps(&mut command, names);
    marks(&mut command, names);
    command.arg(&request.token).arg(millis(request.lease)).arg(stamps_count).arg(names.permanent());
    command.arg(millis(request.stamp_ttl)).arg(&history.0);
    command.arg(request.refused.as_ref().map_or(&[][..], |id| &id.0));
    command
}

pub(crate) fn store(form: Form, names: &Names, request: &StoreRequest) -> Cmd {
    let mut command = form.of(&STORE, 3 + names.groups());
    command.arg(names.entry()).arg(names.lease()).arg(names.incarnation());
    stamps(&mut command, names);
    command.arg(&request.lease.id.0).arg(request.lease.generation.as_bytes()).arg(&request.prefix);
    command.arg(millis(request.ttl)).arg(encoded(&request.body));
    command
}

pub(crate) fn put(form: Form, names: &Names, request: &PutRequest, history: History) -> Cmd {
    let stamps_count = names.groups();
    let mut command = form.of(&PUT, 4 + 2 * stamps_count);
    command.arg(names.entry()).arg(names.lease()).arg(names.incarnation());
    stamps(&mut command, names);
    marks(&mut command, names);
    command.arg(&request.token).arg(stamps_count).arg(names.permanent()).arg(millis(request.stamp_ttl));
    command.arg(&history.0).arg(&request.prefix).arg(millis(request.ttl)).arg(encoded(&request.body));
    command
}

pub(crate) fn renew(form: Form, names: &Names, lease: &Lease, keep: Option<Duration>) -> Cmd {
    let mut command = form.of(&RENEW, 1);
    let value = [b"L".as_slice(), &lease.id.0, lease.generation.as_bytes()].concat();
    command.arg(names.lease()).arg(value).arg(keep.map_or(0, millis));
    command
}

/// Never by its digest: it must run on any server at once, also on one that was just restarted.
pub(crate) fn ensure(names: &Names, token: &Token) -> Cmd {
    let mut command = Form::Source.of(&ENSURE, 1);
    command.arg(names.incarnation()).arg(token);
    command
}

pub(crate) fn remove(names: &[&str]) -> Cmd {
    let mut command = redis::cmd("UNLINK");
    command.arg(names);
    command
}

fn stamps(command: &mut Cmd, names: &Names) {
    names.stamps().for_each(|name| {
        command.arg(name);
    });
}

fn marks(command: &mut Cmd, names: &Names) {
    names.marks().for_each(|name| {
        command.arg(name);
    });
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// Values that only live in a process never come here: the engine encodes for a store that isn't local.
fn encoded(body: &Body) -> &[u8] {
    match body {
        Body::Encoded(bytes) => bytes,
        Body::Shared(_) => &[],
    }
}
