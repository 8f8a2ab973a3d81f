async fn import(menu: Menu) -> Vec<Item> {
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::invalidates("import", ::core::module_path!(),
        ::cache_core::__private::location!()).group(::core::option::Option::Some("menu"),
        ::cache_core::__private::Awareness::No, ::cache_core::__private::Awareness::No)
    }
    let plan = ::cache_core::__private::Plan::new("import")
        .group(
            ::core::option::Option::Some("menu"),
            ::cache_core::__private::Who::Anyone,
            ::cache_core::__private::Who::Anyone,
        )
        .wait(::cache_core::__private::Wait::Global);
    ::cache_core::__private::invalidated_late(
            plan,
            |result| ::cache_core::__private::Done::always(
                ::cache_core::__private::Success::succeeded(
                    &{
                        let returns = ::cache_core::__private::Returns::<
                            Vec<Item>,
                        >::new();
                        {
                            #[allow(clippy::wildcard_imports)]
                            use ::cache_core::__private::shape::*;
                            (&&&&&&&&returns).shape()
                        }
                    },
                    result,
                ),
            ),
            |items: &Vec<Item>| -> ::std::vec::Vec<::std::string::String> {
                ::cache_core::__private::demand::tags({ items.iter().map(Item::tag) })
            },
            async move {
                #[allow(unreachable_code, clippy::diverging_sub_expression)]
                if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<
                    Vec<Item>,
                > {
                    return returned;
                }
                { menu.read() }
            },
        )
        .await
}
