//! Parameters that are part of a key unless their type says that it never is.
//!
//! The choice is made by the type: a method call takes [`Part::named`] where its bound holds, and else goes on
//! through `Deref` to [`Rest::named`], which has none.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::Arc;

use crate::private::call::Call;
use crate::private::place::KeyPart;

/// A type that is never part of a key, such as a handle to a database: parameters of this type are skipped
/// without saying so, and so are references and smart pointers to it.
///
/// ```
/// use cache_core::{Unkeyed, cached};
///
/// struct Db;
/// impl Unkeyed for Db {}
///
/// #[cached]
/// async fn menu(db: &Db, restaurant_id: u64) -> String {
///     format!("the menu of {restaurant_id}")
/// }
/// ```
///
/// A generic parameter is keyed unless it is bound by this trait.
pub trait Unkeyed {}

impl<T: Unkeyed + ?Sized> Unkeyed for &T {}
impl<T: Unkeyed + ?Sized> Unkeyed for &mut T {}
impl<T: Unkeyed + ?Sized> Unkeyed for Box<T> {}
impl<T: Unkeyed + ?Sized> Unkeyed for Rc<T> {}
impl<T: Unkeyed + ?Sized> Unkeyed for Arc<T> {}

/// A call with one more parameter of this type, before it is known whether the key has it.
pub struct Part<'a, T: ?Sized>(Rest<'a>, PhantomData<fn(&T)>);

/// The same for a type that says nothing.
#[derive(Debug)]
pub struct Rest<'a>(&'a mut Call);

impl Call {
    /// Adds a parameter to the key, unless its type is never part of one.
    #[must_use]
    #[inline]
    pub fn part<T: ?Sized>(&mut self, _: &T) -> Part<'_, T> {
        Part(Rest(self), PhantomData)
    }
}

impl<T: Unkeyed + ?Sized> Part<'_, T> {
    /// Leaves it out.
    #[inline]
    pub fn named(&mut self, _: &'static str, _: &T) {}
}

impl Rest<'_> {
    /// Adds it.
    #[inline]
    pub fn named<T: KeyPart + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.0.argument(name, value);
    }
}

impl<'a, T: ?Sized> Deref for Part<'a, T> {
    type Target = Rest<'a>;

    fn deref(&self) -> &Rest<'a> {
        &self.0
    }
}

impl<'a, T: ?Sized> DerefMut for Part<'a, T> {
    fn deref_mut(&mut self) -> &mut Rest<'a> {
        &mut self.0
    }
}

impl<T: ?Sized> fmt::Debug for Part<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Part").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::policy::{Declared, Location};
    use crate::private::function::Function;

    #[derive(Serialize)]
    struct Db;
    impl Unkeyed for Db {}

    fn call() -> Call {
        let declared = Declared::new("f", "f", "menu", Location { file: "part.rs", line: 1, column: 1 });
        Call::new(Box::leak(Box::new(Function::new(declared))), &|| (), &[])
    }

    macro_rules! check {
        ($value:expr, $keyed:expr) => {
            let mut call = call();
            call.part(&$value).named("part", &$value);
            let key = call.key().expect("the argument can be encoded");
            assert_eq!(key.to_string().contains("part="), $keyed, stringify!($value));
        };
    }

    #[test]
    fn the_type_decides() {
        check!(Db, false);
        check!(&Db, false);
        check!(Arc::new(Db), false);
        check!(&mut Box::new(Rc::new(Db)), false);
        check!(1_u8, true);
        check!("text", true);
        check!(*"text", true);
    }

    #[test]
    fn a_type_parameter_counts_by_its_bounds() {
        fn by_serialize<T: Serialize>(value: &T) -> Call {
            let mut call = call();
            call.part(value).named("part", value);
            call
        }
        fn by_unkeyed<T: Serialize + Unkeyed>(value: &T) -> Call {
            let mut call = call();
            call.part(value).named("part", value);
            call
        }
        let shown = |mut call: Call| call.key().expect("the argument can be encoded").to_string();
        assert_ne!(shown(by_serialize(&Db)), shown(by_unkeyed(&Db)));
    }
}
