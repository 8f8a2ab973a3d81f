//! Names: raw ones, the same one in several places, that of the crate, and those of the generated code.

use cache_core::{cached, invalidate};

use super::loads::{Failure, Loads};

mod elsewhere {
    pub(crate) use cache_core as renamed;

    pub(super) mod inner {
        use cache_core::cached;

        use crate::loads::Loads;

        #[cached(skip(loads))]
        pub(in crate::names) async fn same(loads: &Loads, id: u8) -> u32 {
            u32::from(id) + loads.run() * 100
        }
    }
}

#[cached(crate = elsewhere::renamed, skip(loads))]
async fn renamed_crate(loads: &Loads, id: u8) -> u32 {
    #![allow(clippy::let_and_return)]
    let run = loads.run() + u32::from(id);
    run
}

#[tokio::test]
async fn another_name_of_the_crate() {
    let loads = Loads::default();
    assert_eq!((renamed_crate(&loads, 0).await, renamed_crate(&loads, 0).await), (1, 1));
    assert_eq!(renamed_crate(&loads, 10).await, 12);
}

#[cached(skip(loads))]
async fn same(loads: &Loads, id: u8) -> u32 {
    u32::from(id) + loads.run() * 100
}

#[tokio::test]
async fn one_name_in_two_modules() -> Result<(), cache_core::Error> {
    use elsewhere::inner;
    let loads = Loads::default();
    assert_eq!((same(&loads, 1).await, inner::same(&loads, 1).await), (101, 201));
    assert_eq!((same(&loads, 1).await, inner::same(&loads, 1).await), (101, 201));
    assert_eq!((same(&loads, 2).await, inner::same(&loads, 2).await), (302, 402));
    assert_ne!(same_key(1)?.to_string(), inner::same_key(1)?.to_string());
    Ok(())
}

struct One;
struct Two<T>(T);

impl One {
    #[cached(skip(loads))]
    fn same(loads: &Loads, id: u8) -> u32 {
        u32::from(id) + loads.run() * 100
    }
}

impl Two<u8> {
    #[cached(skip(self, loads))]
    fn same(&self, loads: &Loads, id: u8) -> u32 {
        u32::from(self.0 + id) + loads.run() * 100
    }
}

impl Two<u16> {
    #[cached(skip(self, loads))]
    fn same(&self, loads: &Loads, id: u8) -> u32 {
        u32::from(self.0) + u32::from(id) + loads.run() * 100
    }
}

#[test]
fn one_name_in_several_impls() {
    let loads = Loads::default();
    for _ in 0..2 {
        assert_eq!(One::same(&loads, 1), 101);
        assert_eq!(Two(1_u8).same(&loads, 1), 202);
        assert_eq!(Two(1_u16).same(&loads, 1), 302);
    }
    assert_eq!((One::same(&loads, 2), Two(1_u8).same(&loads, 2)), (402, 503));
}

#[tokio::test]
async fn a_function_in_a_function() {
    #[cached(skip(loads))]
    async fn same(loads: &Loads, id: u8) -> u32 {
        u32::from(id) + loads.run() * 100
    }
    let loads = Loads::default();
    assert_eq!((same(&loads, 21).await, same(&loads, 21).await, same(&loads, 22).await), (121, 121, 222));
    assert!(same_key(1).is_ok());
}

#[test]
fn one_name_in_two_functions() {
    fn first(loads: &Loads) -> u32 {
        #[cached(skip(loads))]
        fn inner(loads: &Loads, id: u8) -> u32 {
            u32::from(id) + loads.run() * 100
        }
        inner(loads, 1)
    }
    fn second(loads: &Loads) -> u32 {
        #[cached(skip(loads))]
        fn inner(loads: &Loads, id: u8) -> u32 {
            u32::from(id) + loads.run() * 1000
        }
        inner(loads, 1)
    }
    let loads = Loads::default();
    assert_eq!((first(&loads), second(&loads), first(&loads), second(&loads)), (101, 2001, 101, 2001));
}

