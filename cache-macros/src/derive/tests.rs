use std::str::FromStr;

use super::*;

fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).expect("the case consists of tokens")
}

/// Checks that exactly these mistakes are found: the text that each is shown at, and a part of its message.
#[track_caller]
fn check_errors<M>(model: fn(Enumeration, &mut Diagnostics) -> M, item: &str, expected: &[(&str, &str)]) {
    let errors = check("derive(CacheType)", tokens(item), model).err();
    let found: Vec<_> = errors
        .into_iter()
        .flatten()
        .map(|error| (error.span().source_text().unwrap_or_default(), error.to_string()))
        .collect();
    let fits = |((at, message), (expected_at, part)): (&(String, String), &(&str, &str))| {
        at == expected_at && message.contains(part)
    };
    let all = found.len() == expected.len() && found.iter().zip(expected).all(fits);
    assert!(all, "{item}\nfound {found:#?}\nexpected {expected:#?}");
}

#[track_caller]
fn type_errors(item: &str, expected: &[(&str, &str)]) {
    check_errors(model::cache_type::model, item, expected);
}

#[track_caller]
fn ttl_errors(item: &str, expected: &[(&str, &str)]) {
    check_errors(model::cache_ttl::model, item, expected);
}

/// Checks a part of what is emitted, without the spaces.
#[track_caller]
fn check_emitted(derive: fn(TokenStream) -> TokenStream, item: &str, parts: &[&str]) {
    let emitted = derive(tokens(item));
    let file = syn::parse2(emitted).expect("what is emitted consists of items");
    let emitted = prettyplease::unparse(&file);
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    for part in parts {
        assert!(dense(&emitted).contains(&dense(part)), "{part} is not in\n{emitted}");
    }
}

#[test]
fn each_variant_is_a_type() {
    check_emitted(
        cache_type,
        "#[cache(default_ttl = \"5m\")]
        enum Kind {
            #[cache(ttl = \"1h\", tenant_aware)] #[cache(jitter = 0.2,)] #[cache(stale_if_error = 60)] Menu,
            #[cache(ttl = Ttl::HOUR, user_aware, name = \"rights\", max_bytes = \"100MB\")] UserPermissions,
            SqlQuery,
        }",
        &[
            "impl ::cache_core::__private::CacheType for Kind",
            "Self::Menu => \"menu\", Self::UserPermissions => \"rights\", Self::SqlQuery => \"sql_query\",",
            ".declared_at(::cache_core::__private::location!()).ttl(::cache_core::__private::Ttl::from_millis(300000u64));",
            "policy.ttl(::cache_core::__private::Ttl::from_millis(3600000u64)).tenant_aware().jitter(0.2f64)\
             .stale_if_error(::core::time::Duration::from_millis(60000u64))",
            "policy.ttl(::core::convert::Into::into(Ttl::HOUR)).user_aware().max_bytes(100000000u64)",
            "Self::SqlQuery => policy,",
        ],
    );
}

#[test]
fn a_struct_is_a_type() {
    check_emitted(
        cache_type,
        "#[cache(cache_none, negative_ttl = \"30s\", stale_while_revalidate = 1, codec = \"json\", crate = renamed)]
        pub struct Menu;",
        &[
            "impl renamed::__private::CacheType for Menu",
            "Self => \"menu\"",
            "policy.stale_while_revalidate(::core::time::Duration::from_millis(1000u64)).cache_none()\
             .negative_ttl(renamed::__private::Ttl::from_millis(30000u64)).codec(renamed::__private::codec::JSON)",
        ],
    );
}

#[test]
fn mistakes_in_types() {
    type_errors("union U { a: u8 }", &[("union U { a: u8 }", "goes on an enum")]);
    type_errors("enum E {}", &[("E", "needs a variant")]);
    type_errors("enum E<T> { A }", &[("T", "has no generics")]);
    type_errors(
        "enum E { A(u8), B { c: u8 } }",
        &[("(u8)", "`A` has no fields"), ("{ c: u8 }", "`B` has no fields")],
    );
    type_errors("struct S(u8);", &[("(u8)", "`S` has no fields")]);
    type_errors("enum E { A, #[cache(name = \"a\")] B }", &[("\"a\"", "two types are named `a`")]);
    type_errors("enum E { #[cache] A }", &[("#[cache]", "takes a list; write `#[cache(ttl = \"1h\")]`")]);
    type_errors(
        "enum E { #[cache(tll = 1, max_bytes = \"1XB\", encrypt)] A, #[cache(ttl = 0)] B }",
        &[
            ("tll", "`#[cache]` has no argument `tll`; did you mean `ttl`?"),
            ("encrypt", "isn't available yet"),
            ("max_bytes = \"1XB\"", "takes a number of bytes"),
            ("0", "never zero"),
        ],
    );
    type_errors("enum E { #[cache(ttl = 1)] #[cache(ttl = 2)] A }", &[("ttl", "`ttl` is given twice")]);
    type_errors(
        "enum E { #[cache(stale_while_revalidate(1, background))] A }",
        &[("background", "is up to each function")],
    );
    type_errors("#[cache(ttl = 1)] enum E { A }", &[("ttl", "it takes `default_ttl`, `crate`")]);
    type_errors("enum E { #[cache(crate = x)] A }", &[("crate", "holds for the whole enum")]);
}

#[test]
fn each_variant_is_a_time_to_live() {
    check_emitted(
        cache_ttl,
        "enum MyTtl { #[ttl(\"1m\")] Api, #[ttl(Ttl::DAY)] Content { of: u8 }, #[ttl(\"never\")] Fixed(u8) }",
        &[
            "impl ::core::convert::From<MyTtl> for ::cache_core::__private::Ttl",
            "MyTtl::Api { .. } => ::cache_core::__private::Ttl::from_millis(60000u64),",
            "MyTtl::Content { .. } => ::core::convert::Into::into(Ttl::DAY),",
            "MyTtl::Fixed { .. } => ::cache_core::__private::Ttl::NEVER,",
        ],
    );
    check_emitted(
        cache_ttl,
        "#[cache(crate = renamed)] enum E<T: A> where T: B { #[ttl(1)] C(T) }",
        &["impl<T: A> ::core::convert::From<E<T>> for renamed::__private::Ttl where T: B"],
    );
}

#[test]
fn mistakes_in_times_to_live() {
    ttl_errors(
        "enum E { A, #[ttl(1)] #[ttl(2)] B }",
        &[("A", "doesn't say how long"), ("#[ttl(2)]", "given twice")],
    );
    ttl_errors(
        "enum E { #[ttl] A, #[ttl(1, 2)] B, #[ttl = 1] C }",
        &[
            ("#[ttl]", "takes one duration"),
            ("#[ttl(1, 2)]", "takes one duration"),
            ("#[ttl = 1]", "takes one duration"),
        ],
    );
    ttl_errors("enum E { #[ttl(\"1y\")] A }", &[("\"1y\"", "this is no duration")]);
    ttl_errors("struct S;", &[("S", "goes on an enum")]);
    ttl_errors("#[cache(default_ttl = 1)] enum E { #[ttl(1)] A }", &[("default_ttl", "it takes `crate`")]);
}
