fn of_type(account: &Account, r#type: u8) -> Option<String> {
    static __CACHED: renamed::__private::Function = renamed::__private::Function::new(renamed::__private::Declared {
        version: 2u32,
        tenant: renamed::__private::Awareness::Argument,
        user: renamed::__private::Awareness::Argument,
        tiers: renamed::__private::Tiers::REDIS,
        strict: true,
        max_wait: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(2000u64),
        ),
        ..renamed::__private::Declared::new(
            "of_type",
            "of",
            "of_type",
            renamed::__private::location!(),
        )
    });
    #[allow(clippy::used_underscore_binding)]
    let call = renamed::__private::Call::new(&__CACHED, &|| (), &[])
        .of_type(Kind::Menu)
        .tenant(&account.tenant)
        .user(&(account.id()))
        .argument("account", &account)
        .argument("type", &r#type);
    let call = call
        .cache(&CACHE)
        .ttl(ttl_of(r#type))
        .tag("all")
        .tag(
            ::std::format!(
                "{}:{}%", renamed::__private::percent(& r#type),
                renamed::__private::percent(& account.id)
            ),
        );
    renamed::__private::cached_sync(
        call,
        {
            let returns = renamed::__private::Returns::<Option<String>>::new();
            {
                #[allow(clippy::wildcard_imports)]
                use renamed::__private::shape::*;
                (&&&&&&&&returns).shape()
            }
        },
        renamed::__private::Encoded,
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
) -> ::core::result::Result<renamed::__private::Key, renamed::__private::Error> {
    static __CACHED: renamed::__private::Function = renamed::__private::Function::new(renamed::__private::Declared {
        version: 2u32,
        tenant: renamed::__private::Awareness::Argument,
        user: renamed::__private::Awareness::Argument,
        tiers: renamed::__private::Tiers::REDIS,
        strict: true,
        max_wait: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(2000u64),
        ),
        ..renamed::__private::Declared::new(
            "of_type",
            "of",
            "of_type",
            renamed::__private::location!(),
        )
    });
    #[allow(clippy::used_underscore_binding)]
    let call = renamed::__private::Call::new(&__CACHED, &|| (), &[])
        .of_type(Kind::Menu)
        .tenant(&account.tenant)
        .user(&(account.id()))
        .argument("account", &account)
        .argument("type", &r#type);
    call.key()
}
