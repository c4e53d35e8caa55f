//! Calls of functions, methods and other values.

use std::rc::Rc;

use crate::eval::statement::Flow;
use crate::ir::{Body, Call, Code, Expr, ExprKind};
use crate::source::Spot;
use crate::stdlib::{builtins, methods};
use crate::suggest;
use crate::values::exception::type_error;
use crate::values::{
    Args, Class, Dict, Entered, ExcKind, Function, Generator, Iter, IterState, Outcome, Raised,
    Table, Value,
};
use crate::vm::{Frame, Vm};

impl Vm {
    pub(super) fn eval_call(&mut self, frame: &mut Frame, call: &Call, at: u32) -> Outcome {
        let spot = (frame.file, at);
        // A method that is called directly needs no bound method object.
        if let ExprKind::Attribute(object, name) = &call.function.kind {
            let object = self.eval(frame, object)?;
            let name = self.names.text(*name).clone();
            let args = self.eval_args(frame, call, spot, None)?;
            self.budget.step()?;
            return self.call_method(&object, &name, args);
        }
        let function = self.eval(frame, &call.function)?;
        if let Value::Function(function) = &function
            && call.plain
            && call.keywords.is_empty()
            && function.code.params.is_simple()
        {
            self.budget.step()?;
            let mut slots = Vec::with_capacity(function.code.slots as usize);
            for arg in &call.args {
                slots.push(Some(self.eval(frame, arg)?));
            }
            let result = self.call_positional(function, slots);
            return result
                .map_err(|error| error.through(Entered::Call(function.code.name.clone()), spot));
        }
        let args = self.eval_args(frame, call, spot, Some(&function))?;
        self.call_with(&function, args)
    }

    fn eval_args(
        &mut self,
        frame: &mut Frame,
        call: &Call,
        spot: Spot,
        function: Option<&Value>,
    ) -> Outcome<Args> {
        let mut pos = Vec::with_capacity(call.args.len());
        if call.plain {
            for arg in &call.args {
                pos.push(self.eval(frame, arg)?);
            }
        } else {
            pos = self.eval_arguments(frame, &call.args, function)?;
        }
        let mut kw: Vec<(Rc<str>, Value)> = Vec::with_capacity(call.keywords.len());
        for (name, expr) in &call.keywords {
            let value = self.eval(frame, expr)?;
            self.budget.work(kw.len() >> 5)?;
            match name {
                Some(name) if call.plain => kw.push((name.clone(), value)),
                Some(name) => add_keyword(&mut kw, name.clone(), value, function)?,
                None => {
                    let Value::Dict(dict) = &value else {
                        let message = format!(
                            "{}argument after ** must be a mapping, not {}",
                            callee(function),
                            value.type_name()
                        );
                        return Err(type_error(message).at(frame.file, expr.at));
                    };
                    for (key, value) in dict.entries() {
                        let Value::Str(key) = key else {
                            return Err(type_error("keywords must be strings"));
                        };
                        self.budget.work(kw.len() >> 5)?;
                        add_keyword(&mut kw, key.shared(), value, function)?;
                    }
                }
            }
        }
        Ok(Args {
            pos,
            kw,
            spot: Some(spot),
        })
    }

    /// Evaluates positional arguments and unpacks starred ones.
    fn eval_arguments(
        &mut self,
        frame: &mut Frame,
        args: &[Expr],
        function: Option<&Value>,
    ) -> Outcome<Vec<Value>> {
        let mut pos = Vec::with_capacity(args.len());
        for arg in args {
            let ExprKind::Starred(source) = &arg.kind else {
                pos.push(self.eval(frame, arg)?);
                continue;
            };
            let value = self.eval(frame, source)?;
            if let Err(error) = self.iterate(&value)
                && error.is(ExcKind::Type)
            {
                let message = format!(
                    "{}argument after * must be an iterable, not {}",
                    callee(function),
                    value.type_name()
                );
                return Err(type_error(message).at(frame.file, source.at));
            }
            let unpacked = self.collect(&value);
            pos.extend(unpacked.map_err(|error| error.at(frame.file, source.at))?);
        }
        Ok(pos)
    }

    /// Calls a value with positional arguments.
    pub(crate) fn call(&mut self, function: &Value, args: Vec<Value>) -> Outcome {
        self.call_with(function, Args::new(args))
    }

