//! Functions that a `macro_rules!` makes.

use cache_core::{cached, invalidate};

use super::loads::Loads;

macro_rules! simple {
    ($name:ident($key:ident: $value:ty), $kind:literal, $ttl:expr, $body:block) => {
        #[cached(type = $kind, ttl = $ttl, skip(loads))]
        async fn $name(loads: &Loads, $key: $value) -> $value {
            loads.run();
            $body
        }
    };
}

simple!(made(key: u64), "shape-made", "5m", {
    return key + 4;
});

#[tokio::test]
async fn a_function_with_a_name_a_type_and_a_body_from_outside() {
    let loads = Loads::default();
    assert_eq!((made(&loads, 1).await, made(&loads, 1).await), (5, 5));
    loads.assert(1);
    assert_eq!(made(&loads, 2).await, 6);
}

macro_rules! getters {
    ($($(#[$meta:meta])* $kind:ident $vis:vis fn $name:ident: $value:ty = $expr:expr),* $(,)?) => {
        $(getters!(@ $kind $(#[$meta])* $vis fn $name: $value = $expr);)*
    };
    (@ plain $(#[$meta:meta])* $vis:vis fn $name:ident: $value:ty = $expr:expr) => {
        $(#[$meta])*
        #[cached(skip(loads))]
        $vis fn $name(loads: &Loads, id: u8) -> $value {
            loads.run();
            <$value>::from(id) + $expr
        }
    };
    (@ later $(#[$meta:meta])* $vis:vis fn $name:ident: $value:ty = $expr:expr) => {
        $(#[$meta])*
        #[cached(skip(loads), ttl = 60 * $expr, tags("shape-getters", "shape-getter:{id}"))]
        $vis async fn $name(loads: &Loads, id: u8) -> $value {
            loads.run();
            <$value>::from(id) + $expr
        }
    };
}

getters! {
    /// Documented.
    plain pub(crate) fn small: u16 = 1 + 1,
    plain fn large: u64 = 2 + 2,
    #[must_use]
    later fn later_large: u64 = 3,
}

#[tokio::test]
async fn several_functions_of_one_macro() {
    let loads = Loads::default();
    assert_eq!((small(&loads, 1), small(&loads, 1), small(&loads, 2)), (3, 3, 4));
    loads.assert(2);
    assert_eq!((large(&loads, 1), large(&loads, 1)), (5, 5));
    loads.assert(3);
    assert_eq!((later_large(&loads, 1).await, later_large(&loads, 1).await), (4, 4));
    loads.assert(4);
}

macro_rules! in_crate {
    ($name:ident, $argument:ident) => {
        #[$crate::macros::reexport::cached(crate = $crate::macros::reexport, skip($argument), key_fn)]
        async fn $name($argument: &Loads, id: u8) -> u32 {
            u32::from(id) + $argument.run() * 100
        }
    };
}

pub(crate) mod reexport {
    pub(crate) use cache_core::*;
}

in_crate!(of_a_crate, loads);

#[tokio::test]
async fn a_macro_that_brings_the_crate_along() {
    let loads = Loads::default();
    assert_eq!(
        (of_a_crate(&loads, 1).await, of_a_crate(&loads, 1).await, of_a_crate(&loads, 2).await),
        (101, 101, 202)
    );
    assert!(of_a_crate_key(1).is_ok());
}

macro_rules! methods {
    ($owner:ident { $($name:ident($this:ident, $item:ident) = $value:expr;)* }) => {
        impl $owner {
            $(
                #[cached(skip($this), key_fn)]
                async fn $name(&$this, $item: u8) -> u32 {
                    $value + $this.0.run() * 100
                }
            )*

            #[invalidate($(entry(self.$name(item))),*)]
            async fn change(&self, item: u8) {
                drop(item.to_string());
            }
        }
    };
}

struct Shelf(Loads);

methods!(Shelf {
    one(self, item) = u32::from(item);
});

#[tokio::test]
async fn methods_of_a_macro() {
    let shelf = Shelf(Loads::default());
    assert_eq!((shelf.one(1).await, shelf.one(1).await, shelf.one(2).await), (101, 101, 202));
    shelf.change(1).await;
    assert_eq!((shelf.one(1).await, shelf.one(2).await), (301, 202));
}
