//! The tags of a call as they are written: without a string of its own for each, which a hit would not need.

use std::fmt::{self, Write as _};

use smallvec::SmallVec;

/// Tags, one after the other.
#[derive(Debug, Default)]
pub(crate) struct TagText {
    text: SmallVec<[u8; 64]>,
    ends: SmallVec<[usize; 2]>,
}

impl TagText {
    pub(crate) fn push(&mut self, tag: impl fmt::Display) {
        // A `Display` that fails leaves what it wrote: the tag is another one then, as it is at the next call.
        let _ = write!(Text(&mut self.text), "{tag}");
        self.ends.push(self.text.len());
    }

    pub(crate) fn to_vec(&self) -> Vec<String> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let texts = starts.zip(&self.ends).map(|(start, end)| &self.text[*start..*end]);
        texts.map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }
}

struct Text<'a>(&'a mut SmallVec<[u8; 64]>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart() {
        let mut tags = TagText::default();
        assert!(tags.to_vec().is_empty());
        tags.push(format_args!("item:{}", 7));
        tags.push("");
        tags.push(String::from("menu"));
        assert_eq!(tags.to_vec(), ["item:7", "", "menu"]);
    }
}
