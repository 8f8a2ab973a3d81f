//! Where the server is and how long it may take.

use std::fmt;
use std::time::Duration;

use redis::{ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use crate::error::{Error, ErrorKind};

/// How to reach a server.
#[derive(Clone)]
pub struct RedisOptions {
    pub(crate) info: ConnectionInfo,
    /// How long a command may take; 250 ms by default.
    pub(crate) deadline: Duration,
    /// How long a connection attempt may take, name look-up and log-in included; 2 s by default.
    pub(crate) connect_timeout: Duration,
    /// How many connections calls share beside the tracked one; 1 by default. Reads merge better over fewer, and
    /// one has room for more than a server can answer.
    pub(crate) lanes: usize,
}

/// After this long without an acknowledgement the kernel gives a connection up.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(5);

impl RedisOptions {
    /// Reads `redis://[user][:password@]host[:port][/database]`; `valkey://` and `redis+unix:///path` too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if the URL can't be read or names something that is not built in. The error
    /// never repeats the URL, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let config = |message: &str| Error::new(ErrorKind::Config, format!("redis URL: {message}"));
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "redis" | "valkey" | "redis+unix" | "unix" => {}
            "rediss" | "valkeys" => {
                return Err(config(
                    "TLS is not available in this version, use redis:// over a trusted network",
                ));
            }
            "redis+sentinel" | "redis+cluster" => {
                return Err(config("Sentinel and Cluster are not available in this version, use redis://"));
            }
            _ => return Err(config("it must begin with redis://, as in redis://127.0.0.1:6379")),
        }
        let info = url.into_connection_info().map_err(|_| {
            config("it can't be read; write redis://[user][:password@]host[:port][/database]")
        })?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(settings).set_tcp_settings(tcp_settings());
        Ok(Self {
            info,
            deadline: Duration::from_millis(250),
            connect_timeout: Duration::from_secs(2),
            lanes: 1,
        })
    }

    /// Sets how long a command may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

fn tcp_settings() -> redis::io::tcp::TcpSettings {
    let settings = redis::io::tcp::TcpSettings::default().set_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let settings = settings.set_user_timeout(TCP_USER_TIMEOUT);
    settings
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("address", &self.info.addr().to_string())
            .field("deadline", &self.deadline)
            .field("connect_timeout", &self.connect_timeout)
            .field("lanes", &self.lanes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ever_shows_a_password() {
        let options = RedisOptions::parse("redis://me:hunter2@127.0.0.1:6379/3").expect("it is a URL");
        assert!(!format!("{options:?}").contains("hunter2"));
        for url in [
            "redis://:hunter2@",
            "http://:hunter2@host",
            "rediss://:hunter2@host",
            "redis+cluster://:hunter2@h",
        ] {
            let error = RedisOptions::parse(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
