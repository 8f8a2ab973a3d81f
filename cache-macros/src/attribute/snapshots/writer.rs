pub async fn update(&self, restaurant_id: u64, item: Item) -> Result<Item, DbError> {
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::invalidates("update", ::core::module_path!(),
        ::cache_core::__private::location!()).group(::core::option::Option::Some("menu"),
        ::cache_core::__private::Awareness::Context,
        ::cache_core::__private::Awareness::Argument)
    }
    let plan = ::cache_core::__private::Plan::new("update")
        .group(
            ::core::option::Option::Some("menu"),
            ::cache_core::__private::Who::Context,
            ::cache_core::__private::Who::is(
                ::cache_core::__private::demand::who(&&item.owner),
            ),
        )
        .tag(
            ::std::format!(
                "item:{}",
                ::cache_core::__private::Percent(::cache_core::__private::demand::tagged(&&
                item.id))
            ),
        )
        .entry(get_menu_items_key(restaurant_id, 1))
        .entry(self.page_key::<T>(1));
    ::cache_core::__private::invalidated(
            plan,
            |result| ::cache_core::__private::Success::succeeded(
                &{
                    let returns = ::cache_core::__private::Returns::<
                        Result<Item, DbError>,
                    >::new();
                    {
                        #[allow(clippy::wildcard_imports)]
                        use ::cache_core::__private::shape::*;
                        (&&&&&&&&returns).shape()
                    }
                },
                result,
            ),
            async move {
                #[allow(unreachable_code, clippy::diverging_sub_expression)]
                if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<
                    Result<Item, DbError>,
                > {
                    return returned;
                }
                { Ok(item) }
            },
        )
        .await
}
