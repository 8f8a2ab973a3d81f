//! The thread on which a simulated server runs.

use std::net::TcpListener;
use std::sync::{Arc, mpsc as std_mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use cache_core::clock::Clock;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::sim::connection::serve;
use crate::sim::house::House;
use crate::virtual_clock::VirtualClock;

/// Told once an order has been carried out.
type Done = std_mpsc::Sender<()>;

/// So often a server looks for what has expired.
const LOOK: Duration = Duration::from_millis(100);

enum Order {
    Open(TcpListener, Done),
    Accepted(TcpStream),
    Shut(Done),
    End,
}

/// A thread that carries out one order after the other.
#[derive(Debug)]
pub(crate) struct Thread {
    orders: mpsc::UnboundedSender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Thread {
    pub(crate) fn start(house: Arc<House>, clock: VirtualClock) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        let accepted = orders.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has what a runtime needs");
        let work = move || runtime.block_on(run(house, clock, accepted, received));
        let thread = std::thread::Builder::new().name("sim-redis".to_owned()).spawn(work);
        Self { orders, thread: Some(thread.expect("a thread can be had")) }
    }

    /// Accepts connections.
    pub(crate) fn open(&self, listener: TcpListener) {
        self.tell(|done| Order::Open(listener, done));
    }

    /// Ends all connections and refuses new ones.
    pub(crate) fn shut(&self) {
        self.tell(Order::Shut);
    }

    fn tell(&self, order: impl FnOnce(Done) -> Order) {
        let (sender, done) = std_mpsc::channel();
        let told = self.orders.send(order(sender)).is_ok() && done.recv().is_ok();
        assert!(told, "the server's thread has ended");
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // Both fail only if the thread panicked, which was reported then.
        let _ = self.orders.send(Order::End);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn run(
    house: Arc<House>,
    clock: VirtualClock,
    accepted: mpsc::UnboundedSender<Order>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let (mut tasks, mut look) = (JoinSet::new(), clock.sleep(LOOK));
    loop {
        let order = tokio::select! {
            order = orders.recv() => order,
            () = &mut look => {
                house.expire();
                look = clock.sleep(LOOK);
                continue;
            }
        };
        while tasks.try_join_next().is_some() {}
        match order {
            Some(Order::Open(listener, done)) => {
                tasks.spawn(accept(listener, accepted.clone()));
                // A test that panicked meanwhile no longer waits.
                let _ = done.send(());
            }
            Some(Order::Accepted(stream)) => drop(tasks.spawn(serve(stream, house.clone()))),
            Some(Order::Shut(done)) => {
                tasks.shutdown().await;
                let _ = done.send(());
            }
            Some(Order::End) | None => return,
        }
    }
}

async fn accept(listener: TcpListener, accepted: mpsc::UnboundedSender<Order>) {
    let listener = listener.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(listener));
    let listener = listener.expect("a listener can be waited for");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if accepted.send(Order::Accepted(stream)).is_err() {
                    return;
                }
            }
            // The process has too many files open: the client waits until it has fewer.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
