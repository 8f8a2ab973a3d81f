/// Reads a page.
pub async fn get_menu_items(
    db: &Db,
    restaurant_id: u64,
    page: u32,
) -> Result<Vec<MenuItem>, DbError> {
    static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(::cache_core::__private::Declared {
        ttl: ::core::option::Option::Some(
            ::cache_core::__private::Ttl::from_millis(3600000u64),
        ),
        tenant: ::cache_core::__private::Awareness::Context,
        ..::cache_core::__private::Declared::new(
            "get_menu_items",
            "get_menu_items",
            "menu",
            ::cache_core::__private::location!(),
        )
    });
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::cached(__CACHED.declared(),
        ::core::module_path!())
    }
    let mut call = ::cache_core::__private::Call::new(&__CACHED, &|| (), &[]);
    #[allow(clippy::used_underscore_binding)]
    call.argument("restaurant_id", &restaurant_id);
    #[allow(clippy::used_underscore_binding)] call.argument("page", &page);
    let shape = {
        let returns = ::cache_core::__private::Returns::<
            Result<Vec<MenuItem>, DbError>,
        >::new();
        {
            #[allow(clippy::wildcard_imports)]
            use ::cache_core::__private::shape::*;
            (&&&&&&&&returns).shape()
        }
    };
    ::cache_core::__private::cached(
            &mut call,
            shape,
            ::cache_core::__private::Encoded,
            async move {
                #[allow(unreachable_code, clippy::diverging_sub_expression)]
                if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<
                    Result<Vec<MenuItem>, DbError>,
                > {
                    return returned;
                }
                {
                    let rows = db.rows(restaurant_id, page).await?;
                    rows.into_iter().map(MenuItem::read).collect()
                }
            },
        )
        .await
}
/// Returns the key under which a call of `get_menu_items` is cached.
///
/// # Errors
///
/// Fails where the key needs a tenant or a user and there is none, and on an argument that can't be part
/// of a key.
#[allow(dead_code, non_snake_case, unused_mut, unused_variables)]
pub fn get_menu_items_key(
    restaurant_id: u64,
    page: u32,
) -> ::core::result::Result<
    ::cache_core::__private::Key,
    ::cache_core::__private::Error,
> {
    static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(::cache_core::__private::Declared {
        ttl: ::core::option::Option::Some(
            ::cache_core::__private::Ttl::from_millis(3600000u64),
        ),
        tenant: ::cache_core::__private::Awareness::Context,
        ..::cache_core::__private::Declared::new(
            "get_menu_items",
            "get_menu_items",
            "menu",
            ::cache_core::__private::location!(),
        )
    });
    let mut call = ::cache_core::__private::Call::new(&__CACHED, &|| (), &[]);
    #[allow(clippy::used_underscore_binding)]
    call.argument("restaurant_id", &restaurant_id);
    #[allow(clippy::used_underscore_binding)] call.argument("page", &page);
    call.key()
}
