//! What the environment sets, in processes of their own.

use std::process::Command;

fn says(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_configured"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CACHE_") {
            command.env_remove(name);
        }
    }
    let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn goes_before_the_settings() {
    assert_eq!(says(&[], &[]), "dishes 1, drinks 2", "as it is set in code");
    assert_eq!(says(&[], &[("CACHE_ENABLED", "false")]), "dishes 2, drinks 2");
    assert_eq!(says(&[], &[("CACHE_TYPES_MENU_ENABLED", "false")]), "dishes 2, drinks 2");
    assert_eq!(says(&[], &[("CACHE_TYPES_MENU_ENABLED", "true")]), "dishes 1, drinks 1");
    assert_eq!(says(&[], &[("CACHE_FUNCTIONS_DISHES_ENABLED", "no")]), "dishes 2, drinks 2");
    let both = [("CACHE_TYPES_MENU_ENABLED", "no"), ("CACHE_FUNCTIONS_CONFIGURED__DRINKS_ENABLED", "yes")];
    assert_eq!(says(&[], &both), "dishes 2, drinks 1", "a function goes before its type");
}

#[test]
fn is_left_aside_by_a_cache_that_is_only_built() {
    assert_eq!(says(&["build"], &[("CACHE_ENABLED", "false")]), "dishes 1, drinks 2");
}

#[test]
fn a_bad_variable_is_an_error_that_names_it() {
    assert_eq!(
        says(&[], &[("CACHE_TYPES_MENU_TTL", "soon")]),
        "Config: CACHE_TYPES_MENU_TTL: \"soon\" is no ttl: write for example 30m, 1h30m, 7d or never"
    );
    assert_eq!(
        says(&[], &[("CACHE_TYPES_MENU_TTLS", "1m")]),
        "Config: CACHE_TYPES_MENU_TTLS: it names nothing that can be set; did you mean CACHE_TYPES_MENU_TTL?"
    );
}

#[test]
fn a_name_of_another_program_is_no_error() {
    assert_eq!(says(&[], &[("CACHE_TYPES_DISHES_OF_ANOTHER_TTL", "1m")]), "dishes 1, drinks 2");
}
