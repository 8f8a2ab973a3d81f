fn log_out(tenant: &str) -> impl Iterator<Item = u8> {
    ::cache_core::__private::inventory::submit! {
        ::cache_core::__private::Entry::invalidates("log_out", ::core::module_path!(),
        ::cache_core::__private::location!()).group(::core::option::Option::None,
        ::cache_core::__private::Awareness::Argument,
        ::cache_core::__private::Awareness::No)
    }
    let plan = ::cache_core::__private::Plan::new("log_out")
        .group(
            ::core::option::Option::None,
            ::cache_core::__private::Who::is(
                ::cache_core::__private::demand::who(&&tenant),
            ),
            ::cache_core::__private::Who::Anyone,
        );
    ::cache_core::__private::invalidated_sync(
        plan,
        |left| *left == 0,
        move || { [].into_iter() },
    )
}
