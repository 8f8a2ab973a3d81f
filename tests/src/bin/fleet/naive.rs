//! The items as a cache serves them that is written by hand: GET, and SET after a miss; DEL after a write.

use redis::aio::MultiplexedConnection;

use crate::database::Database;

pub(crate) async fn read(connection: &MultiplexedConnection, database: &Database, item: u64) -> u64 {
    let name = format!("stock:{item}");
    let mut get = redis::cmd("GET");
    let known: Option<u64> = get.arg(&name).query_async(&mut connection.clone()).await.unwrap();
    if let Some(version) = known {
        return version;
    }
    let version = database.load(item).await;
    let mut set = redis::cmd("SET");
    set.arg(&name).arg(version).arg("EX").arg(60);
    let () = set.query_async(&mut connection.clone()).await.unwrap();
    version
}

pub(crate) async fn invalidate(connection: &MultiplexedConnection, item: u64) {
    let mut del = redis::cmd("DEL");
    let () = del.arg(format!("stock:{item}")).query_async(&mut connection.clone()).await.unwrap();
}
