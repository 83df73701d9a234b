//! What the host takes of a report: bounds on what it unfolds to, since a few bytes of JSON can become many of memory.
//!
//! The door bounds the bytes that a guest hands over. A map with one empty entry is 8 of them and 500 in the host, so what
//! is made of them is bounded too, while it is read: what is over a bound is refused before it takes memory. Each
//! language's guest stays below these bounds by itself; only a program that speaks past it can meet them.

use std::fmt;

use sbx_core::RichResult;
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

/// How many values a report can have.
const MAX_RESULTS: usize = 200;

/// How many forms a value can have.
const MAX_FORMS: usize = 16;

/// Bytes of a form's name, as RFC 6838 has it.
const MAX_MIME_BYTES: usize = 127;

/// Bytes of a form.
const MAX_FORM_BYTES: usize = 4 << 20;

/// Bytes of any other text. Guests cut theirs at 64 Ki characters.
const MAX_TEXT_BYTES: usize = 256 << 10;

/// Reads `results`.
pub(crate) fn results<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RichResult>, D::Error> {
    from.deserialize_seq(Results)
}

/// Reads a text of an error.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Text(MAX_TEXT_BYTES).deserialize(from)
}

/// Reads a text of an error that may be null.
pub(crate) fn text_or_null<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    from.deserialize_option(TextOrNull)
}

struct Results;

impl<'de> Visitor<'de> for Results {
    type Value = Vec<RichResult>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_RESULTS} values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut results = Vec::new();
        while let Some(result) = from.next_element_seed(Forms)? {
            if results.len() == MAX_RESULTS {
                return Err(A::Error::invalid_length(MAX_RESULTS + 1, &self));
            }
            results.push(result);
        }
        Ok(results)
    }
}

/// The forms of one value.
struct Forms;

impl<'de> DeserializeSeed<'de> for Forms {
    type Value = RichResult;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Forms {
    type Value = RichResult;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_FORMS} forms")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut result = RichResult::default();
        let mut n_forms = 0;
        while let Some(mime) = from.next_key_seed(Text(MAX_MIME_BYTES))? {
            n_forms += 1;
            if n_forms > MAX_FORMS {
                return Err(A::Error::invalid_length(n_forms, &self));
            }
            result.data.insert(mime, from.next_value_seed(Text(MAX_FORM_BYTES))?);
        }
        Ok(result)
    }
}

/// A text of at most so many bytes.
struct Text(usize);

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a text of at most {} bytes", self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.len() > self.0 { Err(E::invalid_length(text.len(), &self)) } else { Ok(text.to_owned()) }
    }
}

struct TextOrNull;

impl<'de> Visitor<'de> for TextOrNull {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        text(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReplyError;

    #[test]
    fn texts_are_as_long_as_their_bounds() {
        let error = |name: &str, n_bytes: usize| {
            let mut error = serde_json::json!({ "kind": "", "message": "", "traceback": "" });
            error[name] = "x".repeat(n_bytes).into();
            serde_json::from_value::<ReplyError>(error)
        };
        for name in ["kind", "message", "traceback", "code", "module", "nearest", "filename"] {
            assert!(
                error(name, MAX_TEXT_BYTES).is_ok() && error(name, MAX_TEXT_BYTES + 1).is_err(),
                "{name}"
            );
        }
        let form = |n_bytes: usize| {
            let results_of = format!(r#"[{{"text/plain":"{}"}}]"#, "x".repeat(n_bytes));
            results(&mut serde_json::Deserializer::from_str(&results_of))
        };
        assert!(form(MAX_FORM_BYTES).is_ok() && form(MAX_FORM_BYTES + 1).is_err());
    }
}
