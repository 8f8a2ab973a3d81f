//! The book. Its pages are the Markdown files beside this one.
//!
//! Each page is the documentation of a module, so that `cargo test` compiles and runs its Rust blocks, and a
//! failure names the page.

/// Makes one module per page, and remembers the list.
macro_rules! pages {
    ($($module:ident = $file:literal,)*) => {
        $(#[doc = include_str!($file)] pub mod $module {})*

        #[cfg(test)]
        const PAGES: &[&str] = &[$($file),*];
    };
}

pages! {
    consistency = "consistency.md",
    costs = "costs.md",
    getting_started = "getting-started.md",
    keys = "keys.md",
    policies = "policies.md",
    testing = "testing.md",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// A page that isn't listed would be one whose examples nobody compiles.
    #[test]
    fn every_page_is_compiled() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let pages: BTreeSet<String> = names.filter(|name| name.ends_with(".md")).collect();
        let listed: BTreeSet<String> = super::PAGES.iter().map(ToString::to_string).collect();
        assert_eq!(pages, listed);
    }
}
