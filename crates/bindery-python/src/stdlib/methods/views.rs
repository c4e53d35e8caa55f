//! Views of dicts.

use std::rc::Rc;

use crate::stdlib::filling::make_set;
use crate::text;
use crate::values::exception::type_error;
use crate::values::{Dict, DictPart, IterState, Iteration, Outcome, Set, Table, Value};
use crate::vm::Vm;

/// Result of `dict.keys()`, `values()` or `items()`, which follows changes of the dict.
pub(super) struct View {
    pub(super) dict: Rc<Dict>,
    pub(super) part: DictPart,
}

impl View {
    fn values(&self) -> Vec<Value> {
        let entries = self.dict.entries().into_iter();
        match self.part {
            DictPart::Keys => entries.map(|(key, _)| key).collect(),
            DictPart::Values => entries.map(|(_, value)| value).collect(),
            DictPart::Items => entries
                .map(|(key, value)| Value::tuple([key, value]))
                .collect(),
        }
    }

    fn as_set(&self) -> Outcome<Table<()>> {
        let mut table = Table::default();
        for value in self.values() {
            table.insert(value, ())?;
        }
        Ok(table)
    }
}

/// Checks for a view of a dict.
pub fn is_view(object: &dyn crate::values::Native) -> bool {
    object.as_any().is::<View>()
}

impl crate::values::Native for View {
    fn type_name(&self) -> Rc<str> {
        match self.part {
            DictPart::Keys => "dict_keys".into(),
            DictPart::Values => "dict_values".into(),
            DictPart::Items => "dict_items".into(),
        }
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self, vm: &mut Vm) -> Outcome<String> {
        let items = text::repr(vm, &Value::list(self.values()))?;
        Ok(format!("{}({items})", self.type_name()))
    }

    fn truth(&self) -> bool {
        self.dict.table.borrow().len() > 0
    }

    fn length(&self) -> Outcome<Option<usize>> {
        Ok(Some(self.dict.table.borrow().len()))
    }

    fn iterate(&self, _vm: &mut Vm) -> Outcome<Option<Iteration>> {
        Ok(Some(Iteration(IterState::dict(
            self.dict.clone(),
            self.part,
        ))))
    }

    fn contains(&self, _vm: &mut Vm, item: &Value) -> Outcome<Option<bool>> {
        match self.part {
            DictPart::Keys => self.dict.table.borrow().contains(item).map(Some),
            DictPart::Values | DictPart::Items => Ok(None),
        }
    }

    fn equals(&self, other: &Value) -> Outcome<Option<bool>> {
        if self.part == DictPart::Values {
            return Ok(None);
        }
        let other = match (other, other.as_native::<View>()) {
            (Value::Set(set), _) => set.table.borrow().clone(),
            (_, Some(view)) => view.as_set()?,
            _ => return Ok(Some(false)),
        };
        let own = self.as_set()?;
        let mut same = own.len() == other.len();
        for (item, ()) in own.iter() {
            same = same && other.contains(item)?;
        }
        Ok(Some(same))
    }

    fn binary(
        &self,
        vm: &mut Vm,
        op: crate::operator::BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> Outcome<Option<Value>> {
        use crate::operator::BinaryOp::{Add, BitAnd, BitOr, BitXor, Sub};
        // In Python 2 views were lists, which can be concatenated.
        if op == Add
            && let Value::List(_) = other
        {
            return Err(type_error(format!(
                "can only concatenate list (not \"{}\") to list",
                self.type_name()
            ))
            .hint("make a list of it: `list(d.items())`"));
        }
        if self.part == DictPart::Values || !matches!(op, BitAnd | BitOr | BitXor | Sub) {
            return Ok(None);
        }
        let own = Value::Set(Set::new(self.as_set()?, false));
        let other = Value::Set(Set::new(make_set(vm, other)?, false));
        if reflected {
            vm.binary(op, &other, &own).map(Some)
        } else {
            vm.binary(op, &own, &other).map(Some)
        }
    }

    fn item(&self, _vm: &mut Vm, _key: &Value) -> Outcome<Option<Value>> {
        Err(type_error(format!(
            "'{}' object is not subscriptable",
            self.type_name()
        ))
        .hint("make a list of it: `list(d.keys())[0]`"))
    }
}
