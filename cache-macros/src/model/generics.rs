//! Which of a function's generic parameters tell its entries apart.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Attribute, GenericParam, Generics, Type, TypeImplTrait};

use crate::model::mention::{lives, names};
use crate::model::parameter::{Parameter, cfgs};

/// A generic parameter that is part of the function's identity.
pub(crate) struct Own {
    pub(crate) kind: OwnKind,
    pub(crate) cfgs: Vec<Attribute>,
}

pub(crate) enum OwnKind {
    Type(Ident),
    Const(Ident, Box<Type>),
    /// The variable of an `impl Trait` parameter, whose type has no name.
    Variable(Ident),
}

/// Returns the type and const parameters except those that occur only in the types of skipped parameters, and
/// the variables of keyed `impl Trait` parameters.
///
/// One that occurs in bounds alone stays: a caller may have chosen it, and another choice may give another value.
pub(crate) fn own(
    generics: &Generics,
    keyed: &[&Parameter],
    skipped: &[&Parameter],
    value: &Type,
) -> Vec<Own> {
    let is_in = |parameters: &[&Parameter], name: &Ident| {
        parameters.iter().any(|parameter| names(&parameter.typed.ty, name))
    };
    let is_aside = |name: &Ident| is_in(skipped, name) && !is_in(keyed, name) && !names(value, name);
    let declared = generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(param) if is_aside(&param.ident) => None,
        GenericParam::Const(param) if is_aside(&param.ident) => None,
        GenericParam::Type(param) => Some(Own::new(OwnKind::Type(param.ident.clone()), &param.attrs)),
        GenericParam::Const(param) => {
            Some(Own::new(OwnKind::Const(param.ident.clone(), Box::new(param.ty.clone())), &param.attrs))
        }
    });
    declared.chain(keyed.iter().flat_map(|parameter| unnamed(parameter))).collect()
}

impl Own {
    fn new(kind: OwnKind, attrs: &[Attribute]) -> Self {
        Self { kind, cfgs: cfgs(attrs).cloned().collect() }
    }
}

impl OwnKind {
    fn is(&self, name: &Ident) -> bool {
        matches!(self, Self::Type(ident) | Self::Const(ident, _) if ident == name)
    }
}

fn unnamed(parameter: &Parameter) -> Vec<Own> {
    if !has_impl_trait(&parameter.typed.ty) {
        return Vec::new();
    }
    let variables = parameter.bindings.iter().cloned().map(OwnKind::Variable);
    variables.map(|kind| Own::new(kind, &parameter.typed.attrs)).collect()
}

fn has_impl_trait(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(ty);
    finder.0
}

/// Returns the generics that a function with only these parameters needs: those of its identity and those that
/// occur in the parameters' types, with the bounds that speak of no other.
pub(crate) fn needed(generics: &Generics, own: &[Own], parameters: &[&Parameter]) -> Generics {
    let in_types = |is: &dyn Fn(&Type) -> bool| parameters.iter().any(|parameter| is(&parameter.typed.ty));
    let (kept, dropped): (Vec<_>, Vec<_>) = generics.params.iter().partition(|param| match param {
        GenericParam::Lifetime(param) => in_types(&|ty| lives(ty, &param.lifetime.ident)),
        GenericParam::Type(param) => is_own(own, &param.ident) || in_types(&|ty| names(ty, &param.ident)),
        GenericParam::Const(param) => is_own(own, &param.ident) || in_types(&|ty| names(ty, &param.ident)),
    });
    let params =
        kept.into_iter().cloned().map(|param| without(param, &dropped)).collect::<Punctuated<_, _>>();
    let mut needed = Generics { params, ..generics.clone() };
    if let Some(clause) = &mut needed.where_clause {
        let free = clause.predicates.iter().filter(|predicate| !mentions_any(predicate, &dropped)).cloned();
        clause.predicates = free.collect();
    }
    needed
}

fn is_own(own: &[Own], name: &Ident) -> bool {
    own.iter().any(|own| own.kind.is(name))
}

