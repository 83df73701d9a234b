//! Which language an interpreter is of: what differs between them for a caller ends here.

use std::sync::Arc;

use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_runtime::Interpreter;
use sbx_sessions::InterpreterState;
use sbx_vfs::Tree;

use crate::{error::Result, runtimes::Runtimes};

impl Runtimes {
    /// Opens an interpreter that starts as `image`, on `files`, inside the policy.
    pub(crate) async fn open(
        &self,
        runtime: RuntimeType,
        image: &str,
        policy: Arc<ExecutionPolicy>,
        files: Tree,
    ) -> Result<Interpreter> {
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                Ok(self.javascript()?.open(image, policy, files).await?)
            }
            RuntimeType::Python | _ => Ok(self.python()?.open(image, policy, files).await?),
        }
    }

    /// Opens one that goes on where `kept` was put to sleep.
    pub(crate) async fn wake(
        &self,
        runtime: RuntimeType,
        policy: Arc<ExecutionPolicy>,
        files: Tree,
        kept: &InterpreterState,
    ) -> Result<Interpreter> {
        let (snapshot, descriptors) = (kept.snapshot.clone(), kept.descriptors.clone());
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                Ok(self.javascript()?.wake(policy, files, snapshot, descriptors).await?)
            }
            RuntimeType::Python | _ => Ok(self.python()?.wake(policy, files, snapshot, descriptors).await?),
        }
    }
}
