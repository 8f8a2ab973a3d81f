//! Finds commands by their names.

use crate::sim::commands::command::{Access, Command, Count, Place, lower};
use crate::sim::commands::replies::wrong_count;
use crate::sim::commands::{client, connection, expiry, names, scripting, server, strings};
use crate::sim::machine::SimVersion;
use Access::{Grow, None as Neither, Read, Script, Write};
use Count::{AtLeast, Exactly};
use Place::{All, First, Nowhere};

macro_rules! commands {
    ($($name:literal $words:expr, $access:expr, $names:expr => $run:path;)*) => {
        [$(Command { name: $name, words: $words, access: $access, names: $names, run: $run }),*]
    };
}

static COMMANDS: [Command; 56] = commands! {
    "client|caching" Exactly(3), Neither, Nowhere => client::caching;
    "client|getname" Exactly(2), Neither, Nowhere => client::name;
    "client|id" Exactly(2), Neither, Nowhere => client::id;
    "client|kill" AtLeast(3), Neither, Nowhere => client::kill;
    "client|no-evict" Exactly(3), Neither, Nowhere => client::agree;
    "client|setinfo" Exactly(4), Neither, Nowhere => client::agree;
    "client|setname" Exactly(3), Neither, Nowhere => client::set_name;
    "client|tracking" AtLeast(3), Neither, Nowhere => client::tracking;
    "client|trackinginfo" Exactly(2), Neither, Nowhere => client::tracking_info;
    "config|get" AtLeast(3), Neither, Nowhere => server::config_get;
    "config|set" AtLeast(4), Neither, Nowhere => server::config_set;
    "debug|set-active-expire" Exactly(3), Neither, Nowhere => server::set_active_expire;
    "script|exists" AtLeast(3), Neither, Nowhere => scripting::exists;
    "script|flush" AtLeast(2), Neither, Nowhere => scripting::flush;
    "script|load" Exactly(3), Neither, Nowhere => scripting::load;
    "auth" AtLeast(2), Neither, Nowhere => connection::auth;
    "dbsize" Exactly(1), Read, Nowhere => names::size;
    "del" AtLeast(2), Write, All => names::remove;
    "echo" Exactly(2), Neither, Nowhere => connection::echo;
    "eval" AtLeast(3), Script, Nowhere => scripting::eval;
    "evalsha" AtLeast(3), Script, Nowhere => scripting::evalsha;
    "exists" AtLeast(2), Read, All => names::exists;
    "expire" AtLeast(3), Write, First => expiry::expire;
    "expireat" AtLeast(3), Write, First => expiry::expire_at;
    "flushall" AtLeast(1), Write, Nowhere => names::flush_all;
    "flushdb" AtLeast(1), Write, Nowhere => names::flush_database;
    "get" Exactly(2), Read, First => strings::get;
    "getrange" Exactly(4), Read, First => strings::get_range;
    "hello" AtLeast(1), Neither, Nowhere => connection::hello;
    "info" AtLeast(1), Neither, Nowhere => server::info;
    "keys" Exactly(2), Read, Nowhere => names::keys;
    "lpush" AtLeast(3), Grow, First => names::push;
    "mget" AtLeast(2), Read, All => strings::get_many;
    "persist" Exactly(2), Write, First => expiry::persist;
    "pexpire" AtLeast(3), Write, First => expiry::expire_in_millis;
    "pexpireat" AtLeast(3), Write, First => expiry::expire_at_millis;
    "ping" AtLeast(1), Neither, Nowhere => connection::ping;
    "psetex" Exactly(4), Grow, First => strings::set_for_millis;
    "pttl" Exactly(2), Read, First => expiry::remaining_millis;
    "quit" AtLeast(1), Neither, Nowhere => connection::quit;
    "replicaof" Exactly(3), Neither, Nowhere => server::replica_of;
    "reset" Exactly(1), Neither, Nowhere => connection::reset;
    "role" Exactly(1), Neither, Nowhere => server::role;
    "rpush" AtLeast(3), Grow, First => names::push;
    "select" Exactly(2), Neither, Nowhere => connection::select;
    "set" AtLeast(3), Grow, First => strings::set;
    "setex" Exactly(4), Grow, First => strings::set_for_seconds;
    "setnx" Exactly(3), Grow, First => strings::set_if_absent;
    "slaveof" Exactly(3), Neither, Nowhere => server::replica_of;
    "strlen" Exactly(2), Read, First => strings::length;
    "time" Exactly(1), Neither, Nowhere => server::time;
    "touch" AtLeast(2), Read, All => names::exists;
    "ttl" Exactly(2), Read, First => expiry::remaining_seconds;
    "type" Exactly(2), Read, First => names::kind;
    "unlink" AtLeast(2), Write, All => names::remove;
    "wait" Exactly(3), Neither, Nowhere => server::wait;
};

