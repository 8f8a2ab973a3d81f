//! Tags and the placeholders in them.

use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Member};

use crate::diagnostics::collector::Diagnostics;
use crate::model::parameter::Parameters;
use crate::parse::shared::TagArguments;

pub(crate) enum Tags {
    Templates(Vec<Template>),
    Computed(Box<Expr>),
}

/// A tag's text with its placeholders.
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) span: Span,
}

pub(crate) enum Piece {
    Text(String),
    /// `{param}` or `{param.field}`.
    Value {
        variable: Ident,
        fields: Vec<Member>,
    },
}

impl Tags {
    pub(crate) fn new(
        arguments: Option<TagArguments>,
        parameters: &Parameters,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        match arguments {
            None => Self::Templates(Vec::new()),
            Some(TagArguments::Computed(expr)) => Self::Computed(expr),
            Some(TagArguments::Literals(texts)) => {
                let templates = texts.iter().map(|text| Template::new(text, parameters));
                Self::Templates(templates.filter_map(|template| diagnostics.ok(template)).collect())
            }
        }
    }
}

impl Template {
    fn new(literal: &LitStr, parameters: &Parameters) -> syn::Result<Self> {
        let error = |message: String| syn::Error::new(literal.span(), message);
        let text = literal.value();
        if text.is_empty() {
            return Err(error("a tag is never empty; write for example `\"item:{item_id}\"`".to_owned()));
        }
        let mut pieces = Vec::new();
        for piece in split(&text).map_err(error)? {
            pieces.push(match piece {
                Raw::Text(text) => Piece::Text(text),
                Raw::Placeholder(path) => placeholder(path, literal, parameters)?,
            });
        }
        Ok(Self { pieces, span: literal.span() })
    }
}

enum Raw<'a> {
    Text(String),
    Placeholder(&'a str),
}

/// Splits a text at its placeholders; `{{` and `}}` stand for the braces themselves.
fn split(mut text: &str) -> Result<Vec<Raw<'_>>, String> {
    let (mut pieces, mut plain) = (Vec::new(), String::new());
    while let Some(at) = text.find(['{', '}']) {
        plain.push_str(&text[..at]);
        let rest = &text[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            plain.push_str(&rest[..1]);
            text = &rest[2..];
        } else if let Some(end) = rest.find('}').filter(|end| *end > 0) {
            pieces.push(Raw::Text(std::mem::take(&mut plain)));
            pieces.push(Raw::Placeholder(&rest[1..end]));
            text = &rest[end + 1..];
        } else {
            let brace = &rest[..1];
            return Err(format!(
                "a `{brace}` without its counterpart; for the brace itself write `{brace}{brace}`"
            ));
        }
    }
    plain.push_str(text);
    pieces.push(Raw::Text(plain));
    pieces.retain(|piece| !matches!(piece, Raw::Text(text) if text.is_empty()));
    Ok(pieces)
}

fn placeholder(path: &str, literal: &LitStr, parameters: &Parameters) -> syn::Result<Piece> {
    let error = |message: String| syn::Error::new(literal.span(), message);
    let mut parts = path.split('.');
    let first = parts.next().and_then(|name| ident(name, literal.span()));
    let fields: Option<Vec<_>> = parts.map(|field| syn::parse_str::<Member>(field).ok()).collect();
    let (Some(name), Some(mut fields)) = (first, fields) else {
        let message = format!(
            "`{{{path}}}` is no placeholder; write a parameter as in `{{item_id}}`, or a field of one as in \
             `{{item.id}}`"
        );
        return Err(error(message));
    };
    let variable = parameters.find(&name).ok_or_else(|| error(parameters.unknown(&name)))?;
    for field in &mut fields {
        match field {
            Member::Named(name) => name.set_span(literal.span()),
            Member::Unnamed(index) => index.span = literal.span(),
        }
    }
    let located = variable.span().located_at(literal.span());
    Ok(Piece::Value { variable: respanned(variable, located), fields })
}

fn respanned(mut ident: Ident, span: Span) -> Ident {
    ident.set_span(span);
    ident
}

fn ident(name: &str, span: Span) -> Option<Ident> {
    if name == "self" {
        return Some(Ident::new("self", span));
    }
    // A parameter may be called by a raw name, which stands in the text without `r#`.
    syn::parse_str::<Ident>(name).or_else(|_| syn::parse_str(&format!("r#{name}"))).ok()
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::parse_str;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let sig = parse_str("fn f(&self, item_id: u64, item: Item, r#type: u8)").expect("it is a signature");
        let template = Template::new(&LitStr::new(text, Span::call_site()), &Parameters::new(&sig));
        let shown = template.map(|template| template.pieces.iter().map(show).collect::<String>());
        match (shown, expected) {
            (Ok(shown), Ok(expected)) => assert_eq!(shown, expected),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (Ok(shown), Err(_)) => panic!("{text} was read as {shown}"),
            (Err(error), Ok(_)) => panic!("{text}: {error}"),
        }
    }

    fn show(piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => format!("[{text}]"),
            Piece::Value { variable, fields } => {
                let fields = fields.iter().map(|field| match field {
                    Member::Named(name) => format!(".{name}"),
                    Member::Unnamed(index) => format!(".{}", index.index),
                });
                format!("<{variable}{}>", fields.collect::<String>())
            }
        }
    }

    #[test]
    fn reads_placeholders() {
        check("items", Ok("[items]"));
        check("item:{item_id}", Ok("[item:]<item_id>"));
        check("{item.id}:{item.owner.0}", Ok("<item.id>[:]<item.owner.0>"));
        check("{self.shop}{type}", Ok("<self.shop><r#type>"));
        check("{{{item_id}}}", Ok("[{]<item_id>[}]"));
    }

    #[test]
    fn refuses_what_is_no_placeholder() {
        check("item:{itemid}", Err("did you mean `item_id`?"));
        check("item:{}", Err("is no placeholder"));
        check("item:{item_id:?}", Err("is no placeholder"));
        check("item:{item.}", Err("is no placeholder"));
        check("item:{item_id", Err("a `{` without its counterpart"));
        check("item}", Err("a `}` without its counterpart"));
        check("", Err("never empty"));
    }
}
