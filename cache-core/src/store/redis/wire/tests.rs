use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use redis::RedisError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::oneshot;

use super::waiting::Outcome;
use super::{Reply, Said, Wire, over_unix};
use crate::clock::by_hand::ByHand;
use crate::clock::{Clock, SystemClock};

const LIMIT: Duration = Duration::from_secs(1);
/// So long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until somebody has a timer.
async fn is_watched(clock: &ByHand) {
    while clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
}

/// What was said, in the order in which it was told.
type Heard = Arc<Mutex<Vec<String>>>;

struct Ends {
    wire: Arc<Wire>,
    server: UnixStream,
    clock: Arc<ByHand>,
    heard: Heard,
}

fn ends() -> Ends {
    let (ours, server) = UnixStream::pair().expect("there are sockets");
    let (clock, heard) = (ByHand::new(), Heard::default());
    let hears = heard.clone();
    let listener = move |said: Said<'_>| {
        let said = match said {
            Said::Push(push) => push.kind.to_string(),
            Said::Busy => "busy".to_owned(),
            Said::Lost => "lost".to_owned(),
        };
        hears.lock().expect("nobody panics").push(said);
    };
    let wire = Arc::new(over_unix(ours, clock.clone(), Box::new(listener)));
    Ends { wire, server, clock, heard }
}

impl Ends {
    /// Sends these commands; their text is what the server sees. They have gone out when this returns.
    async fn ask(&mut self, commands: usize, text: &'static str) -> tokio::task::JoinHandle<Outcome> {
        self.ask_within(commands, text, LIMIT).await
    }

    async fn ask_within(
        &mut self,
        commands: usize,
        text: &'static str,
        limit: Duration,
    ) -> tokio::task::JoinHandle<Outcome> {
        let wire = self.wire.clone();
        let write = move |out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes());
        let asked = tokio::spawn(async move { wire.send(commands, limit, write).await });
        let mut seen = vec![0; text.len()];
        self.server.read_exact(&mut seen).await.expect("it is open");
        assert_eq!(seen, text.as_bytes());
        asked
    }

    async fn reply(&mut self, text: &str) {
        self.server.write_all(text.as_bytes()).await.expect("it is open");
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("nobody panics").clone()
    }
}

fn texts(outcome: Result<Outcome, tokio::task::JoinError>) -> Vec<String> {
    let text = |reply| match reply {
        Reply::Text(Some(text)) => String::from_utf8(text.to_vec()).expect("it is text"),
        other => panic!("{other:?} is no text"),
    };
    outcome.expect("nobody panics").expect("it was answered").into_iter().map(text).collect()
}

fn error(outcome: Result<Outcome, tokio::task::JoinError>) -> RedisError {
    outcome.expect("nobody panics").expect_err("it can't be answered")
}

#[tokio::test]
async fn each_is_answered_in_the_order_of_asking() {
    let mut ends = ends();
    let (first, second, third) = (ends.ask(1, "a").await, ends.ask(3, "b").await, ends.ask(1, "c").await);
    ends.reply("$1\r\na\r\n$2\r\nb1\r\n$2\r\nb2\r\n$2").await;
    assert_eq!(texts(first.await), ["a"]);
    ends.reply("\r\nb3\r\n$1\r\nc\r\n").await;
    assert_eq!(texts(second.await), ["b1", "b2", "b3"]);
    assert_eq!(texts(third.await), ["c"]);
}

impl Ends {
    /// Asks, and tells with the outcome what was heard when it was handed out.
    async fn ask_and_look(&mut self, text: &'static str) -> oneshot::Receiver<(Vec<String>, Outcome)> {
        let (looked, looks) = oneshot::channel();
        let heard = self.heard.clone();
        let told = move |outcome| {
            let heard = heard.lock().expect("nobody panics").clone();
            looked.send((heard, outcome)).expect("the test waits");
        };
        self.wire.call(1, LIMIT, |out| out.extend_from_slice(text.as_bytes()), told);
        let mut seen = vec![0; text.len()];
        self.server.read_exact(&mut seen).await.expect("it is open");
        looks
    }
}

#[tokio::test]
async fn a_push_is_told_after_an_earlier_reply_and_before_a_later_one() {
    let mut ends = ends();
    let (first, second) = (ends.ask_and_look("a").await, ends.ask_and_look("b").await);
    ends.reply("$1\r\na\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nx\r\n$1\r\nb\r\n").await;
    let (heard, outcome) = first.await.expect("it is told");
    assert_eq!((heard, outcome.is_ok()), (vec![], true));
    let (heard, outcome) = second.await.expect("it is told");
    assert_eq!((heard, outcome.is_ok()), (vec!["invalidate".to_owned()], true));
}

