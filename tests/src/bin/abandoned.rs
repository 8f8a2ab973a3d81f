//! A test that is killed while its server runs: it writes the server's port and data folder, then waits.
#![expect(
    clippy::unwrap_used,
    reason = "a process that can't go on ends, and the test that started it fails"
)]

use std::io;

use cache_testkit::RedisServer;

fn main() {
    let server = RedisServer::start();
    let folder = server.command(&["CONFIG", "GET", "dir"]);
    println!("{}\n{}", server.port(), folder.lines().last().unwrap());
    io::stdin().read_line(&mut String::new()).unwrap();
}
