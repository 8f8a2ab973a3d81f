async fn count<'a, T: Entity<D>, D: Database, const N: usize>(
    db: &'a D,
    Page { number, .. }: Page,
    mut items: [T; N],
    #[cfg(test)]
    extra: impl Display,
) -> usize
where
    T: 'a,
    D: Send,
{
    static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(::cache_core::__private::Declared {
        tiers: ::cache_core::__private::Tiers::MEMORY,
        ..::cache_core::__private::Declared::new(
            "count",
            "count",
            "count",
            ::cache_core::__private::location!(),
        )
    });
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::cached(__CACHED.declared(),
        ::core::module_path!())
    }
    let mut call = ::cache_core::__private::Call::new(
        &__CACHED,
        &|| (),
        &[
            ::core::any::type_name::<T>(),
            {
                #[allow(dead_code)]
                struct __Const<const V: usize>;
                ::cache_core::__private::const_name::<__Const<N>>()
            },
            #[cfg(test)]
            ::core::any::type_name_of_val(&extra),
        ],
    );
    #[allow(clippy::used_underscore_binding)] call.argument("number", &number);
    #[allow(clippy::used_underscore_binding)] call.argument("count", &(items.len()));
    #[cfg(test)] #[allow(clippy::used_underscore_binding)]
    call.argument("extra", &extra);
    let shape = {
        let returns = ::cache_core::__private::Returns::<usize>::new();
        {
            #[allow(clippy::wildcard_imports)]
            use ::cache_core::__private::shape::*;
            (&&&&&&&&returns).shape()
        }
    };
    ::cache_core::__private::cached(
            &mut call,
            shape,
            ::cache_core::__private::InMemory,
            async move {
                #[allow(unreachable_code, clippy::diverging_sub_expression)]
                if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<
                    usize,
                > {
                    return returned;
                }
                { N }
            },
        )
        .await
}
/// Returns the key under which a call of `count` is cached.
///
/// # Errors
///
/// Fails where the key needs a tenant or a user and there is none, and on an argument that can't be part
/// of a key.
#[allow(dead_code, non_snake_case, unused_mut, unused_variables)]
fn count_key<T, const N: usize>(
    Page { number, .. }: Page,
    items: [T; N],
    #[cfg(test)]
    extra: impl Display,
) -> ::core::result::Result<
    ::cache_core::__private::Key,
    ::cache_core::__private::Error,
> {
    static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(::cache_core::__private::Declared {
        tiers: ::cache_core::__private::Tiers::MEMORY,
        ..::cache_core::__private::Declared::new(
            "count",
            "count",
            "count",
            ::cache_core::__private::location!(),
        )
    });
    let mut call = ::cache_core::__private::Call::new(
        &__CACHED,
        &|| (),
        &[
            ::core::any::type_name::<T>(),
            {
                #[allow(dead_code)]
                struct __Const<const V: usize>;
                ::cache_core::__private::const_name::<__Const<N>>()
            },
            #[cfg(test)]
            ::core::any::type_name_of_val(&extra),
        ],
    );
    #[allow(clippy::used_underscore_binding)] call.argument("number", &number);
    #[allow(clippy::used_underscore_binding)] call.argument("count", &(items.len()));
    #[cfg(test)] #[allow(clippy::used_underscore_binding)]
    call.argument("extra", &extra);
    call.key()
}
