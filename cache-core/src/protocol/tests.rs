use std::time::{Duration, Instant};

use crate::clock::{Clock, SystemClock};
use crate::key::names::Names;
use crate::protocol::hold::{Hold, Standing};
use crate::protocol::stripes::Stripes;
use crate::protocol::validity::{Tracker, Validity};

const BOUND: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(3600);

struct Fixture {
    stripes: Stripes,
    validity: Validity,
    names: Names,
    now: Instant,
}

impl Fixture {
    fn new() -> Self {
        let now = SystemClock.now();
        let names = Names::for_tests("n", "menu:1", &["menu"]);
        Self { stripes: Stripes::new(8), validity: Validity::new(), names, now }
    }

    fn hold(&self, tracker: Option<Tracker>) -> Hold {
        let places = self.stripes.places(&self.names);
        let ticket = self.stripes.ticket(&places);
        Hold::new(places, ticket, tracker, self.now, BOUND, self.now + LONG)
    }

    fn standing(&self, hold: &Hold, after: Duration) -> Standing {
        hold.standing(&self.stripes, &self.validity, self.now + after)
    }
}

#[test]
fn without_a_tracker_it_lives_one_bound_from_before_its_read() {
    let fixture = Fixture::new();
    let hold = fixture.hold(None);
    assert_eq!(fixture.standing(&hold, BOUND - Duration::from_nanos(1)), Standing::Good);
    assert_eq!(fixture.standing(&hold, BOUND), Standing::Over);
}

#[test]
fn with_a_tracker_it_lives_as_long_as_that_is_heard_of() {
    let fixture = Fixture::new();
    let hold = fixture.hold(Some(Tracker::Calls));
    assert_eq!(fixture.standing(&hold, Duration::ZERO), Standing::Unsure);
    fixture.validity.extend(Tracker::Calls, fixture.now + BOUND, BOUND);
    assert_eq!(fixture.standing(&hold, BOUND * 2), Standing::Good);
    assert_eq!(fixture.standing(&hold, BOUND * 2 + Duration::from_nanos(1)), Standing::Unsure);
    assert_eq!(fixture.standing(&hold, LONG), Standing::Over, "it expired");
}

#[test]
fn a_change_of_what_it_depends_on_ends_it() {
    let fixture = Fixture::new();
    let changes: [fn(&Stripes, &Names); 3] = [
        |stripes, names| stripes.entry_changed(names.entry_hash()),
        |stripes, names| names.group_hashes().for_each(|hash| stripes.stamp_changed(hash)),
        |stripes, _| stripes.lost(),
    ];
    for change in changes {
        let hold = fixture.hold(Some(Tracker::Local));
        assert_eq!(fixture.standing(&hold, Duration::ZERO), Standing::Good);
        change(&fixture.stripes, &fixture.names);
        assert_eq!(fixture.standing(&hold, Duration::ZERO), Standing::Over);
    }
}
