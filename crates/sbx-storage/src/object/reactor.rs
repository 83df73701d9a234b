//! A tokio runtime of the storage's own, so that the caller may poll from anywhere.

use std::{
    future::Future,
    io,
    sync::{Mutex, PoisonError},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};

/// One worker thread, started with the first operation and stopped in the background when this is dropped.
#[derive(Default)]
pub(super) struct Reactor(Mutex<Option<Runtime>>);

impl Reactor {
    /// What `work` gives, computed on the runtime. Dropping the future drops `work`, too.
    pub(super) async fn run<T, F>(&self, work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut task = AbortOnDrop(self.handle()?.spawn(work));
        match (&mut task.0).await {
            Ok(done) => Ok(done),
            Err(lost) => match lost.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(stopped) => Err(io::Error::other(stopped)),
            },
        }
    }

    fn handle(&self) -> io::Result<Handle> {
        let mut runtime = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            return Ok(runtime.handle().clone());
        }
        let built =
            Builder::new_multi_thread().worker_threads(1).thread_name("sbx-storage").enable_all().build()?;
        Ok(runtime.insert(built).handle().clone())
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        // The other ways to drop a runtime wait, which panics inside of another runtime.
        if let Some(runtime) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
