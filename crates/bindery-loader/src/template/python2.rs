//! Warnings about divisions that were written for Python 2.

use bindery_core::{Type, Value as Data};
use bindery_python::{Spot, Vm, is_quotient};

use super::convert::CallData;

/// Warns if a quotient of two integers is given to a type or field that converts it to an integer or a string.
pub(super) fn remark(vm: &mut Vm, ty: &Type, given: &CallData, spot: Option<Spot>) {
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
    if is_quotient(*float) {
        let shown = bindery_core::repr::float(*float);
        let message = format!(
            "the {}{field} is given {shown}, which `/` made of two integers",
            ty.name()
        );
        let hint = "`//` makes an integer, as `/` did in Python 2".to_owned();
        vm.note(message, spot, Some(hint));
    }
}
