//! What stands in for a function whose attribute has mistakes.

use proc_macro2::TokenStream;
use quote::quote;

/// The function as it was, so that nothing else breaks, and the mistakes.
pub(crate) fn fallback(item: &TokenStream, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    quote!(#item #errors)
}
