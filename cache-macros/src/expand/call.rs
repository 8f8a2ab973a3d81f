//! The call that a cached function asks the runtime about.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;

use crate::expand::own::own;
use crate::expand::value::{reference, who};
use crate::model::cached::Identity;
use crate::model::keyed::{How, Keyed};

/// Emits `let call = Call::new(…)…;` with what tells the entry from all others.
pub(crate) fn call(root: &Path, identity: &Identity, call: &Ident) -> TokenStream {
    let own = own(root, &identity.own);
    let kind = identity.kind.as_ref().map(|path| quote!(.of_type(#path)));
    let tenant = identity.tenant.expression().map(|expr| who(root, expr)).map(|it| quote!(.tenant(#it)));
    let user = identity.user.expression().map(|expr| who(root, expr)).map(|it| quote!(.user(#it)));
    let arguments = arguments(&identity.keyed, call);
    quote! {
        // A parameter that is only part of the key may well be called `_id`.
        #[allow(clippy::used_underscore_binding)]
        let #call = #root::__private::Call::new(&__CACHED, &|| (), #own) #kind #tenant #user #arguments;
    }
}

/// The arguments in order. One under a `cfg` needs a statement of its own.
fn arguments(keyed: &[Keyed], call: &Ident) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut chained = true;
    for keyed in keyed {
        let (argument, cfgs) = (argument(keyed), &keyed.cfgs);
        if cfgs.is_empty() && chained {
            tokens.extend(argument);
        } else {
            chained = false;
            tokens.extend(quote! {
                ;
                #(#cfgs)*
                #[allow(clippy::used_underscore_binding)]
                let #call = #call #argument
            });
        }
    }
    tokens
}

fn argument(Keyed { name, expr, how, .. }: &Keyed) -> TokenStream {
    let value = reference(expr);
    match how {
        How::Shown => quote!(.argument(#name, #value)),
        How::Hashed => quote!(.hashed(#name, #value)),
        // The value's type chooses the method that adds it or leaves it out.
        How::ByType => quote!(.part(#value).named(#name, #value)),
    }
}
