//! The door: the one import beside WASI, through which a guest sends frames to its host.
//!
//! A frame that begins with a NUL byte is a *report*: what the language support inside the guest says of the run just
//! done (how it ended, the exception, the value). The host keeps the last one as bytes. It proves nothing: the program
//! could send one too, and so only ever speaks for itself. The answer says whether files are still open for writing:
//! programs that never close them expect their interpreter to flush them when it exits, and here it does not exit.
//!
//! Any other frame is a call to a tool. No tools are bound here, so the guest hears that nobody is there.

use sbx_vfs::Vfs;
use wasmtime::{Caller, Extern, Linker, Memory};

use crate::{error::Error, state::State};

/// A report larger than this is refused.
const MAX_REPORT_BYTES: usize = 8 << 20;

/// Answered.
const ANSWERED: i32 = 0;
/// Answered, and files are open for writing.
const FILES_OPEN: i32 = 1;
/// Nobody is bound to the door.
const NOBODY: i32 = -1;
/// The frame is outside memory or too large.
const BAD_FRAME: i32 = -2;

pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> Result<(), Error> {
    linker
        .func_wrap_async(
            "host",
            "call",
            |mut caller: Caller<'_, State>, (at, len, _out_at, _out_len): (u32, u32, u32, u32)| {
                Box::new(async move {
                    let Some(memory) = caller.get_export("memory").and_then(Extern::into_memory) else {
                        return Ok(BAD_FRAME);
                    };
                    let answer = answer(&mut caller, memory, at as usize, len as usize)?;
                    caller.data_mut().wasi.budget.end_slice().await;
                    Ok::<i32, wasmtime::Error>(answer)
                })
            },
        )
        .map_err(Error::engine("define the door"))?;
    Ok(())
}

fn answer(caller: &mut Caller<'_, State>, memory: Memory, at: usize, len: usize) -> wasmtime::Result<i32> {
    let (bytes, state) = memory.data_and_store_mut(&mut *caller);
    state.wasi.budget.charge(len as u64)?;
    let Some(frame) = at.checked_add(len).and_then(|end| bytes.get(at..end)) else { return Ok(BAD_FRAME) };
    let Some((0, report)) = frame.split_first() else { return Ok(NOBODY) };
    if report.len() > MAX_REPORT_BYTES {
        return Ok(BAD_FRAME);
    }
    // The guest zeroed both words of its answer: no bytes is what they say.
    state.report = Some(report.to_vec());
    let files_open = state.wasi.files().is_some_and(Vfs::has_open_writers);
    Ok(if files_open { FILES_OPEN } else { ANSWERED })
}
