//! Turns a guest as it is shipped into a module without data and the memory that the data describes.
//!
//! A snapshotted interpreter carries its heap as ten thousand data segments; copying them is most of what instantiating
//! it costs. Applied once to a zeroed buffer they are the *base image*, which is mapped instead. Then the segments go: even
//! empty ones are written down in every instance, which was a tenth of a fresh run. Where code names segments by their
//! index they stay, as empty passive ones. Custom sections (14 MB of names) go.

use wasm_encoder::{DataSection, Module, RawSection};
use wasmparser::{DataKind, DataSectionReader, ExternalKind, Operator, Parser, Payload, TypeRef};

use crate::error::{Error, Result};

const WASM_PAGE: u64 = 0x1_0000;

/// A base image larger than this is refused before anything is allocated.
const MAX_IMAGE_BYTES: u64 = 1 << 30;

/// A guest without its data, and the data as memory.
#[derive(Debug)]
pub(crate) struct Stripped {
    pub(crate) module: Vec<u8>,
    pub(crate) image: Vec<u8>,
}

/// Checks what `wasm` imports and exports, and takes its data segments out.
pub(crate) fn strip(wasm: &[u8]) -> Result<Stripped> {
    let mut module = Module::new();
    let mut image: Option<Vec<u8>> = None;
    let mut exports_memory = false;
    let keeps_segments = names_segments(wasm)?;
    #[expect(clippy::wildcard_enum_match_arm, reason = "sections that are copied as they are")]
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(malformed)?;
        match &payload {
            Payload::CustomSection(_) => continue,
            Payload::DataCountSection { .. } if !keeps_segments => continue,
            Payload::ImportSection(reader) => {
                for import in reader.clone().into_imports() {
                    let import = import.map_err(malformed)?;
                    check_import(import.module, import.name, &import.ty)?;
                }
            }
            Payload::MemorySection(reader) => {
                let memories: Vec<_> =
                    reader.clone().into_iter().collect::<Result<_, _>>().map_err(malformed)?;
                let [memory] = memories.as_slice() else {
                    return Err(Error::refused("a guest has exactly one memory"));
                };
                image = Some(vec![0; image_len(memory.initial)?]);
            }
            Payload::ExportSection(reader) => {
                for export in reader.clone() {
                    let export = export.map_err(malformed)?;
                    exports_memory |= export.name == "memory" && export.kind == ExternalKind::Memory;
                }
            }
            Payload::StartSection { .. } => return Err(Error::refused("a guest has no start function")),
            Payload::DataSection(reader) => {
                let image = image.as_mut().ok_or_else(|| Error::refused("data without a memory"))?;
                let rest = apply(reader.clone(), image)?;
                if keeps_segments {
                    module.section(&rest);
                }
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let data = wasm.get(range).ok_or_else(|| Error::refused("a section is cut off"))?;
            module.section(&RawSection { id, data });
        }
    }
    let image =
        image.filter(|_| exports_memory).ok_or_else(|| Error::refused("a guest exports its `memory`"))?;
    Ok(Stripped { module: module.finish(), image })
}