    /// Calls a value.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn call_with(&mut self, function: &Value, args: Args) -> Outcome {
        self.budget.step()?;
        crate::stack::check_stack()?;
        match function {
            Value::Function(function) => {
                let spot = args.spot;
                let result = self
                    .bind(function, args)
                    .and_then(|slots| self.call_bound(function, slots));
                match spot {
                    Some(spot) => result.map_err(|error| {
                        error.through(Entered::Call(function.code.name.clone()), spot)
                    }),
                    None => result,
                }
            }
            Value::Builtin(builtin) => {
                let made = (builtin.call)(self, args)?;
                self.charge(made)
            }
            Value::Method(method) => self.call_method(&method.this, &method.name, args),
            Value::Class(class) => {
                let made = builtins::construct(self, *class, args)?;
                self.charge(made)
            }
            Value::Native(object) => match object.clone().call(self, args)? {
                Some(made) => self.charge(made),
                None => Err(not_callable(function)),
            },
            _ => Err(not_callable(function)),
        }
    }

    /// `object.name(...)`.
    ///
    /// # Errors
    ///
    /// Exceptions of the program, and limits.
    pub fn call_method(&mut self, object: &Value, name: &Rc<str>, mut args: Args) -> Outcome {
        match object {
            Value::Module(_) => {
                let function = self.attribute(object, name)?;
                self.call_with(&function, args)
            }
            Value::Native(native) => {
                let native = native.clone();
                if let Some(made) = native.call_method(self, name, &mut args)? {
                    return self.charge(made);
                }
                let function = self.attribute(object, name)?;
                self.call_with(&function, args)
            }
            _ => match methods::call(self, object, name, args)? {
                methods::Called::Done(made) => self.charge(made),
                methods::Called::NotAMethod(args) => {
                    let function = self.attribute(object, name)?;
                    self.call_with(&function, args)
                }
            },
        }
    }

    /// Returns `object.name`.
    pub(crate) fn attribute(&mut self, object: &Value, name: &Rc<str>) -> Outcome {
        if let Some(value) = self.find_attribute(object, name)? {
            return Ok(value);
        }
        Err(self.no_attribute(object, name))
    }

    /// Returns `object.name`; `None` for unknown attributes.
    pub(crate) fn find_attribute(
        &mut self,
        object: &Value,
        name: &Rc<str>,
    ) -> Outcome<Option<Value>> {
        let is_method = match object {
            Value::Module(module) => return Ok(module.get(name).cloned()),
            Value::Native(native) => {
                let native = native.clone();
                if let Some(value) = native.attribute(self, name)? {
                    return Ok(Some(value));
                }
                native.methods().contains(&&**name)
            }
            _ => {
                if let Some(value) = methods::data(object, name) {
                    return Ok(Some(value));
                }
                methods::has_method(object, name)
            }
        };
        if !is_method {
            return Ok(None);
        }
        let method = crate::values::Method {
            this: object.clone(),
            name: name.clone(),
        };
        self.charge(Value::Method(Rc::new(method))).map(Some)
    }

    #[cold]
    fn no_attribute(&mut self, object: &Value, name: &str) -> Raised {
        let (message, known): (String, Vec<String>) = match object {
            Value::Module(module) => {
                let message = format!("module '{}' has no attribute '{name}'", module.name);
                (
                    message,
                    module
                        .items
                        .iter()
                        .map(|(name, _)| (*name).to_owned())
                        .collect(),
                )
            }
            Value::Class(class) => {
                let message = format!("type object '{}' has no attribute '{name}'", class.name());
                (
                    message,
                    methods::names(object)
                        .iter()
                        .map(|name| (*name).to_owned())
                        .collect(),
                )
            }
            Value::Native(native) => {
                let message = format!("'{}' object has no attribute '{name}'", native.type_name());
                (
                    message,
                    native
                        .methods()
                        .iter()
                        .map(|name| (*name).to_owned())
                        .collect(),
                )
            }
            _ => {
                let message = format!("'{}' object has no attribute '{name}'", object.type_name());
                (
                    message,
                    methods::names(object)
                        .iter()
                        .map(|name| (*name).to_owned())
                        .collect(),
                )
            }
        };
        let error = Raised::new(crate::values::ExcKind::Attribute, message);
        match (
            suggest::closest(name, known.iter().map(String::as_str)),
            object,
        ) {
            _ if matches!((object, name), (Value::Str(_), "decode")) => {
                error.hint("texts are decoded already; leave it out")
            }
            _ if matches!((object, name), (Value::Bytes(_), "encode")) => {
                error.hint("bytes are encoded already; leave it out")
            }
            _ if super::operators::was_list(object) && methods::has(Class::List, name) => error
                .hint("it was a list in Python 2; make one with `list(...)`, or use `sorted(...)`"),
            _ if matches!(object, Value::Module(module) if module.name == "string")
                && methods::has(Class::Str, name) =>
            {
                error.hint(format!(
                    "functions of `string` are Python 2; call the text's own: `text.{name}(...)`"
                ))
            }
            (Some(close), _) => error.hint(format!("did you mean `{close}`?")),
            (None, Value::Module(module)) => error.hint(format!(
                "only parts of `{}` are supported: {}",
                module.name,
                known.join(", ")
            )),
            _ => error,
        }
    }

    /// Calls a function whose positional arguments are in their slots.
    fn call_positional(&mut self, function: &Function, mut slots: Vec<Option<Value>>) -> Outcome {
        let params = &function.code.params.positional;
        if slots.len() > params.len() {
            return Err(too_many(&function.code, function, slots.len()));
        }
        if slots.len() < params.len() {
            let given = slots.len();
            slots.resize(params.len(), None);
            self.fill_defaults(function, &mut slots, given)?;
        }
        self.call_bound(function, slots)
    }

    fn fill_defaults(
        &self,
        function: &Function,
        slots: &mut [Option<Value>],
        given: usize,
    ) -> Outcome<()> {
        let params = &function.code.params;
        for (slot, value) in slots.iter_mut().enumerate().skip(given) {
            if value.is_none() {
                *value = function.defaults.get(slot).cloned().flatten();
            }
        }
        let missing = |names: &[Rc<str>], first: usize| -> Vec<Rc<str>> {
            let empty = names
                .iter()
                .enumerate()
                .filter(|(index, _)| slots[first + index].is_none());
            empty.map(|(_, name)| name.clone()).collect()
        };
        let positional = missing(&params.positional, 0);
        if !positional.is_empty() {
            return Err(missing_arguments(
                &function.code.name,
                "positional",
                &positional,
            ));
        }
        let keyword_only = missing(&params.keyword_only, params.positional.len());
        if !keyword_only.is_empty() {
            return Err(missing_arguments(
                &function.code.name,
                "keyword-only",
                &keyword_only,
            ));
        }
        Ok(())
    }

    /// Moves arguments into the slots of their parameters.
    fn bind(&mut self, function: &Function, args: Args) -> Outcome<Vec<Option<Value>>> {
        let code = &function.code;
        let params = &code.params;
        let positional = params.positional.len();
        let named = positional + params.keyword_only.len();
        let mut slots: Vec<Option<Value>> = Vec::with_capacity(code.slots as usize);
        let given = args.pos.len();
        let mut values = args.pos.into_iter();
        slots.extend(values.by_ref().take(positional).map(Some));
        slots.resize(named, None);
        let rest: Vec<Value> = values.collect();
        if !rest.is_empty() && !params.args {
            return Err(too_many(code, function, given));
        }
        let mut extra = Table::default();
        for (name, value) in args.kw {
            self.budget.work(named >> 5)?;
            let by_name = params
                .positional
                .iter()
                .enumerate()
                .skip(params.positional_only);
            let found = by_name
                .chain(
                    params
                        .keyword_only
                        .iter()
                        .enumerate()
                        .map(|(index, name)| (positional + index, name)),
                )
                .find(|(_, known)| **known == name);
            match found {
                Some((slot, _)) => {
                    if slots[slot].replace(value).is_some() {
                        return Err(type_error(format!(
                            "{}() got multiple values for argument '{name}'",
                            code.name
                        )));
                    }
                }
                None if params.kwargs => {
                    extra.insert(Value::text(name), value)?;
                }
                None if params.positional[..params.positional_only].contains(&name) => {
                    return Err(type_error(format!(
                        "{}() got some positional-only arguments passed as keyword arguments: '{name}'",
                        code.name
                    )));
                }
                None => {
                    let known: Vec<&str> = params
                        .positional
                        .iter()
                        .chain(&params.keyword_only)
                        .map(|name| &**name)
                        .collect();
                    return Err(crate::values::args::unexpected_keyword(
                        &code.name, &name, &known,
                    ));
                }
            }
        }
        self.fill_defaults(function, &mut slots, given.min(positional))?;
        if params.args {
            self.budget.values(rest.len())?;
            slots.push(Some(Value::tuple(rest)));
        }
        if params.kwargs {
            slots.push(Some(Value::Dict(Dict::new(extra))));
        }
        Ok(slots)
    }

    /// Runs a function whose parameters are in their slots.
    fn call_bound(&mut self, function: &Function, mut slots: Vec<Option<Value>>) -> Outcome {
        let code = &function.code;
        slots.resize(code.slots as usize, None);
        let mut frame = Frame {
            slots,
            file: code.file,
            yields: Vec::new(),
        };
        frame.make_cells(&code.cells);
        for ((_, slot), cell) in code.captures.iter().zip(&function.cells) {
            frame.slots[*slot as usize] = Some(Value::Cell(cell.clone()));
        }
        if code.yields {
            let generator = Generator::function(code.clone(), frame);
            return self.charge(Iter::value(
                "generator",
                IterState::Generator(Box::new(generator)),
            ));
        }
        self.run_code(code, &mut frame)
    }

    /// Runs a function's body in its frame.
    pub(super) fn run_code(&mut self, code: &Code, frame: &mut Frame) -> Outcome {
        self.enter()?;
        let result = match &code.body {
            Body::Expr(expr) => self.eval(frame, expr),
            Body::Block(block) => match self.block(frame, block) {
                Ok(Flow::Return(value)) => Ok(value),
                Ok(_) => Ok(Value::None),
                Err(error) => Err(error),
            },
        };
        self.depth -= 1;
        result
    }

    /// Checks whether a value can be called.
    pub(crate) fn is_callable(&self, value: &Value) -> bool {
        match value {
            Value::Function(_) | Value::Builtin(_) | Value::Method(_) => true,
            Value::Class(class) => *class != Class::NoneType,
            Value::Native(object) => object.is_callable(),
            _ => false,
        }
    }
}

