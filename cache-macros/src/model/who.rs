//! Whose values they are: how a function knows its tenant or its user.

use syn::Expr;

use crate::diagnostics::collector::Diagnostics;
use crate::parse::shared::WhoArguments;

pub(crate) enum Who {
    /// It does not ask.
    Anyone,
    /// From the context.
    Context,
    /// From an expression over the arguments.
    Argument(Box<Expr>),
}

impl Who {
    pub(crate) fn new(arguments: WhoArguments, diagnostics: &mut Diagnostics) -> Self {
        match (arguments.aware, arguments.is) {
            (None, None) => Self::Anyone,
            (Some(_), None) => Self::Context,
            (None, Some((_, expr))) => Self::Argument(Box::new(expr)),
            (Some(aware), Some((name, expr))) => {
                let message = format!(
                    "`{aware}` takes the {name} from the context and `{name} = …` from an expression; remove one \
                     of the two"
                );
                diagnostics.at(name.span(), message);
                Self::Argument(Box::new(expr))
            }
        }
    }

    pub(crate) fn expression(&self) -> Option<&Expr> {
        match self {
            Self::Argument(expr) => Some(expr),
            Self::Anyone | Self::Context => None,
        }
    }
}
