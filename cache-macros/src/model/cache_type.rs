//! The types that a `derive(CacheType)` declares.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, Ident, Path};

use crate::diagnostics::collector::Diagnostics;
use crate::model::cached::default_root;
use crate::parse::duration::Duration;
use crate::parse::enumeration::{Enumeration, Variant, lists};
use crate::parse::type_policy::{EnumPolicy, TypePolicy, parse_enum, parse_variant};

const DERIVE: &str = "derive(CacheType)";
const EXAMPLE: &str = "#[cache(ttl = \"1h\")]";

pub(crate) struct CacheType {
    pub(crate) ident: Ident,
    pub(crate) root: Path,
    pub(crate) default_ttl: Option<Duration>,
    pub(crate) types: Vec<Declaration>,
}

/// One type.
pub(crate) struct Declaration {
    /// `None` in a struct.
    pub(crate) variant: Option<Ident>,
    pub(crate) name: String,
    pub(crate) policy: TypePolicy,
}

/// Checks an enum or a struct.
pub(crate) fn model(item: Enumeration, diagnostics: &mut Diagnostics) -> CacheType {
    check(&item, diagnostics);
    let list = diagnostics.ok(lists("cache", &item.attrs, "#[cache(default_ttl = \"5m\")]"));
    let EnumPolicy { default_ttl, mut root } = parse_enum(list.unwrap_or_default(), diagnostics);
    let mut names = HashSet::new();
    let mut types = Vec::new();
    for variant in &item.variants {
        let (mut declaration, span) = declaration(&item.ident, variant, diagnostics);
        if !names.insert(declaration.name.clone()) {
            let message = format!(
                "two types are named `{}`; write `#[cache(name = \"…\")]` on one of them",
                declaration.name
            );
            diagnostics.at(span, message);
        }
        match declaration.policy.root.take() {
            Some((_, path)) if variant.ident.is_none() => root = Some(path),
            Some((name, _)) => {
                diagnostics.at(name.span(), "`crate` holds for the whole enum; write it there")
            }
            None => {}
        }
        types.push(declaration);
    }
    CacheType { ident: item.ident, root: root.unwrap_or_else(default_root), default_ttl, types }
}

fn check(item: &Enumeration, diagnostics: &mut Diagnostics) {
    if !item.generics.params.is_empty() {
        let message = "a cache type has no generics, since it is one for the whole program; remove them";
        diagnostics.on(&item.generics.params, message);
    }
    if item.variants.is_empty() {
        diagnostics
            .at(item.ident.span(), format!("`{DERIVE}` needs a variant, which is then a type; write one"));
    }
}

fn declaration(item: &Ident, variant: &Variant, diagnostics: &mut Diagnostics) -> (Declaration, Span) {
    let ident = variant.ident.as_ref().unwrap_or(item);
    if !matches!(variant.fields, Fields::Unit) {
        let message = format!("a cache type has one name, so that `{ident}` has no fields; remove them");
        diagnostics.at(variant.fields.span(), message);
    }
    let list = diagnostics.ok(lists("cache", &variant.attrs, EXAMPLE));
    let policy = parse_variant(list.unwrap_or_default(), diagnostics);
    if let Some(background) = &policy.declared.background {
        let message =
            "whether a task reloads is up to each function, whose arguments it takes; write it there";
        diagnostics.at(background.span(), message);
    }
    let (name, span) = match &policy.name {
        Some(name) => (name.value(), name.span()),
        None => (snake_case(&ident.unraw().to_string()), ident.span()),
    };
    (Declaration { variant: variant.ident.clone(), name, policy }, span)
}

/// `UserPermissions` as `user_permissions`, `HTTPCache` as `http_cache`.
fn snake_case(camel: &str) -> String {
    let letters: Vec<char> = camel.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let follows = at > 0 && letters[at - 1] != '_';
        let after_word = follows && !letters[at - 1].is_uppercase();
        let before_word = follows && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_word || before_word) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_snake_case() {
        for (camel, snake) in [
            ("Menu", "menu"),
            ("UserPermissions", "user_permissions"),
            ("HTTPCache", "http_cache"),
            ("SqlQueryV2", "sql_query_v2"),
            ("A", "a"),
            ("Already_Split", "already_split"),
        ] {
            assert_eq!(snake_case(camel), snake);
        }
    }
}
