//! The static that holds what is known about a function before it is called.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::model::cached::{Cached, Declared};
use crate::model::who::Who;
use crate::parse::cached::Tiers;
use crate::parse::duration::Duration;

/// Emits `static __CACHED: Function = …;`.
pub(crate) fn declared(cached: &Cached) -> TokenStream {
    let root = &cached.root;
    let (ident, name, type_name) =
        (cached.function.name(), &cached.declared.name, &cached.declared.type_name);
    let new = quote! {
        #root::__private::Declared::new(#ident, #name, #type_name, #root::__private::location!())
    };
    let fields = fields(cached);
    let declared =
        if fields.is_empty() { new } else { quote!(#root::__private::Declared { #(#fields,)* ..#new }) };
    quote! {
        static __CACHED: #root::__private::Function = #root::__private::Function::new(#declared);
    }
}

/// The fields that differ from the defaults.
fn fields(cached: &Cached) -> Vec<TokenStream> {
    let root = &cached.root;
    let Declared { version, ttl, tiers, strict, max_wait, .. } = &cached.declared;
    let fields = [
        version.map(|version| quote!(version: #version)),
        ttl.as_ref().and_then(|ttl| known_ttl(root, ttl)),
        awareness(root, &cached.identity.tenant).map(|awareness| quote!(tenant: #awareness)),
        awareness(root, &cached.identity.user).map(|awareness| quote!(user: #awareness)),
        tiers.map(|tiers| self::tiers(root, tiers)),
        strict.then(|| quote!(strict: true)),
        max_wait.map(|millis| {
            quote!(max_wait: ::core::option::Option::Some(::core::time::Duration::from_millis(#millis)))
        }),
    ];
    fields.into_iter().flatten().collect()
}

fn known_ttl(root: &Path, ttl: &Duration) -> Option<TokenStream> {
    let ttl = match ttl {
        Duration::Never => quote!(#root::__private::Ttl::NEVER),
        Duration::Millis(millis) => quote!(#root::__private::Ttl::from_millis(#millis)),
        Duration::Computed(_) => return None,
    };
    Some(quote!(ttl: ::core::option::Option::Some(#ttl)))
}

fn awareness(root: &Path, who: &Who) -> Option<TokenStream> {
    match who {
        Who::Anyone => None,
        Who::Context => Some(quote!(#root::__private::Awareness::Context)),
        Who::Argument(_) => Some(quote!(#root::__private::Awareness::Argument)),
    }
}

fn tiers(root: &Path, tiers: Tiers) -> TokenStream {
    let tiers = match (tiers.memory, tiers.redis) {
        (true, false) => quote!(MEMORY),
        (false, true) => quote!(REDIS),
        _ => quote!(BOTH),
    };
    quote!(tiers: #root::__private::Tiers::#tiers)
}
