//! How much a program may use, and the counters that watch it.

use std::fmt;

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

/// The limits a program may reach.
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

/// Counts what one load has used.
pub struct Budget {
    limits: Limits,
    meter: &'static dyn Meter,
    steps: u64,
    text: usize,
    printed: usize,
    values: usize,
    /// Text that templates made for this load, and how much of all on this thread that includes.
    foreign_text: u64,
    text_seen: u64,
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

    /// What templates made on this thread up to now is not this load's.
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

    /// Accounts for work inside a built-in that is not seen as steps.
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

    /// Accounts for sorting so many items.
    pub(crate) fn sort(&mut self, items: usize) -> Result<(), LimitReached> {
        let rounds = items.checked_ilog2().unwrap_or(0) as usize;
        self.work(items.saturating_mul(1 + rounds / 4))
    }

    /// Accounts for evaluating an object: it takes far more than one step, and makes others.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    pub fn evaluation(&mut self) -> Result<(), LimitReached> {
        self.work(20)?;
        self.values(20)
    }

    /// Accounts for `count` new elements of containers.
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

    /// Accounts for a new string of `bytes` bytes, before it is made.
    ///
    /// # Errors
    ///
    /// [`LimitReached`] when the program may not use more.
    #[inline]
    pub fn string(&mut self, bytes: usize) -> Result<(), LimitReached> {
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
