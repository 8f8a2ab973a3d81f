use std::str::FromStr;

use super::*;

type Check = fn(TokenStream, TokenStream) -> syn::Result<()>;

fn cached_errors(arguments: TokenStream, item: TokenStream) -> syn::Result<()> {
    check_cached(arguments, item).map(drop)
}

fn invalidate_errors(arguments: TokenStream, item: TokenStream) -> syn::Result<()> {
    check_invalidate(arguments, item).map(drop)
}

/// Checks that exactly these mistakes are found: the text that each is shown at, and a part of its message.
#[track_caller]
fn check(check: Check, arguments: &str, item: &str, expected: &[(&str, &str)]) {
    let tokens = |text| TokenStream::from_str(text).expect("the case consists of tokens");
    let errors = check(tokens(arguments), tokens(item)).err();
    let found: Vec<_> =
        errors.into_iter().flatten().map(|error| (shown_at(&error), error.to_string())).collect();
    let fits = |((at, message), (expected_at, part)): (&(String, String), &(&str, &str))| {
        at == expected_at && message.contains(part)
    };
    let all = found.len() == expected.len() && found.iter().zip(expected).all(fits);
    assert!(all, "({arguments}) on {item}\nfound {found:#?}\nexpected {expected:#?}");
}

fn shown_at(error: &syn::Error) -> String {
    error.span().source_text().unwrap_or_default()
}

#[track_caller]
fn cached_with(arguments: &str, expected: &[(&str, &str)]) {
    check(cached_errors, arguments, "async fn f(db: &Db, id: u64, page: u32) -> u64 { id }", expected);
}

#[track_caller]
fn cached_on(arguments: &str, item: &str, expected: &[(&str, &str)]) {
    check(cached_errors, arguments, item, expected);
}

#[track_caller]
fn invalidate_with(arguments: &str, expected: &[(&str, &str)]) {
    check(
        invalidate_errors,
        arguments,
        "async fn f(id: u64, item: Item) -> Result<(), E> { Ok(()) }",
        expected,
    );
}

#[test]
fn accepts_every_argument() {
    cached_with("", &[]);
    cached_with(
        "type = \"menu\", ttl = \"1h\", tenant_aware, user = id, skip(db), name = \"x\", version = 2, strict, \
         tags(\"a:{id}\"), tiers(memory, redis), max_wait = \"5s\", key_fn, cache = db.cache(), crate = crate,",
        &[],
    );
    cached_with(
        "type = Kind::Menu, tenant = id, user_aware, skip_all, tags = db.tags(), key_fn = false",
        &[],
    );
    cached_with(
        "key(id, db.shard.0, page + 1 as next), crate = ::renamed, tiers(redis), ttl = Ttl::HOUR",
        &[],
    );
    cached_with(
        "hashed(id), skip(db), ttl_from = |value| *value, stale_while_revalidate = \"10m\", background, jitter = 0, \
         stale_if_error = 60, weight = size_of, unless = |v: &u64| *v == 0, when = id > 1, codec = \"json\", \
         single_flight = \"off\", max_loads = 64",
        &[("&Db", "`background` reloads in a task, which can't borrow")],
    );
    cached_on(
        "stale_while_revalidate(\"10m\", background), negative_ttl = \"never\", cache_none, jitter = 0.25, hashed(token)",
        "fn f(token: String) -> Option<u64> { None }",
        &[],
    );
    cached_with("key(id, db.shard), hashed(db.shard), stale_while_revalidate(600)", &[]);
    invalidate_with(
        "type = \"menu\", tags_from = |result| tags(result), wait = \"global\", on = Result::is_ok",
        &[],
    );
    invalidate_with("type = \"menu\", tags_from = tags_of, wait = \"no\"", &[]);
    invalidate_with("type = \"menu\", tenant_aware, user = id, tags(\"a:{item.id}\"), on = \"ok\"", &[]);
    invalidate_with(
        "type = menu::Kind::Menu, entry(f(id), self.g(1)), on = |result| true, wait = \"ack\"",
        &[],
    );
    invalidate_with("tenant = id, user = &item.owner, cache = CACHE, crate = renamed, tags = [1]", &[]);
}

