//! Which functions are known, and what of them.
#![expect(dead_code, reason = "what is declared is known although nobody calls it")]

use cache_core::registry::{Function, Role, functions, types};
use cache_core::{Ttl, cached, invalidate};

use crate::declarations::Kind;

mod elsewhere {
    pub(crate) use cache_core as renamed;
}

macro_rules! made {
    ($name:ident, $kind:literal) => {
        #[cached(type = $kind)]
        fn $name() -> u8 {
            1
        }
    };
}

made!(by_macro, "registry-made");

#[cached(type = "registry-generic", skip(_loads))]
async fn generic<T, const N: usize>(_loads: &T, id: u64) -> u64
where
    T: Clone + Send + Sync + 'static,
{
    id + N as u64
}

#[cached(crate = elsewhere::renamed, name = "readable", tenant = id)]
async fn outer(id: u64) -> u64 {
    #[cached(crate = elsewhere::renamed, user_aware)]
    async fn inner(id: u64) -> u64 {
        id
    }
    inner(id).await
}

trait Repository {
    async fn get(&self, id: u64) -> u64;
}

struct Menus<T>(T);

impl<T: Sync> Repository for Menus<T> {
    #[cached(type = Kind::Menu, skip(self), key_fn = false)]
    async fn get(&self, id: u64) -> u64 {
        id
    }
}

impl<T> Menus<T> {
    #[invalidate(type = Kind::Menu, tenant_aware)]
    #[invalidate(tags("a"))]
    fn set(&self, _id: u64) {}
}

fn named(name: &str) -> Vec<Function> {
    functions().into_iter().filter(|function| function.name == name).collect()
}

fn only(name: &str) -> Function {
    let mut found = named(name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.remove(0)
}

#[test]
fn a_function_is_known_with_its_type_and_place() {
    let function = only("readable");
    assert_eq!(function.path, "registry::functions::outer");
    assert_eq!((function.role, function.type_name), (Role::Cached, Some("readable")));
    assert_eq!((function.tenant_aware, function.user_aware), (true, false));
    assert!(function.location.file.ends_with("functions.rs"), "{}", function.location);
    assert_eq!(only("by_macro").type_name, Some("registry-made"));
    let inner = only("inner");
    assert_eq!((inner.tenant_aware, inner.user_aware), (false, true));
}

#[test]
fn a_generic_function_is_there_once_however_many_instances_it_has() {
    // The first cache of the process is another test's: these are not called.
    drop((generic::<u8, 1>(&1, 1), generic::<u16, 2>(&1, 1)));
    assert_eq!(only("generic").type_name, Some("registry-generic"));
}

#[test]
fn a_path_tells_the_type_and_what_it_declares() {
    let get = only("get");
    assert_eq!((get.type_name, get.tenant_aware), (Some("menu"), true));
    let menus: Vec<_> = types().into_iter().filter(|declared| declared.name == "menu").collect();
    assert_eq!(menus.len(), 1, "{menus:?}");
    assert_eq!((menus[0].policy.ttl, menus[0].policy.tenant_aware), (Some(Ttl::HOUR), true));
    assert!(menus[0].location.file.ends_with("declarations.rs"));
}

#[test]
fn each_attribute_of_a_writer_is_known() {
    let set: Vec<_> = named("set").into_iter().map(|it| (it.role, it.type_name, it.tenant_aware)).collect();
    assert_eq!(set, [(Role::Invalidates, Some("menu"), true), (Role::Invalidates, None, false)]);
}
