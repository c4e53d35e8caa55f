//! Floats that `/` made of two integers: where one reaches an Integer or a String, the file may have been written for Python 2.

use std::cell::RefCell;
use std::collections::HashSet;

use bindery_core::{Type, Value as Data};

use super::convert::Given;
use crate::eval::Vm;
use crate::exception::Spot;

/// How many of them are kept in mind; a file says the same thing again and again.
const MOST: usize = 1000;

thread_local! {
    static MADE: RefCell<HashSet<u64>> = RefCell::default();
}

/// Keeps in mind that `/` made this of two integers.
pub(crate) fn made(quotient: f64) {
    MADE.with_borrow_mut(|made| {
        if made.len() < MOST {
            made.insert(quotient.to_bits());
        }
    });
}

/// Forgets what an earlier load made.
pub(crate) fn forget() {
    MADE.with_borrow_mut(HashSet::clear);
}

/// Says so where one is given to a type, or to a field, that turns it into an integer or a text.
pub(super) fn remark(vm: &mut Vm, ty: &Type, given: &Given, spot: Option<Spot>) {
    match ty {
        Type::Struct(ty) => {
            for (name, value) in &given.keywords {
                let field = ty.fields().iter().find(|(field, _)| field == name);
                if let Some((_, field)) = field {
                    remark_one(vm, field.ty(), value, &format!(" `{name}`"), spot);
                }
            }
        }
        simple => {
            if let [value] = &*given.arguments {
                remark_one(vm, simple, value, "", spot);
            }
        }
    }
}

fn remark_one(vm: &mut Vm, ty: &Type, value: &Data, field: &str, spot: Option<Spot>) {
    let (Type::Integer | Type::String, Data::Float(float)) = (ty, value) else {
        return;
    };
    if MADE.with_borrow(|made| made.contains(&float.to_bits())) {
        let shown = bindery_core::repr::float(*float);
        let message = format!(
            "the {}{field} is given {shown}, which `/` made of two integers",
            ty.name()
        );
        let hint = "`//` makes an integer, as `/` did in Python 2".to_owned();
        vm.host.note(message, spot, Some(hint));
    }
}
