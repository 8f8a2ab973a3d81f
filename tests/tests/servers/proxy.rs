//! The proxy: what becomes of bytes and connections, as both of their ends see it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use cache_testkit::{RedisClient, RedisServer, TcpProxy};

use crate::support::eventually;

/// A server that a test plays itself, and the proxy in front of it.
struct Stage {
    server: TcpListener,
    proxy: TcpProxy,
}

impl Stage {
    fn new() -> Self {
        let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let proxy = TcpProxy::to(server.local_addr().unwrap().port());
        Self { server, proxy }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.proxy.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Both ends of a connection that stands, which a byte has shown.
    fn line(&self) -> (TcpStream, TcpStream) {
        let client = self.connect();
        let (server, _) = self.server.accept().unwrap();
        server.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        send(&client, "!");
        arrives(&server, "!");
        (client, server)
    }

    fn swallows(&self, bytes: u64) {
        eventually("it is swallowed", || self.proxy.traffic().swallowed_bytes == bytes);
    }
}

fn send(mut from: &TcpStream, text: &str) {
    from.write_all(text.as_bytes()).unwrap();
}

#[track_caller]
fn arrives(mut at: &TcpStream, text: &str) {
    let mut bytes = vec![0; text.len()];
    at.read_exact(&mut bytes).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), text);
}

#[track_caller]
fn nothing_arrives(mut at: &TcpStream) {
    at.set_nonblocking(true).unwrap();
    let read = at.read(&mut [0]).map_err(|error| error.kind());
    at.set_nonblocking(false).unwrap();
    assert_eq!(read, Err(ErrorKind::WouldBlock));
}

#[track_caller]
fn ends(mut at: &TcpStream) {
    assert_eq!(at.read(&mut [0]).unwrap(), 0);
}

#[track_caller]
fn is_reset(mut at: &TcpStream) {
    assert_eq!(at.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

fn is_refused(port: u16) -> bool {
    let refused = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.kind());
    matches!(refused, Err(ErrorKind::ConnectionRefused))
}

#[test]
fn what_is_sent_arrives_and_is_counted() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    send(&client, "hello");
    arrives(&server, "hello");
    send(&server, "hi");
    arrives(&client, "hi");
    let traffic = stage.proxy.traffic();
    assert_eq!((traffic.connections, traffic.open), (1, 1));
    assert_eq!((traffic.request_bytes, traffic.reply_bytes, traffic.swallowed_bytes), (6, 2, 0));
}

#[test]
fn an_end_arrives_one_way_and_the_other_way_goes_on() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    client.shutdown(Shutdown::Write).unwrap();
    ends(&server);
    send(&server, "still here");
    arrives(&client, "still here");
    drop(server);
    ends(&client);
    eventually("the connection is closed", || stage.proxy.traffic().open == 0);
}

#[test]
fn a_server_that_is_not_there_resets() {
    let stage = Stage::new();
    let before = Stage { proxy: TcpProxy::to(stage.proxy.port()), server: stage.server };
    stage.proxy.cut();
    is_reset(&before.connect());
}

#[test]
fn cut_ends_and_refuses_until_it_is_mended() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    for _ in 0..3 {
        stage.proxy.cut();
        assert_eq!(stage.proxy.traffic().open, 0);
        assert!(is_refused(stage.proxy.port()));
        stage.proxy.mend();
        let (client, server) = stage.line();
        send(&client, "hello");
        arrives(&server, "hello");
    }
    ends(&client);
    ends(&server);
}

#[test]
fn reset_resets_and_accepts() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    stage.proxy.reset();
    is_reset(&client);
    is_reset(&server);
    let (client, server) = stage.line();
    send(&client, "hello");
    arrives(&server, "hello");
}

#[test]
fn a_reset_is_passed_on() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    // Closed with something unread, a socket sends a reset.
    send(&server, "never read");
    eventually("it has arrived", || {
        client.set_nonblocking(true).unwrap();
        client.peek(&mut [0]).is_ok()
    });
    drop(client);
    is_reset(&server);
}

#[test]
fn a_delay_adds_up_and_is_shared_by_what_is_sent_together() {
    let server = RedisServer::start();
    let proxy = TcpProxy::to(server.port());
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    arrives(&stream, "+PONG\r\n");
    let delay = Duration::from_millis(100);
    proxy.delay(delay);
    let began = SystemClock.now();
    for _ in 0..20 {
        stream.write_all(b"PING\r\n").unwrap();
    }
    arrives(&stream, &"+PONG\r\n".repeat(20));
    let took = SystemClock.now() - began;
    assert!(took >= delay * 2, "each way takes its time: {took:?}");
    assert!(took < delay * 20, "and all of them take it at once: {took:?}");

    proxy.mend();
    proxy.delay_requests(delay);
    let began = SystemClock.now();
    stream.write_all(b"PING\r\n").unwrap();
    arrives(&stream, "+PONG\r\n");
    assert!(SystemClock.now() - began >= delay);
}

#[test]
fn what_is_held_arrives_late() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    stage.proxy.hold_replies();
    send(&client, "request");
    arrives(&server, "request");
    send(&server, "reply");
    server.shutdown(Shutdown::Write).unwrap();
    stage.proxy.hold();
    send(&client, "another");
    let waiting = stage.connect();
    send(&waiting, "third");
    nothing_arrives(&client);
    nothing_arrives(&server);
    stage.proxy.mend();
    arrives(&client, "reply");
    ends(&client);
    arrives(&server, "another");
    let (late, _) = stage.server.accept().unwrap();
    arrives(&late, "third");
}

#[test]
fn where_replies_are_swallowed_requests_arrive() {
    let server = RedisServer::start();
    let proxy = TcpProxy::to(server.port());
    let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.write_all(b"PING\r\n").unwrap();
    arrives(&stream, "+PONG\r\n");
    proxy.swallow_replies();
    stream.write_all(b"INCR a\r\n").unwrap();
    eventually("the reply is swallowed", || proxy.traffic().swallowed_bytes == 4);
    assert_eq!(server.command(&["GET", "a"]), "1");
    nothing_arrives(&stream);
    proxy.mend();
    is_reset(&stream);
    assert_eq!(RedisClient::new(proxy.port()).command(&["INCR", "a"]), "2");
}

#[test]
fn where_requests_are_swallowed_the_server_still_speaks() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    stage.proxy.swallow_requests();
    send(&client, "request");
    stage.swallows(7);
    nothing_arrives(&server);
    send(&server, "push");
    arrives(&client, "push");
    drop(server);
    ends(&client);
}

#[test]
fn half_open_is_silent_and_tells_nobody() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    stage.proxy.half_open();
    send(&client, "request");
    stage.swallows(7);
    drop(client);
    let late = stage.connect();
    send(&late, "late");
    stage.swallows(11);
    nothing_arrives(&server);
    nothing_arrives(&late);
    assert_eq!(stage.proxy.traffic().open, 2);
    stage.server.set_nonblocking(true).unwrap();
    assert_eq!(stage.server.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    stage.server.set_nonblocking(false).unwrap();
    stage.proxy.mend();
    is_reset(&server);
    is_reset(&late);
    let (client, server) = stage.line();
    send(&client, "hello");
    arrives(&server, "hello");
}

#[test]
fn it_ends_with_its_test() {
    let stage = Stage::new();
    let (client, server) = stage.line();
    let port = stage.proxy.port();
    drop(stage.proxy);
    ends(&client);
    ends(&server);
    // A process that another test is starting has the listener too, until it begins to run.
    eventually("it refuses", || is_refused(port));
}
