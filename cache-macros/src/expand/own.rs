//! The generic parameters that are part of a function's identity, as texts.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::model::generics::{Own, OwnKind};

/// Emits `&[…]`.
pub(crate) fn own(root: &Path, own: &[Own]) -> TokenStream {
    let names = own.iter().map(|Own { kind, cfgs }| {
        let name = name(root, kind);
        quote!(#(#cfgs)* #name)
    });
    quote!(&[#(#names),*])
}

fn name(root: &Path, kind: &OwnKind) -> TokenStream {
    match kind {
        OwnKind::Type(ident) => quote!(::core::any::type_name::<#ident>()),
        OwnKind::Variable(ident) => quote!(::core::any::type_name_of_val(&#ident)),
        // The name of a type that has it as argument is the only text of a const argument.
        OwnKind::Const(ident, ty) => quote! {{
            #[allow(dead_code)]
            struct __Const<const V: #ty>;
            #root::__private::const_name::<__Const<#ident>>()
        }},
    }
}
