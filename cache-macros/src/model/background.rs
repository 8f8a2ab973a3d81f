//! A load that may run in a task of its own, as `background` asks for: whatever it takes is cloned for it.

use proc_macro2::{Group, Ident};
use quote::ToTokens;
use syn::parse::Parser;
use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, Lifetime, ParenthesizedGenericArguments, Pat, PatIdent, Receiver, ReceiverKind,
    Signature, TypeFnPtr, TypeReference,
};

use crate::diagnostics::collector::Diagnostics;
use crate::model::function::Function;
use crate::model::parameter::{Parameters, cfgs};
use crate::model::result::Shape;
use crate::model::rewrite::{with_receiver, without_lifetimes, without_mut};

/// What a body calls its receiver where `self` is a clone.
const RECEIVER: &str = "__self";

pub(crate) struct Background {
    pub(crate) clones: Vec<Clone>,
}

/// A variable that each load gets a clone of.
pub(crate) struct Clone {
    pub(crate) from: Ident,
    pub(crate) to: Ident,
    pub(crate) mutable: bool,
    pub(crate) cfgs: Vec<Attribute>,
}

/// Checks that a function's parameters can be given to a task, and prepares its signature and body for that.
pub(crate) fn background(
    word: &Ident,
    function: &mut Function,
    parameters: &Parameters,
    diagnostics: &mut Diagnostics,
) -> Background {
    check(word, parameters, diagnostics);
    let mut clones = Vec::new();
    if let Some(receiver) = &parameters.receiver {
        let (clone, body) = of_receiver(receiver, &function.body);
        clones.push(clone);
        function.body = body;
    }
    for parameter in &parameters.others {
        let mut variables = Variables(Vec::new());
        variables.visit_pat(&parameter.typed.pat);
        clones.extend(variables.0.into_iter().map(|(ident, mutable)| Clone {
            from: ident.clone(),
            to: ident,
            mutable,
            cfgs: cfgs(&parameter.typed.attrs).cloned().collect(),
        }));
    }
    immutable(&mut function.sig);
    if let Shape::Boxed(ty) = &mut function.shape {
        **ty = without_lifetimes(ty);
    }
    Background { clones }
}

fn check(word: &Ident, parameters: &Parameters, diagnostics: &mut Diagnostics) {
    let message = |instead: &str| format!("`{word}` reloads in a task, which can't borrow; take {instead}");
    if let Some(receiver) = &parameters.receiver
        && borrows_self(receiver)
    {
        diagnostics.on(receiver, message("`self: Arc<Self>`"));
    }
    for parameter in &parameters.others {
        let mut finder = Borrowed(false);
        finder.visit_type(&parameter.typed.ty);
        if finder.0 {
            diagnostics.on(
                &parameter.typed.ty,
                message("what can be cloned and sent to it, such as a `String` or an `Arc`"),
            );
        }
    }
}

fn borrows_self(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Value => false,
        ReceiverKind::Typed(_, ty) => {
            let mut finder = Borrowed(false);
            finder.visit_type(ty);
            finder.0
        }
        _ => true,
    }
}

struct Borrowed(bool);

impl<'ast> Visit<'ast> for Borrowed {
    fn visit_type_reference(&mut self, node: &'ast TypeReference) {
        self.0 |= node.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static");
        visit::visit_type_reference(self, node);
    }

    fn visit_lifetime(&mut self, node: &'ast Lifetime) {
        self.0 |= node.ident != "static";
    }

    // A function's own parameters may borrow.
    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}
}

fn of_receiver(receiver: &Receiver, body: &Group) -> (Clone, Group) {
    let span = receiver.self_token.span;
    let mut renamed = Group::new(body.delimiter(), with_receiver(body.stream(), RECEIVER));
    renamed.set_span(body.span());
    let clone = Clone {
        from: Ident::new("self", span),
        to: Ident::new(RECEIVER, span),
        mutable: receiver.mutability.is_some(),
        cfgs: Vec::new(),
    };
    (clone, renamed)
}

/// What is only cloned need not be mutable.
fn immutable(sig: &mut Signature) {
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(typed) => {
                let pat = Pat::parse_single.parse2(without_mut(typed.pat.to_token_stream()));
                *typed.pat = pat.expect("a pattern without `mut` is a pattern");
            }
        }
    }
}

struct Variables(Vec<(Ident, bool)>);

impl<'ast> Visit<'ast> for Variables {
    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        if self.0.iter().all(|(ident, _)| *ident != pat.ident) {
            self.0.push((pat.ident.clone(), pat.mutability.is_some()));
        }
        visit::visit_pat_ident(self, pat);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_cloned_is_not_mutable() {
        let mut sig = syn::parse_str("fn f(mut self, mut a: u8, (b, mut c): X)").expect("it is a signature");
        immutable(&mut sig);
        let expected: Signature = syn::parse_str("fn f(self, a: u8, (b, c): X)").expect("it is one too");
        assert_eq!(sig.to_token_stream().to_string(), expected.to_token_stream().to_string());
    }
}