/// Whether any code names a data segment by its index.
fn names_segments(wasm: &[u8]) -> Result<bool> {
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload.map_err(malformed)? else { continue };
        for operator in body.get_operators_reader().map_err(malformed)? {
            let names = matches!(
                operator.map_err(malformed)?,
                Operator::MemoryInit { .. }
                    | Operator::DataDrop { .. }
                    | Operator::ArrayNewData { .. }
                    | Operator::ArrayInitData { .. }
            );
            if names {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Only what the host serves: WASI preview 1 and the door.
fn check_import(module: &str, name: &str, ty: &TypeRef) -> Result<()> {
    let allowed = matches!(ty, TypeRef::Func(_))
        && (module == "wasi_snapshot_preview1" || (module, name) == ("host", "call"));
    if allowed {
        Ok(())
    } else {
        Err(Error::refused(format!("it imports `{module}.{name}`, which is not served")))
    }
}

fn image_len(pages: u64) -> Result<usize> {
    pages
        .checked_mul(WASM_PAGE)
        .filter(|bytes| *bytes > 0 && *bytes <= MAX_IMAGE_BYTES)
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| Error::refused(format!("a memory of {pages} pages is out of range")))
}

/// Writes the active segments into `image`; the section that remains has the same number of segments.
fn apply(segments: DataSectionReader<'_>, image: &mut [u8]) -> Result<DataSection> {
    let mut rest = DataSection::new();
    for segment in segments {
        let segment = segment.map_err(malformed)?;
        match segment.kind {
            DataKind::Passive => {
                rest.passive(segment.data.iter().copied());
            }
            DataKind::Active { offset_expr, .. } => {
                let offset = offset_expr.get_operators_reader().read().map_err(malformed)?;
                let Operator::I32Const { value } = offset else {
                    return Err(Error::refused("a data segment has a computed offset"));
                };
                let offset = value.cast_unsigned() as usize;
                let target = offset
                    .checked_add(segment.data.len())
                    .and_then(|end| image.get_mut(offset..end))
                    .ok_or_else(|| Error::refused("a data segment is outside the memory"))?;
                target.copy_from_slice(segment.data);
                rest.passive([]);
            }
        }
    }
    Ok(rest)
}

fn malformed(error: wasmparser::BinaryReaderError) -> Error {
    Error::refused(format!("it is not a valid module: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip_text(wat: &str) -> Result<Stripped> {
        strip(&wat::parse_str(wat).unwrap())
    }

    #[test]
    fn data_becomes_an_image_and_indices_stay() {
        let stripped = strip_text(
            r#"(module (memory (export "memory") 2)
                 (data (i32.const 3) "abc") (data "passive") (data (i32.const 4) "X")
                 (func (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 7))))"#,
        )
        .unwrap();
        assert_eq!(stripped.image.len(), 2 * 0x1_0000);
        assert_eq!(&stripped.image[..8], b"\0\0\0aXc\0\0");
        wasmparser::Validator::new().validate_all(&stripped.module).unwrap();
        assert!(stripped.module.windows(7).any(|window| window == b"passive"));
    }

    #[test]
    fn segments_that_no_code_names_go() {
        let named = r#"(func (data.drop 0))"#;
        for (code, n_segments) in [("", 0), (named, 2)] {
            let wat = format!(
                r#"(module (memory (export "memory") 1) (data (i32.const 3) "abc") (data "passive") (func nop) {code})"#
            );
            let stripped = strip_text(&wat).unwrap();
            assert_eq!(&stripped.image[..6], b"\0\0\0abc");
            wasmparser::Validator::new().validate_all(&stripped.module).unwrap();
            let mut found = 0;
            for payload in Parser::new(0).parse_all(&stripped.module) {
                if let Payload::DataSection(reader) = payload.unwrap() {
                    found = reader.count();
                }
            }
            assert_eq!(found, n_segments, "{wat}");
        }
    }

    #[test]
    fn guests_that_ask_for_more_are_refused() {
        for (wat, problem) in [
            (r#"(module (import "env" "f" (func)) (memory (export "memory") 1))"#, "imports `env.f`"),
            (r#"(module (import "host" "call" (memory 1)))"#, "imports `host.call`"),
            (r#"(module (memory (export "memory") 1) (func $s) (start $s))"#, "no start function"),
            (r#"(module (memory 1))"#, "exports its `memory`"),
            (r#"(module (memory (export "memory") 65536))"#, "out of range"),
            (r#"(module (memory (export "memory") 1) (data (i32.const 65535) "ab"))"#, "outside the memory"),
        ] {
            let error = strip_text(wat).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
        assert!(strip(b"\0asm\x01\0\0\0\xff").unwrap_err().to_string().contains("not a valid module"));
    }
}
