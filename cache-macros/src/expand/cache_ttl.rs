//! What `derive(CacheTtl)` makes of an enum.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::expand::declared::ttl;
use crate::model::cache_ttl::CacheTtl;
use crate::parse::duration::Duration;

/// Emits the implementation.
pub(crate) fn expand(item: &CacheTtl) -> TokenStream {
    let CacheTtl { ident, generics, root, ttls } = item;
    let (impl_generics, ty_generics, clause) = generics.split_for_impl();
    let variable = Ident::new("ttl", Span::mixed_site());
    let arms = ttls.iter().map(|(variant, duration)| {
        let ttl = match (ttl(root, duration), duration) {
            (None, Duration::Computed(expr)) => quote!(::core::convert::Into::into(#expr)),
            (known, _) => quote!(#known),
        };
        quote!(#ident::#variant { .. } => #ttl)
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::convert::From<#ident #ty_generics> for #root::__private::Ttl #clause {
            fn from(#variable: #ident #ty_generics) -> Self {
                match #variable {
                    #(#arms,)*
                }
            }
        }
    }
}
