use std::any::{type_name, type_name_of_val};

use super::*;

fn check(here: &str, expected: &str) {
    assert_eq!(enclosing(here), expected);
}

#[test]
fn the_function_is_cut_off() {
    check("a::f::{{closure}}", "a");
    check("a::m::Foo<u8>::get<&str>::{{closure}}", "a::m::Foo<u8>");
    check("<&[u8] as a::m::Tr>::stat::{{closure}}::{{closure}}", "<&[u8] as a::m::Tr>");
    check("a::_::<impl a::m::Foo<i8>>::cc::{{closure}}", "a::_::<impl a::m::Foo<i8>>");
    check("a::outer::{{closure}}::z::{{closure}}", "a::outer::{{closure}}");
    check("<fn(u8) -> u16 as a::m::Tr>::stat::{{closure}}", "<fn(u8) -> u16 as a::m::Tr>");
    check("a::get<fn(a::X) -> b::Y<c::Z>>::{{closure}}", "a");
    check("a::m::{closure#0}::f::{closure#1}::{closure#0}", "a::m::{closure#0}");
    check("a::m::f::<a::X>::{{closure}}", "a::m");
    check("<dyn for<'a> Fn(&'a u8) -> &'a b::T as a::Tr>::f::{{closure}}", {
        "<dyn for<'a> Fn(&'a u8) -> &'a b::T as a::Tr>"
    });
}

#[test]
fn brackets_in_const_arguments_are_none() {
    check("a::K<'>'>::f::{{closure}}", "a::K<'>'>");
    check("a::K<'<'>::f<'{', ':'>::{{closure}}", "a::K<'<'>");
    check(r"a::K<'\'', '<'>::f::{{closure}}", r"a::K<'\'', '<'>");
    check(r"a::K<'\'','<','<'>::f::{{closure}}", r"a::K<'\'','<','<'>");
    check(r"a::K<'\\', '<'>::f::{{closure}}", r"a::K<'\\', '<'>");
    check(r"a::K<'\u{1f}', 'é'>::f<-3>::{{closure}}", r"a::K<'\u{1f}', 'é'>");
}

#[test]
fn other_text_gives_nothing_rather_than_a_panic() {
    for odd in ["", "f", "::", "{{closure}}", "a>::b", "'", "'\\", "<<<", "a::<", "é::'é", "::{{closure}}"]
    {
        let _ = enclosing(odd);
    }
    check("f", "");
    check("f::{{closure}}", "");
}

fn here<F>(_: &F) -> &'static str {
    enclosing(type_name::<F>())
}

struct Foo<T>(T);

trait Where {
    fn is_it() -> &'static str;
}

impl<T> Foo<T> {
    fn method<U>(self, _: U) -> (&'static str, T) {
        (here(&|| ()), self.0)
    }

    async fn later(self) -> (&'static str, T) {
        (async { here(&|| ()) }.await, self.0)
    }
}

impl Where for fn(&str) -> Foo<u8> {
    fn is_it() -> &'static str {
        here(&|| ())
    }
}

fn konst<const C: char, const N: i8>() -> &'static str {
    here(&|| ())
}

/// What this compiler calls things; another one may differ, which this shows.
#[test]
fn the_compiler_names_things_as_expected() {
    let here = module_path!();
    assert_eq!(konst::<'>', -1>(), here);
    assert_eq!(Foo(1_u8).method("x").0, format!("{here}::Foo<u8>"));
    assert_eq!(Foo("x").method(Foo(1)).0, format!("{here}::Foo<&str>"));
    assert_eq!(<fn(&str) -> Foo<u8>>::is_it(), {
        let fn_type = type_name::<fn(&str) -> Foo<u8>>();
        format!("<{fn_type} as {here}::Where>")
    });
    let mut later = std::pin::pin!(Foo(1_u8).later());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready((name, _)) = later.as_mut().poll(&mut context) else {
        panic!("nothing in there waits");
    };
    assert_eq!(name, format!("{here}::Foo<u8>"));
    assert!(type_name_of_val(&|| ()).ends_with("::{{closure}}"));
}

#[test]
fn every_part_counts_and_so_do_the_borders_between_them() {
    let all = [
        Identity::of("a::m", "f", &[]),
        Identity::of("a::", "mf", &[]),
        Identity::of("a::m", "g", &[]),
        Identity::of("a::m", "", &["f"]),
        Identity::of("a::m", "f", &["u8"]),
        Identity::of("a::m", "f", &["u", "8"]),
        Identity::of("a::m", "f", &["u8", ""]),
        Identity::of("a::m", "f", &["", "u8"]),
    ];
    for (i, a) in all.iter().enumerate() {
        assert!(!all[..i].contains(a), "identity {i} equals an earlier one");
        assert_eq!(a.to_string().len(), 11);
    }
    assert_eq!(Identity::of("a::m", "f", &["u8"]), Identity::of("a::m", "f", &["u8"]));
}

#[test]
fn the_text_is_pinned() {
    assert_eq!(Identity(0).to_string(), "AAAAAAAAAAA");
    assert_eq!(Identity(u64::MAX).to_string(), "__________8");
    assert_eq!(Identity(0x0123_4567_89ab_cdef).to_string(), "ASNFZ4mrze8");
    assert_eq!(Identity::of("a::m", "get", &["u8", "3"]).to_string(), "CQa9Ys_RhyQ");
}
