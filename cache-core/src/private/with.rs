//! What a function says about single values: which to store, for how long, how large they are.
#![expect(private_interfaces, reason = "generated code names these traits, and only the engine calls them")]

use std::fmt;
use std::time::Duration;

use crate::cache::{Refusal, Request};
use crate::error::Error;
use crate::private::kind::Kind;
use crate::private::returns::{Found, Shape};
use crate::protocol::Lives;
use crate::store::Body;
use crate::ttl::Ttl;

/// A kind of values, and what the function says about single ones.
#[derive(Clone, Copy)]
pub struct With<K, U = Silent, T = Silent, W = Silent> {
    kind: K,
    unless: U,
    ttl: T,
    weight: W,
}

impl<K> With<K> {
    /// Nothing is said yet.
    pub const fn new(kind: K) -> Self {
        Self { kind, unless: Silent, ttl: Silent, weight: Silent }
    }
}

impl<K, U, T, W> With<K, U, T, W> {
    /// Values are not stored for which this holds.
    pub fn unless<F>(self, unless: F) -> With<K, Judged<F>, T, W> {
        With { kind: self.kind, unless: Judged(unless), ttl: self.ttl, weight: self.weight }
    }

    /// Values live as long as this says.
    pub fn ttl_from<F>(self, ttl: F) -> With<K, U, Judged<F>, W> {
        With { kind: self.kind, unless: self.unless, ttl: Judged(ttl), weight: self.weight }
    }

    /// Values count as many bytes as this says.
    pub fn weight<F>(self, weight: F) -> With<K, U, T, Judged<F>> {
        With { kind: self.kind, unless: self.unless, ttl: self.ttl, weight: Judged(weight) }
    }
}

/// Gives a closure over stored values the type of its argument.
pub fn judge<R, S: Shape<R>, F: Fn(&S::Stored) -> O, O>(_: &S, judge: F) -> F {
    judge
}

/// Takes what a closure returned as what is wanted. A type that does not fit is reported here, and not once more by
/// whoever calls the closure.
pub fn wanted<O, A: Says<O>>(said: A) -> O {
    said.says()
}

/// Nothing is said about values.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

/// A closure says something about values.
#[derive(Clone, Copy)]
pub struct Judged<F>(F);

/// Says something about values of a type, or nothing.
pub trait Judge<T, O> {
    /// Whether it says anything.
    const SAYS: bool;
    /// What it says.
    fn judge(&self, value: &T) -> Option<O>;
}

impl<T, O> Judge<T, O> for Silent {
    const SAYS: bool = false;

    fn judge(&self, _: &T) -> Option<O> {
        None
    }
}

/// Something that a closure returns, as what is wanted.
#[diagnostic::on_unimplemented(
    message = "this closure returns `{Self}`, where `{O}` is needed",
    label = "returns `{Self}`",
    note = "`unless` returns a `bool`; `weight` a number of bytes, as `usize`; `ttl_from` a `Ttl`, a `Duration` or a \
            number of seconds, as `u64`"
)]
pub trait Says<O> {
    /// As what is wanted.
    fn says(self) -> O;
}

impl Says<bool> for bool {
    fn says(self) -> bool {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<I: Into<Ttl>> Says<Ttl> for I {
    fn says(self) -> Ttl {
        self.into()
    }
}

impl Says<usize> for usize {
    fn says(self) -> usize {
        self
    }
}

impl<T, O, F: Fn(&T) -> O> Judge<T, O> for Judged<F> {
    const SAYS: bool = true;

    fn judge(&self, value: &T) -> Option<O> {
        Some((self.0)(value))
    }
}

impl<V, K, U, T, W> Kind<V> for With<K, U, T, W>
where
    K: Kind<V>,
    U: Judge<V, bool> + Copy + Send + Sync,
    T: Judge<V, Ttl> + Copy + Send + Sync,
    W: Judge<V, usize> + Copy + Send + Sync,
{
    const MEMORY: bool = K::MEMORY;

    fn pack(
        &self,
        request: &Request,
        value: &V,
        prefix: &[u8; 12],
        load: Duration,
        lives: Lives,
    ) -> Result<Body, Error> {
        self.kind.pack(request, value, prefix, load, lives)
    }

    fn unpack(&self, request: &Request, prefix: &[u8; 12], body: &Body) -> Result<Found<V>, Refusal> {
        self.kind.unpack(request, prefix, body)
    }

    fn weigh(&self, request: &Request, value: &V) -> usize {
        self.weight.judge(value).unwrap_or_else(|| self.kind.weigh(request, value))
    }

    fn is_stored(&self, value: &V) -> bool {
        !self.unless.judge(value).unwrap_or(false)
    }

    fn ttl(&self, value: &V) -> Option<Ttl> {
        self.ttl.judge(value)
    }

    fn chooses_ttl(&self) -> bool {
        T::SAYS
    }
}

impl<F> fmt::Debug for Judged<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judged")
    }
}

impl<K: fmt::Debug, U, T, W> fmt::Debug for With<K, U, T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("With").field("kind", &self.kind).finish_non_exhaustive()
    }
}
