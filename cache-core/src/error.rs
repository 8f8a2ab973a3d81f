//! The one error type of the crate.

use std::error::Error as StdError;
use std::fmt;

/// What went wrong, in terms of what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Wait, or look at the store: it can't be reached, or it is still connecting.
    Unavailable,
    /// Retry later, or allow more time: the store did not answer within the deadline.
    Timeout,
    /// Nothing to do: the invalidation is journaled and is repeated until the store has acknowledged it.
    Pending,
    /// Correct the user name, the password or the certificate.
    Auth,
    /// Correct the settings; the message names the field.
    Config,
    /// Correct the value's type, or choose another codec: it can't be encoded or decoded.
    Codec,
    /// Check the encryption keys: a value could not be decrypted.
    Sealed,
    /// Set a tenant or a user in the context.
    Context,
    /// Make a new cache: the store of this one is gone.
    Closed,
    /// Report it: this should not happen.
    Unexpected,
}

/// An error of the cache: a kind, the operation it happened in, and what is known about it.
///
/// A cached function never returns one; it is what set-up and the calls by hand return.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<&'static str>,
    key: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    note: Note,
}

/// What other parts of the crate must know of an error beyond its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Nothing.
    None,
    /// The store holds something under a name of the cache that no cache wrote.
    Foreign,
    /// The key of an entry of this type could not be made.
    Unkeyed(&'static str),
}

impl Error {
    /// Makes an error of a kind with a message: one lower-case line without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            message: message.into(),
            operation: None,
            key: None,
            source: None,
            note: Note::None,
        };
        Self { inner: Box::new(inner) }
    }

    /// Adds the operation during which it happened.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.inner.operation = Some(operation);
        self
    }

    /// Adds the key it is about. The caller guarantees that the text holds nothing secret.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.inner.key = Some(key.into());
        self
    }

    /// Adds the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    pub(crate) fn with_note(mut self, note: Note) -> Self {
        self.inner.note = note;
        self
    }

    pub(crate) fn note(&self) -> Note {
        self.inner.note
    }

    /// What to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Pending)
    }

    /// The operation during which it happened, if known.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// The key it is about, with secrets left out, if known.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.inner.key.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.inner.message)?;
        match &self.inner.key {
            Some(key) => write!(f, " (key {key})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.inner.kind)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_and_debug_is_the_report() {
        let error = Error::new(ErrorKind::Timeout, "no answer within 250 ms")
            .with_operation("read")
            .with_key("app:e1:menu")
            .with_source(std::io::Error::other("socket closed"));
        assert_eq!(error.to_string(), "read: no answer within 250 ms (key app:e1:menu)");
        assert_eq!(
            format!("{error:?}"),
            "Timeout: read: no answer within 250 ms (key app:e1:menu)\n  caused by: socket closed"
        );
        assert!(error.is_temporary());
    }

    #[test]
    fn is_small_and_travels_between_threads() {
        fn travels<T: Send + Sync + 'static>() {}
        travels::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
