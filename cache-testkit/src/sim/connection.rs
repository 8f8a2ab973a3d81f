//! One client's connection.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::Notify;

use crate::sim::house::House;
use crate::sim::request::{Malformed, Requests};

/// Serves a client until either side ends the connection.
pub(crate) async fn serve(mut stream: TcpStream, house: Arc<House>) {
    let (client, bell) = house.connect();
    let _guest = Guest { house: &house, client };
    // Without it only the time of a reply would be another one.
    let _ = stream.set_nodelay(true);
    let (reading, writing) = stream.split();
    tokio::select! {
        () = listen(reading, &house, client) => {}
        () = talk(writing, &house, client, &bell) => {}
    }
}

/// A client that is there. It is gone too if its connection's task is ended.
struct Guest<'a> {
    house: &'a House,
    client: u64,
}

impl Drop for Guest<'_> {
    fn drop(&mut self) {
        self.house.disconnect(self.client);
    }
}

async fn listen(mut reading: ReadHalf<'_>, house: &House, client: u64) {
    let (mut requests, mut buffer) = (Requests::default(), vec![0; 16 * 1024]);
    loop {
        match reading.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => requests.push(&buffer[..read]),
        }
        loop {
            match requests.next() {
                Ok(Some(words)) => house.when_it_runs(|machine| machine.execute(client, &words)).await,
                Ok(None) => break,
                Err(Malformed) => return,
            }
        }
    }
}

async fn talk(mut writing: WriteHalf<'_>, house: &House, client: u64, bell: &Notify) {
    while let Some(output) = house.when_it_runs(|machine| machine.output(client)).await {
        if output.is_empty() {
            bell.notified().await;
        } else if writing.write_all(&output).await.is_err() {
            return;
        }
    }
}
