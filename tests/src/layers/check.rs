//! Compares a crate's sources with the order of its layers.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::layers::order::Order;
use crate::layers::paths::{Named, paths};

/// The crate's root: it may name everything, and nothing else names it.
const ROOT: &str = "lib";

/// A place in the source that goes against the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the source folder on.
    pub file: PathBuf,
    /// The line, from 1 on.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// Checks every `.rs` file under a crate's `src` folder and returns what goes against the order, sorted.
///
/// # Errors
///
/// When the folder or a file in it can't be read, and when it holds no `.rs` file at all.
pub fn check(order: &Order, src: &Path) -> io::Result<Vec<Violation>> {
    let files = sources(src)?;
    if files.is_empty() {
        return Err(io::Error::other(format!("{} holds no Rust source", src.display())));
    }
    let mut violations = Vec::new();
    for path in files {
        let source = fs::read_to_string(&path)?;
        let file = path.strip_prefix(src).expect("it was found in that folder");
        violations.extend(check_file(order, file, &source));
    }
    violations.sort();
    Ok(violations)
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

fn check_file(order: &Order, file: &Path, source: &str) -> Vec<Violation> {
    let module = module(file);
    let layer = module.first().map_or(ROOT, String::as_str);
    let violation = |line, what| Violation { file: file.to_path_buf(), line, what };
    if !order.lists(layer) {
        return vec![violation(1, format!("`{layer}` has no place in the order of layers"))];
    }
    match paths(source, &module) {
        Ok(named) => named
            .into_iter()
            .filter_map(|named| Some(violation(named.line, objection(order, layer, &named)?)))
            .collect(),
        Err(error) => vec![violation(1, error)],
    }
}

/// The path of a file's module: `key/text.rs` is `key::text`, `key/mod.rs` is `key`, `lib.rs` is the root.
fn module(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let mut parts: Vec<String> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts == [ROOT] || parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// What is wrong with a path in a file of a layer, if anything.
fn objection(order: &Order, layer: &str, named: &Named) -> Option<String> {
    let target = named.path.first().map_or(ROOT, String::as_str);
    let shown = format!("crate::{}", named.path.join("::"));
    if order.allows(layer, target) || layer == ROOT {
        return None;
    }
    if !order.lists(target) || target == ROOT {
        // A macro for users names things as users do, at the crate's root.
        let message = format!("`{shown}` is the crate's root: import from the file that defines the thing");
        return (!named.in_macro).then_some(message);
    }
    Some(format!("`{shown}`: `{target}` stands after `{layer}` in the order of layers"))
}
