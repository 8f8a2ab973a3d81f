//! The companion that returns the key of a call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Meta};

use crate::expand::call::call;
use crate::expand::declared::declared;
use crate::expand::value::at;
use crate::model::cached::Cached;
use crate::model::companion::Companion;
use crate::model::parameter::cfgs;

/// Emits the companion, with a static of its own that says the same as the function's.
pub(crate) fn companion(cached: &Cached, companion: &Companion) -> TokenStream {
    let (root, vis) = (&cached.root, &cached.function.vis);
    let cfgs = cfgs(&cached.function.attrs);
    let hidden = cached.function.attrs.iter().filter(|attr| is_doc_hidden(attr));
    let allowed = cached.function.attrs.iter().filter_map(allowed);
    let Companion { ident, generics, inputs, .. } = companion;
    let receiver = companion.has_receiver.then(|| quote!(&self,));
    let clause = &generics.where_clause;
    let docs = format!(" Returns the key under which a call of `{}` is cached.", cached.function.name());
    let declared = declared(cached);
    let variable = Ident::new("call", Span::mixed_site());
    let call = call(root, &cached.identity, &variable);
    // All at the function's name, where rustc shows that a trait has no such member.
    quote_spanned! {at(cached.function.sig.ident.span())=>
        #(#cfgs)*
        #(#hidden)*
        #[doc = #docs]
        ///
        /// # Errors
        ///
        /// Fails where the key needs a tenant or a user and there is none, and on an argument that can't be part
        /// of a key.
        #[allow(dead_code, non_snake_case, unused_mut, unused_variables)]
        #(#allowed)*
        #vis fn #ident #generics(#receiver #(#inputs),*)
            -> ::core::result::Result<#root::__private::Key, #root::__private::Error>
        #clause
        {
            #declared
            #call
            #variable.key()
        }
    }
}

fn is_doc_hidden(attr: &Attribute) -> bool {
    matches!(&attr.meta, Meta::List(list) if list.path.is_ident("doc") && list.tokens.to_string() == "hidden")
}

/// Lints that the function has a reason to ignore: its companion has the same parameters. What is expected there
/// need not occur here.
fn allowed(attr: &Attribute) -> Option<TokenStream> {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("allow") || list.path.is_ident("expect") => {
            let lints = &list.tokens;
            Some(quote!(#[allow(#lints)]))
        }
        _ => None,
    }
}
