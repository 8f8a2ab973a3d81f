//! All cases, as tests.

use crate::conformance::subject::Subject;

/// Makes a `#[test]` of each case. The argument is an async function or closure that makes a new, empty
/// [`Subject`] each time.
///
/// Every case runs over every store. A case, or the part of one, that reaches the store's data behind its back is left
/// out for a store that nobody else reaches: one in this process, or one that was said to be
/// [`out_of_reach`](Subject::out_of_reach).
///
/// ```
/// use std::sync::Arc;
///
/// use cache_core::rng::SystemRandom;
/// use cache_core::store::memory::MemoryStore;
/// use cache_testkit::VirtualClock;
/// use cache_testkit::conformance::Subject;
///
/// async fn memory() -> Subject {
///     let clock = VirtualClock::new();
///     let store = MemoryStore::new(1024 * 1024, Arc::new(clock.clone()), Arc::new(SystemRandom));
///     Subject::new(Arc::new(store)).clock(clock)
/// }
///
/// cache_testkit::conformance!(memory);
/// ```
#[macro_export]
macro_rules! conformance {
    ($make:expr $(,)?) => {
        $crate::__conformance_tests! { $make;
            names_are_compared_as_text
            of_many_who_ask_at_the_same_time_one_is_granted
            a_dropped_command_harms_no_other
            a_value_is_stored_whole
            what_is_tracked_is_told_before_a_later_read

            what_was_never_stored_is_absent
            an_entry_is_absent_once_its_time_to_live_has_passed
            a_lease_is_reported_only_where_it_is_asked_for
            bytes_that_mean_nothing_are_absent

            without_an_incarnation_a_lease_is_disowned
            a_missing_stamp_is_written_anew
            a_valid_entry_keeps_from_the_lease
            a_refused_entry_does_not_keep_from_the_lease
            the_first_is_granted_the_lease
            the_same_request_is_granted_the_same_lease
            a_lease_of_an_older_generation_is_taken_over
            a_lease_ends_with_its_time_to_live

            under_a_live_lease_the_entry_is_stored
            without_the_lease_a_store_is_refused
            after_the_entry_was_removed_a_store_is_refused
            after_a_stamp_was_removed_a_store_is_refused
            after_a_store_the_lease_is_gone

            a_put_stores_with_the_current_generation
            a_put_ends_a_lease
            the_last_put_wins
            without_an_incarnation_a_put_is_disowned

            a_renewed_lease_lives_from_now
            a_released_lease_is_gone
            a_lease_of_another_id_is_left_alone

            what_was_removed_is_absent
            removing_what_is_absent_succeeds
            removing_succeeds_without_memory

            a_missing_incarnation_is_written_anew
            an_incarnation_of_the_current_history_is_left_alone
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($make:expr; $($case:ident)*) => {$(
        #[test]
        fn $case() {
            $crate::conformance::run($make, $crate::conformance::cases::$case);
        }
    )*};
}

/// Runs one case in a runtime of its own.
///
/// # Panics
///
/// If the store does not behave.
pub fn run(make: impl AsyncFnOnce() -> Subject, case: impl AsyncFnOnce(Subject)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("threads and files are available").block_on(async { case(make().await).await });
}
