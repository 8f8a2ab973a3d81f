async fn menu(self: Arc<Self>, pages: Range<u32>) -> Result<Vec<Page>, E> {
    static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(::cache_core::__private::Declared {
        stale_while_revalidate: ::core::option::Option::Some(
            ::core::time::Duration::from_millis(600000u64),
        ),
        ..::cache_core::__private::Declared::new(
            "menu",
            "menu",
            "menu",
            ::cache_core::__private::location!(),
        )
    });
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::cached(__CACHED.declared(),
        ::core::module_path!())
    }
    let mut call = ::cache_core::__private::Call::new(&__CACHED, &|| (), &[]);
    #[allow(clippy::used_underscore_binding)] call.part(&pages).named("pages", &pages);
    let shape = {
        let returns = ::cache_core::__private::Returns::<Result<Vec<Page>, E>>::new();
        {
            #[allow(clippy::wildcard_imports)]
            use ::cache_core::__private::shape::*;
            (&&&&&&&&returns).shape()
        }
    };
    ::cache_core::__private::cached_background(
            &mut call,
            shape,
            ::cache_core::__private::With::new(::cache_core::__private::Encoded)
                .unless({
                    let said = ::cache_core::__private::judge::<
                        Result<Vec<Page>, E>,
                        _,
                        _,
                        _,
                    >(&shape, move |pages| pages.is_empty());
                    ::cache_core::__private::judge::<
                        Result<Vec<Page>, E>,
                        _,
                        _,
                        _,
                    >(
                        &shape,
                        move |value| {
                            ::cache_core::__private::wanted::<
                                ::core::primitive::bool,
                                _,
                            >(said(value))
                        },
                    )
                }),
            move || {
                #[allow(unused_variables)]
                let __self = ::cache_core::__private::demand::cloned(&self);
                #[allow(unused_variables)]
                let mut pages = ::cache_core::__private::demand::cloned(&pages);
                async move {
                    #[allow(unreachable_code, clippy::diverging_sub_expression)]
                    if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<
                        Result<Vec<Page>, E>,
                    > {
                        return returned;
                    }
                    { __self.pages(pages.by_ref()).await }
                }
            },
        )
        .await
}
