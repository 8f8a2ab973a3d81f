//! Tags as calls of a builder.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::expand::value::at;
use crate::model::tag::{Piece, Tags, Template};

/// What tags are for.
#[derive(Clone, Copy)]
pub(crate) enum Use<'a> {
    /// A read by this call, which mostly finds something: tags are only written out when an entry is.
    Read(&'a Ident),
    /// An invalidation.
    Write,
}

/// Emits `.tag(…)` for each tag, or `.tags(…)`: as statements for a call, as links of a chain for a plan.
pub(crate) fn tags(root: &Path, tags: &Tags, purpose: Use<'_>) -> TokenStream {
    match tags {
        Tags::Computed(expr) => match purpose {
            Use::Read(call) => quote!(#call.tags(#expr);),
            Use::Write => quote!(.tags(#expr)),
        },
        Tags::Templates(templates) => templates.iter().map(|tag| template(root, tag, purpose)).collect(),
    }
}

fn template(root: &Path, template: &Template, purpose: Use<'_>) -> TokenStream {
    if let ([Piece::Text(text)], Use::Write) = (&template.pieces[..], purpose) {
        return quote!(.tag(#text));
    }
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Piece::Value { .. } => "{}".to_owned(),
    });
    let format = pieces.collect::<String>();
    let values = template.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Value { variable, fields } => Some(quote_spanned! {at(template.span)=>
            , #root::__private::Percent(#root::__private::demand::tagged(&&#variable #(.#fields)*))
        }),
    });
    let values = quote!(#(#values)*);
    match purpose {
        Use::Read(call) => quote!(#call.tag(::core::format_args!(#format #values));),
        Use::Write => quote!(.tag(::std::format!(#format #values))),
    }
}
