//! What the server says, taken apart and handed out in its order.

use std::io;

use bytes::BytesMut;
use redis::{PushInfo, RedisError, Value};
use tokio::io::AsyncReadExt;

use crate::store::redis::wire::frame::Scan;
use crate::store::redis::wire::line::{Ending, Line, lost};
use crate::store::redis::wire::reply::Reply;
use crate::store::redis::wire::socket::ReadHalf;

/// There is always room for this much more.
const ROOM: usize = 16 * 1024;
/// And for more than this only while it is needed.
const MAX_ROOM: usize = 1024 * 1024;

/// Reads until the connection ends.
pub(crate) async fn read(ending: Ending, mut socket: ReadHalf) {
    let Some(line) = ending.line() else { return };
    let mut inbox = Inbox { bytes: BytesMut::new(), scan: Scan::new() };
    let error = loop {
        inbox.make_room();
        match socket.read_buf(&mut inbox.bytes).await {
            Ok(0) => break lost(),
            Ok(_) => {}
            Err(error) => break error.into(),
        }
        if let Err(error) = inbox.hand_out(&line) {
            break error;
        }
    };
    line.end(&error);
}

/// What was received and not handed out.
struct Inbox {
    bytes: BytesMut,
    /// Of the reply that it begins with.
    scan: Scan,
}

impl Inbox {
    fn make_room(&mut self) {
        if self.bytes.is_empty() && self.bytes.capacity() > MAX_ROOM {
            self.bytes = BytesMut::new();
        }
        if self.bytes.capacity() - self.bytes.len() < ROOM / 4 {
            self.bytes.reserve(ROOM);
        }
    }

    /// Hands out every reply that is whole.
    fn hand_out(&mut self, line: &Line) -> Result<(), RedisError> {
        while !self.bytes.is_empty() {
            let Some(end) = self.scan.end(&self.bytes).map_err(|_| malformed())? else { break };
            let reply = Reply::read(&self.bytes.split_to(end).freeze())?;
            self.scan = Scan::new();
            match reply {
                Reply::Other(Value::Push { kind, data }) => line.pushed(&PushInfo { kind, data }),
                reply => line.replied(reply).map_err(|_| malformed())?,
            }
        }
        Ok(())
    }
}

fn malformed() -> RedisError {
    io::Error::new(io::ErrorKind::InvalidData, "what the server sent is no answer").into()
}