#[test]
fn arguments_that_cannot_be_read() {
    cached_with("ttl", &[("ttl", "takes an expression; write `ttl = \"1h\"`")]);
    cached_with("\"menu\"", &[("\"menu\"", "begins with its name")]);
    cached_with("ttl = , version = 1", &[("=", "a value after `=`")]);
    cached_with("strict tenant_aware", &[("tenant_aware", "expected `,`, which separates arguments")]);
    cached_with("ttl = 60; strict", &[(";", "expected `,`, which separates arguments")]);
    cached_with("strict[1]", &[("[", "expected `,`, which separates arguments")]);
}

#[test]
fn unknown_repeated_and_later_arguments() {
    cached_with("skipp(db)", &[("skipp", "no argument `skipp`; did you mean `skip`?")]);
    cached_with("expires = 1", &[("expires", "it takes `type`, `ttl`")]);
    cached_with("strict, ttl = 1, strict", &[("strict", "`strict` is given twice")]);
    invalidate_with(
        "tipe = \"menu\"",
        &[("tipe", "`#[invalidate]` has no argument `tipe`; did you mean `type`?")],
    );
    cached_with(
        "compress, encrypt",
        &[
            ("compress", "isn't available yet in this version"),
            ("encrypt", "isn't available yet in this version"),
        ],
    );
    invalidate_with("type = \"menu\", crash_safe", &[("crash_safe", "isn't available yet in this version")]);
}

