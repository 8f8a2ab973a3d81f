//! The commands that this server knows.

mod client;
mod command;
mod connection;
mod expiry;
mod names;
mod replies;
mod scripting;
mod server;
mod strings;
mod table;

pub(crate) use self::command::{Access, Call, Command};
pub(crate) use self::table::find;
