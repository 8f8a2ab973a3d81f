//! The call that a cached function asks the runtime about.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

use crate::expand::own::own;
use crate::expand::value::reference;
use crate::model::cached::Identity;
use crate::model::keyed::Keyed;

/// Emits `let call = Call::new(…)…;` with what tells the entry from all others.
pub(crate) fn call(root: &Path, identity: &Identity, call: &Ident, pattern: &TokenStream) -> TokenStream {
    let own = own(root, &identity.own);
    let kind = identity.kind.as_ref().map(|path| quote!(.of_type(#path)));
    let tenant = identity.tenant.expression().map(reference).map(|tenant| quote!(.tenant(#tenant)));
    let user = identity.user.expression().map(reference).map(|user| quote!(.user(#user)));
    let arguments = arguments(&identity.keyed, call, pattern);
    quote! {
        // A parameter that is only part of the key may well be called `_id`.
        #[allow(clippy::used_underscore_binding)]
        let #pattern = #root::__private::Call::new(&__CACHED, &|| (), #own) #kind #tenant #user #arguments;
    }
}

/// The arguments in order. One under a `cfg` needs a statement of its own.
fn arguments(keyed: &[Keyed], call: &Ident, pattern: &TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut chained = true;
    for Keyed { name, expr, cfgs } in keyed {
        let value = reference(expr);
        if cfgs.is_empty() && chained {
            tokens.extend(quote!(.argument(#name, #value)));
        } else {
            chained = false;
            tokens.extend(quote! {
                ;
                #(#cfgs)*
                #[allow(clippy::used_underscore_binding)]
                let #pattern = #call.argument(#name, #value)
            });
        }
    }
    tokens
}