/// The parameter without those of its bounds that mention a dropped one.
fn without(mut param: GenericParam, dropped: &[&GenericParam]) -> GenericParam {
    match &mut param {
        GenericParam::Lifetime(param) => {
            param.bounds =
                param.bounds.iter().filter(|bound| !mentions_any(bound, dropped)).cloned().collect();
        }
        GenericParam::Type(param) => {
            param.bounds =
                param.bounds.iter().filter(|bound| !mentions_any(bound, dropped)).cloned().collect();
        }
        GenericParam::Const(_) => {}
    }
    param
}

fn mentions_any(tokens: &impl ToTokens, params: &[&GenericParam]) -> bool {
    params.iter().any(|param| match param {
        GenericParam::Lifetime(param) => lives(tokens, &param.lifetime.ident),
        GenericParam::Type(param) => names(tokens, &param.ident),
        GenericParam::Const(param) => names(tokens, &param.ident),
    })
}

#[cfg(test)]
mod tests {
    use syn::{ReturnType, Signature, parse_str};

    use super::*;
    use crate::model::parameter::Parameters;

    /// Checks which parameters count if the function parameters whose names begin with `skip` are skipped, and
    /// which generics a companion then has.
    #[track_caller]
    fn check(sig: &str, expected_own: &[&str], expected_needed: &str) {
        let sig: Signature = parse_str(sig).expect("the case is a signature");
        let parameters = Parameters::new(&sig);
        let (skipped, keyed): (Vec<_>, Vec<_>) =
            parameters.others.iter().partition(|it| it.bindings[0].to_string().starts_with("skip"));
        let value = match &sig.output {
            ReturnType::Default => parse_str("()").expect("it is a type"),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let own = own(&sig.generics, &keyed, &skipped, &value);
        let shown: Vec<_> = own.iter().map(|own| show(&own.kind)).collect();
        assert_eq!(shown, expected_own, "{}", sig.ident);
        let needed = needed(&sig.generics, &own, &keyed);
        let clause = needed.where_clause.as_ref().map(|clause| clause.to_token_stream().to_string());
        let expected: Generics =
            parse_str(expected_needed.split(" where").next().expect("there is a first part"))
                .expect("these are generics");
        assert_eq!(
            needed.to_token_stream().to_string(),
            expected.to_token_stream().to_string(),
            "{}",
            sig.ident
        );
        assert_eq!(
            clause.is_some_and(|it| !it.is_empty()),
            expected_needed.contains(" where"),
            "{}",
            sig.ident
        );
    }

    fn show(kind: &OwnKind) -> String {
        match kind {
            OwnKind::Type(ident) | OwnKind::Const(ident, _) => ident.to_string(),
            OwnKind::Variable(ident) => format!("type of {ident}"),
        }
    }

    #[test]
    fn those_of_skipped_parameters_alone_are_left_out() {
        check("fn keyed<T: A>(a: T)", &["T"], "<T: A>");
        check("fn skipped<T: A>(skip: &T)", &[], "");
        check("fn both<T>(a: T, skip: T)", &["T"], "<T>");
        check("fn returned<T>(skip: Loader<T>) -> T", &["T"], "<T>");
        check("fn nowhere<T, const N: usize>()", &["T", "N"], "<T, const N: usize>");
        check("fn in_const<const N: usize>(skip: [u8; N])", &[], "");
        check("fn in_bounds_alone<D: Knows<T>, T>(skip: &D)", &["T"], "<T>");
    }

    #[test]
    fn bounds_go_with_what_they_mention() {
        check("fn lifetimes<'a, 'b, T: 'a + 'b>(a: &'a T, skip: &'b u8)", &["T"], "<'a, T: 'a>");
        check("fn dropped<D, T: Of<D> + Copy>(a: T, skip: D)", &["T"], "<T: Copy>");
        check("fn clause<D, T>(a: T, skip: D) where T: Of<D>, D: Send", &["T"], "<T>");
        check("fn kept_clause<D, T>(a: T, skip: D) where T: Send, D: Send", &["T"], "<T> where");
    }

    #[test]
    fn unnamed_types_count_by_their_variables() {
        check("fn keyed(a: impl A, b: &[impl A], c: u8)", &["type of a", "type of b"], "");
        check("fn skipped(skip: impl A)", &[], "");
    }
}