#[test]
fn values_of_the_wrong_kind() {
    for case in ["strict = true", "tenant_aware(id)", "user_aware = id", "skip_all()", "cache_none = true"] {
        cached_with(case, &[(case, "takes no value")]);
    }
    for case in ["skip = db", "skip()", "skip(db.id)", "skip"] {
        cached_with(case, &[(case, "takes the names of parameters")]);
    }
    for case in ["name", "name = 1", "name = \"\"", "name = NAME"] {
        cached_with(case, &[(case, "takes a text")]);
    }
    for case in ["tags", "tags()", "tags(id)"] {
        cached_with(case, &[(case, "takes texts")]);
    }
    for case in ["tiers", "tiers = memory", "tiers()", "tiers(\"memory\")"] {
        cached_with(case, &[(case, "takes `memory`, `redis` or both")]);
    }
    cached_with("tiers(memory, disk)", &[("disk", "no tier `disk`; write `memory`, `redis` or both")]);
    cached_with("tiers(redis, redis)", &[("redis", "given twice")]);
    cached_with("key", &[("key", "takes what the key consists of")]);
    cached_with("key_fn = 1", &[("key_fn = 1", "takes no value or a `bool`")]);
    cached_with("version = 1.5", &[("version = 1.5", "takes a number")]);
    cached_with("version = 5000000000", &[("5000000000", "number too large")]);
    cached_with("tenant", &[("tenant", "takes an expression")]);
    cached_with("crate = 1", &[("crate = 1", "takes a path")]);
    for case in ["max_loads", "max_loads = 0", "max_loads = many", "max_loads = \"2\""] {
        cached_with(case, &[(case, "takes a number from 1 on")]);
    }
    for case in ["jitter", "jitter = 1.0", "jitter = 1", "jitter = -0.1", "jitter = \"10%\""] {
        cached_with(case, &[(case, "from 0.0 to below 1.0; write `jitter = 0.1`")]);
    }
    for case in ["codec", "codec = json", "codec = \"protobuf\""] {
        cached_with(
            case,
            &[(case, "takes `\"bincode\"`, `\"postcard\"`, `\"messagepack\"` or `\"json\"`; write")],
        );
    }
    cached_with("codec = \"jsn\"", &[("codec = \"jsn\"", "did you mean `\"json\"`?")]);
    cached_with(
        "single_flight = \"none\"",
        &[("single_flight = \"none\"", "write `single_flight = \"fleet\"`")],
    );
    cached_with(
        "single_flight = \"proces\"",
        &[("single_flight = \"proces\"", "did you mean `\"process\"`?")],
    );
    for case in ["unless", "unless = true", "weight = |a, b| 1", "ttl_from = async |v| 1", "weight(v)"] {
        cached_with(case, &[(case, "takes a closure over the value")]);
    }
    cached_with(
        "when",
        &[(
            "when",
            "takes an expression over the parameters, which is evaluated before the function runs; write `when = page < 10`",
        )],
    );
    for case in ["hashed", "hashed = id", "hashed()"] {
        cached_with(case, &[(case, "takes the names of parameters")]);
    }
    cached_with("type = menu", &[("menu", "write `type = \"menu\"`")]);
    cached_with("type = r#type", &[("r#type", "write `type = \"type\"`")]);
    cached_with("tags = \"a\"", &[("\"a\"", "takes several; write `tags(\"a\")`")]);
    cached_with("tags = format!(\"{id}\")", &[("format!(\"{id}\")", "write `tags(\"item:{item_id}\")`")]);
    for case in ["type", "type = 1", "type(menu)", "type = kind()"] {
        cached_with(case, &[(case, "takes a text or a path")]);
    }
    for case in ["type = Self::KIND", "type = Kind::<u8>::MENU", "type = <K as Trait>::MENU"] {
        cached_with(case, &[(case, "a path without generics and `Self`")]);
    }
    cached_with("type = \"\"", &[("type = \"\"", "a text that isn't empty")]);
    cached_on(
        "type = T::KIND",
        "fn f<T: K>(id: u64) -> u64 { id }",
        &[("T::KIND", "a path without generics")],
    );
    for case in ["on", "on = \"failed\"", "on = true", "on = ok", "on = || true"] {
        invalidate_with(
            &format!("type = \"m\", {case}"),
            &[(case, "takes `\"always\"`, `\"ok\"` or a closure")],
        );
    }
    invalidate_with("type = \"m\", wait", &[("wait", "takes `\"ack\"`, `\"global\"` or `\"no\"`")]);
    invalidate_with("type = \"m\", wait = \"yes\"", &[("wait = \"yes\"", "takes `\"ack\"`, ")]);
    invalidate_with("type = \"m\", tags_from = 1", &[("tags_from = 1", "takes a closure over the result")]);
    invalidate_with("entry", &[("entry", "takes calls of cached functions")]);
    invalidate_with("entry(f, g(id))", &[("f", "is no call of a cached function")]);
}

#[test]
fn durations() {
    cached_with("ttl = \"1x\"", &[("\"1x\"", "this is no duration; write for example")]);
    cached_with("ttl = 1.5", &[("1.5", "this is no duration")]);
    cached_with("ttl = 0", &[("0", "never zero")]);
    cached_with("ttl = -1", &[("-1", "never negative")]);
    cached_with("max_wait = 0", &[("0", "never zero")]);
    cached_with("max_wait = \"never\"", &[("max_wait = \"never\"", "a duration that comes to an end")]);
    cached_with("ttl = 86400000000", &[("86400000000", "longer than ten years")]);
    cached_with("ttl = \"4000d\"", &[("\"4000d\"", "for ever is `\"never\"`")]);
    for case in ["stale_if_error = \"never\"", "stale_while_revalidate = \"never\""] {
        cached_with(case, &[(case, "a duration that comes to an end; write")]);
    }
    for case in ["stale_while_revalidate(1, 2)", "stale_while_revalidate()", "stale_while_revalidate()"] {
        cached_with(case, &[(case, "takes a duration, and `background`")]);
    }
    cached_with(
        "stale_while_revalidate(\"1m\", foreground)",
        &[("stale_while_revalidate(\"1m\", foreground)", "takes a duration, and `background`")],
    );
    cached_with(
        "negative_ttl = Ttl::HOUR",
        &[("negative_ttl = Ttl::HOUR", "a duration that is written down")],
    );
    cached_with("max_wait = WAIT", &[("max_wait = WAIT", "a duration that is written down")]);
}

