//! Order of a task's processes, by the rules of the executor.

use std::collections::{BTreeMap, BTreeSet};

/// Fields of a process that its position in the plan depends on.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) daemon: bool,
    pub(crate) ephemeral: bool,
    pub(crate) is_final: bool,
}

/// Checks the plan of the processes that are not final, then the plan of the final ones. The error is the original's text.
///
/// An order with names of the plan and other names is an error. An order with other names only is ignored.
pub(crate) fn check(processes: &[Planned], orders: &[Vec<String>]) -> Result<(), String> {
    for is_final in [false, true] {
        // Of several processes with one name the last applies.
        let plan: BTreeMap<&str, &Planned> = processes
            .iter()
            .filter(|process| process.is_final == is_final)
            .map(|process| (&*process.name, process))
            .collect();
        check_plan(&plan, orders)?;
    }
    Ok(())
}

fn check_plan(plan: &BTreeMap<&str, &Planned>, orders: &[Vec<String>]) -> Result<(), String> {
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for order in orders {
        let known = order.iter().filter(|name| plan.contains_key(&***name));
        let known = known.count();
        if order.is_empty() || (known > 0 && known < order.len()) {
            return Err("Invalid process dependencies!".to_owned());
        }
        if known == 0 {
            continue;
        }
        for pair in order.windows(2) {
            let (first, then) = (&*pair[0], &*pair[1]);
            if plan[first].daemon {
                return Err(format!(
                    "Process {then} may not depend upon daemon process {first}"
                ));
            }
            if plan[first].ephemeral && !plan[then].ephemeral {
                return Err(format!(
                    "Non-ephemeral process {then} may not depend upon ephemeral process {first}"
                ));
            }
            before.entry(then).or_default().insert(first);
        }
    }
    if has_cycle(before) {
        return Err("Cycles detected in the task schedule!".to_owned());
    }
    Ok(())
}

/// Returns whether a name comes before itself, directly or through others.
fn has_cycle(before: BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut after: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (then, firsts) in &before {
        waiting.insert(then, firsts.len());
        for first in firsts {
            waiting.entry(first).or_insert(0);
            after.entry(first).or_default().push(then);
        }
    }
    let mut ready: Vec<&str> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(name, _)| *name)
        .collect();
    let mut planned = 0;
    while let Some(name) = ready.pop() {
        planned += 1;
        for then in after.get(name).into_iter().flatten() {
            let count = waiting
                .get_mut(then)
                .expect("every name waits for a number of others");
            *count -= 1;
            if *count == 0 {
                ready.push(then);
            }
        }
    }
    planned < waiting.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks processes in the form `name`, with `:d` for a daemon, `:e` for an ephemeral and `:f` for a final one.
    #[track_caller]
    fn check_text(processes: &[&str], orders: &[&[&str]], expected: &str) {
        let processes: Vec<Planned> = processes
            .iter()
            .map(|text| {
                let (name, kinds) = text.split_once(':').unwrap_or((text, ""));
                Planned {
                    name: name.to_owned(),
                    daemon: kinds.contains('d'),
                    ephemeral: kinds.contains('e'),
                    is_final: kinds.contains('f'),
                }
            })
            .collect();
        let orders: Vec<Vec<String>> = orders
            .iter()
            .map(|order| order.iter().map(|name| (*name).to_owned()).collect())
            .collect();
        let error = check(&processes, &orders).err().unwrap_or_default();
        assert_eq!(error, expected, "from {processes:?} {orders:?}");
    }

    #[test]
    fn orders_make_a_plan() {
        check_text(&["a", "b", "c"], &[&["a", "b", "c"], &["a", "c"]], "");
        check_text(&["a", "b:f", "c:f"], &[&["b", "c"]], "");
        check_text(&["a:e", "b:e"], &[&["a", "b"]], "");
        check_text(&["a", "d:d"], &[&["a", "d"]], "");
    }

    #[test]
    fn cycles_are_found() {
        let cycle = "Cycles detected in the task schedule!";
        check_text(&["a", "b", "c"], &[&["a", "b", "c"], &["c", "a"]], cycle);
        check_text(&["a"], &[&["a", "a"]], cycle);
        check_text(&["a", "b:f", "c:f"], &[&["b", "c"], &["c", "b"]], cycle);
    }

    #[test]
    fn an_order_has_all_names_of_a_plan_or_none() {
        let mixed = "Invalid process dependencies!";
        check_text(&["a", "b"], &[&["a", "nope"]], mixed);
        check_text(&["a", "b:f"], &[&["a", "b"]], mixed);
        check_text(&["a", "b"], &[&["nope", "neither"]], "");
        check_text(&["a"], &[&[]], mixed);
    }

    #[test]
    fn nothing_depends_on_a_daemon_or_an_ephemeral_process() {
        check_text(
            &["d:d", "e"],
            &[&["d", "e"]],
            "Process e may not depend upon daemon process d",
        );
        check_text(
            &["t:e", "m"],
            &[&["t", "m"]],
            "Non-ephemeral process m may not depend upon ephemeral process t",
        );
    }
}
