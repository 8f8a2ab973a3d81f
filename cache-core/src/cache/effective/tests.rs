use super::*;
use crate::policy::Location;

const FUNCTION: Declared = Declared::new("f", "f", "menu", Location { file: "f.rs", line: 1, column: 1 });

fn defaults() -> Defaults {
    Defaults { jitter: 0.05, codec: AnyCodec::default_available() }
}

fn effective(function: Declared, of_type: TypePolicy, set: PolicySettings) -> Effective {
    let said = Said { function: &function, ttl: function.ttl, of_type: &of_type };
    Effective::new(&said, &set, defaults())
}

/// Checks one field on every rung: the default, the type's, the function's, what is set.
macro_rules! rungs {
    ($of:expr; $default:expr, $of_type:expr => $second:expr, $function:expr => $third:expr, $set:expr => $last:expr) => {{
        let (silent, nothing) = (TypePolicy::new(), PolicySettings::new());
        assert_eq!($of(effective(FUNCTION, silent, nothing)), $default, "by default");
        assert_eq!($of(effective(FUNCTION, $of_type, nothing)), $second, "by type");
        assert_eq!($of(effective($function, $of_type, nothing)), $third, "by function");
        assert_eq!($of(effective($function, $of_type, $set)), $last, "as it is set");
        assert_eq!($of(effective(FUNCTION, silent, $set)), $last, "as it is set, and no code says anything");
    }};
}

#[test]
fn ttl() {
    rungs!(|it: Effective| it.ttl;
        Ttl::FIVE_MINUTES,
        TypePolicy::new().ttl(Ttl::HOUR) => Ttl::HOUR,
        Declared { ttl: Some(Ttl::DAY), ..FUNCTION } => Ttl::DAY,
        PolicySettings::new().ttl(Ttl::WEEK) => Ttl::WEEK);
    assert!(effective(FUNCTION, TypePolicy::new(), PolicySettings::new().ttl(Ttl::WEEK)).ttl_is_set);
    assert!(!effective(FUNCTION, TypePolicy::new().ttl(Ttl::WEEK), PolicySettings::new()).ttl_is_set);
}

#[test]
fn stale_windows() {
    let [one, two, three] = [1, 2, 3].map(Duration::from_secs);
    rungs!(|it: Effective| it.stale.while_revalidate;
        Duration::ZERO,
        TypePolicy::new().stale_while_revalidate(one) => one,
        Declared { stale_while_revalidate: Some(two), ..FUNCTION } => two,
        PolicySettings::new().stale_while_revalidate(three) => three);
    rungs!(|it: Effective| it.stale.if_error;
        Duration::ZERO,
        TypePolicy::new().stale_if_error(one) => one,
        Declared { stale_if_error: Some(two), ..FUNCTION } => two,
        PolicySettings::new().stale_if_error(Duration::ZERO) => Duration::ZERO);
}

#[test]
fn jitter() {
    rungs!(|it: Effective| it.jitter;
        0.05,
        TypePolicy::new().jitter(0.1) => 0.1,
        Declared { jitter: Some(0.2), ..FUNCTION } => 0.2,
        PolicySettings::new().jitter(0.0) => 0.0);
}

#[test]
fn what_there_is_none_of() {
    rungs!(|it: Effective| it.absent_ttl;
        None,
        TypePolicy::new().cache_none() => Some(Ttl::FIVE_MINUTES),
        Declared { negative_ttl: Some(Ttl::MINUTE), ..FUNCTION } => Some(Ttl::MINUTE),
        PolicySettings::new().negative_ttl(Ttl::SECOND) => Some(Ttl::SECOND));
    let kept = Declared { cache_none: true, ..FUNCTION };
    let off = PolicySettings::new().cache_none(false);
    assert_eq!(effective(kept, TypePolicy::new(), off).absent_ttl, None);
    assert_eq!(effective(kept, TypePolicy::new(), off.negative_ttl(Ttl::SECOND)).absent_ttl, None);
    let on = PolicySettings::new().cache_none(true).ttl(Ttl::HOUR);
    assert_eq!(effective(FUNCTION, TypePolicy::new(), on).absent_ttl, Some(Ttl::HOUR));
}

#[test]
fn what_only_functions_and_settings_say() {
    let function = Declared {
        strict: true,
        tiers: Tiers::REDIS,
        single_flight: SingleFlight::Off,
        max_wait: Some(Duration::from_secs(1)),
        max_loads: Some(1),
        ..FUNCTION
    };
    let set = PolicySettings::new().strict(false).tiers(Tiers::BOTH).single_flight(SingleFlight::Process);
    let set = set.max_wait(Duration::from_secs(2)).max_loads(2).enabled(false).max_bytes(7);
    let of = |it: Effective| (it.places, it.merge, it.max_wait, it.max_loads, it.enabled, it.max_bytes);
    let (strict, bounded) =
        (Places { tiers: Tiers::REDIS, strict: true }, Places { tiers: Tiers::BOTH, strict: false });
    let [one, two] = [1, 2].map(Duration::from_secs);
    let silent = TypePolicy::new();
    assert_eq!(
        of(effective(FUNCTION, silent, PolicySettings::new())),
        (bounded, SingleFlight::Fleet, MAX_WAIT, None, true, None)
    );
    assert_eq!(
        of(effective(function, silent.max_bytes(5), PolicySettings::new())),
        (strict, SingleFlight::Off, one, Some(1), true, Some(5))
    );
    assert_eq!(
        of(effective(function, silent.max_bytes(5), set)),
        (bounded, SingleFlight::Process, two, Some(2), false, Some(7))
    );
}

#[test]
fn what_cannot_be_encoded_stays_in_memory() {
    let function = Declared { tiers: Tiers::MEMORY, ..FUNCTION };
    let set = PolicySettings::new().tiers(Tiers::REDIS).strict(true);
    let places = Places::new(&function, &set);
    assert_eq!(places, Places { tiers: Tiers::MEMORY, strict: false });
    assert!(places.is_near());
    assert!(!Places::new(&FUNCTION, &set).is_near());
}

#[cfg(feature = "bincode")]
#[test]
fn codecs() {
    let none = Defaults { codec: AnyCodec::none(), ..defaults() };
    let of = |function: Declared, of_type: TypePolicy, set: PolicySettings| {
        Effective::new(&Said { function: &function, ttl: None, of_type: &of_type }, &set, none).codec
    };
    let bincode = AnyCodec::from(CodecKind::Bincode);
    let (silent, nothing) = (TypePolicy::new(), PolicySettings::new());
    assert_eq!(of(FUNCTION, silent, nothing), AnyCodec::none());
    assert_eq!(of(FUNCTION, silent.codec("bincode"), nothing), bincode);
    assert_eq!(of(Declared { codec: Some("bincode"), ..FUNCTION }, silent, nothing), bincode);
    assert_eq!(of(FUNCTION, silent, nothing.codec(CodecKind::Bincode)), bincode);
}