#[test]
fn what_is_keyed() {
    cached_with("skip(bd)", &[("bd", "no parameter `bd`; did you mean `db`?")]);
    cached_with("skip(self)", &[("self", "no parameter `self`; it has `db`, `id`, `page`")]);
    cached_with("skip(db, db)", &[("db", "skipped twice")]);
    cached_with("skip(db), skip_all", &[("skip", "`skip_all` already skips")]);
    cached_with("skip(db), key(id)", &[("skip", "`key(…)` already says")]);
    cached_with("key(id), skip_all", &[("skip_all", "`key(…)` already says")]);
    cached_with("key(idd)", &[("idd", "did you mean `id`?")]);
    cached_with("key(c)", &[("c", "it has `db`, `id`, `page`")]);
    cached_with("key(self.id)", &[("self", "no parameter `self`")]);
    cached_with("key(id + 1, f(page))", &[("id + 1", "needs a name"), ("f(page)", "needs a name")]);
    cached_with("key(id + 1 as a::b)", &[("id + 1 as a::b", "needs a name")]);
    cached_with("key(id, page as id)", &[("page", "two parts named `id`")]);
}

#[test]
fn what_is_hashed() {
    cached_with("hashed(idd)", &[("idd", "did you mean `id`?")]);
    cached_with("hashed(id, id)", &[("id", "`id` is hashed twice")]);
    cached_with("hashed(f(id))", &[("f(id)", "write `hashed(token)`")]);
    for arguments in ["skip(id), hashed(id)", "key(page), hashed(id)", "skip_all, hashed(id)"] {
        cached_with(arguments, &[("id", "is not part of the key, so that there is nothing to hash")]);
    }
    cached_with("key(page + 1 as next), hashed(next)", &[]);
    cached_with("hashed(id), tags(\"{id}\")", &[("\"{id}\"", "this tag would show it")]);
    cached_with("hashed(id), tags(\"{page}\")", &[]);
    cached_with("hashed(id), tenant = id + 1", &[("id + 1", "the tenant would show it")]);
    cached_with("hashed(id), user = page", &[]);
}

#[test]
fn arguments_that_do_not_go_together() {
    cached_with("ttl = 1, ttl_from = |v| 1", &[("ttl_from", "remove it or `ttl`")]);
    cached_on(
        "background",
        "fn f() -> u64 { 1 }",
        &[("background", "write `stale_while_revalidate(\"10m\", background)`")],
    );
    cached_with(
        "background, stale_while_revalidate(1, background)",
        &[("background", "`background` is given twice"), ("&Db", "can't borrow")],
    );
    cached_with("cache_none", &[("cache_none", "is about `None`, which this function never returns")]);
    cached_with("negative_ttl = 1", &[("negative_ttl", "is about `None`")]);
    cached_on("cache_none", "fn f() -> Result<Found> { x }", &[]);
    cached_on("", "#[cache_core::cached] fn f() -> u8 { 1 }", &[("cache_core::cached", "given twice")]);
    cached_on("", "#[invalidate(type = \"m\")] fn f() -> u8 { 1 }", &[]);
    invalidate_with("tags_from = |r| []", &[("tags_from", "a call that is dropped has none")]);
}

