fn log_out(tenant: &str) -> impl Iterator<Item = u8> {
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