fn not_callable(value: &Value) -> Raised {
    type_error(format!("'{}' object is not callable", value.type_name()))
}

/// Returns the name of the called function, as the beginning of a message.
fn callee(function: Option<&Value>) -> String {
    match function {
        Some(Value::Function(function)) => format!("{}() ", function.code.name),
        Some(Value::Builtin(builtin)) => format!("{}() ", builtin.name),
        _ => String::new(),
    }
}

fn add_keyword(
    keywords: &mut Vec<(Rc<str>, Value)>,
    name: Rc<str>,
    value: Value,
    function: Option<&Value>,
) -> Outcome<()> {
    if keywords.iter().any(|(known, _)| *known == name) {
        return Err(type_error(format!(
            "{}got multiple values for keyword argument '{name}'",
            callee(function)
        )));
    }
    keywords.push((name, value));
    Ok(())
}

fn too_many(code: &Code, function: &Function, given: usize) -> Raised {
    let most = code.params.positional.len();
    let defaults = (0..most)
        .filter(|slot| function.defaults.get(*slot).is_some_and(Option::is_some))
        .count();
    let takes = if defaults > 0 {
        format!("from {} to {most}", most - defaults)
    } else {
        most.to_string()
    };
    let plural = if most == 1 && defaults == 0 { "" } else { "s" };
    let verb = if given == 1 { "was" } else { "were" };
    type_error(format!(
        "{}() takes {takes} positional argument{plural} but {given} {verb} given",
        code.name
    ))
}

fn missing_arguments(function: &str, kind: &str, names: &[Rc<str>]) -> Raised {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match &quoted[..] {
        [only] => only.clone(),
        [first, last] => format!("{first} and {last}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        [] => String::new(),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    type_error(format!(
        "{function}() missing {} required {kind} argument{plural}: {list}",
        names.len()
    ))
}
