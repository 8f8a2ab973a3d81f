//! Which paths of its own crate a source file names.
//!
//! The source is read as tokens: comments and strings are no paths then, and paths in macro calls are.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that begins with `crate`, `self` or `super`, from the crate's root on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
    /// Written `$crate`: it is looked up where a macro is used.
    pub(super) in_macro: bool,
}

/// Every such path in the source of a module.
pub(super) fn paths(source: &str, module: &[String]) -> Result<Vec<Named>, String> {
    let tokens: TokenStream = source.parse().map_err(|error| format!("it is not Rust: {error}"))?;
    let mut found = Vec::new();
    walk(tokens, module, &mut found);
    Ok(found)
}

fn walk(tokens: TokenStream, module: &[String], found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        index = match &tokens[index..] {
            [first, TokenTree::Ident(name), TokenTree::Group(body), ..]
                if is(first, "mod") && body.delimiter() == Delimiter::Brace =>
            {
                walk(body.stream(), &[module, &[name.to_string()]].concat(), found);
                index + 3
            }
            // `pub(in crate::a)` can only name what the file lies in.
            [first, TokenTree::Group(body), ..] if is(first, "pub") && is_restriction(body.stream()) => {
                index + 2
            }
            [first, rest @ ..] if is_anchor(first) && (follows(rest, "::") || follows(rest, "as")) => {
                let in_macro = index > 0 && is(&tokens[index - 1], "$");
                path(&tokens, index, Path { segments: module.to_vec(), in_macro }, found)
            }
            [TokenTree::Group(group), ..] => {
                walk(group.stream(), module, found);
                index + 1
            }
            _ => index + 1,
        };
    }
}

#[derive(Clone)]
struct Path {
    segments: Vec<String>,
    in_macro: bool,
}

/// Follows the path that starts at `index`, into the branches of a `use` tree, and returns the index after it.
fn path(tokens: &[TokenTree], mut index: usize, mut path_so_far: Path, found: &mut Vec<Named>) -> usize {
    let Some(first) = tokens.get(index) else { return index };
    let line = first.span().start().line;
    loop {
        match tokens.get(index) {
            Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace => {
                branches(tree.stream(), &path_so_far, found);
                return index + 1;
            }
            Some(TokenTree::Ident(segment)) => enter(&mut path_so_far.segments, &segment.to_string()),
            _ => {} // A glob, or `::<` before generic arguments: the path ends here.
        }
        index += 1;
        if !follows(&tokens[index.min(tokens.len())..], "::") {
            found.push(Named { line, path: path_so_far.segments, in_macro: path_so_far.in_macro });
            return index;
        }
        index += 2;
    }
}

fn branches(tree: TokenStream, stem: &Path, found: &mut Vec<Named>) {
    let tokens: Vec<TokenTree> = tree.into_iter().collect();
    for branch in tokens.split(|token| is(token, ",")) {
        path(branch, 0, stem.clone(), found);
    }
}

fn enter(segments: &mut Vec<String>, segment: &str) {
    match segment {
        "crate" => segments.clear(),
        "super" => drop(segments.pop()),
        "self" => {}
        name => segments.push(name.trim_start_matches("r#").to_owned()),
    }
}

fn is_anchor(token: &TokenTree) -> bool {
    ["crate", "self", "super"].iter().any(|word| is(token, word))
}

fn is_restriction(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    matches!(&tokens[..], [first, rest @ ..] if is(first, "in") || is_anchor(first) && rest.is_empty())
}

fn follows(tokens: &[TokenTree], text: &str) -> bool {
    match (tokens, text) {
        ([first, second, ..], "::") => is(first, ":") && is(second, ":"),
        ([first, ..], word) => is(first, word),
        ([], _) => false,
    }
}

fn is(token: &TokenTree, text: &str) -> bool {
    match token {
        TokenTree::Ident(ident) => *ident == text,
        TokenTree::Punct(punct) => text.len() == 1 && text.starts_with(punct.as_char()),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

#[cfg(test)]
mod tests;
