//! `open()`, and the file objects it returns.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use crate::stdlib::modules::os::file_error;
use crate::values::args::{integer, text};
use crate::values::exception::value_error;
use crate::values::{Args, ExcKind, Iteration, Native, Outcome, Raised, Value};
use crate::vm::Vm;

/// `open(path, mode)`.
pub(super) fn open(vm: &mut Vm, mut args: Args) -> Outcome {
    for ignored in ["encoding", "newline", "buffering", "errors"] {
        args.take_keyword(ignored);
    }
    let [path, mode] = args.parameters("open", ["file", "mode"], 1)?;
    let path = text("open() path", &path.unwrap_or(Value::None))?;
    let mode = match mode {
        Some(mode) => text("open() argument 'mode'", &mode)?.shared(),
        None => "r".into(),
    };
    if mode.contains(['w', 'a', 'x', '+']) {
        return Err(Raised::not_supported(
            "writing files",
            "a job file cannot write files; use `print` for output",
        ));
    }
    if mode.is_empty()
        || !mode
            .chars()
            .all(|letter| matches!(letter, 'r' | 'b' | 't' | 'U'))
    {
        return Err(value_error(format!("invalid mode: '{mode}'")));
    }
    let bytes = vm
        .host
        .read(&path)
        .map_err(|unreadable| file_error(unreadable, &path))?;
    vm.budget.string(bytes.len())?;
    let content = if mode.contains('b') {
        Content::Bytes(bytes.into())
    } else {
        let made = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or(0);
            Raised::new(
                ExcKind::UnicodeDecode,
                format!("'utf-8' codec can't decode byte {byte:#04x} in position {at}: invalid start byte"),
            )
            .hint("open it with mode 'rb', or save it in UTF-8")
        })?;
        // Text mode converts every line end to `\n`.
        Content::Text(
            if made.contains('\r') {
                made.replace("\r\n", "\n").replace('\r', "\n")
            } else {
                made
            }
            .into(),
        )
    };
    Ok(Value::native(File {
        name: path.shared(),
        content,
        state: RefCell::new(State {
            at: 0,
            closed: false,
        }),
    }))
}

enum Content {
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
}

struct File {
    name: Rc<str>,
    content: Content,
    state: RefCell<State>,
}

struct State {
    at: usize,
    closed: bool,
}

impl File {
    fn check(&self) -> Outcome<()> {
        if self.state.borrow().closed {
            Err(value_error("I/O operation on closed file."))
        } else {
            Ok(())
        }
    }

    fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    fn piece(&self, start: usize, end: usize) -> Value {
        match &self.content {
            Content::Text(text) => Value::from(&text[start..end]),
            Content::Bytes(bytes) => Value::Bytes(bytes[start..end].into()),
        }
    }

    fn read(&self, vm: &mut Vm, count: Option<i64>) -> Outcome {
        self.check()?;
        let mut state = self.state.borrow_mut();
        let start = state.at;
        let left = self.bytes().len() - start;
        let end = match (
            count.and_then(|count| usize::try_from(count).ok()),
            &self.content,
        ) {
            (None, _) => start + left,
            (Some(count), Content::Bytes(_)) => start + count.min(left),
            (Some(count), Content::Text(text)) => text[start..]
                .char_indices()
                .nth(count)
                .map_or(start + left, |(offset, _)| start + offset),
        };
        state.at = end;
        vm.budget.string(end - start)?;
        Ok(self.piece(start, end))
    }

    fn line(&self) -> Option<Value> {
        let mut state = self.state.borrow_mut();
        let start = state.at;
        let rest = &self.bytes()[start..];
        if rest.is_empty() {
            return None;
        }
        let end = start
            + rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1);
        state.at = end;
        Some(self.piece(start, end))
    }

    fn lines(&self, vm: &mut Vm) -> Outcome<Vec<Value>> {
        self.check()?;
        vm.budget.string(self.bytes().len())?;
        let lines: Vec<Value> = std::iter::from_fn(|| self.line()).collect();
        vm.budget.values(lines.len())?;
        Ok(lines)
    }
}

impl Native for File {
    fn type_name(&self) -> Rc<str> {
        match self.content {
            Content::Text(_) => "TextIOWrapper".into(),
            Content::Bytes(_) => "BufferedReader".into(),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::text(self.name.clone())),
            "closed" => Some(Value::Bool(self.state.borrow().closed)),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["close", "read", "readline", "readlines", "seek", "tell"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        Ok(Some(match name {
            "read" => {
                let [count] = args.between("read", 0)?;
                let count = count.filter(|count| !matches!(count, Value::None));
                self.read(vm, count.map(|count| integer(&count)).transpose()?)?
            }
            "readline" => {
                args.none("readline")?;
                self.check()?;
                self.line().unwrap_or_else(|| self.piece(0, 0))
            }
            "readlines" => {
                args.none("readlines")?;
                Value::list(self.lines(vm)?)
            }
            "close" => {
                self.state.borrow_mut().closed = true;
                Value::None
            }
            "seek" => {
                let to = usize::try_from(integer(&args.single("seek")?)?).unwrap_or(usize::MAX);
                let to = to.min(self.bytes().len());
                let boundary = match &self.content {
                    Content::Text(text) => text.is_char_boundary(to),
                    Content::Bytes(_) => true,
                };
                if !boundary {
                    return Err(value_error("cannot seek into the middle of a character"));
                }
                self.state.borrow_mut().at = to;
                Value::from(to)
            }
            "tell" => Value::from(self.state.borrow().at),
            _ => return Ok(None),
        }))
    }

    fn iterate(&self, vm: &mut Vm) -> Outcome<Option<Iteration>> {
        Ok(Some(Iteration::over(self.lines(vm)?)))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<{} name='{}'>", self.type_name(), self.name))
    }

    fn is_context(&self) -> bool {
        true
    }
}
