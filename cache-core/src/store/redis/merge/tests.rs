use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::runtime::{Builder, Handle};

use super::{Merge, Merged, merge};
use crate::clock::{Clock, SystemClock, within};
use crate::error::ErrorKind;
use crate::key::names::Names;
use crate::store::redis::link::Link;
use crate::store::redis::server::Server;
use crate::store::redis::wire;
use crate::store::words::Read;

const PATIENCE: Duration = Duration::from_secs(20);

/// A connection on the current runtime to a server that says nothing.
fn link() -> (Arc<Link>, UnixStream) {
    let (ours, server) = UnixStream::pair().expect("there are sockets");
    let clock = Arc::new(SystemClock);
    let link = Link {
        wire: wire::over_unix(ours, clock.clone(), Box::new(|_| {})),
        server: Arc::new(Server::default()),
        runtime: Handle::current(),
        clock,
        deadline: Duration::from_millis(100),
        merge: Merge::default(),
    };
    (Arc::new(link), server)
}

fn names(number: u32) -> Names {
    Names::for_tests("n:e", &number.to_string(), &["menu"])
}

fn begin(link: &Arc<Link>, number: u32) -> Merged {
    merge(link, &names(number), Read::default(), false)
}

/// What becomes of a read for somebody who blocks the connection's runtime.
fn end(mut merged: Merged, number: u32) -> ErrorKind {
    let names = names(number);
    let answer = within(SystemClock.sleep(PATIENCE), poll_fn(|cx| merged.poll(&names, cx)));
    let answer = pollster::block_on(answer).expect("it does not wait for ever");
    answer.expect_err("nobody answers").kind()
}

/// What was gathered used to wait for whoever is ready to run.
#[test]
fn a_read_is_given_up_in_time_although_nobody_runs_the_runtime() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("there is room");
    let (link, _server) = runtime.block_on(async { link() });
    let _entered = runtime.enter();
    let crowd: Vec<_> = (0..40).map(|number| begin(&link, number)).collect();
    for (number, read) in (0..).zip(crowd) {
        assert_eq!(end(read, number), ErrorKind::Timeout);
    }
    // Beside such a crowd one read alone waits for others, each time.
    for number in 0..3 {
        assert_eq!(end(begin(&link, number), number), ErrorKind::Timeout);
    }
    // The second comes while the first is under way.
    let first = begin(&link, 1);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let _entered = runtime.enter();
            end(begin(&link, 2), 2)
        });
        assert_eq!(end(first, 1), ErrorKind::Timeout);
        assert_eq!(second.join().expect("it does not panic"), ErrorKind::Timeout);
    });
    assert_eq!(end(begin(&link, 3), 3), ErrorKind::Timeout);
}

#[test]
fn what_was_gathered_is_told_that_the_connection_is_lost_although_nobody_runs_the_runtime() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("there is room");
    let (link, _server) = runtime.block_on(async { link() });
    let entered = runtime.enter();
    let crowd: Vec<_> = (0..40).map(|number| begin(&link, number)).collect();
    drop(entered);
    drop(runtime);
    for (number, read) in (0..).zip(crowd) {
        assert_eq!(end(read, number), ErrorKind::Unavailable);
    }
}
