//! A static that begins anew with every interleaving.

use std::marker::PhantomData;

use loom::lazy_static::Lazy;

#[derive(Debug)]
pub(crate) struct LazyLock<T: 'static>(Lazy<T>);

impl<T: 'static> LazyLock<T> {
    pub(crate) const fn new(init: fn() -> T) -> Self {
        Self(Lazy { init, _p: PhantomData })
    }

    pub(crate) fn force(this: &'static Self) -> &'static T {
        this.0.get()
    }
}
