use super::*;

/// Checks which paths the file `src/key/text.rs` names, written `line:a::b`.
fn check(source: &str, expected: &[&str]) {
    let found = paths(source, &["key".to_owned(), "text".to_owned()]).unwrap();
    let shown: Vec<String> =
        found.iter().map(|named| format!("{}:{}", named.line, named.path.join("::"))).collect();
    assert_eq!(shown, expected, "in {source}");
}

#[test]
fn imports() {
    check("use crate::ttl::Ttl;", &["1:ttl::Ttl"]);
    check("\npub(crate) use crate::ttl::Ttl as T;", &["2:ttl::Ttl"]);
    check("use crate::ttl::*;", &["1:ttl"]);
    check("use crate as root;", &["1:"]);
    check("use std::fmt; use serde::Serialize;", &[]);
}

#[test]
fn grouped_imports() {
    check(
        "use crate::{key, store::{memory, redis::Pool as P}};",
        &["1:key", "1:store::memory", "1:store::redis::Pool"],
    );
    check("use crate::{\n    key,\n    store::{self, *},\n};", &["2:key", "3:store", "3:store"]);
    check("use {crate::cache::Cache, std::fmt};", &["1:cache::Cache"]);
}

#[test]
fn paths_relative_to_the_file() {
    check("use super::encode::Arguments;", &["1:key::encode::Arguments"]);
    check("use super::super::store;", &["1:store"]);
    check("use self::inner::X;", &["1:key::text::inner::X"]);
    check("use super::{super::cache, encode};", &["1:cache", "1:key::encode"]);
}

#[test]
fn paths_in_code() {
    check(
        "fn f(x: &crate::cache::Cache) -> Vec<crate::ttl::Ttl> { todo() }",
        &["1:cache::Cache", "1:ttl::Ttl"],
    );
    check("fn f() { crate::store::open::<crate::ttl::Ttl>() }", &["1:store::open", "1:ttl::Ttl"]);
    check("fn f() { assert_eq!(crate::cache::N, 1); }", &["1:cache::N"]);
    check("impl crate::store::Store for X { fn g(&self) { self.0 } }", &["1:store::Store"]);
    check("#[expect(x)]\n#[derive(crate::private::D)] struct S;", &["2:private::D"]);
}

#[test]
fn inline_modules_are_one_deeper() {
    check("mod tests { use super::*; use super::super::encode; }", &["1:key::text", "1:key::encode"]);
    check("mod a { mod b { use super::super::super::super::cache; } }", &["1:cache"]);
}

#[test]
fn what_is_no_path() {
    check("// use crate::cache;\n/* crate::cache */ /// [`crate::cache`]\nfn f() {}", &[]);
    check(r##"const A: &str = "crate::cache"; const B: &str = r#"use crate::cache"#;"##, &[]);
    check("pub(crate) fn f() {} pub(in crate::key) fn g() {} pub(super) struct S(pub(self) u8);", &[]);
    check("fn f(self) -> u8 { self.a + Token![crate] }", &[]);
    check("fn f<'crate_>(x: char) { x == 'c' }", &[]);
}

#[test]
fn macros_that_are_exported_say_so() {
    let found = paths("macro_rules! m { () => { $crate::__private::f(crate::ttl::N) } }", &[]).unwrap();
    assert_eq!(found.iter().map(|named| named.in_macro).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn what_is_not_rust_is_an_error() {
    assert!(paths("fn f( {", &[]).is_err());
}
