//! The first look at the store. It serves almost every call, so it is apart from all that may come after it: its
//! future is small, and nothing is prepared that a hit does not need.

use std::time::{Duration, Instant};

use crate::cache::accept::Accept;
use crate::cache::reading::{Found, read, serve};
use crate::cache::request::Request;
use crate::protocol::{Action, Call, Input};

/// What a call knows that was not served at first sight.
#[derive(Debug, Default)]
pub(super) struct First {
    /// How it goes on, if it has begun.
    pub(super) next: Option<(Call, Action)>,
    pub(super) found: Found,
    /// How long the store took.
    pub(super) spent: Duration,
}

/// Serves what the store has, unless this process loads it already, or there is anything else to be considered.
pub(super) async fn look(
    request: &Request,
    accept: &mut (dyn Accept + '_),
    began: Instant,
) -> Result<(), First> {
    if request.refresh || request.cache.flights.knows(&request.names) || request.fenced() {
        return Err(First::default());
    }
    let (answer, spent) = read(request, false, began).await;
    let (found, input) = match answer {
        Ok((found, verdict)) => (found, Input::Read(verdict)),
        Err(input) => (Found::default(), input),
    };
    let (mut call, _) = Call::start(false, false);
    let mut action = call.next(request.fenced(), input);
    if action == Action::Serve {
        match serve(request, &found, accept) {
            None => return Ok(()),
            Some(input) => action = call.next(request.fenced(), input),
        }
    }
    Err(First { next: Some((call, action)), found, spent })
}
