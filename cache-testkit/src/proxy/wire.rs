//! One connection: from a client through the proxy to the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::proxy::conditions::{Conditions, Flow, Side};
use crate::proxy::lane::Lane;
use crate::proxy::traffic::Meter;

/// One connection.
#[derive(Debug)]
pub(super) struct Wire {
    client: TcpStream,
    server: OnceLock<TcpStream>,
    lost: AtomicBool,
}

impl Wire {
    pub(super) fn new(client: TcpStream) -> Self {
        Self { client, server: OnceLock::new(), lost: AtomicBool::new(false) }
    }

    /// Whether anything was swallowed, so that it can never be whole again.
    pub(super) fn is_damaged(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Lets both ends see a reset instead of an end, once the connection is dropped.
    pub(super) fn reset_on_drop(&self) {
        for end in [Some(&self.client), self.server.get()].into_iter().flatten() {
            // Fails only for an end that is gone.
            let _ = end.set_zero_linger();
        }
    }

    /// Carries the connection to its end.
    pub(super) async fn run(&self, target: u16, conditions: watch::Receiver<Conditions>, meter: &Meter) {
        let _open = meter.open();
        match self.carry(target, conditions, meter).await {
            Err(_) => self.reset_on_drop(),
            // Whose end was swallowed, the other end isn't told.
            Ok(()) if self.is_damaged() => std::future::pending().await,
            Ok(()) => {}
        }
    }

    async fn carry(
        &self,
        target: u16,
        mut conditions: watch::Receiver<Conditions>,
        meter: &Meter,
    ) -> io::Result<()> {
        self.client.set_nodelay(true)?;
        let held = |conditions: &Conditions| conditions.requests.flow == Flow::Held;
        // The proxy ends this before it goes itself.
        let _ = conditions.wait_for(|conditions| !held(conditions)).await;
        if conditions.borrow().requests.flow == Flow::Swallowed {
            // The server never hears of it, and yet the client was accepted.
            self.lost.store(true, Ordering::Relaxed);
            return self.swallow(meter).await;
        }
        let server = connect(target).await?;
        let server = self.server.get_or_init(|| server);
        let (conditions, lost) = (&conditions, &self.lost);
        let requests = Lane { side: Side::Requests, from: &self.client, to: server, conditions, meter, lost };
        let replies = Lane { side: Side::Replies, from: server, to: &self.client, conditions, meter, lost };
        tokio::try_join!(requests.run(), replies.run())?;
        Ok(())
    }

    async fn swallow(&self, meter: &Meter) -> io::Result<()> {
        let mut buffer = vec![0; 1024];
        loop {
            self.client.readable().await?;
            match self.client.try_read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => meter.swallowed(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Ok(()),
            }
        }
    }
}

/// Connects. Until this is awaited to its end the server may have accepted already, so it sees a reset if the
/// connection is dropped before.
async fn connect(target: u16) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_zero_linger()?;
    let stream = socket.connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, target).into()).await?;
    #[expect(deprecated, reason = "to linger may block, not to linger doesn't")]
    stream.set_linger(None)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
