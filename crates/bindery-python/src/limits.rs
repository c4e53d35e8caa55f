//! How much a program may use, and the counters that watch it.

use std::cell::Cell;

use crate::exception::{LimitKind, Outcome, Raised};
use crate::value::Value;

/// Bounds on one load. Reaching one ends the load with an error of kind `Limit`; a program cannot catch it.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Length of one source text in bytes.
    pub source: usize,
    /// Depth of brackets and blocks in a source text.
    pub nesting: usize,
    /// Length of a chain of operators, attributes and calls in one expression.
    pub chain: usize,
    /// Statements, calls and iterations.
    pub steps: u64,
    /// Functions and includes that are active at the same time.
    pub depth: usize,
    /// Length of one string in bytes.
    pub string: usize,
    /// Bytes of all strings ever made; templates may make four times as much.
    pub text: usize,
    /// Bytes of all that is printed.
    pub output: usize,
    /// Elements of all containers ever made; other objects count as several, by the memory they take.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source: 1024 * 1024,
            nesting: 200,
            chain: 1000,
            steps: 10_000_000,
            depth: 200,
            string: 16 * 1024 * 1024,
            text: 192 * 1024 * 1024,
            output: 4 * 1024 * 1024,
            values: 9_000_000,
        }
    }
}

/// Counts what one load has used.
pub(crate) struct Budget {
    limits: Limits,
    steps: u64,
    text: usize,
    printed: usize,
    values: usize,
    /// Text that templates made for this load, and how much of all on this thread that includes.
    templates: u64,
    templates_seen: u64,
    /// How many parts of objects were looked at on this thread when that was last charged.
    parts_seen: u64,
    /// The step at which to look at them again.
    look_at: u64,
}

/// Steps after which a load looks again at what its templates made: one call may make much.
const LOOK_EVERY: u64 = 16;

/// What looking at a part of an object counts as: one call may look at many.
const STEPS_A_PART: u64 = 2;

