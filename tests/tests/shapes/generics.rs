//! Generic functions and `impl`s.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use cache_core::cached;
use serde::Serialize;

use super::loads::Loads;

#[cached(key(items.as_slice() as items))]
#[allow(clippy::needless_lifetimes)]
async fn generic<'a, T, const N: usize, const UP: bool>(loads: &'a Loads, items: [T; N]) -> String
where
    T: Debug + Serialize + Send + 'static,
{
    format!("{:?} {UP} {}", items, loads.run())
}

#[tokio::test]
async fn generics_and_const_generics_are_told_apart() {
    let loads = Loads::default();
    for _ in 0..2 {
        assert_eq!(generic::<u8, 2, true>(&loads, [1, 2]).await, "[1, 2] true 1");
        assert_eq!(generic::<u64, 2, true>(&loads, [1, 2]).await, "[1, 2] true 2");
        assert_eq!(generic::<u8, 2, false>(&loads, [1, 2]).await, "[1, 2] false 3");
        assert_eq!(generic::<u8, 3, false>(&loads, [1, 2, 3]).await, "[1, 2, 3] false 4");
    }
}

trait Entity {
    const NAME: &'static str;
}
struct Cat;
struct Dog;
impl Entity for Cat {
    const NAME: &'static str = "cat";
}
impl Entity for Dog {
    const NAME: &'static str = "dog";
}
trait Database: Sync {
    fn loads(&self) -> &Loads;
}
impl Database for Loads {
    fn loads(&self) -> &Loads {
        self
    }
}
struct Replica(Arc<Loads>);
impl Database for Replica {
    fn loads(&self) -> &Loads {
        &self.0
    }
}

/// `T` is chosen by the caller and is part of the key; `D` only says how to get there.
#[cached(skip(db))]
async fn name<T: Entity, D: Database>(db: &D, id: u8) -> String {
    format!("{} {id} {}", T::NAME, db.loads().run())
}

#[tokio::test]
async fn generics_of_skipped_parameters_are_left_out() -> Result<(), cache_core::Error> {
    let loads = Arc::new(Loads::default());
    let replica = Replica(Arc::clone(&loads));
    assert_eq!(name::<Cat, _>(&*loads, 1).await, "cat 1 1");
    assert_eq!(name::<Cat, _>(&replica, 1).await, "cat 1 1");
    assert_eq!(name::<Dog, _>(&replica, 1).await, "dog 1 2");
    assert_eq!(name_key::<Cat>(1)?.to_string(), name_key::<Cat>(1)?.to_string());
    assert_ne!(name_key::<Cat>(1)?.to_string(), name_key::<Dog>(1)?.to_string());
    Ok(())
}

#[cached(skip(loads))]
async fn impl_trait(
    loads: &Loads,
    value: impl Display + Serialize,
    more: &(impl Serialize + ?Sized + Sync),
) -> String {
    drop(serde_json_like(more));
    format!("{value} {}", loads.run())
}

fn serde_json_like(value: &(impl Serialize + ?Sized)) -> String {
    std::any::type_name_of_val(value).to_owned()
}

#[tokio::test]
async fn impl_trait_arguments() {
    let loads = Loads::default();
    assert_eq!(impl_trait(&loads, 1_u8, "m").await, "1 1");
    assert_eq!(impl_trait(&loads, 1_u8, "m").await, "1 1");
    assert_eq!(impl_trait(&loads, "1", "m").await, "1 2");
    assert_eq!(impl_trait(&loads, "1", &[1]).await, "1 3");
    assert!(impl_trait_key(1_u8, "m").is_ok());
}

struct Wrapper<T>(T);

impl<T: Debug + Send + Sync + 'static> Wrapper<T> {
    #[cached(skip(loads))]
    async fn describe(loads: &Loads) -> String {
        format!("{} {}", std::any::type_name::<T>(), loads.run())
    }

    #[cached(skip(self, loads))]
    async fn held(&self, loads: &Loads) -> String {
        format!("{:?} {}", self.0, loads.run())
    }
}

#[tokio::test]
async fn the_arguments_of_an_impl_are_told_apart() {
    let loads = Loads::default();
    assert_eq!(Wrapper::<u8>::describe(&loads).await, "u8 1");
    assert_eq!(Wrapper::<u8>::describe(&loads).await, "u8 1");
    assert_eq!(Wrapper::<u16>::describe(&loads).await, "u16 2");
    assert_eq!(Wrapper(1_u8).held(&loads).await, "1 3");
    assert_eq!(Wrapper(2_i8).held(&loads).await, "2 4");
}

#[cached(skip(loads))]
fn summed<I>(loads: &Loads, items: I) -> u32
where
    I: IntoIterator<Item = u32> + Serialize + Clone + Send + Sync + 'static,
    for<'i> &'i I: IntoIterator<Item = &'i u32>,
{
    items.into_iter().sum::<u32>() + loads.run() * 100
}

#[test]
fn bounds_in_a_where_clause() {
    let loads = Loads::default();
    assert_eq!(
        (summed(&loads, vec![1, 2]), summed(&loads, vec![1, 2]), summed(&loads, vec![2])),
        (103, 103, 202)
    );
    assert_eq!(summed(&loads, std::collections::BTreeSet::from([1, 2])), 303);
}
