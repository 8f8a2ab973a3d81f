//! One way of one connection.

use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cache_core::clock::{Clock, SystemClock};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use crate::proxy::conditions::{Conditions, Flow, Side};
use crate::proxy::traffic::Meter;

/// One way of one connection: from one end to the other.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) side: Side,
    pub(super) from: &'a TcpStream,
    pub(super) to: &'a TcpStream,
    pub(super) conditions: &'a watch::Receiver<Conditions>,
    pub(super) meter: &'a Meter,
    /// Set once anything was swallowed, on either way.
    pub(super) lost: &'a AtomicBool,
}

/// Something that arrived, and when it may go on.
#[derive(Debug)]
struct Parcel {
    due: Instant,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    End,
    Broken(io::Error),
}

/// This much is read at once, and this many pieces wait; then the sender feels it, as on a slow network.
const PIECE: usize = 16 * 1024;
const PIECES: usize = 1024;

impl Lane<'_> {
    /// Carries everything to its end. Fails if the connection breaks.
    pub(super) async fn run(&self) -> io::Result<()> {
        let (sender, receiver) = mpsc::channel(PIECES);
        tokio::try_join!(self.take_in(sender), self.hand_out(receiver))?;
        Ok(())
    }

    /// How long something takes is told by when it arrived, so reading never waits for writing.
    async fn take_in(&self, queue: mpsc::Sender<Parcel>) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        loop {
            let content = match read(self.from, &mut buffer).await {
                Ok(0) => Content::End,
                Ok(count) => Content::Bytes(buffer[..count].to_vec()),
                Err(error) => Content::Broken(error),
            };
            let last = !matches!(content, Content::Bytes(_));
            let delay = self.conditions.borrow().of(self.side).delay;
            let parcel = Parcel { due: SystemClock.now() + delay, content };
            if queue.send(parcel).await.is_err() || last {
                return Ok(());
            }
        }
    }

    async fn hand_out(&self, mut queue: mpsc::Receiver<Parcel>) -> io::Result<()> {
        while let Some(Parcel { due, content }) = queue.recv().await {
            pause_until(due).await;
            let mut conditions = self.conditions.clone();
            let held = |conditions: &Conditions| conditions.of(self.side).flow == Flow::Held;
            // The proxy ends this before it goes itself.
            let _ = conditions.wait_for(|conditions| !held(conditions)).await;
            if self.flow(self.side) == Flow::Swallowed {
                self.swallow(&content);
            } else {
                self.pass(content).await?;
            }
        }
        Ok(())
    }

    fn swallow(&self, content: &Content) {
        self.lost.store(true, Ordering::Relaxed);
        if let Content::Bytes(bytes) = content {
            self.meter.swallowed(bytes.len());
        }
    }

    async fn pass(&self, content: Content) -> io::Result<()> {
        match content {
            Content::Bytes(bytes) => {
                // Counted before the other end can know of them.
                self.meter.passed(self.side, bytes.len());
                match write(self.to, &bytes).await {
                    // The other end broke, of which this one is told on the other way alone.
                    Err(_) if self.flow(self.side.other()) == Flow::Swallowed => {
                        self.lost.store(true, Ordering::Relaxed)
                    }
                    written => written?,
                }
                Ok(())
            }
            Content::End => end(self.to),
            Content::Broken(error) => Err(error),
        }
    }

    fn flow(&self, side: Side) -> Flow {
        self.conditions.borrow().of(side).flow
    }
}

async fn read(from: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        from.readable().await?;
        match from.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            read => return read,
        }
    }
}

async fn write(to: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        to.writable().await?;
        match to.try_write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            written => bytes = &bytes[written?..],
        }
    }
    Ok(())
}

/// Says that nothing more will come. The other way stays as it is.
fn end(to: &TcpStream) -> io::Result<()> {
    let stream = std::net::TcpStream::from(to.as_fd().try_clone_to_owned()?);
    stream.shutdown(Shutdown::Write)
}

async fn pause_until(due: Instant) {
    let pause = due.saturating_duration_since(SystemClock.now());
    if !pause.is_zero() {
        #[expect(clippy::disallowed_methods, reason = "a network in front of a real server takes real time")]
        tokio::time::sleep(pause).await;
    }
}
