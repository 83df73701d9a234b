//! What a step of a sequence is given. What no call reads is an error: a misspelt argument must not pass.

use sbx::{ExecutionPolicy, Result};
use toml::{Table, Value};

/// The arguments of one call, each of which is taken once.
#[derive(Debug, Clone)]
pub(super) struct Arguments(Table);

impl Arguments {
    pub(super) fn new(table: Table) -> Self {
        Self(table)
    }

    /// Those that nobody took.
    pub(super) fn names(&self) -> String {
        self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// A text: as it stands, or `{ repeat = "x", times = 300 }`.
    pub(super) fn text(&mut self, name: &str) -> String {
        self.text_or_none(name).unwrap_or_else(|| panic!("it needs {name:?}"))
    }

    pub(super) fn text_or_none(&mut self, name: &str) -> Option<String> {
        Some(text(name, self.0.remove(name)?))
    }

    /// A text, or nothing for none.
    pub(super) fn text_or_empty(&mut self, name: &str) -> String {
        self.text_or_none(name).unwrap_or_default()
    }

    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.0.remove(name) else { return Vec::new() };
        let Value::Array(values) = value else { panic!("{name} is no list: {value}") };
        values.into_iter().map(|value| text(name, value)).collect()
    }

    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        let value = self.0.remove(name)?;
        // Beyond what TOML has numbers for, as text.
        let number = if let Value::String(text) = &value {
            text.parse().ok()
        } else {
            value.as_integer().and_then(|number| u64::try_from(number).ok())
        };
        Some(number.unwrap_or_else(|| panic!("{name} is no number: {value}")))
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.0.remove(name)?;
        Some(value.as_bool().unwrap_or_else(|| panic!("{name} is not true or false: {value}")))
    }

    pub(super) fn table(&mut self, name: &str) -> Table {
        match self.0.remove(name) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => panic!("{name} is no table: {other}"),
        }
    }

    pub(super) fn tables(&mut self, name: &str) -> Vec<Self> {
        let Some(value) = self.0.remove(name) else { return Vec::new() };
        let Value::Array(values) = value else { panic!("{name} is no list: {value}") };
        let table = |value| {
            let Value::Table(table) = value else { panic!("{name} has {value}, which is no table") };
            Self(table)
        };
        values.into_iter().map(table).collect()
    }
}

fn text(name: &str, value: Value) -> String {
    if let Value::String(text) = value {
        return text;
    }
    let Value::Table(table) = value else { panic!("{name} is no text: {value}") };
    let mut repeated = Arguments(table);
    let (part, times) = (repeated.text("repeat"), repeated.number("times"));
    assert!(repeated.0.is_empty(), "{name} has more than `repeat` and `times`");
    part.repeat(usize::try_from(times.expect("`repeat` says how many `times`")).unwrap())
}

/// The default policy with these fields.
pub(super) fn policy(fields: &Table) -> Result<ExecutionPolicy> {
    let mut policy = ExecutionPolicy::default();
    for (key, value) in fields {
        policy.set(key, value)?;
    }
    Ok(policy)
}
