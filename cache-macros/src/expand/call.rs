//! The call that a cached function asks the runtime about.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

use crate::expand::own::own;
use crate::expand::registered::named;
use crate::expand::value::{reference, who};
use crate::model::cached::Identity;
use crate::model::keyed::{How, Keyed};

/// Emits `let mut call = Call::new(…);` and statements that add what tells the entry from all others. They are
/// statements, and not one chain, because a chain would move the call at each of its links.
pub(crate) fn call(root: &Path, identity: &Identity, call: &Ident) -> TokenStream {
    let own = own(root, &identity.own);
    let kind = identity.kind.as_ref().map(|path| named(root, path)).map(|kind| quote!(#call.of_type(#kind);));
    let tenant = identity.tenant.expression().map(|expr| who(root, expr));
    let tenant = tenant.map(|it| quote!(#call.tenant(#it);));
    let user = identity.user.expression().map(|expr| who(root, expr)).map(|it| quote!(#call.user(#it);));
    let arguments = identity.keyed.iter().map(|keyed| {
        let (cfgs, argument) = (&keyed.cfgs, argument(keyed, call));
        quote! {
            #(#cfgs)*
            // A parameter that is only part of the key may well be called `_id`.
            #[allow(clippy::used_underscore_binding)]
            #argument
        }
    });
    quote! {
        let mut #call = #root::__private::Call::new(&__CACHED, &|| (), #own);
        #kind #tenant #user #(#arguments)*
    }
}

fn argument(Keyed { name, expr, how, .. }: &Keyed, call: &Ident) -> TokenStream {
    let value = reference(expr);
    match how {
        How::Shown => quote!(#call.argument(#name, #value);),
        How::Hashed => quote!(#call.hashed(#name, #value);),
        // The value's type chooses the method that adds it or leaves it out.
        How::ByType => quote!(#call.part(#value).named(#name, #value);),
    }
}
