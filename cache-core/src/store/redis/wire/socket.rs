//! Sockets: how they are opened, and their two halves.

use std::future::poll_fn;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::task::Poll;

use redis::io::tcp::{TcpSettings, socket2::SockRef};
use redis::{ConnectionAddr, ConnectionInfo};
use tokio::io::AsyncRead;
use tokio::net::{TcpStream, lookup_host, tcp};

/// The half of a socket that is read from.
pub(crate) type ReadHalf = Box<dyn AsyncRead + Send + Sync + Unpin>;

/// The half of a socket that is written to, by several threads in turn.
#[derive(Debug)]
pub(crate) enum WriteHalf {
    Tcp(tcp::OwnedWriteHalf),
    #[cfg(unix)]
    Unix(tokio::net::unix::OwnedWriteHalf),
}

impl WriteHalf {
    /// Writes what there is room for at once.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(half) => half.try_write(bytes),
            #[cfg(unix)]
            Self::Unix(half) => half.try_write(bytes),
        }
    }

    /// Hangs up, for both directions.
    pub(crate) fn close(&self) {
        let closed = match self {
            Self::Tcp(half) => SockRef::from(half.as_ref()).shutdown(Shutdown::Both),
            #[cfg(unix)]
            Self::Unix(half) => SockRef::from(half.as_ref()).shutdown(Shutdown::Both),
        };
        // It may be closed already.
        drop(closed);
    }

    /// Waits until there may be room.
    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(half) => half.writable().await,
            #[cfg(unix)]
            Self::Unix(half) => half.writable().await,
        }
    }
}

/// Opens a socket.
pub(crate) async fn connect(info: &ConnectionInfo) -> io::Result<(ReadHalf, WriteHalf)> {
    match info.addr() {
        ConnectionAddr::Tcp(host, port) => {
            let stream = first(lookup_host((host.as_str(), *port)).await?).await?;
            set_up(&stream, info.tcp_settings())?;
            let (read, write) = stream.into_split();
            Ok((Box::new(read), WriteHalf::Tcp(write)))
        }
        #[cfg(unix)]
        ConnectionAddr::Unix(path) => Ok(of_unix(tokio::net::UnixStream::connect(path).await?)),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "this kind of address is not available")),
    }
}

#[cfg(unix)]
pub(crate) fn of_unix(stream: tokio::net::UnixStream) -> (ReadHalf, WriteHalf) {
    let (read, write) = stream.into_split();
    (Box::new(read), WriteHalf::Unix(write))
}

fn set_up(stream: &TcpStream, settings: &TcpSettings) -> io::Result<()> {
    stream.set_nodelay(settings.nodelay())?;
    let socket = SockRef::from(stream);
    if let Some(keepalive) = settings.keepalive() {
        socket.set_tcp_keepalive(keepalive)?;
    }
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    socket.set_tcp_user_timeout(settings.user_timeout())?;
    Ok(())
}

/// Connects to all addresses of a host at once: one that does not answer must not keep the others waiting.
async fn first(addresses: impl Iterator<Item = SocketAddr>) -> io::Result<TcpStream> {
    type Attempt = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;
    let mut attempts: Vec<Attempt> =
        addresses.map(|address| Box::pin(TcpStream::connect(address)) as Attempt).collect();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    poll_fn(move |cx| {
        let mut connected = None;
        attempts.retain_mut(|attempt| match attempt.as_mut().poll(cx) {
            Poll::Pending => true,
            Poll::Ready(Ok(stream)) => {
                connected.get_or_insert(stream);
                false
            }
            Poll::Ready(Err(error)) => {
                failure = error;
                false
            }
        });
        match connected {
            Some(stream) => Poll::Ready(Ok(stream)),
            None if attempts.is_empty() => {
                let none = io::Error::from(io::ErrorKind::NotFound);
                Poll::Ready(Err(std::mem::replace(&mut failure, none)))
            }
            None => Poll::Pending,
        }
    })
    .await
}
