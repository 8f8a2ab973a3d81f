//! What is said about the server.

use crate::sim::commands::command::Call;
use crate::sim::commands::replies::{NOT_AN_INTEGER, integer, wrong_count};
use crate::sim::machine::{Machine, NAMES, Role, SimVersion};
use crate::sim::reply::{Answer, Reply};

pub(crate) fn time(machine: &mut Machine, _: &Call<'_>) -> Answer {
    let time = machine.time();
    let parts = [time.as_secs().to_string(), time.subsec_micros().to_string()];
    Ok(Reply::Array(parts.iter().map(Reply::bulk).collect()))
}

pub(crate) fn role(machine: &mut Machine, _: &Call<'_>) -> Answer {
    Ok(Reply::Array(match &machine.replication.role {
        Role::Master => vec![Reply::bulk("master"), Reply::Int(0), Reply::Array(Vec::new())],
        Role::Replica { host, port } => vec![
            Reply::bulk("slave"),
            Reply::bulk(host),
            Reply::Int(i64::from(*port)),
            Reply::bulk("connect"),
            Reply::Int(-1),
        ],
    }))
}

pub(crate) fn replica_of(machine: &mut Machine, call: &Call<'_>) -> Answer {
    if call.option(1) == "no" && call.option(2) == "one" {
        if !machine.replication.is_master() {
            machine.replication.shift(&machine.random);
        }
        return Ok(Reply::OK);
    }
    let port = u16::try_from(integer(call.word(2))?).map_err(|_| "ERR Invalid master port".to_owned())?;
    let host = String::from_utf8_lossy(call.word(1)).into_owned();
    let role = Role::Replica { host, port };
    if machine.replication.role == role {
        return Ok(Reply::Word("OK Already connected to specified master"));
    }
    machine.replication.role = role;
    Ok(Reply::OK)
}

/// There are no replicas to wait for.
pub(crate) fn wait(machine: &mut Machine, call: &Call<'_>) -> Answer {
    if !machine.replication.is_master() {
        let since = if machine.version == SimVersion::Redis70 { "since Redis 4.0 " } else { "" };
        return Err(format!(
            "ERR WAIT cannot be used with replica instances. Please also note that {since}if a replica is configured to \
             be writable (which is not the default) writes to replicas are just local and are not propagated."
        ));
    }
    integer(call.word(1))?;
    let timeout =
        integer(call.word(2)).map_err(|_| "ERR timeout is not an integer or out of range".to_owned())?;
    if timeout < 0 {
        return Err("ERR timeout is negative".to_owned());
    }
    Ok(Reply::Int(0))
}

pub(crate) fn config_get(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let asked: Vec<String> = (2..call.words.len()).map(|place| call.option(place)).collect();
    let named = NAMES.iter().filter(|name| asked.iter().any(|asked| asked == *name || asked == "*"));
    let pairs = named.filter_map(|name| Some((Reply::bulk(name), Reply::bulk(machine.settings.get(name)?))));
    Ok(Reply::Map(pairs.collect()))
}

pub(crate) fn config_set(machine: &mut Machine, call: &Call<'_>) -> Answer {
    if !call.words.len().is_multiple_of(2) {
        return Err(wrong_count("config|set"));
    }
    let mut settings = machine.settings.clone();
    for pair in call.rest(2).chunks(2) {
        let [name, value] = [&pair[0], &pair[1]].map(|word| String::from_utf8_lossy(word));
        let known = settings.get(&name.to_ascii_lowercase()).is_some();
        if !known {
            return Err(format!("ERR Unknown option or number of arguments for CONFIG SET - '{name}'"));
        }
        settings.set(&name.to_ascii_lowercase(), &value).ok_or_else(|| {
            format!("ERR CONFIG SET failed (possibly related to argument '{name}') - it has no such value")
        })?;
    }
    machine.settings = settings;
    machine.make_room();
    Ok(Reply::OK)
}

pub(crate) fn set_active_expire(machine: &mut Machine, call: &Call<'_>) -> Answer {
    machine.settings.expires_by_itself = match call.word(2) {
        b"0" => false,
        b"1" => true,
        _ => return Err(NOT_AN_INTEGER.to_owned()),
    };
    Ok(Reply::OK)
}

type Section = fn(&Machine) -> String;

const SECTIONS: [(&str, Section); 6] = [
    ("server", server),
    ("clients", clients),
    ("memory", memory),
    ("stats", stats),
    ("replication", replication),
    ("keyspace", keyspace),
];

pub(crate) fn info(machine: &mut Machine, call: &Call<'_>) -> Answer {
    let asked: Vec<String> = (1..call.words.len()).map(|place| call.option(place)).collect();
    let everything =
        asked.is_empty() || asked.iter().any(|name| matches!(&name[..], "all" | "default" | "everything"));
    let wanted = SECTIONS.iter().filter(|(name, _)| everything || asked.iter().any(|asked| asked == name));
    let texts: Vec<String> = wanted.map(|(_, section)| section(machine)).collect();
    Ok(Reply::Text(texts.join("\n").replace('\n', "\r\n")))
}

fn server(machine: &Machine) -> String {
    let version = match machine.version {
        SimVersion::Redis70 => "redis_version:7.0.15",
        SimVersion::Valkey91 => "redis_version:7.2.4\nserver_name:valkey\nvalkey_version:9.1.2",
    };
    let (uptime, run_id) = (machine.uptime().as_secs(), &machine.run_id);
    format!("# Server\n{version}\nredis_mode:standalone\nrun_id:{run_id}\nuptime_in_seconds:{uptime}\n")
}

fn clients(machine: &Machine) -> String {
    let all = machine.sessions.values();
    let (connected, tracking) = (all.len(), all.filter(|session| session.tracking.is_some()).count());
    format!("# Clients\nconnected_clients:{connected}\ntracking_clients:{tracking}\n")
}

fn memory(machine: &Machine) -> String {
    let (used, settings) = (machine.used_memory(), &machine.settings);
    let (most, policy) = (settings.max_memory, settings.policy.0);
    format!("# Memory\nused_memory:{used}\nmaxmemory:{most}\nmaxmemory_policy:{policy}\n")
}

fn stats(machine: &Machine) -> String {
    let (counts, watched) = (&machine.counts, &machine.watched);
    format!(
        "# Stats\ntotal_commands_processed:{}\nexpired_keys:{}\nevicted_keys:{}\ntracking_total_keys:{}\n\
         tracking_total_items:{}\ntracking_total_prefixes:0\n",
        counts.commands,
        counts.expired,
        counts.evicted,
        watched.names(),
        watched.items()
    )
}

fn replication(machine: &Machine) -> String {
    let replication = &machine.replication;
    let role = match &replication.role {
        Role::Master => "role:master".to_owned(),
        Role::Replica { host, port } => {
            format!("role:slave\nmaster_host:{host}\nmaster_port:{port}\nmaster_link_status:down")
        }
    };
    let (id, earlier) = (&replication.id, &replication.earlier);
    format!("# Replication\n{role}\nconnected_slaves:0\nmaster_replid:{id}\nmaster_replid2:{earlier}\n")
}

fn keyspace(machine: &Machine) -> String {
    let mut text = "# Keyspace\n".to_owned();
    for number in 0..machine.data.databases() {
        let items = || machine.data.all().filter(|(database, ..)| *database == number);
        let (names, mortal) = (items().count(), items().filter(|(_, _, item)| item.until.is_some()).count());
        if names > 0 {
            text += &format!("db{number}:keys={names},expires={mortal},avg_ttl=0\n");
        }
    }
    text
}
