//! Writing: as much as there is room for by whoever asks, the rest by a task.

use std::io;

use crate::store::redis::wire::line::{Ending, Line};

/// So often somebody who asks writes what others have added meanwhile.
const MAX_ROUNDS: usize = 16;

/// What is being written.
pub(super) struct Writing {
    bytes: Vec<u8>,
    /// How many of them are.
    written: usize,
}

impl Writing {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, written: 0 }
    }

    /// Writes what there is room for, and what has come meanwhile; whether that was everything.
    pub(super) fn go_on(&mut self, line: &Line) -> io::Result<bool> {
        for _ in 0..MAX_ROUNDS {
            while self.written < self.bytes.len() {
                match line.socket.try_write(&self.bytes[self.written..]) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => self.written += count,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            match line.unsent(std::mem::take(&mut self.bytes)) {
                Some(bytes) => *self = Self::new(bytes),
                None => return Ok(true),
            }
        }
        Ok(false)
    }
}

/// Goes on as soon as there is room, until nothing is left.
pub(super) async fn write_rest(ending: Ending, mut writing: Writing) {
    let Some(line) = ending.line() else { return };
    loop {
        let went_on = match line.socket.writable().await {
            Ok(()) => writing.go_on(&line),
            Err(error) => Err(error),
        };
        match went_on {
            Ok(true) => return ending.done(),
            // Room that is there at once would keep others on this thread from running.
            Ok(false) => tokio::task::yield_now().await,
            Err(error) => return line.end(&error.into()),
        }
    }
}
