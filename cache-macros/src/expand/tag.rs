//! Tags as calls of a builder.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

use crate::expand::value::at;
use crate::model::tag::{Piece, Tags, Template};

/// Emits `.tag(…)` for each tag, or `.tags(…)`.
pub(crate) fn tags(root: &Path, tags: &Tags) -> TokenStream {
    match tags {
        Tags::Computed(expr) => quote!(.tags(#expr)),
        Tags::Templates(templates) => templates.iter().map(|tag| template(root, tag)).collect(),
    }
}

fn template(root: &Path, template: &Template) -> TokenStream {
    if let [Piece::Text(text)] = &template.pieces[..] {
        return quote!(.tag(#text));
    }
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.replace('{', "{{").replace('}', "}}"),
        Piece::Value { .. } => "{}".to_owned(),
    });
    let format = pieces.collect::<String>();
    let values = template.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Value { variable, fields } => {
            let value = quote_spanned!(at(template.span)=> &#variable #(.#fields)*);
            Some(quote!(#root::__private::percent(#value)))
        }
    });
    quote!(.tag(::std::format!(#format, #(#values),*)))
}
