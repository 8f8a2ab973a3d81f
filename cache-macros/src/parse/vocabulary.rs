//! The names of an attribute's arguments.

use proc_macro2::TokenStream;

use crate::diagnostics::collector::Diagnostics;
use crate::diagnostics::nearest::nearest;
use crate::parse::argument::{Argument, arguments};

pub(crate) struct Vocabulary {
    /// The attribute as users write it, `#[cached]`.
    pub(crate) attribute: &'static str,
    pub(crate) known: &'static [&'static str],
    /// Names with a meaning that this version does not have yet.
    pub(crate) later: &'static [&'static str],
}

impl Vocabulary {
    /// Reads arguments and reports those that are unknown, not available yet or repeated. What it returns has
    /// a known name, and each name once.
    pub(crate) fn arguments(&self, tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Argument> {
        let mut seen = Vec::new();
        let mut kept = Vec::new();
        let example = if self.known.contains(&"ttl") { "ttl = \"1h\"" } else { "type = \"menu\"" };
        for argument in arguments(tokens, example, diagnostics) {
            let name = argument.text();
            if let Some(message) = self.objection(&name, &seen) {
                diagnostics.at(argument.name.span(), message);
            } else {
                kept.push(argument);
            }
            seen.push(name);
        }
        kept
    }

    fn objection(&self, name: &str, seen: &[String]) -> Option<String> {
        if self.later.contains(&name) {
            return Some(format!("`{name}` isn't available yet in this version; remove it"));
        }
        if !self.known.contains(&name) {
            return Some(self.unknown(name));
        }
        let repeated = seen.iter().any(|seen| seen == name);
        repeated.then(|| format!("`{name}` is given twice; remove one of the two"))
    }

    fn unknown(&self, name: &str) -> String {
        let advice = match nearest(name, self.known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("it takes `{}`", self.known.join("`, `")),
        };
        format!("`{}` has no argument `{name}`; {advice}", self.attribute)
    }
}
