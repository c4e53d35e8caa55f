//! Limits of a program, and the counters that enforce them.

use std::fmt;

/// Limits of one run. A program that reaches a limit ends with an error of kind `Limit`, which it cannot catch.
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
    /// Bytes of all strings made during the run; templates may make four times this amount.
    pub text: usize,
    /// Bytes of all printed text.
    pub output: usize,
    /// Elements of all containers made during the run; other objects count as several elements, by the memory they take.
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

/// Kinds of limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LimitKind {
    Steps,
    Depth,
    String,
    Text,
    Output,
    Values,
    /// Text that foreign objects make.
    Foreign,
    /// Elements that comparisons look at.
    Comparisons,
    Stack,
    Source,
    Nesting,
    Chain,
}

/// A limit that a program reached, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached {
    pub(crate) kind: LimitKind,
    pub(crate) most: u64,
}

impl fmt::Display for LimitReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most;
        match self.kind {
            LimitKind::Steps => write!(f, "the program ran for more than {most} steps"),
            LimitKind::Depth => write!(f, "more than {most} calls inside each other"),
            LimitKind::String => write!(f, "a string of more than {most} bytes"),
            LimitKind::Text => write!(f, "all strings together take more than {most} bytes"),
            LimitKind::Output => write!(f, "the program prints more than {most} bytes"),
            LimitKind::Values => {
                write!(f, "all containers together hold more than {most} elements")
            }
            LimitKind::Foreign => write!(f, "templates made more than {most} bytes of text"),
            LimitKind::Comparisons => {
                f.write_str("comparisons look at more elements than the limit on steps allows")
            }
            LimitKind::Stack => f.write_str("expressions, values or calls are nested too deep"),
            LimitKind::Source => write!(f, "a source text of more than {most} bytes"),
            LimitKind::Nesting => {
                write!(f, "brackets or blocks are nested more than {most} deep")
            }
            LimitKind::Chain => {
                write!(
                    f,
                    "more than {most} operators, attributes or calls in a row"
                )
            }
        }
    }
}

/// Work of foreign objects on this thread so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of text made.
    pub text: u64,
    /// Parts of objects looked at.
    pub parts: u64,
}

/// Meter of the work that foreign objects do outside of the evaluator.
pub trait Meter {
    /// Returns the work done on this thread so far; the counts never decrease.
    fn usage(&self) -> Usage;
}

/// Counters of one run.
pub struct Budget {
    limits: Limits,
    meter: &'static dyn Meter,
    steps: u64,
    text: usize,
    printed: usize,
    values: usize,
    /// Bytes of text that foreign objects made during this run.
    foreign_text: u64,
    text_seen: u64,
    /// Value of [`Usage::parts`] that was charged last.
    parts_seen: u64,
    /// Step at which foreign work is charged next.
    look_at: u64,
}

/// Number of steps after which foreign work is charged again; one call may do much work.
const LOOK_EVERY: u64 = 16;

/// Steps charged for a part of an object that foreign code looks at.
const STEPS_A_PART: u64 = 2;

/// Factor by which text of foreign objects may exceed the limit on text; every pass and copy counts.
const FOREIGN: u64 = 4;

impl Budget {
    pub(crate) fn new(limits: Limits, extension: &'static dyn Meter) -> Self {
        Self {
            limits,
            meter: extension,
            steps: 0,
            text: 0,
            printed: 0,
            values: 0,
            foreign_text: 0,
            text_seen: 0,
            parts_seen: 0,
            look_at: 0,
        }
    }

    /// Starts a run: foreign work done before does not count.
    pub(crate) fn begin(&mut self) {
        let usage = self.meter.usage();
        self.text_seen = usage.text;
        self.parts_seen = usage.parts;
    }

    fn look(&mut self) -> Result<(), LimitReached> {
        let Usage { text, parts } = self.meter.usage();
        self.steps = self
            .steps
            .saturating_add(STEPS_A_PART * (parts - self.parts_seen));
        self.parts_seen = parts;
        self.look_at = self.steps + LOOK_EVERY;
        if self.steps > self.limits.steps {
            return Err(self.exceeded(LimitKind::Steps));
        }
        self.foreign_text += text - self.text_seen;
        self.text_seen = text;
        let most = FOREIGN.saturating_mul(self.limits.text as u64);
        if self.foreign_text > most {
            return Err(self.exceeded(LimitKind::Foreign));
        }
        Ok(())
    }

    /// Returns the limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), LimitReached> {
        self.steps += 1;
        if self.steps > self.limits.steps {
            Err(self.exceeded(LimitKind::Steps))
        } else if self.steps >= self.look_at {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Charges work inside a built-in function.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    pub fn work(&mut self, amount: usize) -> Result<(), LimitReached> {
        self.steps = self.steps.saturating_add(amount as u64);
        if self.steps > self.limits.steps {
            Err(self.exceeded(LimitKind::Steps))
        } else if self.steps >= self.look_at {
            self.look()
        } else {
            Ok(())
        }
    }

    /// Charges the sorting of `items` items.
    pub(crate) fn sort(&mut self, items: usize) -> Result<(), LimitReached> {
        let rounds = items.checked_ilog2().unwrap_or(0) as usize;
        self.work(items.saturating_mul(1 + rounds / 4))
    }

    /// Charges the evaluation of an object, which takes many steps and makes other objects.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    pub fn evaluation(&mut self) -> Result<(), LimitReached> {
        self.work(20)?;
        self.values(20)
    }

    /// Charges `count` new elements of containers.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    #[inline]
    pub fn values(&mut self, count: usize) -> Result<(), LimitReached> {
        self.values = self.values.saturating_add(count);
        if self.values > self.limits.values {
            Err(self.exceeded(LimitKind::Values))
        } else {
            Ok(())
        }
    }

    /// Charges a string of `bytes` bytes, before the string is made.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    #[inline]
    pub fn string(&mut self, bytes: usize) -> Result<(), LimitReached> {
        if bytes > self.limits.string {
            return Err(self.exceeded(LimitKind::String));
        }
        // A short string takes more memory than its letters.
        self.values(1)?;
        self.text = self.text.saturating_add(bytes);
        if self.text > self.limits.text {
            Err(self.exceeded(LimitKind::Text))
        } else {
            Ok(())
        }
    }

    /// Charges `bytes` bytes of printed text.
    pub(crate) fn print(&mut self, bytes: usize) -> Result<(), LimitReached> {
        self.printed = self.printed.saturating_add(bytes);
        if self.printed > self.limits.output {
            Err(self.exceeded(LimitKind::Output))
        } else {
            Ok(())
        }
    }

    pub(crate) fn exceeded(&self, kind: LimitKind) -> LimitReached {
        let limits = &self.limits;
        let most = match kind {
            LimitKind::Steps => limits.steps,
            LimitKind::Depth => limits.depth as u64,
            LimitKind::String => limits.string as u64,
            LimitKind::Text => limits.text as u64,
            LimitKind::Output => limits.output as u64,
            LimitKind::Values => limits.values as u64,
            LimitKind::Source => limits.source as u64,
            LimitKind::Nesting => limits.nesting as u64,
            LimitKind::Chain => limits.chain as u64,
            LimitKind::Foreign => FOREIGN.saturating_mul(limits.text as u64),
            LimitKind::Stack | LimitKind::Comparisons => 0,
        };
        LimitReached { kind, most }
    }
}
