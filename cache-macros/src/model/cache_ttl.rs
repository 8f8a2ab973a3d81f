//! The times to live that a `derive(CacheTtl)` names.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Generics, Ident, Meta, Path};

use crate::diagnostics::collector::Diagnostics;
use crate::model::cached::default_root;
use crate::parse::duration::{Duration, duration};
use crate::parse::enumeration::{Enumeration, Variant, lists};
use crate::parse::type_policy::parse_root;

pub(crate) struct CacheTtl {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) root: Path,
    pub(crate) ttls: Vec<(Ident, Duration)>,
}

/// Checks an enum.
pub(crate) fn model(item: Enumeration, diagnostics: &mut Diagnostics) -> CacheTtl {
    let list = diagnostics.ok(lists("cache", &item.attrs, "#[cache(crate = ::cache_core)]"));
    let root = parse_root(list.unwrap_or_default(), diagnostics);
    let mut ttls = Vec::new();
    for Variant { ident, attrs, .. } in item.variants {
        match ident {
            Some(ident) => {
                let ttl = diagnostics.ok(ttl(&ident, &attrs));
                ttls.extend(ttl.map(|ttl| (ident, ttl)));
            }
            None => diagnostics.at(
                item.ident.span(),
                "`derive(CacheTtl)` goes on an enum; for one time to live write a `const … : Ttl`",
            ),
        }
    }
    CacheTtl { ident: item.ident, generics: item.generics, root: root.unwrap_or_else(default_root), ttls }
}

fn ttl(variant: &Ident, attrs: &[Attribute]) -> syn::Result<Duration> {
    let mut ours = attrs.iter().filter(|attr| attr.path().is_ident("ttl"));
    let Some(attr) = ours.next() else {
        let message = format!("`{variant}` doesn't say how long it lives; write `#[ttl(\"1h\")]` above it");
        return Err(syn::Error::new(variant.span(), message));
    };
    if let Some(second) = ours.next() {
        return Err(syn::Error::new_spanned(second, "`ttl` is given twice; remove one of the two"));
    }
    let tokens = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    match syn::parse2::<Expr>(tokens) {
        Ok(expr) => duration(expr),
        Err(_) => Err(syn::Error::new_spanned(attr, "`ttl` takes one duration; write `#[ttl(\"1h\")]`")),
    }
}
