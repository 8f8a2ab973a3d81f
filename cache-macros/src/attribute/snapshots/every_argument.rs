fn of_type(account: &Account, r#type: u8, token: &str) -> Option<String> {
    static __CACHED: renamed::__private::Function = renamed::__private::Function::new(renamed::__private::Declared {
        version: 2u32,
        tenant: renamed::__private::Awareness::Argument,
        user: renamed::__private::Awareness::Argument,
        stale_while_revalidate: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(600000u64),
        ),
        stale_if_error: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(3600000u64),
        ),
        jitter: ::core::option::Option::Some(0.1f64),
        cache_none: true,
        negative_ttl: ::core::option::Option::Some(
            renamed::__private::Ttl::from_millis(30000u64),
        ),
        tiers: renamed::__private::Tiers::REDIS,
        strict: true,
        codec: ::core::option::Option::Some(renamed::__private::codec::BINCODE),
        single_flight: renamed::__private::SingleFlight::Process,
        max_wait: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(2000u64),
        ),
        max_loads: ::core::option::Option::Some(64u32),
        ..renamed::__private::Declared::new(
            "of_type",
            "of",
            "of_type",
            renamed::__private::location!(),
        )
    });
    renamed::__private::inventory::submit! {
        renamed::__private::Entry::cached(__CACHED.declared(), ::core::module_path!())
        .of_type(|| renamed::__private::named(Kind::Menu))
    }
    let mut call = renamed::__private::Call::new(&__CACHED, &|| (), &[]);
    call.of_type(renamed::__private::named(Kind::Menu));
    call.tenant(renamed::__private::demand::who(&&account.tenant));
    call.user(renamed::__private::demand::who(&&(account.id())));
    #[allow(clippy::used_underscore_binding)]
    call.part(&account).named("account", &account);
    #[allow(clippy::used_underscore_binding)] call.argument("type", &r#type);
    #[allow(clippy::used_underscore_binding)] call.hashed("token", &token);
    call.cache(&CACHE);
    call.ttl(ttl_of(r#type));
    call.tag(::core::format_args!("all"));
    call.tag(
        ::core::format_args!(
            "{}:{}%", renamed::__private::Percent(renamed::__private::demand::tagged(&&
            r#type)), renamed::__private::Percent(renamed::__private::demand::tagged(&&
            account.id))
        ),
    );
    call.when(r#type > 0);
    let shape = {
        let returns = renamed::__private::Returns::<Option<String>>::new();
        {
            #[allow(clippy::wildcard_imports)]
            use renamed::__private::shape::*;
            (&&&&&&&&returns).shape()
        }
    };
    renamed::__private::cached_sync(
        &mut call,
        shape,
        renamed::__private::With::new(renamed::__private::Encoded)
            .weight({
                let said = renamed::__private::judge::<
                    Option<String>,
                    _,
                    _,
                    _,
                >(&shape, |text| text.len());
                renamed::__private::judge::<
                    Option<String>,
                    _,
                    _,
                    _,
                >(
                    &shape,
                    move |value| {
                        renamed::__private::wanted::<
                            ::core::primitive::usize,
                            _,
                        >(said(value))
                    },
                )
            })
            .unless({
                let said = renamed::__private::judge::<
                    Option<String>,
                    _,
                    _,
                    _,
                >(&shape, |text| text.is_empty());
                renamed::__private::judge::<
                    Option<String>,
                    _,
                    _,
                    _,
                >(
                    &shape,
                    move |value| {
                        renamed::__private::wanted::<
                            ::core::primitive::bool,
                            _,
                        >(said(value))
                    },
                )
            }),
        move || -> Option<String> { None },
    )
}
/// Returns the key under which a call of `of_type` is cached.
///
/// # Errors
///
/// Fails where the key needs a tenant or a user and there is none, and on an argument that can't be part
/// of a key.
#[allow(dead_code, non_snake_case, unused_mut, unused_variables)]
fn of_type_key(
    account: &Account,
    r#type: u8,
    token: &str,
) -> ::core::result::Result<renamed::__private::Key, renamed::__private::Error> {
    static __CACHED: renamed::__private::Function = renamed::__private::Function::new(renamed::__private::Declared {
        version: 2u32,
        tenant: renamed::__private::Awareness::Argument,
        user: renamed::__private::Awareness::Argument,
        stale_while_revalidate: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(600000u64),
        ),
        stale_if_error: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(3600000u64),
        ),
        jitter: ::core::option::Option::Some(0.1f64),
        cache_none: true,
        negative_ttl: ::core::option::Option::Some(
            renamed::__private::Ttl::from_millis(30000u64),
        ),
        tiers: renamed::__private::Tiers::REDIS,
        strict: true,
        codec: ::core::option::Option::Some(renamed::__private::codec::BINCODE),
        single_flight: renamed::__private::SingleFlight::Process,
        max_wait: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(2000u64),
        ),
        max_loads: ::core::option::Option::Some(64u32),
        ..renamed::__private::Declared::new(
            "of_type",
            "of",
            "of_type",
            renamed::__private::location!(),
        )
    });
    let mut call = renamed::__private::Call::new(&__CACHED, &|| (), &[]);
    call.of_type(renamed::__private::named(Kind::Menu));
    call.tenant(renamed::__private::demand::who(&&account.tenant));
    call.user(renamed::__private::demand::who(&&(account.id())));
    #[allow(clippy::used_underscore_binding)]
    call.part(&account).named("account", &account);
    #[allow(clippy::used_underscore_binding)] call.argument("type", &r#type);
    #[allow(clippy::used_underscore_binding)] call.hashed("token", &token);
    call.key()
}
