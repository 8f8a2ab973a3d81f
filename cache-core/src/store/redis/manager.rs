//! Makes the connections of the pool.

use std::fmt;
use std::sync::Arc;

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use redis::{AsyncConnectionConfig, PushInfo};
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::store::redis::fault::translate;
use crate::store::redis::handshake::{Layout, greet};
use crate::store::redis::link::{Link, Server};
use crate::store::redis::options::RedisOptions;

/// The pool that owns all connections.
pub(crate) type Pool = managed::Pool<Manager>;

/// Makes connections that have been greeted, and hands them out again as long as they live.
pub(crate) struct Manager {
    options: RedisOptions,
    layout: Layout,
    clock: Arc<dyn Clock>,
}

impl Manager {
    pub(crate) fn new(options: RedisOptions, layout: Layout, clock: Arc<dyn Clock>) -> Self {
        Self { options, layout, clock }
    }
}

impl managed::Manager for Manager {
    type Type = Link;
    type Error = Error;

    async fn create(&self) -> Result<Link, Error> {
        let server = Arc::new(Server::default());
        let listener = server.clone();
        // One push sender per connection, so that a push tells which server it is about. It runs in the
        // connection's reader, before any later reply is handed out.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.options.connect_timeout))
            .set_response_timeout(Some(self.options.deadline))
            .set_push_sender(move |push: PushInfo| {
                listener.pushed(&push);
                Ok::<(), ()>(())
            });
        let maker =
            deadpool_redis::Manager::new_with_config(self.options.info.clone(), config).map_err(translate)?;
        let connection = managed::Manager::create(&maker).await.map_err(translate)?;
        let link = Link { connection, server, runtime: Handle::current() };
        greet(&link, &self.layout, self.clock.now()).await?;
        Ok(link)
    }

    /// No PING: a connection tells by itself when it dies, and its keeper looks at it regularly.
    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<Error> {
        if link.server.is_dead() {
            return Err(RecycleError::Backend(Error::new(
                ErrorKind::Unavailable,
                "the connection to redis is lost",
            )));
        }
        Ok(())
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").field("options", &self.options).finish_non_exhaustive()
    }
}
