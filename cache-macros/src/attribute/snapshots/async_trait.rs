fn find<'life0, 'async_trait>(
    &'life0 self,
    id: u32,
) -> ::core::pin::Pin<
    Box<dyn ::core::future::Future<Output = Result<String, E>> + Send + 'async_trait>,
>
where
    'life0: 'async_trait,
    Self: 'async_trait,
{
    ::std::boxed::Box::pin(async move {
        static __CACHED: ::cache_core::__private::Function = ::cache_core::__private::Function::new(
            ::cache_core::__private::Declared::new(
                "find",
                "find",
                "find",
                ::cache_core::__private::location!(),
            ),
        );
        ::cache_core::__private::inventory::submit! {
            ::cache_core::__private::Entry::cached(__CACHED.declared(),
            ::core::module_path!())
        }
        let mut call = ::cache_core::__private::Call::new(&__CACHED, &|| (), &[]);
        #[allow(clippy::used_underscore_binding)] call.argument("self.id", &self.id);
        #[allow(clippy::used_underscore_binding)] call.argument("id", &id);
        let shape = {
            let returns = ::cache_core::__private::Returns::<Result<String, E>>::new();
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
                    fn __once<R>(body: impl ::core::ops::FnOnce() -> R) -> R {
                        body()
                    }
                    __once(move || -> ::core::pin::Pin<
                            Box<
                                dyn ::core::future::Future<
                                    Output = Result<String, E>,
                                > + Send + 'async_trait,
                            >,
                        > {
                            Box::pin(async move {
                                let __self = self;
                                Ok(__self.name(id))
                            })
                        })
                        .await
                },
            )
            .await
    })
}
