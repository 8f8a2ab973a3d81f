//! Chooses the shape of a return type by its type, not by its spelling, so that aliases work.
//!
//! The traits stand in an order: the method call takes the one whose receiver has the most references that
//! still fits ("autoref specialization", David Tolnay, case study in the crate `anyhow`'s documentation of
//! its macros). A bare type parameter fits only the last one and is stored whole.

use std::sync::Arc;

use crate::private::returns::{Counted, Fallible, Maybe, Returns, Unseen, Whole};

macro_rules! chooses {
    ($($trait:ident: [$($generics:tt)*] $references:ty => $shape:ty, $value:expr;)*) => {$(
        #[doc = "One rank of the choice."]
        pub trait $trait {
            /// The shape.
            type Shape;
            /// The shape.
            fn shape(&self) -> Self::Shape;
        }

        impl<$($generics)*> $trait for $references {
            type Shape = $shape;

            fn shape(&self) -> $shape {
                $value
            }
        }
    )*};
}

chooses! {
    FallibleMaybeCounted: [T, E] &&&&&&&Returns<Result<Option<Arc<T>>, E>> => Fallible<Maybe<Counted>>, Fallible(Maybe(Counted));
    FallibleMaybe: [T, E] &&&&&&Returns<Result<Option<T>, E>> => Fallible<Maybe<Whole>>, Fallible(Maybe(Whole));
    FallibleCounted: [T, E] &&&&&Returns<Result<Arc<T>, E>> => Fallible<Counted>, Fallible(Counted);
    FallibleWhole: [T, E] &&&&Returns<Result<T, E>> => Fallible<Whole>, Fallible(Whole);
    MaybeCounted: [T] &&&Returns<Option<Arc<T>>> => Maybe<Counted>, Maybe(Counted);
    MaybeWhole: [T] &&Returns<Option<T>> => Maybe<Whole>, Maybe(Whole);
    JustCounted: [T] &Returns<Arc<T>> => Counted, Counted;
    // Of one rank with the last, since an `Arc` is no future. It is chosen in order to be refused.
    JustFuture: [F: Future] &Returns<F> => Unseen, Unseen;
    JustWhole: [T] Returns<T> => Whole, Whole;
}

#[cfg(test)]
mod tests {
    #![expect(clippy::needless_borrow, reason = "the references are what the choice is made by")]

    use std::any::type_name_of_val;

    use super::*;

    macro_rules! check {
        ($returned:ty, $shape:ty) => {
            let shape = (&&&&&&&&Returns::<$returned>::new()).shape();
            assert_eq!(type_name_of_val(&shape), std::any::type_name::<$shape>(), stringify!($returned));
        };
    }

    #[test]
    fn the_type_decides() {
        type Alias<T> = std::io::Result<T>;
        check!(u8, Whole);
        check!(Arc<u8>, Counted);
        check!(Option<u8>, Maybe<Whole>);
        check!(Option<Arc<u8>>, Maybe<Counted>);
        check!(Alias<u8>, Fallible<Whole>);
        check!(Result<Arc<u8>, ()>, Fallible<Counted>);
        check!(Alias<Option<u8>>, Fallible<Maybe<Whole>>);
        check!(Result<Option<Arc<u8>>, ()>, Fallible<Maybe<Counted>>);
        check!(Vec<Option<u8>>, Whole);
        check!(Option<Result<u8, ()>>, Maybe<Whole>);
        check!(std::future::Ready<u8>, Unseen);
        check!(std::pin::Pin<Box<dyn Future<Output = u8>>>, Unseen);
    }

    #[test]
    fn a_bare_type_parameter_is_stored_whole() {
        fn generic<T>() -> &'static str {
            type_name_of_val(&(&&&&&&&&Returns::<T>::new()).shape())
        }
        assert_eq!(generic::<Option<u8>>(), std::any::type_name::<Whole>());
    }
}
