//! A function that can be wrapped.

use proc_macro2::Group;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Attribute, Safety, Signature, Type, TypeImplTrait, Visibility};

use crate::diagnostics::collector::Diagnostics;
use crate::model::result::{Shape, is_disguised, shape};
use crate::parse;

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
    pub(crate) shape: Shape,
    /// The type of its value; that of a future's output where it returns a future.
    pub(crate) value: Type,
}

impl Function {
    /// Checks what holds for both attributes.
    pub(crate) fn new(
        attribute: &str,
        function: parse::function::Function,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let parse::function::Function { attrs, vis, sig, body } = function;
        check(attribute, &sig, diagnostics);
        let (shape, value) = shape(sig.asyncness.is_some(), &sig.output);
        if is_disguised(&shape, &value) {
            let message = format!(
                "`{attribute}` has to see what this future gives; write `BoxFuture<'_, T>`, \
                 `Pin<Box<dyn Future<Output = T>>>` or `impl Future<Output = T>`, or an `async fn`"
            );
            diagnostics.on(&value, message);
        }
        Self { attrs, vis, sig, body, shape, value }
    }

    /// The function's name without `r#`.
    pub(crate) fn name(&self) -> String {
        self.sig.ident.unraw().to_string()
    }

    /// Whether the type of the value can be written down: `impl Trait` can't.
    pub(crate) fn is_nameable(&self) -> bool {
        let mut finder = ImplTrait(false);
        finder.visit_type(&self.value);
        !finder.0
    }
}

fn check(attribute: &str, sig: &Signature, diagnostics: &mut Diagnostics) {
    if let Some(constness) = &sig.constness {
        let message =
            format!("`{attribute}` can't go on a `const fn`, which can't use a cache; remove `const`");
        diagnostics.on(constness, message);
    }
    if let Safety::Unsafe(unsafety) = &sig.safety {
        let message = format!(
            "`{attribute}` can't go on an `unsafe fn`, since its body would run elsewhere than its caller checked; \
             put it on a safe function that calls this one"
        );
        diagnostics.on(unsafety, message);
    }
    if let Some(variadic) = &sig.variadic {
        diagnostics.on(variadic, format!("`{attribute}` can't go on a function with variable arguments"));
    }
}

struct ImplTrait(bool);

impl<'ast> Visit<'ast> for ImplTrait {
    fn visit_type_impl_trait(&mut self, node: &'ast TypeImplTrait) {
        self.0 = true;
        visit::visit_type_impl_trait(self, node);
    }
}