#[test]
fn what_a_task_takes() {
    let arguments = "skip_all, stale_while_revalidate(\"1m\", background)";
    let check = |item, expected: &[(&str, &str)]| cached_on(arguments, item, expected);
    check("fn f(self: Arc<Self>, mut a: String, P { b, .. }: P, c: &'static str) -> u8 { 1 }", &[]);
    check("fn f<T: Clone>(self, a: T, b: fn(&str)) -> u8 { 1 }", &[]);
    check("fn f(&self) -> u8 { 1 }", &[("&self", "take `self: Arc<Self>`")]);
    check("fn f(self: &Arc<Self>) -> u8 { 1 }", &[("self: &Arc<Self>", "take `self: Arc<Self>`")]);
    check("fn f(a: Option<&u8>) -> u8 { 1 }", &[("Option<&u8>", "can't borrow; take what can be cloned")]);
    check("fn f(a: Page<'_>) -> u8 { 1 }", &[("Page<'_>", "can't borrow")]);
}

#[test]
fn parameters_that_must_be_keyed_or_skipped() {
    let method = "fn f(&self, id: u64) -> u64 { id }";
    cached_on("", method, &[("self", "say whether `self` is part of the key")]);
    for arguments in ["skip(self)", "skip_all", "key(self.id)", "key(id)"] {
        cached_on(arguments, method, &[]);
    }
    cached_on("", "fn f(_: u8, id: u8) -> u8 { id }", &[("_", "a parameter without a name")]);
    cached_on("skip_all", "fn f(_: u8, id: u8) -> u8 { id }", &[]);
    cached_on("key(id)", "fn f(_: u8, id: u8) -> u8 { id }", &[]);
    let exclusive = "fn f(&mut self, id: u64) -> u64 { id }";
    cached_on("", exclusive, &[("self", "`self` is written to")]);
    cached_on("key(self)", exclusive, &[("self", "`self` is written to")]);
    for arguments in ["skip(self)", "key(id)", "key(self.id)"] {
        cached_on(arguments, exclusive, &[]);
    }
    let written = "fn f(out: &mut u8, id: u8) -> u8 { id }";
    cached_on("", written, &[("out: &mut u8", "`out` is written to")]);
    cached_on("key(out, id)", written, &[("out: &mut u8", "`out` is written to")]);
    for arguments in ["skip(out)", "skip_all", "key(id)"] {
        cached_on(arguments, written, &[]);
    }
    cached_on("skip(b)", "fn f((a, b): (u8, u8), P { c, .. }: P) -> u8 { a }", &[]);
    cached_on("skip(r#type, r#for)", "fn f(r#type: u8, r#for: u8) -> u8 { r#type }", &[]);
}

#[test]
fn tenants_and_users() {
    cached_with(
        "tenant_aware, tenant = id",
        &[("tenant", "`tenant_aware` takes the tenant from the context")],
    );
    cached_with("user = id, user_aware", &[("user", "`user_aware` takes the user from the context")]);
    invalidate_with("type = \"m\", user = id, user_aware", &[("user", "remove one of the two")]);
    invalidate_with("tags(\"x\"), tenant_aware", &[("tenant_aware", "narrows a type, and there is none")]);
    invalidate_with("user_aware", &[("user_aware", "narrows a type, and there is none")]);
}

#[test]
fn tags() {
    cached_with(
        "tags(\"a\", \"b:{idd}\", \"{\")",
        &[("\"b:{idd}\"", "no parameter `idd`; did you mean `id`?"), ("\"{\"", "without its counterpart")],
    );
    invalidate_with("tags(\"b:{}\")", &[("\"b:{}\"", "is no placeholder")]);
}

#[test]
fn tiers() {
    cached_with("strict, tiers(memory)", &[("strict", "reads from Redis")]);
    cached_with("strict, tiers(memory, redis)", &[]);
}

