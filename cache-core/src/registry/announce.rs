//! Says what was found in the registry, once in a process.

use std::sync::Once;

use crate::registry::report::{Report, reports};

/// Says what is contradictory in this program's declarations, when its first cache is built.
pub(crate) fn announce() {
    static ANNOUNCED: Once = Once::new();
    ANNOUNCED.call_once(|| reports().iter().for_each(tell));
}

fn tell(report: &Report) {
    if report.is_mistake() {
        tracing::warn!(target: "cache", r#type = report.type_name(), "{report}");
    } else {
        tracing::info!(target: "cache", r#type = report.type_name(), "{report}");
    }
}
