//! Scan of a text before it is parsed: nesting depth, and syntax of Python 2.
//!
//! The parser and all later passes recurse, and a text that passes this scan is shallow enough for them. The scan knows only
//! the lexical rules for strings and comments; the parser decides about validity.

use crate::limits::{LimitKind, Limits};

/// Result of the scan.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Python 2 syntax, in the order of the text.
    pub(crate) leftovers: Vec<Leftover>,
    /// First position that nests too deep.
    pub(crate) too_deep: Option<(u32, LimitKind)>,
}

/// Syntax that only Python 2 has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    pub(crate) at: u32,
    pub(crate) kind: LeftoverKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftoverKind {
    Print,
    Exec,
    Backtick,
    Unequal,
    ExceptComma,
    RaiseComma,
    Octal,
    Long,
    RawUnicode,
}

impl LeftoverKind {
    /// Returns the message of Python 3 for this syntax.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Print => "Missing parentheses in call to 'print'. Did you mean print(...)?",
            Self::Exec => "Missing parentheses in call to 'exec'. Did you mean exec(...)?",
            Self::Backtick | Self::Unequal | Self::RaiseComma | Self::RawUnicode => {
                "invalid syntax"
            }
            Self::ExceptComma => "multiple exception types must be parenthesized",
            Self::Octal => {
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"
            }
            Self::Long => "invalid decimal literal",
        }
    }

    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::Print => "`print x` is Python 2; write `print(x)`",
            Self::Exec => {
                "`exec` is Python 2 and is not supported; use `include()` for other files"
            }
            Self::Backtick => "backquotes are Python 2; write `repr(x)`",
            Self::Unequal => "`<>` is Python 2; write `!=`",
            Self::ExceptComma => {
                "`except E, e` is Python 2; write `except E as e`, or `except (E, F)` for two classes"
            }
            Self::RaiseComma => "`raise E, x` is Python 2; write `raise E(x)`",
            Self::Octal => "a leading 0 meant octal in Python 2; write `0o777`",
            Self::Long => "the suffix `L` is Python 2; integers are unbounded without it",
            Self::RawUnicode => "the prefix `ur` is Python 2; write `r'...'`",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The file.
    Top,
    Bracket,
    /// The text of an f-string.
    Text {
        quote: u8,
        triple: bool,
    },
    /// An expression inside an f-string, and its format after the colon.
    Field,
    Spec,
}

/// Scans `text`.
pub(crate) fn scan(text: &str, limits: &Limits) -> Scan {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        levels: vec![(Level::Top, 0)],
        total: 0,
        indents: vec![0],
        line_start: true,
        statement: Statement::Start,
        limits,
        found: Scan::default(),
    };
    scanner.run();
    scanner.found
}

