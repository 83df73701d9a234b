//! Defines the calls in the linker, each with a chance to stop after it.
//!
//! wasmtime counts what the guest does, not what the host does for it: a guest that only makes calls uses little fuel, and
//! would not come to the end of a slice for seconds. So host work is sliced too. The call that ends a slice yields, and
//! the run reads its deadline and cancel flag there, as it does after a slice of fuel; neighbours on its thread go on.

use wasmtime::{Caller, Extern, Linker, Memory};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as abi;
use wiggle::GuestMemory;

use crate::state::State;

const MODULE: &str = "wasi_snapshot_preview1";

/// The memory that a guest's pointers point into.
fn memory(caller: &mut Caller<'_, State>) -> wasmtime::Result<Memory> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.ok_or_else(|| wasmtime::Error::msg("the guest exports no memory"))
}

macro_rules! call {
    (sync $call:expr) => {
        $call
    };
    (wait $call:expr) => {
        $call.await
    };
}

/// `sync` and `wait` say whether the trait's method is async.
macro_rules! define {
    ($linker:ident: $($kind:ident $name:ident($($argument:ident: $ty:ty),*);)*) => {$(
        $linker.func_wrap_async(
            MODULE,
            stringify!($name),
            |mut caller: Caller<'_, State>, ($($argument,)*): ($($ty,)*)| {
                Box::new(async move {
                    let (bytes, state) = memory(&mut caller)?.data_and_store_mut(&mut caller);
                    let mut memory = GuestMemory::Unshared(bytes);
                    let answer: i32 = call!($kind abi::$name(&mut state.wasi, &mut memory, $($argument),*))?;
                    state.wasi.budget.end_slice().await;
                    Ok::<i32, wasmtime::Error>(answer)
                })
            },
        )?;
    )*};
}

/// Everything of WASI preview 1; the types are those of its ABI.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap(MODULE, "proc_exit", |mut caller: Caller<'_, State>, code: i32| {
        let (bytes, state) = memory(&mut caller)?.data_and_store_mut(&mut caller);
        abi::proc_exit(&mut state.wasi, &mut GuestMemory::Unshared(bytes), code)
    })?;
    define! { linker:
        sync args_get(argv: i32, buf: i32);
        sync args_sizes_get(n_at: i32, bytes_at: i32);
        sync environ_get(environ: i32, buf: i32);
        sync environ_sizes_get(n_at: i32, bytes_at: i32);
        sync clock_res_get(id: i32, at: i32);
        sync clock_time_get(id: i32, precision: i64, at: i32);
        wait fd_advise(fd: i32, offset: i64, len: i64, advice: i32);
        sync fd_allocate(fd: i32, offset: i64, len: i64);
        wait fd_close(fd: i32);
        wait fd_datasync(fd: i32);
        wait fd_fdstat_get(fd: i32, at: i32);
        sync fd_fdstat_set_flags(fd: i32, flags: i32);
        sync fd_fdstat_set_rights(fd: i32, base: i64, inheriting: i64);
        wait fd_filestat_get(fd: i32, at: i32);
        wait fd_filestat_set_size(fd: i32, size: i64);
        wait fd_filestat_set_times(fd: i32, atim: i64, mtim: i64, flags: i32);
        wait fd_pread(fd: i32, iovs: i32, n_iovs: i32, offset: i64, at: i32);
        sync fd_prestat_get(fd: i32, at: i32);
        sync fd_prestat_dir_name(fd: i32, buf: i32, len: i32);
        wait fd_pwrite(fd: i32, iovs: i32, n_iovs: i32, offset: i64, at: i32);
        wait fd_read(fd: i32, iovs: i32, n_iovs: i32, at: i32);
        wait fd_readdir(fd: i32, buf: i32, len: i32, cookie: i64, at: i32);
        wait fd_renumber(from: i32, to: i32);
        wait fd_seek(fd: i32, offset: i64, whence: i32, at: i32);
        wait fd_sync(fd: i32);
        sync fd_tell(fd: i32, at: i32);
        wait fd_write(fd: i32, iovs: i32, n_iovs: i32, at: i32);
        wait path_create_directory(dir: i32, path: i32, len: i32);
        wait path_filestat_get(dir: i32, flags: i32, path: i32, len: i32, at: i32);
        wait path_filestat_set_times(
            dir: i32, flags: i32, path: i32, len: i32, atim: i64, mtim: i64, which: i32
        );
        wait path_link(
            old_dir: i32, flags: i32, old: i32, old_len: i32, new_dir: i32, new: i32, new_len: i32
        );
        wait path_open(
            dir: i32, flags: i32, path: i32, len: i32, oflags: i32, base: i64, inheriting: i64, fdflags: i32, at: i32
        );
        wait path_readlink(dir: i32, path: i32, len: i32, buf: i32, buf_len: i32, at: i32);
        wait path_remove_directory(dir: i32, path: i32, len: i32);
        wait path_rename(old_dir: i32, old: i32, old_len: i32, new_dir: i32, new: i32, new_len: i32);
        wait path_symlink(target: i32, target_len: i32, dir: i32, path: i32, len: i32);
        wait path_unlink_file(dir: i32, path: i32, len: i32);
        wait poll_oneoff(subscriptions: i32, events: i32, n: i32, at: i32);
        sync proc_raise(signal: i32);
        sync sched_yield();
        sync random_get(buf: i32, len: i32);
        sync sock_accept(fd: i32, flags: i32, at: i32);
        sync sock_recv(fd: i32, data: i32, n_data: i32, flags: i32, n_at: i32, flags_at: i32);
        sync sock_send(fd: i32, data: i32, n_data: i32, flags: i32, n_at: i32);
        sync sock_shutdown(fd: i32, how: i32);
    }
    Ok(())
}
