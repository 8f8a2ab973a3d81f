//! The statements by which functions and types are known before anything is called.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::expand::declared::awareness;
use crate::model::cache_type::CacheType;
use crate::model::cached::Cached;
use crate::model::invalidate::{Invalidate, Kind};

/// Registers a cached function by what its static says.
pub(crate) fn cached(cached: &Cached) -> TokenStream {
    let root = &cached.root;
    let of_type = cached.identity.kind.as_ref().map(|path| of_type(root, path));
    submit(
        root,
        &quote!(#root::__private::Entry::cached(__CACHED.declared(), ::core::module_path!()) #of_type),
    )
}

/// Registers what an attribute invalidates.
pub(crate) fn invalidates(invalidate: &Invalidate) -> TokenStream {
    let (root, name) = (&invalidate.root, invalidate.function.name());
    let group = invalidate.group.as_ref().map(|group| {
        let [tenant, user] = [&group.tenant, &group.user].map(|who| awareness(root, who));
        let (name, of_type) = match &group.kind {
            Some(Kind::Literal(name)) => (quote!(::core::option::Option::Some(#name)), None),
            Some(Kind::Path(path)) => (quote!(::core::option::Option::None), Some(of_type(root, path))),
            None => (quote!(::core::option::Option::None), None),
        };
        quote!(.group(#name, #tenant, #user) #of_type)
    });
    let place = quote!(::core::module_path!(), #root::__private::location!());
    submit(root, &quote!(#root::__private::Entry::invalidates(#name, #place) #group))
}

/// Registers the types that a derive declares.
pub(crate) fn types(item: &CacheType) -> TokenStream {
    let CacheType { ident, root, types, .. } = item;
    let types = types.iter().map(|it| match &it.variant {
        Some(variant) => quote!(visit(&#ident::#variant);),
        None => quote!(visit(&#ident);),
    });
    submit(root, &quote!(#root::__private::Entry::types(|visit| { #(#types)* })))
}

/// What a path says about the type that it names. A path that names none is reported once, since every use of it is
/// the same.
pub(crate) fn named(root: &Path, path: &Path) -> TokenStream {
    quote!(#root::__private::named(#path))
}

fn of_type(root: &Path, path: &Path) -> TokenStream {
    let named = named(root, path);
    quote!(.of_type(|| #named))
}

fn submit(root: &Path, entry: &TokenStream) -> TokenStream {
    quote!(#root::__private::inventory::submit! { #entry })
}
