//! The search: every state that can be reached, each looked at once.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::protocol::decide::Verdict;
use crate::protocol::explore::case::{Case, Model};
use crate::protocol::explore::found::verdict;
use crate::protocol::explore::state::{Doing, State};
use crate::protocol::explore::step::Step;

/// `Err` says which promise was broken.
pub(super) type Checked = Result<(), String>;

/// What a search found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) states: usize,
    /// Whether every state was looked at.
    pub(super) complete: bool,
    /// The broken promise with the steps that led there.
    pub(super) violation: Option<String>,
}

/// A step and the step before it.
type Trail = Vec<(usize, Step)>;

const START: usize = usize::MAX;

/// Looks at the states of a case, at most as many as it says.
pub(super) fn explore(case: Case) -> Found {
    let model = Model::new(case);
    let start = State::initial(&model);
    let mut seen = HashSet::from([start.fingerprint(&model)]);
    let (mut stack, mut trail) = (vec![(start, START)], Trail::new());
    while let Some((state, last)) = stack.pop() {
        if seen.len() > case.bound {
            return Found { states: seen.len(), complete: false, violation: None };
        }
        let steps = match steps(&model, &state) {
            Ok(steps) => steps,
            Err(broken) => return violated(&model, &trail, last, seen.len(), &broken),
        };
        for step in steps {
            let mut next = state.clone();
            let checked = next.take(&model, step);
            if checked.is_ok() && !seen.insert(next.fingerprint(&model)) {
                continue;
            }
            trail.push((last, step));
            if let Err(broken) = checked {
                return violated(&model, &trail, trail.len() - 1, seen.len(), &broken);
            }
            stack.push((next, trail.len() - 1));
        }
    }
    Found { states: seen.len(), complete: true, violation: None }
}

/// Every step that is possible; a state in which nothing can go on is checked.
fn steps(model: &Model, state: &State) -> Result<Vec<Step>, String> {
    let mut steps = state.progress(model);
    let learns = |step: &Step| matches!(step, Step::Learn(_));
    if steps.iter().all(learns) {
        if state.is_quiet(model) {
            state.check_quiet(model)?;
        } else if state.tasks.iter().any(|task| matches!(task.doing, Doing::Polling(_))) {
            steps.push(Step::Timer);
        } else {
            return Err("stuck: nobody can go on".to_owned());
        }
    }
    steps.extend(state.troubles(model));
    Ok(steps)
}

impl State {
    /// S4: when everything is quiet, nothing is served that is older than what was acknowledged, or than what the
    /// source applied of a writer that was given up. S5: and after a writer with a mark died, nothing that is
    /// older than the source.
    fn check_quiet(&self, model: &Model) -> Checked {
        let data = &self.server.data;
        let crashed = self.left.crashes < model.case.crashes;
        if crashed && data.marks != [false; 2] {
            return Ok(());
        }
        let required = if crashed { self.source } else { self.floor.max(self.applied_late) };
        self.check_kept(model, required)?;
        self.check_known(model)?;
        let served = verdict(model, data, false, Some(self.server.history)) == Verdict::Valid;
        match data.entry {
            Some(entry) if served && entry.version < required => {
                let version = entry.version;
                let promise = if crashed { "S5" } else { "S4" };
                Err(format!("{promise}: v{version} is served for ever although v{required} is required"))
            }
            _ => Ok(()),
        }
    }
}

fn violated(model: &Model, trail: &Trail, last: usize, states: usize, broken: &str) -> Found {
    let mut steps = Vec::new();
    let mut at = last;
    while at != START {
        let (before, step) = trail[at];
        steps.push(step);
        at = before;
    }
    let mut text = format!("{broken}\n");
    let mut state = State::initial(model);
    for step in steps.into_iter().rev() {
        let outcome = state.take(model, step);
        let doing: Vec<_> = state.tasks.iter().map(|task| task.doing).collect();
        write!(text, "  {step:?}\n      source v{}, tasks {doing:?}\n", state.source)
            .expect("writing to a string cannot fail");
        if outcome.is_err() {
            break;
        }
    }
    Found { states, complete: false, violation: Some(text) }
}
