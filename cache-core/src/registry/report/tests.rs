use super::*;

fn at(line: u32) -> Location {
    Location { file: "app.rs", line, column: 1 }
}

/// A function at a line: `r`eads or `w`rites a type, for each `t`enant and `u`ser.
fn function(line: u32, what: &str, type_name: &'static str) -> Function {
    let role = if what.contains('r') { Role::Cached } else { Role::Invalidates };
    Function {
        name: "f",
        path: format!("app::f{line}"),
        role,
        type_name: Some(type_name),
        tenant_aware: what.contains('t'),
        user_aware: what.contains('u'),
        location: at(line),
    }
}

fn declared(line: u32, name: &'static str, policy: TypePolicy) -> Type {
    Type { name, policy: policy.declared_at(at(line)), location: at(line) }
}

/// What is said about functions of one type.
#[track_caller]
fn check(functions: &[&str], expected: &[&str]) {
    let functions: Vec<_> =
        functions.iter().zip(1..).map(|(what, line)| function(line, what, "menu")).collect();
    let reports: Vec<_> = examine(&functions, &[]).iter().map(shown).collect();
    assert_eq!(reports, expected, "{functions:?}");
}

fn shown(report: &Report) -> String {
    match report {
        Report::TooWide(it) => {
            format!("{} is too wide for {}s of {}", it.writer.path, it.who, it.reader.path)
        }
        Report::TooNarrow(it) => {
            format!("{} is too narrow for {}s of {}", it.writer.path, it.who, it.reader.path)
        }
        other => other.to_string(),
    }
}

#[test]
fn readers_and_writers_agree_on_tenants_and_users() {
    check(&["r", "w"], &[]);
    check(&["rt", "wt"], &[]);
    check(&["rtu", "wtu"], &[]);
    check(&["rt", "w"], &["app::f2 is too wide for tenants of app::f1"]);
    check(&["r", "wt"], &["app::f2 is too narrow for tenants of app::f1"]);
    check(&["ru", "ru", "w"], &["app::f3 is too wide for users of app::f1"]);
    check(&["r", "wu"], &["app::f2 is too narrow for users of app::f1"]);
}

#[test]
fn each_writer_is_looked_at_by_itself() {
    check(&["wt", "w", "rt"], &["app::f2 is too wide for tenants of app::f3"]);
}

#[test]
fn readers_that_differ_among_themselves_are_left_alone() {
    check(&["r", "rt", "w"], &[]);
    check(&["r", "rt", "wt"], &[]);
}

#[test]
fn one_user_in_every_tenant_is_narrow_enough() {
    check(&["rtu", "wu"], &[]);
}

#[test]
fn a_type_that_nobody_caches_is_no_mistake_unless_it_looks_like_another() {
    let orders = function(2, "r", "orders");
    let reports = |name| examine(&[function(1, "w", name), orders.clone()], &[]);
    let [elsewhere, misspelt] = [reports("menu"), reports("order")];
    assert!(matches!(elsewhere[..], [Report::Uncached { nearest: None, .. }]), "{elsewhere:?}");
    assert!(!elsewhere[0].is_mistake());
    assert!(matches!(misspelt[..], [Report::Uncached { nearest: Some("orders"), .. }]), "{misspelt:?}");
    assert!(misspelt[0].is_mistake());
    assert_eq!(
        misspelt[0].to_string(),
        "`app::f1` (app.rs:1:1) invalidates `order`, which no function here is cached with; did you mean `orders`?"
    );
}

#[test]
fn a_declared_type_is_not_misspelt() {
    let types = [declared(1, "menu", TypePolicy::new()), declared(2, "menus", TypePolicy::new())];
    let reports = examine(&[function(3, "w", "menu")], &types);
    assert!(matches!(reports[..], [Report::Uncached { nearest: None, .. }]), "{reports:?}");
}

#[test]
fn declarations_that_differ_are_reported_with_both_places() {
    let hour = TypePolicy::new().ttl(crate::ttl::Ttl::HOUR);
    let same = [declared(1, "menu", hour), declared(2, "menu", hour)];
    assert_eq!(examine(&[], &same), []);
    let others = [declared(1, "menu", hour), declared(2, "orders", TypePolicy::new())];
    assert_eq!(examine(&[], &others), []);
    let differing = [declared(1, "menu", hour), declared(2, "menu", TypePolicy::new())];
    let reports = examine(&[], &differing);
    assert_eq!(reports, [Report::Differing { type_name: "menu", places: [at(1), at(2)] }]);
    let text = "the type `menu` is declared twice and not alike, at app.rs:1:1 and at app.rs:2:1";
    assert_eq!(reports[0].to_string(), text);
}

#[test]
fn a_text_does_not_name_what_a_type_declares() {
    let types = [declared(9, "menu", TypePolicy::new().tenant_aware())];
    let reports = examine(&[function(1, "r", "menu")], &types);
    assert!(matches!(&reports[..], [Report::NotAware { who: Who::Tenant, .. }]), "{reports:?}");
    assert!(reports[0].to_string().contains("app.rs:9:1"), "{}", reports[0]);
    assert_eq!(examine(&[function(1, "rt", "menu")], &types), []);
}
