//! Takes what was found for a call, typed.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::cache::{Accept, Keep, Refusal, Request};
use crate::private::kind::Kind;
use crate::private::returns::{Found, Shape};
use crate::store::Body;
use crate::value::envelope::is_absent;

/// What was found for a call.
pub(super) struct Taking<'a, R, S: Shape<R>, K> {
    request: &'a Request,
    shape: S,
    kind: K,
    taken: Option<Taken<S::Stored, R>>,
}

enum Taken<T, R> {
    Value(Found<T>),
    Absent(PhantomData<fn() -> R>),
}

impl<'a, R, S: Shape<R>, K: Kind<S::Stored>> Taking<'a, R, S, K> {
    pub(super) fn new(request: &'a Request, shape: S, kind: K) -> Self {
        Self { request, shape, kind, taken: None }
    }

    /// What the function returns.
    pub(super) fn rebuild(self) -> Option<R> {
        match self.taken? {
            Taken::Value(found) => Some(self.shape.rebuild(found)),
            Taken::Absent(_) => self.shape.absent(),
        }
    }

    /// Takes a stored `None`.
    fn absent_value(&mut self, keep: Option<Keep>) -> Result<(), Refusal> {
        if !self.absent() {
            return Err(Refusal::Undecodable);
        }
        if let Some(keep) = keep {
            self.request.keep(None, keep);
        }
        Ok(())
    }

    fn keep(&self, found: Found<S::Stored>, keep: Keep) -> Found<S::Stored> {
        let value = match found {
            Found::Owned(value) => Arc::new(value),
            Found::Shared(value) => value,
        };
        let any: Arc<dyn Any + Send + Sync> = value.clone();
        self.request.keep(Some(&any), keep);
        Found::Shared(value)
    }
}

impl<R, S: Shape<R>, K: Kind<S::Stored>> Accept for Taking<'_, R, S, K> {
    fn value(&mut self, prefix: &[u8; 12], body: &Body, keep: Option<Keep>) -> Result<(), Refusal> {
        if is_absent(prefix) {
            return self.absent_value(keep);
        }
        let found = self.kind.unpack(self.request, prefix, body)?;
        let found = match keep {
            Some(keep) => self.keep(found, keep),
            None => found,
        };
        self.taken = Some(Taken::Value(found));
        Ok(())
    }

    fn absent(&mut self) -> bool {
        let can_be = self.shape.absent().is_some();
        if can_be {
            self.taken = Some(Taken::Absent(PhantomData));
        }
        can_be
    }
}
