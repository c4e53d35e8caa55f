//! Generators.
//!
//! A generator expression runs lazily: it is a nest of loops whose iterators can wait. A generator function would need a stack
//! that can wait; instead its body runs to its end when the first value is requested, and the values wait. The difference shows
//! only in the order of side effects, and in functions that never end.

use std::rc::Rc;

use crate::ir::{Code, GeneratorCode};
use crate::values::Generator;
use crate::values::compare::truth;
use crate::values::{ExcKind, IterState, Outcome, Raised, Value};
use crate::vm::{Frame, Vm};

impl Generator {
    pub(crate) fn expression(code: Rc<GeneratorCode>, frame: Frame, first: IterState) -> Self {
        Self::Expression {
            code,
            frame,
            sources: vec![first],
        }
    }

    pub(crate) fn function(code: Rc<Code>, frame: Frame) -> Self {
        Self::Function {
            code,
            frame: Some(frame),
            values: Vec::new().into_iter(),
            error: None,
        }
    }

    pub(crate) fn next(&mut self, vm: &mut Vm) -> Outcome<Option<Value>> {
        match self {
            Self::Expression {
                code,
                frame,
                sources,
            } => {
                vm.enter()?;
                let result = next_of_expression(vm, code, frame, sources);
                vm.depth -= 1;
                result
            }
            Self::Function {
                code,
                frame,
                values,
                error,
            } => {
                if let Some(mut frame) = frame.take() {
                    *error = match vm.run_code(code, &mut frame) {
                        Ok(Value::None) => None,
                        Ok(value) => Some(Raised::with_args(ExcKind::StopIteration, vec![value])),
                        Err(error) if error.is(ExcKind::StopIteration) => Some(Raised::new(
                            ExcKind::Runtime,
                            "generator raised StopIteration",
                        )),
                        // A limit is reported at once, not after the last value.
                        Err(error) if error.catchable().is_none() => {
                            return Err(error.hint(
                                "a generator function runs to its end when its first value is asked for; \
                                 look for one that never ends, or raise `[limits]`",
                            ));
                        }
                        Err(error) => Some(error),
                    };
                    *values = std::mem::take(&mut frame.yields).into_iter();
                }
                match values.next() {
                    Some(value) => Ok(Some(value)),
                    None => match error.take() {
                        Some(error) if error.is(ExcKind::StopIteration) => {
                            vm.returned = error
                                .catchable()
                                .and_then(|exception| exception.args.first().cloned());
                            Ok(None)
                        }
                        Some(error) => Err(error),
                        None => Ok(None),
                    },
                }
            }
        }
    }
}

fn next_of_expression(
    vm: &mut Vm,
    code: &GeneratorCode,
    frame: &mut Frame,
    sources: &mut Vec<IterState>,
) -> Outcome<Option<Value>> {
    'items: while let Some(source) = sources.last_mut() {
        let next = vm.next(source);
        let depth = sources.len() - 1;
        let clause = &code.clauses[depth];
        let Some(item) = next.map_err(|error| error.at(code.file, clause.iter.at))? else {
            sources.pop();
            continue;
        };
        vm.budget.step()?;
        vm.assign(frame, &clause.target, item)?;
        for condition in &clause.conditions {
            if !truth(&vm.eval(frame, condition)?) {
                continue 'items;
            }
        }
        match code.clauses.get(depth + 1) {
            Some(next) => {
                let source = vm.eval(frame, &next.iter)?;
                sources.push(
                    vm.iterate(&source)
                        .map_err(|error| error.at(code.file, next.iter.at))?,
                );
            }
            None => return vm.eval(frame, &code.element).map(Some),
        }
    }
    Ok(None)
}
