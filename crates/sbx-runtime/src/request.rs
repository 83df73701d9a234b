//! What is asked of a guest: each language's `guest/README.md` has its side of the protocol.

use std::collections::BTreeMap;

use serde::Serialize;

/// Starts a request; no program can begin with it.
const MAGIC: u8 = 1;

/// A request's header; what is absent keeps its value in the guest.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "the switches of the guest's `run`, one member each")]
pub struct Request<'a> {
    /// What to do with the code.
    pub op: Op,
    /// The code's file name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// The kind of source, where a language has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The language of the source, where a guest knows several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<&'static str>,
    /// See [`Program::main_file`](crate::Program::main_file).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_file: Option<&'a str>,
    /// The program's arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argv: Option<&'a [String]>,
    /// The environment, in place of the image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<&'a BTreeMap<String, String>>,
    /// The working directory, in place of the image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<&'a str>,
    /// 32 hexadecimal digits that replace all randomness the image was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<&'a str>,
    /// Milliseconds after which the guest stops the program by itself, where it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ms: Option<u32>,
    /// Whether standard input has something.
    #[serde(skip_serializing_if = "is_false")]
    pub stdin: bool,
    /// Whether standard input can be read anew.
    #[serde(skip_serializing_if = "is_false")]
    pub stdin_reset: bool,
    /// See [`Program::echo`](crate::Program::echo).
    #[serde(skip_serializing_if = "is_false")]
    pub echo: bool,
    /// See [`Program::figures`](crate::Program::figures), where it is not the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figures: Option<&'static str>,
    /// See [`Program::at_exit`](crate::Program::at_exit).
    #[serde(skip_serializing_if = "is_false")]
    pub at_exit: bool,
    /// Whether the names that the turns before left stay in the image that is sealed.
    #[serde(skip_serializing_if = "is_false")]
    pub keep: bool,
}

/// What to do with the code of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Op {
    /// Runs a program.
    #[default]
    Run,
    /// Compiles and reports, runs nothing.
    Validate,
    /// Adds a part of the support code while an image is built.
    Install,
    /// Runs set-up code while an image is built.
    Warm,
    /// Ends the building of an image.
    Seal,
}

impl<'a> Request<'a> {
    /// A request about code called `name`.
    #[must_use]
    pub fn new(op: Op, name: &'a str) -> Self {
        Self { op, name: Some(name), ..Self::default() }
    }

    /// The request that ends the building of an image, with the names that the turns before it left, or without.
    #[must_use]
    pub fn seal(keep: bool) -> Self {
        Self { op: Op::Seal, keep, ..Self::default() }
    }

    /// The bytes of the turn: `[1][header: one line of JSON]\n[code]`.
    ///
    /// # Errors
    /// None that a request can cause; the serializer's signature has one.
    pub fn encode(&self, code: &str) -> serde_json::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(code.len() + 256);
        bytes.push(MAGIC);
        serde_json::to_writer(&mut bytes, self)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(code.as_bytes());
        Ok(bytes)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_carry_code_verbatim() {
        let request = Request::new(Op::Validate, "a\"b");
        assert_eq!(
            request.encode("x = '\n'").unwrap(),
            b"\x01{\"op\":\"validate\",\"name\":\"a\\\"b\"}\nx = '\n'"
        );
        assert_eq!(Request::seal(false).encode("").unwrap(), b"\x01{\"op\":\"seal\"}\n");
        assert_eq!(Request::seal(true).encode("").unwrap(), b"\x01{\"op\":\"seal\",\"keep\":true}\n");
    }

    #[test]
    fn a_part_of_the_support_code_is_known_by_the_first_bytes() {
        let bytes = Request::new(Op::Install, "sbx:x").encode("f").unwrap();
        assert_eq!(bytes, b"\x01{\"op\":\"install\",\"name\":\"sbx:x\"}\nf");
    }
}
