//! The server as a state machine: it knows neither sockets nor the system's time.

mod keyspace;
mod replication;
mod run;
mod session;
mod settings;
mod state;
mod telling;
mod vanishing;
mod watched;

pub(crate) use self::keyspace::{Item, Value};
pub(crate) use self::replication::Role;
pub(crate) use self::session::{Choice, Tracking};
pub(crate) use self::settings::NAMES;
pub(crate) use self::state::Machine;
pub use self::state::SimVersion;
