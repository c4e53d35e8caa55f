//! `hashlib`.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::stdlib::methods::bytes::hex;
use crate::stdlib::modules::table::{functions, table};
use crate::values::args::text;
use crate::values::exception::{type_error, value_error};
use crate::values::{Args, Builtin, Native, Outcome, Value};
use crate::vm::Vm;

pub(super) fn items() -> Vec<(&'static str, Value)> {
    static TABLE: &[Builtin] = table! {
        "md5" => md5,
        "new" => new,
        "sha1" => sha1,
        "sha224" => sha224,
        "sha256" => sha256,
        "sha384" => sha384,
        "sha512" => sha512,
    };
    functions(TABLE)
}

#[derive(Clone)]
enum State {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl State {
    fn new(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "md5" => Self::Md5(Md5::new()),
            "sha1" => Self::Sha1(Sha1::new()),
            "sha224" => Self::Sha224(Sha224::new()),
            "sha256" => Self::Sha256(Sha256::new()),
            "sha384" => Self::Sha384(Sha384::new()),
            "sha512" => Self::Sha512(Sha512::new()),
            _ => return None,
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Md5(_) => "md5",
            Self::Sha1(_) => "sha1",
            Self::Sha224(_) => "sha224",
            Self::Sha256(_) => "sha256",
            Self::Sha384(_) => "sha384",
            Self::Sha512(_) => "sha512",
        }
    }

    /// Returns the length of the digest and of a block, in bytes.
    fn sizes(&self) -> (i64, i64) {
        match self {
            Self::Md5(_) => (16, 64),
            Self::Sha1(_) => (20, 64),
            Self::Sha224(_) => (28, 64),
            Self::Sha256(_) => (32, 64),
            Self::Sha384(_) => (48, 128),
            Self::Sha512(_) => (64, 128),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(state) => state.update(bytes),
            Self::Sha1(state) => state.update(bytes),
            Self::Sha224(state) => state.update(bytes),
            Self::Sha256(state) => state.update(bytes),
            Self::Sha384(state) => state.update(bytes),
            Self::Sha512(state) => state.update(bytes),
        }
    }

    fn digest(&self) -> Vec<u8> {
        match self.clone() {
            Self::Md5(state) => state.finalize().to_vec(),
            Self::Sha1(state) => state.finalize().to_vec(),
            Self::Sha224(state) => state.finalize().to_vec(),
            Self::Sha256(state) => state.finalize().to_vec(),
            Self::Sha384(state) => state.finalize().to_vec(),
            Self::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

fn bytes_of(value: &Value) -> Outcome<Rc<[u8]>> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.clone()),
        Value::Str(_) => Err(type_error("Strings must be encoded before hashing")
            .hint("write `text.encode('utf-8')`; Python 2 took texts for bytes")),
        other => Err(type_error(format!(
            "object supporting the buffer API required, not {}",
            other.type_name()
        ))),
    }
}

fn start(vm: &mut Vm, name: &str, mut args: Args) -> Outcome {
    args.take_keyword("usedforsecurity");
    let Some(mut state) = State::new(name) else {
        return Err(value_error(format!("unsupported hash type {name}"))
            .hint("there are md5, sha1, sha224, sha256, sha384 and sha512"));
    };
    let [data] = args.parameters("hash", ["string"], 0)?;
    if let Some(data) = data {
        let bytes = bytes_of(&data)?;
        vm.budget.work(bytes.len() >> 6)?;
        state.update(&bytes);
    }
    Ok(Value::native(Hash(RefCell::new(state))))
}

fn new(vm: &mut Vm, mut args: Args) -> Outcome {
    if args.pos.is_empty() {
        return Err(type_error("new() missing required argument 'name' (pos 1)"));
    }
    let name = text("new() argument 1", &args.pos.remove(0))?;
    start(vm, &name, args)
}

fn md5(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "md5", args)
}

fn sha1(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "sha1", args)
}

fn sha224(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "sha224", args)
}

fn sha256(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "sha256", args)
}

fn sha384(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "sha384", args)
}

fn sha512(vm: &mut Vm, args: Args) -> Outcome {
    start(vm, "sha512", args)
}

struct Hash(RefCell<State>);

impl Native for Hash {
    fn type_name(&self) -> Rc<str> {
        "_hashlib.HASH".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn attribute(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<Value>> {
        let state = self.0.borrow();
        Ok(match name {
            "name" => Some(Value::from(state.name())),
            "digest_size" => Some(Value::Int(state.sizes().0)),
            "block_size" => Some(Value::Int(state.sizes().1)),
            _ => None,
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        &["copy", "digest", "hexdigest", "update"]
    }

    fn call_method(&self, vm: &mut Vm, name: &str, args: &mut Args) -> Outcome<Option<Value>> {
        let args = std::mem::take(args);
        Ok(Some(match name {
            "update" => {
                let bytes = bytes_of(&args.single("update")?)?;
                vm.budget.work(bytes.len() >> 6)?;
                self.0.borrow_mut().update(&bytes);
                Value::None
            }
            "hexdigest" => {
                args.none("hexdigest")?;
                Value::from(hex(&self.0.borrow().digest()))
            }
            "digest" => {
                args.none("digest")?;
                Value::Bytes(self.0.borrow().digest().into())
            }
            "copy" => {
                args.none("copy")?;
                Value::native(Hash(RefCell::new(self.0.borrow().clone())))
            }
            _ => return Ok(None),
        }))
    }

    fn repr(&self, _vm: &mut Vm) -> Outcome<String> {
        Ok(format!("<{} _hashlib.HASH object>", self.0.borrow().name()))
    }
}

#[cfg(test)]
mod tests {
    use super::State;
    use crate::stdlib::methods::bytes::hex;

    #[test]
    fn digests_are_the_standard_ones() {
        for (name, expected) in [
            ("md5", "900150983cd24fb0d6963f7d28e17f72"),
            ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "sha256",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
        ] {
            let mut state = State::new(name).unwrap();
            state.update(b"abc");
            assert_eq!(hex(&state.digest()), expected);
            assert_eq!(state.digest().len() as i64, state.sizes().0);
        }
    }
}
