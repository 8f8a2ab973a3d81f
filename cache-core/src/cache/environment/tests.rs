use std::time::Duration;

use super::*;
use crate::ttl::Ttl;

const GET: FunctionName = FunctionName { name: "get_menu_items", ident: "get_menu_items", module: "app" };

fn known() -> Known {
    Known { types: vec!["menu", "user-permissions", "menu_negative"], functions: vec![GET] }
}

fn read(variables: &[(&str, &str)]) -> Result<Environment, Error> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::read(variables, &known())
}

fn of_type(variables: &[(&str, &str)], type_name: &str) -> PolicySettings {
    read(variables).expect("the case is in order").rung.of_type(type_name)
}

#[track_caller]
fn refused(variable: &str, value: &str, expected: &str) {
    let error = read(&[(variable, value)]).expect_err("it is wrong");
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Config, expected));
}

#[test]
fn variables_are_about_types_and_functions() {
    let set = of_type(
        &[("CACHE_TYPES_MENU_TTL", "30m"), ("CACHE_TYPES_MENU_STRICT", "true"), ("PATH", "x")],
        "menu",
    );
    assert_eq!(set, PolicySettings::new().ttl(Ttl::HALF_HOUR).strict(true));
    let window = of_type(&[("CACHE_TYPES_USER_PERMISSIONS_STALE_IF_ERROR", "1m")], "user-permissions");
    assert_eq!(window.stale_if_error, Some(Duration::from_secs(60)));
    let read = read(&[("CACHE_FUNCTIONS_GET_MENU_ITEMS_ENABLED", "no")]).expect("it is in order");
    assert_eq!(read.rung.of("menu", &GET).enabled, Some(false));
    assert_eq!(read.rung.of_type("menu").enabled, None);
}

#[test]
fn an_empty_variable_is_none() {
    assert!(
        read(&[("CACHE_TYPES_MENU_TTL", ""), ("CACHE_ENABLED", "")]).expect("it is in order").rung.is_empty()
    );
}

#[test]
fn what_is_known_decides_where_a_name_ends() {
    assert_eq!(
        of_type(&[("CACHE_TYPES_MENU_NEGATIVE_TTL", "30m")], "menu_negative").ttl,
        None,
        "`menu` is known too"
    );
    let set = of_type(&[("CACHE_TYPES_MENU_NEGATIVE_TTL", "30m")], "menu");
    assert_eq!(set.negative_ttl, Some(Ttl::HALF_HOUR));
    let only = Known { types: vec!["menu_negative"], functions: Vec::new() };
    let variables = [("CACHE_TYPES_MENU_NEGATIVE_TTL".to_owned(), "30m".to_owned())];
    let read = Environment::read(variables.into_iter(), &only).expect("it is in order");
    assert_eq!(read.rung.of_type("menu_negative").ttl, Some(Ttl::HALF_HOUR));
    let elsewhere = of_type(&[("CACHE_TYPES_DISHES_NEGATIVE_TTL", "30m")], "dishes");
    assert_eq!(elsewhere.negative_ttl, Some(Ttl::HALF_HOUR), "a type that is not known is not refused");
}

#[test]
fn everything_is_switched_off_by_one_variable() {
    assert_eq!(read(&[("CACHE_ENABLED", "off")]).expect("it is in order").enabled, Some(false));
    assert_eq!(read(&[]).expect("it is in order").enabled, None);
}

#[test]
fn what_is_wrong_names_the_variable_and_what_to_write() {
    refused("CACHE_ENABLED", "maybe", "CACHE_ENABLED: \"maybe\" is neither: write true or false");
    refused(
        "CACHE_TYPES_MENU_TTL",
        "soon",
        "CACHE_TYPES_MENU_TTL: \"soon\" is no ttl: write for example 30m, 1h30m, 7d or never",
    );
    refused(
        "CACHE_TYPES_MENU_TLL",
        "30m",
        "CACHE_TYPES_MENU_TLL: it names nothing that can be set; did you mean CACHE_TYPES_MENU_TTL?",
    );
    refused(
        "CACHE_FUNCTIONS_GET_MENU_ITEMS_MAX_BYTES",
        "1MB",
        "CACHE_FUNCTIONS_GET_MENU_ITEMS_MAX_BYTES: max_bytes is for a type: its functions share the memory; set it there",
    );
}
