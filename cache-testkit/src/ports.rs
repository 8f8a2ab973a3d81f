//! Ports on which nobody listens.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Told apart by process and by number, so that tests of several processes don't meet.
pub(crate) fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Below the range that systems give to outgoing connections: a client that tries again and again to reach a
/// server that is down could be given the server's own port, and would then be connected to itself.
const PORTS: Range<u32> = 16_000..32_000;

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    free_port_in(PORTS, is_free)
}

/// A port for a node of a cluster, which listens on a second one for other nodes: 10 000 above. That one stays
/// below the range of outgoing connections too.
pub(crate) fn free_port_of_a_node() -> u16 {
    free_port_in(PORTS.start..PORTS.start + 6_000, |port| is_free(port) && is_free(port + 10_000))
}

fn free_port_in(ports: Range<u32>, is_free: impl Fn(u16) -> bool) -> u16 {
    let (start, count) = (process::id().wrapping_mul(97), ports.end - ports.start);
    (0..count)
        .map(|_| ports.start + start.wrapping_add(next()) % count)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|port| is_free(*port))
        .expect("some port of thousands is free")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
