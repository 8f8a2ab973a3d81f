//! Real servers for tests: started on a free port, stopped with the value that stands for them.
//!
//! # Why a watcher?
//!
//! A test that is killed runs no destructor, and a server that outlives it takes a port and memory for good.
//! So a server is the child of a small shell that reads from a pipe which the test holds open: it carries out
//! what it reads there, and when the pipe ends, for whatever reason, it kills the server and removes its data.

mod behind;
mod client;
mod cluster;
mod cluster_map;
mod config;
mod executable;
mod options;
mod place;
mod replica_set;
mod server;
#[cfg(feature = "tls")]
mod tls;
mod watcher;

pub use self::client::RedisClient;
pub use self::cluster::{RedisCluster, RedisClusterOptions};
pub use self::options::{Persistence, RedisServerOptions};
pub use self::replica_set::{RedisReplicaSet, RedisReplicaSetOptions};
pub use self::server::RedisServer;
#[cfg(feature = "tls")]
pub use self::tls::Certificates;
