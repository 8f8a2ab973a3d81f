//! The users' own `Serialize` and `Deserialize`, which may panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, ErrorKind};

/// Runs code of the user's on the cache's behalf. A panic in it is trouble of the cache, which never changes
/// what a function returns: the value is not stored, or not read. What the code borrows is only read, and what
/// it has written so far is thrown away.
pub(crate) fn guarded<R>(doing: &str, run: impl FnOnce() -> Result<R, Error>) -> Result<R, Error> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Codec, format!("the value's own code panicked while {doing} it")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let error = guarded::<()>("encoding", || panic!("on purpose")).expect_err("it panicked");
        assert_eq!(error.kind(), ErrorKind::Codec);
        assert!(matches!(guarded("encoding", || Ok(1)), Ok(1)));
    }
}
