//! A function's parameters and the variables they bind.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Receiver, Signature, Type};

use crate::diagnostics::nearest::nearest;
use crate::model::mention::uses;
use crate::model::result::{bare, types};

/// The parameters of a function: the receiver apart, the others in order.
pub(crate) struct Parameters {
    pub(crate) receiver: Option<Receiver>,
    pub(crate) others: Vec<Parameter>,
}

pub(crate) struct Parameter {
    pub(crate) typed: PatType,
    pub(crate) bindings: Vec<Ident>,
}

impl Parameters {
    pub(crate) fn new(sig: &Signature) -> Self {
        let others = sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(Parameter::new(typed)),
            FnArg::Receiver(_) => None,
        });
        Self { receiver: sig.receiver().cloned(), others: others.collect() }
    }

    /// The variables that the parameters bind, without the receiver.
    pub(crate) fn bindings(&self) -> impl Iterator<Item = &Ident> {
        self.others.iter().flat_map(|parameter| &parameter.bindings)
    }

    /// The variable that is meant by a name, `self` included.
    pub(crate) fn find(&self, name: &Ident) -> Option<Ident> {
        match &self.receiver {
            Some(receiver) if name == "self" => Some(Ident::new("self", receiver.self_token.span)),
            _ => self.bindings().find(|binding| binding.unraw() == name.unraw()).cloned(),
        }
    }

    /// Says that a name means none of the parameters, and which it may have meant.
    pub(crate) fn unknown(&self, name: &Ident) -> String {
        let mut names: Vec<_> = self.bindings().map(|binding| binding.unraw().to_string()).collect();
        names.extend(self.receiver.is_some().then(|| "self".to_owned()));
        let advice = match nearest(&name.unraw().to_string(), names.iter().map(String::as_str)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if names.is_empty() => "it has none".to_owned(),
            None => format!("it has `{}`", names.join("`, `")),
        };
        format!("the function has no parameter `{name}`; {advice}")
    }
}

impl Parameter {
    fn new(typed: &PatType) -> Self {
        let mut bindings = Bindings(Vec::new());
        bindings.visit_pat(&typed.pat);
        Self { typed: typed.clone(), bindings: bindings.0 }
    }

    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        cfgs(&self.typed.attrs)
    }

    /// Where an unnamed parameter stands, `_`.
    pub(crate) fn unnamed(&self) -> Option<Span> {
        matches!(*self.typed.pat, Pat::Wild(_)).then(|| self.typed.pat.span())
    }

    pub(crate) fn is_mutable_reference(&self) -> bool {
        is_mutable_reference(&self.typed.ty)
    }

    /// Whether its type's words alone show that it can be part of a key: numbers and texts, and what is made of
    /// them.
    pub(crate) fn is_surely_keyed(&self) -> bool {
        is_scalar(&self.typed.ty)
    }

    pub(crate) fn is_used_by(&self, expr: &syn::Expr) -> bool {
        self.bindings.iter().any(|binding| uses(expr, binding))
    }

    /// The parameter with nothing but its `cfg` attributes, and without the `mut` that only a body needs.
    pub(crate) fn plain(&self) -> TokenStream {
        let (cfgs, ty) = (self.cfgs(), &self.typed.ty);
        let pat = match &*self.typed.pat {
            Pat::Ident(PatIdent { by_ref: None, subpat: None, ident, .. }) => ident.to_token_stream(),
            pat => pat.to_token_stream(),
        };
        quote!(#(#cfgs)* #pat: #ty)
    }
}

pub(crate) fn is_mutable_reference(ty: &Type) -> bool {
    matches!(bare(ty), Type::Reference(reference) if reference.mutability.is_some())
}

const SCALARS: [&str; 18] = [
    "bool", "char", "str", "String", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64",
    "i128", "isize", "f32", "f64",
];

fn is_scalar(ty: &Type) -> bool {
    match bare(ty) {
        Type::Reference(reference) => is_scalar(&reference.elem),
        Type::Slice(slice) => is_scalar(&slice.elem),
        Type::Array(array) => is_scalar(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_scalar),
        Type::Path(path) if path.qself.is_none() => match path.path.segments.last() {
            Some(last) if last.ident == "Option" || last.ident == "Vec" => types(last).all(is_scalar),
            Some(last) => path.path.segments.len() == 1 && SCALARS.iter().any(|name| last.ident == name),
            None => false,
        },
        _ => false,
    }
}

pub(crate) fn cfgs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
}

struct Bindings(Vec<Ident>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        if !self.0.contains(&pat.ident) {
            self.0.push(pat.ident.clone());
        }
        visit::visit_pat_ident(self, pat);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_str;

    use super::*;

    #[track_caller]
    fn check(sig: &str, expected: &[&str]) {
        let sig = parse_str(sig).expect("the case is a signature");
        let bindings: Vec<_> = Parameters::new(&sig).bindings().map(ToString::to_string).collect();
        assert_eq!(bindings, expected);
    }

    #[test]
    fn finds_the_variables_of_patterns() {
        check("fn f(&self, a: u8, mut b: u8)", &["a", "b"]);
        check("fn f((a, (b, _)): X, [c, .., d]: Y)", &["a", "b", "c", "d"]);
        check("fn f(P { x, y: z, .. }: P, whole @ Q(q): Q)", &["x", "z", "whole", "q"]);
        check("fn f(_: u8, (): ())", &[]);
    }
}
