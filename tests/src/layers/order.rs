//! The order of layers of one crate, as `ARCHITECTURE.md` states it.

const HEADING: &str = "## The order of layers";

/// A crate's modules, in the order in which they may know each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    modules: Vec<String>,
}

impl Order {
    /// Reads the order of one crate from the fenced block under the heading "The order of layers".
    ///
    /// In the block, `name:` begins a crate, and what follows until the next are its modules, from those that
    /// import nothing to those that may import everything; dots between them are left aside.
    ///
    /// # Errors
    ///
    /// Says what is missing: the heading, the crate, or a module that is listed once (and not twice).
    pub fn parse(markdown: &str, package: &str) -> Result<Self, String> {
        let words = block(markdown).ok_or(format!("there is no fenced block under `{HEADING}`"))?;
        let words = words.split_whitespace().filter(|word| *word != "·");
        let of_package = words.skip_while(|word| *word != format!("{package}:")).skip(1);
        let modules: Vec<String> =
            of_package.take_while(|word| !word.ends_with(':')).map(str::to_owned).collect();
        if modules.is_empty() {
            return Err(format!("`{HEADING}` lists no modules of `{package}`"));
        }
        match modules.iter().enumerate().find(|(index, module)| modules[..*index].contains(module)) {
            Some((_, module)) => Err(format!("`{module}` is listed twice for `{package}`")),
            None => Ok(Self { modules }),
        }
    }

    /// Whether the module has a place in the order.
    #[must_use]
    pub fn lists(&self, module: &str) -> bool {
        self.position(module).is_some()
    }

    /// Whether a file of one module may name another. Modules that aren't listed may not, and can't be named.
    #[must_use]
    pub fn allows(&self, from: &str, to: &str) -> bool {
        self.position(from).zip(self.position(to)).is_some_and(|(from, to)| to <= from)
    }

    fn position(&self, module: &str) -> Option<usize> {
        self.modules.iter().position(|listed| listed == module)
    }
}

/// The contents of the first fenced block of the section.
fn block(markdown: &str) -> Option<&str> {
    let (_, section) = markdown.split_once(HEADING)?;
    let section = section.split("\n## ").next()?;
    let (_, fenced) = section.split_once("\n```text\n")?;
    Some(fenced.split_once("\n```")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKDOWN: &str = "\
# Architecture

## The order of layers

```text
first:
    error · clock
    key
second: parse · lib
```

## Later

```text
third: a
```
";

    #[test]
    fn a_module_may_name_itself_and_what_stands_before_it() {
        let order = Order::parse(MARKDOWN, "first").unwrap();
        assert!(order.allows("key", "error"));
        assert!(order.allows("clock", "error"));
        assert!(order.allows("key", "key"));
        assert!(!order.allows("error", "clock"));
        assert!(!order.allows("clock", "key"));
    }

    #[test]
    fn a_module_without_a_place_may_nothing() {
        let order = Order::parse(MARKDOWN, "second").unwrap();
        assert!(order.lists("parse") && !order.lists("key"));
        assert!(!order.allows("key", "parse"));
        assert!(!order.allows("lib", "key"));
    }

    #[test]
    fn says_what_is_missing() {
        let error = |markdown, package| Order::parse(markdown, package).unwrap_err();
        assert!(error("# Architecture", "first").contains("no fenced block"));
        assert!(error(MARKDOWN, "third").contains("no modules of `third`"));
        assert!(
            error(&MARKDOWN.replace("    key", "    error"), "first").contains("`error` is listed twice")
        );
    }
}
