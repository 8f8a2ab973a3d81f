//! A server's configuration file.

/// The text of a configuration file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config(String);

impl Config {
    /// Adds a line as it is.
    pub(crate) fn line(&mut self, setting: &str, value: &str) {
        self.0.push_str(&format!("{setting} {value}\n"));
    }

    /// Adds a line of words that may hold anything, such as a password.
    pub(crate) fn words(&mut self, setting: &str, words: &[&str]) {
        let quoted: Vec<_> = words.iter().map(|word| quote(word)).collect();
        self.line(setting, &quoted.join(" "));
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// A word as the server reads it in a configuration file: between double quotes, bytes beyond ASCII's letters,
/// digits and marks in hexadecimal.
fn quote(word: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in word.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => quoted.push_str(&format!("\\x{other:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_anything() {
        let mut config = Config::default();
        config.words("requirepass", &["a \"b\" \\ é\n"]);
        config.line("save", "900 1");
        assert_eq!(config.into_text(), "requirepass \"a \\\"b\\\" \\\\ \\xc3\\xa9\\x0a\"\nsave 900 1\n");
    }
}
