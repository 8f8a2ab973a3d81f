//! What `derive(CacheType)` makes of an enum.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::expand::declared::{codec, negative_ttl, ttl, window};
use crate::expand::registered;
use crate::model::cache_type::{CacheType, Declaration};
use crate::parse::duration::Duration;

/// Emits the implementation.
pub(crate) fn expand(item: &CacheType) -> TokenStream {
    let CacheType { ident, root, default_ttl, types } = item;
    let default_ttl = default_ttl.as_ref().map(|ttl| set_ttl(root, ttl));
    let variants: Vec<_> = types.iter().map(variant).collect();
    let names = types.iter().map(|it| &it.name);
    let policies = types.iter().map(|it| policy(root, it));
    let registered = registered::types(item);
    quote! {
        #[automatically_derived]
        impl #root::__private::CacheType for #ident {
            fn name(&self) -> &'static str {
                match self {
                    #(#variants => #names,)*
                }
            }

            fn policy(&self) -> #root::__private::TypePolicy {
                let policy = #root::__private::TypePolicy::new()
                    .declared_at(#root::__private::location!()) #default_ttl;
                match self {
                    #(#variants => policy #policies,)*
                }
            }
        }

        #registered
    }
}

fn variant(declaration: &Declaration) -> TokenStream {
    match &declaration.variant {
        Some(ident) => quote!(Self::#ident),
        None => quote!(Self),
    }
}

/// What differs from a policy that says nothing.
fn policy(root: &Path, declaration: &Declaration) -> TokenStream {
    let policy = &declaration.policy;
    let declared = &policy.declared;
    let ttl = declared.ttl.as_ref().map(|(_, it)| set_ttl(root, it));
    let tenant = policy.tenant_aware.is_some().then(|| quote!(.tenant_aware()));
    let user = policy.user_aware.is_some().then(|| quote!(.user_aware()));
    let bytes = policy.max_bytes.map(|bytes| quote!(.max_bytes(#bytes)));
    let jitter = declared.jitter.map(|share| quote!(.jitter(#share)));
    let revalidate =
        declared.stale_while_revalidate.map(window).map(|it| quote!(.stale_while_revalidate(#it)));
    let error = declared.stale_if_error.map(window).map(|it| quote!(.stale_if_error(#it)));
    let none = declared.cache_none.is_some().then(|| quote!(.cache_none()));
    let negative = negative_ttl(root, declared).map(|it| quote!(.negative_ttl(#it)));
    let codec = codec(root, declared).map(|it| quote!(.codec(#it)));
    quote!(#ttl #tenant #user #bytes #jitter #revalidate #error #none #negative #codec)
}

fn set_ttl(root: &Path, duration: &Duration) -> TokenStream {
    match (ttl(root, duration), duration) {
        (None, Duration::Computed(expr)) => quote!(.ttl(::core::convert::Into::into(#expr))),
        (known, _) => quote!(.ttl(#known)),
    }
}
