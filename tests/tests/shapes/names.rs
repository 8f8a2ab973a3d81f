//! Names: of macros, of the crate, and that none clash with those of the generated code.

use cache_core::{cached, invalidate};

use super::loads::{Failure, Loads};

macro_rules! cached_by_macro {
    ($name:ident($key:ident: $value:ty), $kind:literal, $ttl:expr, $body:block) => {
        #[cached(type = $kind, ttl = $ttl, skip(_loads))]
        async fn $name(_loads: &Loads, $key: $value) -> $value $body
    };
}

cached_by_macro!(made(key: u64), "shape-made", "5m", {
    return key + 4;
});

#[tokio::test]
async fn functions_made_by_a_macro() {
    let loads = Loads::default();
    assert_eq!((made(&loads, 1).await, made(&loads, 1).await), (5, 5));
}

mod elsewhere {
    pub(crate) use cache_core as renamed;
}

#[cached(crate = elsewhere::renamed, skip(loads))]
async fn renamed_crate(loads: &Loads) -> u32 {
    #![allow(clippy::let_and_return)]
    let run = loads.run();
    run
}

#[tokio::test]
async fn another_name_of_the_crate_and_a_function_in_a_function() {
    #[cached]
    async fn inner(a: u8, b: u8) -> u8 {
        a + b
    }
    let loads = Loads::default();
    assert_eq!((renamed_crate(&loads).await, renamed_crate(&loads).await), (1, 1));
    assert_eq!(inner(1, 2).await, 3);
    assert!(inner_key(1, 2).is_ok());
}

/// Called like something that the generated code brings into scope.
#[derive(Clone, Debug, PartialEq)]
struct Shape(u8);

#[cached(tiers(memory))]
fn shaped(a: u8) -> Result<Shape, Failure> {
    Ok(Shape(a))
}

#[test]
fn names_of_types_do_not_clash() {
    assert_eq!((shaped(1), shaped(1)), (Ok(Shape(1)), Ok(Shape(1))));
}

/// Its parameters are called like the variables of the generated code.
#[cached]
async fn hygienic(call: u8, future: u8, returned: u8) -> u8 {
    call + future + returned
}

#[invalidate(tags("shape-{plan}-{result}"))]
async fn hygienic_too(plan: u8, result: u8) -> u8 {
    plan + result
}

#[tokio::test]
async fn names_of_parameters_do_not_clash() {
    assert_eq!((hygienic(1, 2, 3).await, hygienic(1, 2, 3).await), (6, 6));
    assert_eq!(hygienic_too(1, 2).await, 3);
}
