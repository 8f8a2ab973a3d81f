//! Small things that generated code computes where it stands.

use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::key::text;

/// What can be part of a key: everything that is `Serialize`. It has a name of its own so that the compiler says
/// what to write about a parameter that isn't.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a cache key",
    label = "this parameter is part of the key",
    note = "leave it out of the key with `skip(…)` in the attribute, or derive `serde::Serialize` for its type \
            (a type parameter needs the bound `serde::Serialize`)"
)]
pub trait KeyPart: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> KeyPart for T {}

/// The part of a marker type's name that tells the value of its const parameter: `__Const<3>`.
///
/// The marker is declared inside the function, so its whole name would tell the function's companion from the
/// function itself.
#[must_use]
pub fn const_name<T: ?Sized>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.find("__Const<").map_or(name, |start| &name[start..])
}

/// A placeholder's value in a tag, as it is displayed there.
#[derive(Debug)]
pub struct Percent<'a, T: ?Sized>(pub &'a T);

impl<T: fmt::Display + ?Sized> fmt::Display for Percent<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Encoded(f), "{}", self.0)
    }
}

/// Encodes what is written piece by piece: each byte is encoded by itself, so pieces need not be joined before.
struct Encoded<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl fmt::Write for Encoded<'_, '_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        text::percent_pieces(piece).try_for_each(|piece| self.0.write_str(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_const_parameter_is_told_by_its_value_alone() {
        struct __Const<const N: usize>;
        assert_eq!(const_name::<__Const<3>>(), "__Const<3>");
    }
}