#[tokio::test]
async fn the_end_is_told_before_those_who_wait_are() {
    let mut ends = ends();
    let waits = ends.ask_and_look("a").await;
    ends.server.shutdown().await.expect("it is open");
    let (heard, outcome) = waits.await.expect("it is told");
    assert_eq!((heard, outcome.is_err()), (vec!["lost".to_owned()], true));
}

#[tokio::test]
async fn nobody_gets_the_reply_of_one_who_has_gone() {
    let mut ends = ends();
    let (first, second) = (ends.ask(1, "a").await, ends.ask(1, "b").await);
    first.abort();
    assert!(first.await.is_err());
    ends.reply("$1\r\na\r\n$1\r\nb\r\n").await;
    assert_eq!(texts(second.await), ["b"]);
}

#[tokio::test]
async fn what_is_late_is_given_up_and_its_reply_is_nobodys() {
    let mut ends = ends();
    let late = ends.ask(2, "a").await;
    is_watched(&ends.clock).await;
    ends.reply("$2\r\na1\r\n").await;
    ends.clock.advance(LIMIT);
    assert!(error(late.await).is_timeout());
    let next = ends.ask(1, "b").await;
    ends.reply("$2\r\na2\r\n$1\r\nb\r\n").await;
    assert_eq!(texts(next.await), ["b"]);
    assert!(ends.heard().is_empty(), "the connection lives on");
}

#[tokio::test]
async fn one_that_has_less_time_is_not_kept_waiting_by_one_with_more() {
    let mut ends = ends();
    let long = ends.ask(1, "a").await;
    is_watched(&ends.clock).await;
    let short = ends.ask_within(1, "b", LIMIT / 2).await;
    ends.clock.advance(LIMIT / 2);
    assert!(error(short.await).is_timeout());
    assert!(!long.is_finished());
    ends.reply("$1\r\na\r\n$1\r\nb\r\n").await;
    assert_eq!(texts(long.await), ["a"]);
}

#[tokio::test]
async fn whoever_waits_when_the_server_hangs_up_is_told_and_whoever_asks_later_at_once() {
    let mut ends = ends();
    let (first, second) = (ends.ask(1, "a").await, ends.ask(2, "b").await);
    drop(ends.server);
    assert!(error(first.await).is_connection_dropped());
    assert!(error(second.await).is_connection_dropped());
    assert!(ends.wire.send(1, LIMIT, |out| out.push(b'c')).await.is_err());
    let heard = ends.heard.lock().expect("nobody panics").clone();
    assert_eq!(heard, ["lost"], "once");
}

#[tokio::test]
async fn what_nobody_asked_for_and_what_is_no_reply_ends_the_connection() {
    for said in ["+OK\r\n", "HTTP/1.1 400 Bad Request\r\n", "$-7\r\n"] {
        let mut ends = ends();
        ends.reply(said).await;
        let mut rest = Vec::new();
        ends.server.read_to_end(&mut rest).await.expect("it is hung up");
        assert_eq!(ends.heard(), ["lost"], "{said}");
    }
}

#[tokio::test]
async fn garbage_in_the_place_of_a_reply_is_told_to_whoever_waits() {
    let mut ends = ends();
    let asked = ends.ask(1, "a").await;
    ends.reply("HTTP/1.1 400 Bad Request\r\n").await;
    assert!(error(asked.await).is_io_error());
}

#[tokio::test]
async fn the_socket_is_closed_when_the_wire_is_dropped() {
    let ends = ends();
    let mut server = ends.server;
    drop(ends.wire);
    let mut rest = Vec::new();
    assert_eq!(server.read_to_end(&mut rest).await.expect("it is hung up"), 0);
}

#[tokio::test]
async fn more_than_there_is_room_for_arrives_whole_and_in_its_order() {
    let Ends { wire, mut server, .. } = ends();
    let large = 4 << 20;
    let asked: Vec<_> = (b'a'..b'e')
        .map(|letter| {
            let wire = wire.clone();
            let write = move |out: &mut Vec<u8>| out.resize(out.len() + large, letter);
            tokio::spawn(async move { wire.send(1, LIMIT, write).await })
        })
        .collect();
    let mut seen = vec![0; 4 * large];
    server.read_exact(&mut seen).await.expect("it is open");
    // In which order the tasks ran is not said, but each has its place.
    let mut letters: Vec<u8> = seen.chunks(large).map(|chunk| chunk[0]).collect();
    assert!(seen.chunks(large).all(|chunk| chunk.iter().all(|letter| *letter == chunk[0])));
    for letter in &letters {
        server.write_all(format!("$1\r\n{}\r\n", char::from(*letter)).as_bytes()).await.expect("it is open");
    }
    letters.sort_unstable();
    assert_eq!(letters, b"abcd");
    for (asked, letter) in asked.into_iter().zip(["a", "b", "c", "d"]) {
        assert_eq!(texts(asked.await), [letter]);
    }
}

