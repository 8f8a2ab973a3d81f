//! The proxy as tests hold it.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, mpsc as std_mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::ports::free_port;
use crate::proxy::conditions::{Conditions, Flow};
use crate::proxy::door::{Done, Order, Proxy};
use crate::proxy::traffic::{Meter, Traffic};

/// A proxy in front of a server on this machine, which does to connections what networks do.
///
/// Each method returns when what it says holds. Dropping the proxy ends all connections.
///
/// ```
/// use cache_testkit::{RedisClient, RedisServer, TcpProxy};
///
/// let server = RedisServer::start();
/// let proxy = TcpProxy::to(server.port());
/// let client = RedisClient::new(proxy.port());
/// assert_eq!(client.command(&["PING"]), "PONG");
/// proxy.cut();
/// assert!(client.try_command(&["PING"]).is_err());
/// proxy.mend();
/// assert_eq!(client.command(&["PING"]), "PONG");
/// ```
pub struct TcpProxy {
    port: u16,
    target: u16,
    meter: Arc<Meter>,
    orders: mpsc::UnboundedSender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl TcpProxy {
    /// Starts a proxy in front of the server on this port.
    ///
    /// # Panics
    ///
    /// If the system refuses a thread or a port.
    #[must_use]
    pub fn to(port: u16) -> Self {
        let listener = listener();
        let own = listener.local_addr().expect("a listener has an address").port();
        let meter = Arc::new(Meter::default());
        let (orders, received) = mpsc::unbounded_channel();
        let (counted, sender) = (meter.clone(), orders.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has what a runtime needs");
        let work = move || {
            runtime.block_on(async {
                let proxy = Proxy::new(listener, port, counted, sender).expect("a listener can be asked");
                proxy.run(received).await;
            });
        };
        let thread = std::thread::Builder::new().name("tcp-proxy".to_owned()).spawn(work);
        Self { port: own, target: port, meter, orders, thread: Some(thread.expect("a thread can be had")) }
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What went through so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.meter.read()
    }

    /// Delays everything from now on by this much, each way. The order stays as it was.
    pub fn delay(&self, delay: Duration) {
        self.set(move |conditions| (conditions.requests.delay, conditions.replies.delay) = (delay, delay));
    }

    /// Delays what clients send by this much.
    pub fn delay_requests(&self, delay: Duration) {
        self.set(move |conditions| conditions.requests.delay = delay);
    }

    /// Delays what the server sends by this much.
    pub fn delay_replies(&self, delay: Duration) {
        self.set(move |conditions| conditions.replies.delay = delay);
    }

    /// Holds everything back until [`TcpProxy::mend`], when it arrives late: a short partition, which TCP
    /// outlives.
    pub fn hold(&self) {
        self.set(|conditions| (conditions.requests.flow, conditions.replies.flow) = (Flow::Held, Flow::Held));
    }

    /// Holds back what clients send until [`TcpProxy::mend`].
    pub fn hold_requests(&self) {
        self.set(|conditions| conditions.requests.flow = Flow::Held);
    }

    /// Holds back what the server sends until [`TcpProxy::mend`].
    pub fn hold_replies(&self) {
        self.set(|conditions| conditions.replies.flow = Flow::Held);
    }

    /// Accepts connections and swallows everything, both ways: a connection that one end has forgotten. Neither
    /// end is told when the other one closes it.
    pub fn half_open(&self) {
        let swallowed = (Flow::Swallowed, Flow::Swallowed);
        self.set(move |conditions| (conditions.requests.flow, conditions.replies.flow) = swallowed);
    }

    /// Swallows what clients send; the server still reaches them.
    pub fn swallow_requests(&self) {
        self.set(|conditions| conditions.requests.flow = Flow::Swallowed);
    }

    /// Swallows what the server sends: requests are carried out, and replies are lost.
    pub fn swallow_replies(&self) {
        self.set(|conditions| conditions.replies.flow = Flow::Swallowed);
    }

    /// Ends all connections and refuses new ones, as a server that is down does.
    pub fn cut(&self) {
        self.tell(Order::Cut);
    }

    /// Resets all connections (RST); new ones are accepted.
    pub fn reset(&self) {
        self.tell(Order::Reset);
    }

    /// Makes everything whole: without delay, nothing held or swallowed, connections accepted. A connection of
    /// which something was swallowed is reset, for what follows would make no sense.
    pub fn mend(&self) {
        self.tell(Order::Mend);
    }

    fn set(&self, change: impl FnOnce(&mut Conditions) + Send + 'static) {
        self.tell(|done| Order::Set(Box::new(change), done));
    }

    fn tell(&self, order: impl FnOnce(Done) -> Order) {
        let (sender, done) = std_mpsc::channel();
        let told = self.orders.send(order(sender)).is_ok() && done.recv().is_ok();
        assert!(told, "the proxy's thread has ended");
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        // Both fail only if its thread panicked, which was reported then.
        let _ = self.orders.send(Order::End);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl fmt::Debug for TcpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpProxy")
            .field("port", &self.port)
            .field("target", &self.target)
            .field("traffic", &self.traffic())
            .finish_non_exhaustive()
    }
}

fn listener() -> TcpListener {
    // A port that was free a moment ago may be taken by another process's test.
    (0..10)
        .find_map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, free_port())).ok())
        .expect("some port of thousands is free")
}