/// Which Redis doesn't have yet.
const YOUNGER: [&str; 1] = ["client|setinfo"];

/// Finds the command that these words are.
pub(crate) fn find(words: &[Vec<u8>], version: SimVersion) -> Result<&'static Command, String> {
    let name = words.first().map(|word| lower(word)).unwrap_or_default();
    let subcommands = format!("{name}|");
    let full = match words.get(1) {
        Some(word) if COMMANDS.iter().any(|command| command.name.starts_with(&subcommands)) => {
            subcommands + &lower(word)
        }
        _ => name.clone(),
    };
    let known = |command: &&Command| {
        command.name == full && (version != SimVersion::Redis70 || !YOUNGER.contains(&command.name))
    };
    match COMMANDS.iter().find(known) {
        Some(command) if command.takes(words.len()) => Ok(command),
        Some(command) => Err(wrong_count(command.name)),
        None => Err(unknown(words, &name, full.len() > name.len())),
    }
}

fn unknown(words: &[Vec<u8>], name: &str, has_subcommands: bool) -> String {
    if let (true, Some(word)) = (has_subcommands, words.get(1)) {
        let (word, name) = (String::from_utf8_lossy(word), name.to_ascii_uppercase());
        return format!("ERR unknown subcommand '{word}'. Try {name} HELP.");
    }
    if words.len() == 1 && COMMANDS.iter().any(|command| command.name.starts_with(&format!("{name}|"))) {
        return wrong_count(name);
    }
    let mut arguments = String::new();
    for word in words.iter().skip(1) {
        let left = 128_usize.saturating_sub(arguments.len());
        if left == 0 {
            break;
        }
        let word: String = String::from_utf8_lossy(word).chars().take(left).collect();
        arguments += &format!("'{word}' ");
    }
    let written = words.first().map(|word| String::from_utf8_lossy(word)).unwrap_or_default();
    let written: String = written.chars().take(128).collect();
    format!("ERR unknown command '{written}', with args beginning with: {arguments}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<&str, &str>) {
        let words: Vec<Vec<u8>> = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let found = find(&words, SimVersion::Redis70).map(|command| command.name);
        assert_eq!(found.as_ref().map(|name| *name).map_err(String::as_str), expected);
    }

    #[test]
    fn commands_are_found_or_refused_in_the_servers_words() {
        check("Get a", Ok("get"));
        check("client Tracking ON", Ok("client|tracking"));
        check("GET", Err("ERR wrong number of arguments for 'get' command"));
        check("CLIENT", Err("ERR wrong number of arguments for 'client' command"));
        check("CLIENT TRACKING", Err("ERR wrong number of arguments for 'client|tracking' command"));
        check("CLIENT Foo", Err("ERR unknown subcommand 'Foo'. Try CLIENT HELP."));
        check("CLIENT SETINFO LIB-NAME x", Err("ERR unknown subcommand 'SETINFO'. Try CLIENT HELP."));
        check("Foo a b", Err("ERR unknown command 'Foo', with args beginning with: 'a' 'b' "));
    }
}