mod r#mod {
    use cache_core::{cached, invalidate};
    use serde::Serialize;

    use crate::loads::Loads;

    #[derive(Serialize)]
    #[allow(non_camel_case_types)]
    pub(super) struct r#struct(pub(super) u8);

    #[cached(skip(r#loop), hashed(r#in), tags("shape-raw:{type}"))]
    pub(super) async fn r#try(r#loop: &Loads, r#type: u8, r#in: r#struct) -> u32 {
        u32::from(r#type + r#in.0) + r#loop.run() * 100
    }

    #[invalidate(entry(r#try(r#type, r#struct(0))))]
    pub(super) fn r#continue(r#type: u8) -> u8 {
        r#type
    }
}

#[tokio::test]
async fn raw_identifiers() -> Result<(), cache_core::Error> {
    use r#mod::{r#continue, r#struct, r#try, try_key};
    let loads = Loads::default();
    assert_eq!((r#try(&loads, 1, r#struct(0)).await, r#try(&loads, 1, r#struct(0)).await), (101, 101));
    assert_eq!((r#try(&loads, 2, r#struct(0)).await, r#try(&loads, 1, r#struct(1)).await), (202, 302));
    assert_eq!((r#continue(1), r#try(&loads, 1, r#struct(0)).await), (1, 401));
    let key = try_key(1, r#struct(0))?.to_string();
    assert!(key.contains("try~") && key.contains("type=1") && !key.contains("r#"), "{key}");
    Ok(())
}

/// Called like something that the generated code brings into scope.
#[derive(Clone, Debug, PartialEq)]
struct Shape(u8);

#[cached(skip(loads), tiers(memory))]
fn shaped(loads: &Loads, id: u8) -> Result<Shape, Failure> {
    loads.run();
    Ok(Shape(id))
}

#[test]
fn names_of_types_do_not_clash() {
    let loads = Loads::default();
    assert_eq!((shaped(&loads, 1), shaped(&loads, 1)), (Ok(Shape(1)), Ok(Shape(1))));
    loads.assert(1);
    assert_eq!(shaped(&loads, 2), Ok(Shape(2)));
}

mod shadowed {
    #![allow(dead_code, non_camel_case_types)]

    use crate::loads::Loads;

    struct Option;
    struct Some;
    struct None;
    struct Ok;
    struct Box;
    struct Key;
    struct Error;
    struct core;
    struct std;
    mod cache_core {}

    #[::cache_core::cached(skip(loads), unless = |value| *value == 9)]
    pub(super) async fn among_others(loads: &Loads, id: u32) -> u32 {
        id + loads.run() * 100
    }

    #[::cache_core::invalidate(entry(among_others(id)))]
    pub(super) async fn change(id: u32) {
        drop(id.to_string());
    }
}

#[tokio::test]
async fn names_of_the_standard_library_that_are_taken() {
    let loads = Loads::default();
    assert_eq!(
        (shadowed::among_others(&loads, 1).await, shadowed::among_others(&loads, 1).await),
        (101, 101)
    );
    shadowed::change(1).await;
    assert_eq!(
        (shadowed::among_others(&loads, 1).await, shadowed::among_others(&loads, 2).await),
        (201, 302)
    );
}

/// Its parameters are called like the variables of the generated code.
#[cached(skip(loads))]
async fn hygienic(loads: &Loads, call: u8, future: u8, returned: u8, shape: u8) -> u32 {
    u32::from(call + future + returned + shape) + loads.run() * 100
}

#[invalidate(tags("shape-{plan}-{result}"))]
async fn hygienic_too(plan: u8, result: u8) -> u8 {
    plan + result
}

#[tokio::test]
async fn names_of_parameters_do_not_clash() {
    let loads = Loads::default();
    assert_eq!((hygienic(&loads, 1, 2, 3, 0).await, hygienic(&loads, 1, 2, 3, 0).await), (106, 106));
    assert_eq!((hygienic(&loads, 2, 1, 3, 0).await, hygienic_too(1, 2).await), (206, 3));
}
