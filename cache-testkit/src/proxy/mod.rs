//! What stands between a client and a server, and can be broken: a proxy for TCP.
//!
//! It runs on one thread of its own, which carries out one order after the other. So an order that was answered
//! holds for every byte that comes later.

mod conditions;
mod door;
mod lane;
mod tcp_proxy;
mod traffic;
mod wire;

pub use self::tcp_proxy::TcpProxy;
pub use self::traffic::Traffic;
