//! What is to be written, by one writer at a time.

/// The buffer of a writer keeps at most this much room.
const MAX_SPARE: usize = 64 * 1024;
/// More than this does not wait to be written: the server takes nothing at the moment.
const MAX_UNSENT: usize = 64 * 1024 * 1024;

/// What is to be written. Whoever adds to it while nobody writes has to; a writer takes along what comes meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    unsent: Vec<u8>,
    /// Room for what comes next.
    spare: Vec<u8>,
    writing: bool,
}

impl Outbox {
    /// Whether there is room for more.
    pub(crate) fn has_room(&self) -> bool {
        self.unsent.len() < MAX_UNSENT
    }

    /// Adds what this writes, and answers whether the caller has to go on with [`next`](Self::next).
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        write(&mut self.unsent);
        !std::mem::replace(&mut self.writing, true)
    }

    /// What the writer writes next; with nothing its turn is over. It gives back what it has written.
    pub(crate) fn next(&mut self, mut written: Vec<u8>) -> Option<Vec<u8>> {
        written.clear();
        if written.capacity() > self.spare.capacity() && written.capacity() <= MAX_SPARE {
            self.spare = written;
        }
        if self.unsent.is_empty() {
            self.writing = false;
            return None;
        }
        Some(std::mem::replace(&mut self.unsent, std::mem::take(&mut self.spare)))
    }

    /// Nothing is written any more.
    pub(crate) fn clear(&mut self) {
        self.unsent = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_writer_and_it_takes_everything() {
        let mut outbox = Outbox::default();
        assert!(outbox.add(|out| out.extend(b"a")));
        assert!(!outbox.add(|out| out.extend(b"b")));
        let first = outbox.next(Vec::new()).expect("there is something");
        assert_eq!(first, b"ab");
        assert!(!outbox.add(|out| out.extend(b"c")), "the writer is at it");
        let second = outbox.next(first).expect("it came meanwhile");
        assert_eq!(second, b"c");
        assert_eq!(outbox.next(second), None);
        assert!(outbox.add(|out| out.extend(b"d")), "its turn is over");
    }

    #[test]
    fn room_is_used_again_and_not_kept_where_it_is_much() {
        let mut outbox = Outbox::default();
        for (size, kept) in [(100, true), (MAX_SPARE * 2, false)] {
            outbox.add(|out| out.resize(size, 0));
            let written = outbox.next(Vec::new()).expect("there is something");
            let room = written.capacity();
            outbox.next(written);
            assert_eq!(outbox.spare.capacity() == room, kept, "{size}");
        }
        let room = outbox.spare.capacity();
        outbox.add(|out| out.push(0));
        outbox.next(Vec::new());
        assert_eq!(outbox.unsent.capacity(), room, "a new writer begins with what is there");
    }

    #[test]
    fn there_is_no_room_without_end() {
        let mut outbox = Outbox::default();
        outbox.add(|out| out.resize(MAX_UNSENT, 0));
        assert!(!outbox.has_room());
        outbox.next(Vec::new());
        assert!(outbox.has_room());
    }
}