#[test]
fn functions_that_cannot_be_wrapped() {
    for (check, attribute) in
        [(cached_errors as Check, "#[cached]"), (invalidate_errors as Check, "#[invalidate]")]
    {
        let arguments = "type = \"menu\"";
        let on = |item, expected: &[(&str, &str)]| self::check(check, arguments, item, expected);
        on("struct S;", &[("struct", &format!("`{attribute}` goes on a function"))]);
        on("impl S { fn f() {} }", &[("impl", "put it on the methods in here")]);
        on(
            "fn f() -> MenuFuture<'static> { x }",
            &[("MenuFuture<'static>", "has to see what this future gives")],
        );
        on("const X: u8 = 1;", &[("const", "goes on a function")]);
        on("fn f() -> u8;", &[("f", "a function with a body")]);
        on("const fn f() -> u8 { 1 }", &[("const", "`const fn`")]);
        on("unsafe fn f() -> u8 { 1 }", &[("unsafe", "`unsafe fn`")]);
        on("extern \"C\" fn f(a: u8, ...) -> u8 { 1 }", &[("...", "variable arguments")]);
        on("#[doc = \"\"] pub(crate) extern \"C\" fn f() -> u8 { 1 }", &[]);
    }
}

#[test]
fn values_that_cannot_be_kept() {
    cached_on("", "fn f() {}", &[("f", "needs a value to keep")]);
    cached_on("", "fn f() -> () {}", &[("()", "needs a value to keep")]);
    cached_on("", "fn f() -> ! { loop {} }", &[("!", "never returns")]);
    cached_on("", "fn f(a: &str) -> &str { a }", &[("&str", "return `String`")]);
    cached_on("", "fn f(a: &[u8]) -> &[u8] { a }", &[("&[u8]", "return a `Vec`")]);
    cached_on("", "fn f<'a>(a: &'a A) -> &'a A { a }", &[("&'a A", "return `A` or `Arc<A>`")]);
    cached_on("", "fn f(a: &X<Y>) -> &X<Y> { a }", &[("&X<Y>", "an `Arc` of it")]);
    cached_on("", "async fn f() -> Result<Cow<'_, str>, E> { x }", &[("Cow<'_, str>", "return `String`")]);
    cached_on("", "async fn f() -> Option<&T> { x }", &[("&T", "return `T` or `Arc<T>`")]);
    cached_on("tiers(memory)", "fn f() -> &'static str { \"\" }", &[]);
    cached_on("", "fn f() -> &'static str { \"\" }", &[("&'static str", "return `String`")]);
    cached_on("", "fn f() -> BoxFuture<'_, &str> { x }", &[("&str", "return `String`")]);
    cached_on("", "fn f() -> impl Display { 1 }", &[("impl Display", "can be written down")]);
    cached_on(
        "",
        "async fn f() -> Option<impl Display> { None }",
        &[("Option<impl Display>", "can be written down")],
    );
    invalidate_with("", &[("", "needs something to invalidate")]);
    let opaque = "fn f() -> impl Display { 1 }";
    check(invalidate_errors, "type = \"m\", on = \"ok\"", opaque, &[("\"ok\"", "can be written down")]);
    check(invalidate_errors, "type = \"m\"", opaque, &[]);
    check(invalidate_errors, "type = \"m\"", "fn f(a: &str) -> &str { a }", &[]);
}

#[test]
fn independent_mistakes_are_reported_together() {
    let expected = [
        ("tll", "did you mean `ttl`?"),
        ("\"1x\"", "no duration"),
        ("const", "`const fn`"),
        ("&str", "owns its data"),
        ("bd", "did you mean `db`?"),
        ("\"{x}\"", "no parameter `x`"),
    ];
    let arguments = "tll = 1, max_wait = \"1x\", skip(bd), tags(\"{x}\")";
    cached_on(arguments, "const fn f(&self, db: &str) -> &str { db }", &expected);
}

#[test]
fn the_function_stays_as_it_was() {
    let item: TokenStream = "fn f(a: &str) -> &str { a ? ! broken }".parse().expect("these are tokens");
    let output = cached("tll = 1".parse().expect("these are tokens"), item.clone()).to_string();
    assert!(output.starts_with(&item.to_string()), "{output}");
    assert_eq!(output.matches("compile_error").count(), 2, "{output}");
}