/// How many times more text templates may make than the program itself: each pass and each copy counts.
const TEMPLATES: u64 = 4;

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            steps: 0,
            text: 0,
            printed: 0,
            values: 0,
            templates: 0,
            templates_seen: 0,
            parts_seen: 0,
            look_at: 0,
        }
    }

    /// What templates made on this thread up to now is not this load's.
    pub(crate) fn begin(&mut self) {
        self.templates_seen = bindery_core::text_made();
        self.parts_seen = bindery_core::parts_looked_at();
    }

    fn look(&mut self) -> Outcome<()> {
        let parts = bindery_core::parts_looked_at();
        self.steps = self
            .steps
            .saturating_add(STEPS_A_PART * (parts - self.parts_seen));
        self.parts_seen = parts;
        self.look_at = self.steps + LOOK_EVERY;
        if self.steps > self.limits.steps {
            return Err(self.exceeded(LimitKind::Steps));
        }
        let made = bindery_core::text_made();
        self.templates += made - self.templates_seen;
        self.templates_seen = made;
        let most = TEMPLATES.saturating_mul(self.limits.text as u64);
        if self.templates > most {
            return Err(Raised::limit(
                LimitKind::Text,
                format!("templates made more than {most} bytes of text"),
            ));
        }
        Ok(())
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Outcome<()> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            Err(self.exceeded(LimitKind::Steps))
        } else if self.steps >= self.look_at {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Accounts for work inside a built-in that is not seen as steps.
    pub(crate) fn work(&mut self, amount: usize) -> Outcome<()> {
        self.steps = self.steps.saturating_add(amount as u64);
        if self.steps > self.limits.steps {
            Err(self.exceeded(LimitKind::Steps))
        } else if self.steps >= self.look_at {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Accounts for sorting so many items.
    pub(crate) fn sort(&mut self, items: usize) -> Outcome<()> {
        let rounds = items.checked_ilog2().unwrap_or(0) as usize;
        self.work(items.saturating_mul(1 + rounds / 4))
    }

    /// Accounts for evaluating an object: it takes far more than one step, and makes others.
    pub(crate) fn evaluation(&mut self) -> Outcome<()> {
        self.work(20)?;
        self.values(20)
    }

    /// Accounts for `count` new elements of containers.
    #[inline]
    pub(crate) fn values(&mut self, count: usize) -> Outcome<()> {
        self.values = self.values.saturating_add(count);
        if self.values > self.limits.values {
            Err(self.exceeded(LimitKind::Values))
        } else {
            Ok(())
        }
    }

    /// Accounts for a value that was just made.
    #[inline]
    pub(crate) fn made(&mut self, value: Value) -> Outcome {
        self.values(value.weight())?;
        Ok(value)
    }

    /// Accounts for a new string of `bytes` bytes, before it is made.
    #[inline]
    pub(crate) fn string(&mut self, bytes: usize) -> Outcome<()> {
        if bytes > self.limits.string {
            return Err(self.exceeded(LimitKind::String));
        }
        // Short ones take more than their letters.
        self.values(1)?;
        self.text = self.text.saturating_add(bytes);
        if self.text > self.limits.text {
            Err(self.exceeded(LimitKind::Text))
        } else {
            Ok(())
        }
    }

    /// Accounts for `bytes` bytes that are about to be printed.
    pub(crate) fn print(&mut self, bytes: usize) -> Outcome<()> {
        self.printed = self.printed.saturating_add(bytes);
        if self.printed > self.limits.output {
            Err(self.exceeded(LimitKind::Output))
        } else {
            Ok(())
        }
    }

    pub(crate) fn exceeded(&self, kind: LimitKind) -> Raised {
        let limits = &self.limits;
        Raised::limit(
            kind,
            match kind {
                LimitKind::Steps => format!("the program ran for more than {} steps", limits.steps),
                LimitKind::Depth => format!("more than {} calls inside each other", limits.depth),
                LimitKind::String => format!("a string of more than {} bytes", limits.string),
                LimitKind::Text => {
                    format!("all strings together take more than {} bytes", limits.text)
                }
                LimitKind::Output => {
                    format!("the program prints more than {} bytes", limits.output)
                }
                LimitKind::Values => format!(
                    "all containers together hold more than {} elements",
                    limits.values
                ),
                LimitKind::Stack => "expressions, values or calls are nested too deep".to_owned(),
                LimitKind::Source => format!("a source text of more than {} bytes", limits.source),
                LimitKind::Nesting => format!(
                    "brackets or blocks are nested more than {} deep",
                    limits.nesting
                ),
                LimitKind::Chain => format!(
                    "more than {} operators, attributes or calls in a row",
                    limits.chain
                ),
            },
        )
    }
}

thread_local! {
    /// How many elements comparisons may still look at during the running load.
    static TOIL: Cell<u64> = const { Cell::new(u64::MAX) };
    /// Where on this thread's stack the running load began (0: none runs), and how many bytes it may use.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, SMALL_ROOM)) };
}

/// Fits a thread with Rust's default stack of 2 MiB and leaves half of it to leaves that do not check: formatting, core.
const SMALL_ROOM: usize = 1024 * 1024;
const LARGE_STACK: usize = 64 * 1024 * 1024;
const LARGE_ROOM: usize = LARGE_STACK - 4 * 1024 * 1024;

/// Runs `work` on a thread whose stack has room for the deepest program the limits allow.
///
/// Template objects cannot leave the thread they were made on, so everything that uses them belongs into `work`.
/// Without this a load still never overflows the stack: it uses 1 MiB and reports deeper programs as an error.
///
/// # Errors
///
/// When the machine does not give another thread.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("job-file".to_owned())
            .stack_size(LARGE_STACK)
            .spawn_scoped(scope, || {
                STACK.with(|stack| stack.set((0, LARGE_ROOM)));
                work()
            })?;
        match thread.join() {
            Ok(value) => Ok(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Runs `work`, measuring the stack from here unless an outer load already does; `steps` is the load's limit.
pub(crate) fn measured<T>(steps: u64, work: impl FnOnce() -> T) -> T {
    let (start, room) = STACK.with(Cell::get);
    if start != 0 {
        return work();
    }
    STACK.with(|stack| stack.set((position(), room)));
    // One step of a comparison is much less than one of the program.
    TOIL.with(|toil| toil.set(steps.saturating_mul(2)));
    let result = work();
    STACK.with(|stack| stack.set((0, room)));
    result
}

/// Fails where going deeper could exhaust the stack.
#[inline]
pub(crate) fn check_stack() -> Outcome<()> {
    let (start, room) = STACK.with(Cell::get);
    if start != 0 && start.abs_diff(position()) > room {
        Err(too_deep())
    } else {
        Ok(())
    }
}

/// Accounts for elements that a comparison, hash or sort looks at: values may share parts so often that looking at all of them
/// would not end.
#[inline]
pub(crate) fn toil(elements: usize) -> Outcome<()> {
    let left = TOIL.with(Cell::get).checked_sub(elements as u64);
    TOIL.with(|toil| toil.set(left.unwrap_or(0)));
    match left {
        Some(_) => Ok(()),
        None => Err(Raised::limit(
            LimitKind::Steps,
            "comparisons look at more elements than the limit on steps allows".to_owned(),
        )),
    }
}

/// The address of a local variable tells how far the stack has grown.
#[inline(always)]
fn position() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(&marker).addr()
}

#[cold]
fn too_deep() -> Raised {
    Raised::limit(
        LimitKind::Stack,
        "expressions, values or calls are nested too deep".to_owned(),
    )
}