/// The rest of what there was no room for is written by a task, which used to hold the line for ever.
#[tokio::test]
async fn nothing_is_left_of_a_wire_that_is_dropped() {
    let Ends { wire, mut server, heard, .. } = ends();
    let large = 4 << 20;
    let asked = {
        let wire = wire.clone();
        tokio::spawn(async move { wire.send(1, LIMIT, |out| out.resize(large, b'a')).await })
    };
    server.read_exact(&mut vec![0; large]).await.expect("it is open");
    server.write_all(b"$1\r\na\r\n").await.expect("it is open");
    assert_eq!(texts(asked.await), ["a"]);
    drop(wire);
    let began = SystemClock.now();
    while Arc::strong_count(&heard) > 1 {
        assert!(SystemClock.now() - began < PATIENCE, "the listener is still there");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_is_busy_is_heard_before_a_later_reply() {
    let mut ends = ends();
    let (first, second) = (ends.ask_and_look("a").await, ends.ask_and_look("b").await);
    ends.reply("-BUSY Redis is busy running a script.\r\n$1\r\nb\r\n").await;
    assert_eq!(first.await.expect("it is told").0, ["busy"], "before whoever asked");
    assert_eq!(second.await.expect("it is told").0, ["busy"]);
}

#[tokio::test]
async fn an_alarm_goes_off_once_when_its_time_has_come_and_at_the_end() {
    let ends = ends();
    let (alarms, mut gone_off) = tokio::sync::mpsc::unbounded_channel();
    let alarm = |name: &'static str| {
        let alarms = alarms.clone();
        move |over| alarms.send((name, over)).expect("the test waits")
    };
    ends.wire.alarm(LIMIT, alarm("first"));
    ends.wire.alarm(LIMIT / 2, alarm("while there is one"));
    is_watched(&ends.clock).await;
    ends.clock.advance(LIMIT);
    assert_eq!(gone_off.recv().await, Some(("first", false)));
    ends.wire.alarm(LIMIT, alarm("second"));
    drop(ends.server);
    assert_eq!(gone_off.recv().await, Some(("second", true)));
    ends.wire.alarm(LIMIT, alarm("third"));
    assert_eq!(gone_off.recv().await, Some(("third", true)));
}

#[test]
fn the_end_of_the_runtime_is_the_end_of_the_connection() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is room");
    let (first, second) = (runtime(), runtime());
    let ends = first.block_on(async { ends() });
    let asking = second.spawn({
        let wire = ends.wire.clone();
        async move { wire.send(1, LIMIT, |out| out.push(b'a')).await }
    });
    second.block_on(tokio::task::yield_now());
    drop(first);
    assert!(error(second.block_on(asking)).is_connection_dropped());
}

/// Answers each line with itself.
async fn echo(mut server: UnixStream) -> io::Result<()> {
    let (mut received, mut line) = ([0; 4096], Vec::new());
    loop {
        let count = server.read(&mut received).await?;
        if count == 0 {
            return Ok(());
        }
        let mut replies = Vec::new();
        for byte in &received[..count] {
            line.push(*byte);
            if *byte == b'\n' {
                replies.extend_from_slice(format!("${}\r\n", line.len()).as_bytes());
                replies.append(&mut line);
                replies.extend_from_slice(b"\r\n");
            }
        }
        server.write_all(&replies).await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_share_it() {
    let Ends { wire, server, .. } = ends();
    let echo = tokio::spawn(echo(server));
    let callers: Vec<_> = (0..32)
        .map(|caller| {
            let wire = wire.clone();
            tokio::spawn(async move {
                for turn in 0..200 {
                    let text = format!("{caller}/{turn}/{}\n", "x".repeat(turn * 7 % 500));
                    let write = |out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes());
                    let replies = wire.send(1, LIMIT, write).await.expect("it is answered");
                    assert_eq!(replies.as_slice(), [Reply::Text(Some(Bytes::from(text)))]);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("each has its own");
    }
    drop(wire);
    echo.await.expect("it does not panic").expect("it is hung up");
}
