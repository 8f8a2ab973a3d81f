//! How what a function returns relates to what is stored.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::private::demand::{Copies, Seen, Shares};

/// A function's return type, from which the traits of [`shape`](crate::__private::shape) choose a shape.
pub struct Returns<R>(PhantomData<fn() -> R>);

impl<R> Returns<R> {
    /// The return type itself.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only generated code makes one")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R> fmt::Debug for Returns<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Returns")
    }
}

/// A value that was found.
#[derive(Debug)]
pub enum Found<T> {
    /// Decoded for this call.
    Owned(T),
    /// Shared with others.
    Shared(Arc<T>),
}

/// How a return type `R` wraps what is stored: not at all, or in `Arc`, `Option`, `Result`.
pub trait Shape<R>: Success<R> + Copy + Send + Sync {
    /// What is stored.
    type Stored: Send + Sync + 'static;

    /// What is to be stored of a returned value; nothing of an `Err` or a `None`.
    fn stored<'r>(&self, returned: &'r R) -> Option<&'r Self::Stored>;
    /// The same, to be shared with others.
    fn share(&self, returned: &R) -> Option<Arc<Self::Stored>>;
    /// The return value for a stored one.
    fn rebuild(&self, found: Found<Self::Stored>) -> R;
    /// The return value for "there is none", if the function can say that.
    fn absent(&self) -> Option<R>;
}

/// Whether a function that returns `R` succeeded: everything but an `Err`. Unlike [`Shape`] it asks nothing of
/// what is returned, so that a writer may return anything.
pub trait Success<R> {
    /// Whether it succeeded.
    fn succeeded(&self, returned: &R) -> bool;
}

/// The value itself is stored.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

impl<T: Copies + Shares + 'static> Shape<T> for Whole {
    type Stored = T;

    fn stored<'r>(&self, returned: &'r T) -> Option<&'r T> {
        Some(returned)
    }

    fn share(&self, returned: &T) -> Option<Arc<T>> {
        Some(Arc::new(returned.clone()))
    }

    fn rebuild(&self, found: Found<T>) -> T {
        match found {
            Found::Owned(value) => value,
            Found::Shared(value) => Arc::unwrap_or_clone(value),
        }
    }

    fn absent(&self) -> Option<T> {
        None
    }
}

/// Nothing can be stored of a future that was not recognised by its type's words, since it has no value yet.
#[derive(Clone, Copy, Debug)]
pub struct Unseen;

impl<F: Future + Seen> Shape<F> for Unseen {
    type Stored = ();

    fn stored<'r>(&self, _: &'r F) -> Option<&'r ()> {
        None
    }

    fn share(&self, _: &F) -> Option<Arc<()>> {
        None
    }

    fn rebuild(&self, _: Found<()>) -> F {
        unreachable!("no future is `Seen`")
    }

    fn absent(&self) -> Option<F> {
        None
    }
}

impl<F: Future + Seen> Success<F> for Unseen {
    fn succeeded(&self, _: &F) -> bool {
        true
    }
}

/// What an `Arc` points to is stored, and never copied.
#[derive(Clone, Copy, Debug)]
pub struct Counted;

impl<T: Shares + 'static> Shape<Arc<T>> for Counted {
    type Stored = T;

    fn stored<'r>(&self, returned: &'r Arc<T>) -> Option<&'r T> {
        Some(returned)
    }

    fn share(&self, returned: &Arc<T>) -> Option<Arc<T>> {
        Some(returned.clone())
    }

    fn rebuild(&self, found: Found<T>) -> Arc<T> {
        match found {
            Found::Owned(value) => Arc::new(value),
            Found::Shared(value) => value,
        }
    }

    fn absent(&self) -> Option<Arc<T>> {
        None
    }
}

/// What is in `Some` is stored; `None` is not.
#[derive(Clone, Copy, Debug)]
pub struct Maybe<S>(pub S);

impl<T, S: Shape<T>> Shape<Option<T>> for Maybe<S> {
    type Stored = S::Stored;

    fn stored<'r>(&self, returned: &'r Option<T>) -> Option<&'r S::Stored> {
        returned.as_ref().and_then(|value| self.0.stored(value))
    }

    fn share(&self, returned: &Option<T>) -> Option<Arc<S::Stored>> {
        returned.as_ref().and_then(|value| self.0.share(value))
    }

    fn rebuild(&self, found: Found<S::Stored>) -> Option<T> {
        Some(self.0.rebuild(found))
    }

    fn absent(&self) -> Option<Option<T>> {
        Some(None)
    }
}

/// What is in `Ok` is stored; an `Err` never is.
#[derive(Clone, Copy, Debug)]
pub struct Fallible<S>(pub S);

impl<T, E, S: Shape<T>> Shape<Result<T, E>> for Fallible<S> {
    type Stored = S::Stored;

    fn stored<'r>(&self, returned: &'r Result<T, E>) -> Option<&'r S::Stored> {
        returned.as_ref().ok().and_then(|value| self.0.stored(value))
    }

    fn share(&self, returned: &Result<T, E>) -> Option<Arc<S::Stored>> {
        returned.as_ref().ok().and_then(|value| self.0.share(value))
    }

    fn rebuild(&self, found: Found<S::Stored>) -> Result<T, E> {
        Ok(self.0.rebuild(found))
    }

    fn absent(&self) -> Option<Result<T, E>> {
        self.0.absent().map(Ok)
    }
}

impl<R> Success<R> for Whole {
    fn succeeded(&self, _: &R) -> bool {
        true
    }
}

impl<R> Success<R> for Counted {
    fn succeeded(&self, _: &R) -> bool {
        true
    }
}

impl<R, S> Success<R> for Maybe<S> {
    fn succeeded(&self, _: &R) -> bool {
        true
    }
}

impl<T, E, S> Success<Result<T, E>> for Fallible<S> {
    fn succeeded(&self, returned: &Result<T, E>) -> bool {
        returned.is_ok()
    }
}
