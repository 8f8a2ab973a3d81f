//! Where connections come in, and where orders are carried out.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Arc, Weak, mpsc as std_mpsc};
use std::time::Duration;

use cache_core::clock::{Clock, SystemClock};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};

use crate::proxy::conditions::Conditions;
use crate::proxy::traffic::Meter;
use crate::proxy::wire::Wire;

/// Told once an order has been carried out.
pub(super) type Done = std_mpsc::Sender<()>;

/// What the proxy is to do.
pub(super) enum Order {
    Accepted(TcpStream),
    Set(Box<dyn FnOnce(&mut Conditions) + Send>, Done),
    Cut(Done),
    Reset(Done),
    Mend(Done),
    End,
}

/// The proxy, on its own thread.
#[derive(Debug)]
pub(super) struct Proxy {
    port: u16,
    target: u16,
    meter: Arc<Meter>,
    conditions: watch::Sender<Conditions>,
    orders: mpsc::UnboundedSender<Order>,
    entrance: Entrance,
    wires: JoinSet<()>,
    /// Each connection, and the task that carries it and closes it at its end.
    under_way: Vec<(Weak<Wire>, AbortHandle)>,
}

#[derive(Debug)]
enum Entrance {
    Open(JoinHandle<()>),
    /// Nobody listens, and nobody else can have the port.
    Shut(TcpSocket),
}

impl Proxy {
    /// A proxy that accepts connections already.
    pub(super) fn new(
        listener: std::net::TcpListener,
        target: u16,
        meter: Arc<Meter>,
        orders: mpsc::UnboundedSender<Order>,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let entrance = open(TcpListener::from_std(listener)?, orders.clone());
        let conditions = watch::Sender::default();
        Ok(Self {
            port,
            target,
            meter,
            conditions,
            orders,
            entrance,
            wires: JoinSet::new(),
            under_way: Vec::new(),
        })
    }

    /// Carries out one order after the other.
    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        while let Some(order) = orders.recv().await {
            let done = match order {
                Order::Accepted(stream) => {
                    self.accept(stream);
                    continue;
                }
                Order::End => return,
                Order::Set(change, done) => {
                    self.conditions.send_modify(change);
                    done
                }
                Order::Cut(done) => {
                    self.shut().await;
                    self.end(|_| true).await;
                    done
                }
                Order::Reset(done) => {
                    self.reset(|_| true).await;
                    done
                }
                Order::Mend(done) => {
                    self.mend().await;
                    done
                }
            };
            // A test that panicked meanwhile no longer waits.
            let _ = done.send(());
        }
    }

    fn accept(&mut self, stream: TcpStream) {
        if matches!(self.entrance, Entrance::Shut(_)) {
            return;
        }
        while self.wires.try_join_next().is_some() {}
        self.under_way.retain(|(_, task)| !task.is_finished());
        let (wire, meter) = (Arc::new(Wire::new(stream)), self.meter.clone());
        let (known, target, conditions) = (Arc::downgrade(&wire), self.target, self.conditions.subscribe());
        let task = self.wires.spawn(async move { wire.run(target, conditions, &meter).await });
        self.under_way.push((known, task));
    }

    async fn shut(&mut self) {
        let Entrance::Open(task) = &mut self.entrance else { return };
        task.abort();
        // Once the task is gone the listener is closed.
        let _ = task.await;
        self.entrance = Entrance::Shut(hold(self.port).await.expect("the port was ours until now"));
    }

    async fn mend(&mut self) {
        // No connection runs between this and its end, if it is damaged.
        self.conditions.send_modify(|conditions| *conditions = Conditions::default());
        self.reset(Wire::is_damaged).await;
        if let Entrance::Shut(_) = &self.entrance {
            let socket = std::mem::replace(&mut self.entrance, Entrance::Shut(unbound()));
            let Entrance::Shut(socket) = socket else { return };
            let listener = socket.listen(1024).expect("nobody else listens on a port that is ours");
            self.entrance = open(listener, self.orders.clone());
        }
    }

    async fn reset(&mut self, which: impl Fn(&Wire) -> bool) {
        let wires = self.under_way.iter().filter_map(|(wire, _)| wire.upgrade());
        wires.filter(|wire| which(wire)).for_each(|wire| wire.reset_on_drop());
        self.end(which).await;
    }

    /// Ends connections, and returns when both of their ends are closed.
    async fn end(&mut self, which: impl Fn(&Wire) -> bool) {
        let ends = |wire: &Weak<Wire>| wire.upgrade().is_none_or(|wire| which(&wire));
        let (ended, kept): (Vec<_>, _) = self.under_way.drain(..).partition(|(wire, _)| ends(wire));
        self.under_way = kept;
        ended.iter().for_each(|(_, task)| task.abort());
        for (_, task) in ended {
            while !task.is_finished() {
                tokio::task::yield_now().await;
            }
        }
    }
}

fn open(listener: TcpListener, orders: mpsc::UnboundedSender<Order>) -> Entrance {
    Entrance::Open(tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    if orders.send(Order::Accepted(stream)).is_err() {
                        return;
                    }
                }
                // The process has too many files open: the client waits until it has fewer.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }))
}

/// A process takes some milliseconds to start.
const PATIENCE: Duration = Duration::from_secs(10);

fn unbound() -> TcpSocket {
    TcpSocket::new_v4().expect("a socket can be had")
}

/// Takes a port without listening: whoever connects is refused.
async fn hold(port: u16) -> io::Result<TcpSocket> {
    let until = SystemClock.now() + PATIENCE;
    loop {
        match bind(port) {
            // A process that is being started by another thread has the listener too, until it begins to run.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && SystemClock.now() < until => {
                SystemClock.sleep(Duration::from_millis(1)).await;
            }
            bound => return bound,
        }
    }
}

fn bind(port: u16) -> io::Result<TcpSocket> {
    let socket = unbound();
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into())?;
    Ok(socket)
}
