//! The collector of mistakes.

use proc_macro2::Span;
use quote::ToTokens;

/// Collects independent mistakes. It must be [drained](Self::finish): a forgotten one panics, since its
/// mistakes would go unreported.
#[must_use = "mistakes that are not drained go unreported"]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
    drained: bool,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self { errors: Vec::new(), drained: false }
    }

    /// Reports a mistake at a place.
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new(span, message));
    }

    /// Reports a mistake on tokens, from the first to the last of them.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new_spanned(tokens, message));
    }

    /// Whether nothing was reported so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Reports the error of a result, or returns its value.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// Returns the value if nothing was reported, else everything that was.
    ///
    /// # Errors
    ///
    /// Fails with all mistakes combined.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> syn::Result<T> {
        self.drained = true;
        let combined = std::mem::take(&mut self.errors).into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        match (combined, value) {
            (Some(errors), _) => Err(errors),
            (None, value) => Ok(value.expect("a stage that yields no value has reported why")),
        }
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(
            self.drained || std::thread::panicking(),
            "the mistakes of an attribute were dropped unreported"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_everything_in_order() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.at(Span::call_site(), "first");
        assert!(diagnostics.ok::<()>(Err(syn::Error::new(Span::call_site(), "second"))).is_none());
        let error = diagnostics.finish(Some(())).expect_err("two mistakes were reported");
        let messages: Vec<_> = error.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(messages, ["first", "second"]);
    }

    #[test]
    #[should_panic(expected = "dropped unreported")]
    fn panics_when_it_is_forgotten() {
        drop(Diagnostics::new());
    }
}