/// Beginning of the current statement, as far as the scan needs it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statement {
    Start,
    Except,
    Raise,
    Other,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Open brackets and strings, each with the number of operators since its last separator.
    levels: Vec<(Level, usize)>,
    /// Sum of the operators of all levels.
    total: usize,
    indents: Vec<usize>,
    line_start: bool,
    statement: Statement,
    limits: &'a Limits,
    found: Scan,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() && self.found.too_deep.is_none() {
            let (level, _) = self.level();
            match level {
                Level::Text { quote, triple } => self.text(quote, triple),
                Level::Spec => self.spec(),
                Level::Top | Level::Bracket | Level::Field => self.code(),
            }
        }
    }

    fn level(&self) -> (Level, usize) {
        *self.levels.last().expect("the top level is never popped")
    }

    fn byte(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    fn open(&mut self, level: Level) {
        self.levels.push((level, 0));
        if self.levels.len() + self.indents.len() > self.limits.nesting + 2 {
            self.too_deep(LimitKind::Nesting);
        }
    }

    fn close(&mut self) {
        if self.levels.len() > 1 {
            if let Some((_, count)) = self.levels.pop() {
                self.total -= count;
            }
            self.operator();
        }
    }

    fn too_deep(&mut self, kind: LimitKind) {
        self.found
            .too_deep
            .get_or_insert((u32::try_from(self.at).unwrap_or(u32::MAX), kind));
    }

    /// Counts an operator, which makes the tree of the expression one deeper.
    fn operator(&mut self) {
        if let Some((_, count)) = self.levels.last_mut() {
            *count += 1;
            self.total += 1;
        }
        if self.total > self.limits.chain {
            self.too_deep(LimitKind::Chain);
        }
    }

    /// Starts a new expression.
    fn separator(&mut self) {
        if let Some((_, count)) = self.levels.last_mut() {
            self.total -= std::mem::take(count);
        }
    }

    fn leftover(&mut self, at: usize, kind: LeftoverKind) {
        self.found.leftovers.push(Leftover {
            at: u32::try_from(at).unwrap_or(u32::MAX),
            kind,
        });
    }

    fn code(&mut self) {
        if self.line_start && self.levels.len() == 1 {
            self.indentation();
        }
        let byte = self.byte(0);
        match byte {
            b' ' | b'\t' | b'\x0c' | b'\r' => self.at += 1,
            b'\n' => {
                self.at += 1;
                if self.levels.len() == 1 {
                    self.separator();
                    self.line_start = true;
                    self.statement = Statement::Start;
                }
            }
            b'\\' => {
                self.at += if self.byte(1) == b'\r' && self.byte(2) == b'\n' {
                    3
                } else {
                    2
                }
            }
            b'#' => {
                while self.at < self.bytes.len() && self.byte(0) != b'\n' {
                    self.at += 1;
                }
            }
            b'"' | b'\'' => self.string(false, false),
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.statement = self.next_state();
                self.open(Level::Bracket);
            }
            b')' | b']' => {
                self.at += 1;
                if self.level().0 == Level::Bracket {
                    self.close();
                }
            }
            b'}' => {
                self.at += 1;
                if matches!(self.level().0, Level::Bracket | Level::Field) {
                    self.close();
                }
            }
            b':' if self.level().0 == Level::Field && self.byte(1) != b'=' => {
                self.at += 1;
                self.separator();
                self.open(Level::Spec);
            }
            b':' => {
                self.at += 1;
                if self.levels.len() == 1 {
                    self.statement = Statement::Start;
                }
            }
            b';' => {
                self.at += 1;
                self.separator();
                self.statement = Statement::Start;
            }
            b',' => {
                if self.levels.len() == 1 {
                    match self.statement {
                        Statement::Except => self.leftover(self.at, LeftoverKind::ExceptComma),
                        Statement::Raise => self.leftover(self.at, LeftoverKind::RaiseComma),
                        Statement::Start | Statement::Other => {}
                    }
                    self.statement = self.next_state();
                }
                self.at += 1;
                self.separator();
            }
            b'`' => {
                self.leftover(self.at, LeftoverKind::Backtick);
                self.at += 1;
            }
            b'<' if self.byte(1) == b'>' => {
                self.leftover(self.at, LeftoverKind::Unequal);
                self.at += 2;
            }
            b'0'..=b'9' => self.number(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(),
            _ => {
                if matches!(
                    byte,
                    b'+' | b'-'
                        | b'*'
                        | b'/'
                        | b'%'
                        | b'@'
                        | b'&'
                        | b'|'
                        | b'^'
                        | b'~'
                        | b'.'
                        | b'<'
                        | b'>'
                ) {
                    self.operator();
                }
                self.statement = self.next_state();
                self.at += 1;
            }
        }
    }

    /// Returns the state of the statement after another token.
    fn next_state(&self) -> Statement {
        if self.statement == Statement::Start {
            Statement::Other
        } else {
            self.statement
        }
    }

    fn indentation(&mut self) {
        let mut width = 0;
        let mut offset = 0;
        loop {
            match self.byte(offset) {
                b' ' => width += 1,
                b'\t' => width = (width / 8 + 1) * 8,
                b'\x0c' => width = 0,
                _ => break,
            }
            offset += 1;
        }
        self.at += offset;
        self.line_start = false;
        if matches!(self.byte(0), b'\n' | b'\r' | b'#') {
            return;
        }
        while self.indents.last().is_some_and(|last| *last > width) {
            self.indents.pop();
        }
        if self.indents.last().is_none_or(|last| *last < width) {
            self.indents.push(width);
            if self.indents.len() > self.limits.nesting {
                self.too_deep(LimitKind::Nesting);
            }
        }
    }

    fn number(&mut self) {
        let start = self.at;
        self.statement = self.next_state();
        let radix =
            self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'X' | b'o' | b'O' | b'b' | b'B');
        if radix {
            self.at += 2;
        }
        let mut fraction = false;
        loop {
            match self.byte(0) {
                b'0'..=b'9' | b'_' => {}
                b'a'..=b'f' | b'A'..=b'F' if radix => {}
                b'.' if !radix => fraction = true,
                b'e' | b'E' if !radix => {
                    fraction = true;
                    if matches!(self.byte(1), b'+' | b'-') {
                        self.at += 1;
                    }
                }
                b'j' | b'J' if !radix => fraction = true,
                _ => break,
            }
            self.at += 1;
        }
        let digits = &self.bytes[start..self.at];
        if matches!(self.byte(0), b'l' | b'L') {
            self.leftover(start, LeftoverKind::Long);
            self.at += 1;
        } else if !radix
            && !fraction
            && digits[0] == b'0'
            && digits.iter().any(|digit| !matches!(digit, b'0' | b'_'))
        {
            self.leftover(start, LeftoverKind::Octal);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        while matches!(self.byte(0), b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80..) {
            self.at += 1;
        }
        let word = &self.bytes[start..self.at];
        if matches!(self.byte(0), b'"' | b'\'') && word.len() <= 2 {
            let has = |letter: u8| word.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
            if has(b'u') && has(b'r') {
                self.leftover(start, LeftoverKind::RawUnicode);
            }
            if word
                .iter()
                .all(|byte| matches!(byte.to_ascii_lowercase(), b'u' | b'r' | b'b' | b'f' | b't'))
            {
                return self.string(has(b'f') || has(b't'), has(b'r'));
            }
        }
        let first = self.statement == Statement::Start && self.levels.len() == 1;
        self.statement = self.next_state();
        match word {
            b"print" | b"exec" if first && self.next_is_operand() => {
                let kind = if word == b"print" {
                    LeftoverKind::Print
                } else {
                    LeftoverKind::Exec
                };
                self.leftover(start, kind);
            }
            b"except" if first => self.statement = Statement::Except,
            b"raise" if first => self.statement = Statement::Raise,
            b"as" if self.statement == Statement::Except => self.statement = Statement::Other,
            b"from" if self.statement == Statement::Raise => self.statement = Statement::Other,
            b"not" | b"lambda" | b"if" | b"else" | b"for" | b"await" | b"yield" | b"and"
            | b"or" | b"in" | b"is" => {
                self.operator();
            }
            _ => {}
        }
    }

    /// Checks whether the next token on this line begins a value, as after Python 2's `print`.
    fn next_is_operand(&self) -> bool {
        let mut offset = 0;
        while matches!(self.byte(offset), b' ' | b'\t') {
            offset += 1;
        }
        let rest = &self.bytes[(self.at + offset).min(self.bytes.len())..];
        match rest.first() {
            Some(b'"' | b'\'' | b'0'..=b'9' | b'`' | b'{') => true,
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80..) => {
                let length = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                    .count();
                !matches!(
                    &rest[..length],
                    b"if" | b"and" | b"or" | b"is" | b"in" | b"not" | b"for" | b"else"
                )
            }
            _ => false,
        }
    }

    /// Skips a string from its opening quote; only f-strings open a level.
    fn string(&mut self, fields: bool, _raw: bool) {
        self.statement = self.next_state();
        let quote = self.byte(0);
        let triple = self.byte(1) == quote && self.byte(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if fields {
            return self.open(Level::Text { quote, triple });
        }
        while self.at < self.bytes.len() {
            match self.byte(0) {
                b'\\' => self.at += 2,
                b'\n' if !triple => return,
                byte if byte == quote
                    && (!triple || (self.byte(1) == quote && self.byte(2) == quote)) =>
                {
                    self.at += if triple { 3 } else { 1 };
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn text(&mut self, quote: u8, triple: bool) {
        match self.byte(0) {
            b'\\' if self.byte(1) != b'{' => self.at += 2,
            b'{' if self.byte(1) == b'{' => self.at += 2,
            b'{' => {
                self.at += 1;
                self.open(Level::Field);
            }
            b'\n' if !triple => self.close(),
            byte if byte == quote
                && (!triple || (self.byte(1) == quote && self.byte(2) == quote)) =>
            {
                self.at += if triple { 3 } else { 1 };
                self.close();
            }
            _ => self.at += 1,
        }
    }

    fn spec(&mut self) {
        match self.byte(0) {
            b'{' => {
                self.at += 1;
                self.open(Level::Field);
            }
            b'}' => {
                self.at += 1;
                self.close();
                if self.level().0 == Level::Field {
                    self.close();
                }
            }
            b'\n' => {
                // Not a valid format; the parser reports it.
                self.close();
                if self.level().0 == Level::Field {
                    self.close();
                }
            }
            _ => self.at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::LeftoverKind;
    use super::scan;
    use crate::limits::{LimitKind, Limits};

    #[track_caller]
    fn check(text: &str, kinds: &[LeftoverKind]) {
        let found: Vec<_> = scan(text, &Limits::default())
            .leftovers
            .iter()
            .map(|leftover| leftover.kind)
            .collect();
        assert_eq!(found, kinds, "in {text:?}");
    }

    #[test]
    fn python_2_is_seen() {
        check(
            "print 'a'\nx = 1; print x",
            &[LeftoverKind::Print, LeftoverKind::Print],
        );
        check("if x:\n  print x, y", &[LeftoverKind::Print]);
        check("exec 'x'", &[LeftoverKind::Exec]);
        check("a = `b`", &[LeftoverKind::Backtick, LeftoverKind::Backtick]);
        check("if a <> b: pass", &[LeftoverKind::Unequal]);
        check("try: pass\nexcept E, e: pass", &[LeftoverKind::ExceptComma]);
        check("raise E, 'x'", &[LeftoverKind::RaiseComma]);
        check("m = 0777 + 10L", &[LeftoverKind::Octal, LeftoverKind::Long]);
        check("s = ur'x'", &[LeftoverKind::RawUnicode]);
    }

    #[test]
    fn python_3_is_not() {
        check("print('a')\nprint\nprint = 1\nx = print if a else b", &[]);
        check(
            "try: pass\nexcept (A, B) as e: pass\nexcept C as e: x, y = 1, 2",
            &[],
        );
        check("raise E('a, b')\nraise E from f(a, b)", &[]);
        check(
            "a = 0\nb = 00\nc = 0x1F\nd = 0.5\ne = 01.5\nf = 1e5\ng = 0o17",
            &[],
        );
        check(
            "# print 'a'\ns = '''print \"x\" `'''\nt = f'{a!r:>{w}} <> {f\"{b}\"}'",
            &[],
        );
    }

    #[track_caller]
    fn depth(text: &str, kind: Option<LimitKind>) {
        assert_eq!(
            scan(text, &Limits::default())
                .too_deep
                .map(|(_, kind)| kind),
            kind
        );
    }

    #[test]
    fn depth_is_bounded_before_parsing() {
        depth(&"(".repeat(100_000), Some(LimitKind::Nesting));
        depth(&"f'{".repeat(100_000), Some(LimitKind::Nesting));
        depth(
            &format!("x = 1{}", "+1".repeat(100_000)),
            Some(LimitKind::Chain),
        );
        depth(
            &format!("x = a{}", ".b".repeat(100_000)),
            Some(LimitKind::Chain),
        );
        depth(
            &format!("x = a{}", "()".repeat(100_000)),
            Some(LimitKind::Chain),
        );
        depth(
            &format!("x = {} 1", "not ".repeat(100_000)),
            Some(LimitKind::Chain),
        );
        depth(
            &format!("x = {} 1", "lambda: ".repeat(100_000)),
            Some(LimitKind::Chain),
        );
        depth(
            &(0..300)
                .map(|i| format!("{}if x:\n", " ".repeat(i)))
                .collect::<String>(),
            Some(LimitKind::Nesting),
        );
        depth(&format!("x = [{}]", "1 + 2, ".repeat(100_000)), None);
        depth(&"x = 1 + 2 + 3\n".repeat(10_000), None);
        depth(&format!("x = {}", "'a' ".repeat(10_000)), None);
    }
}
