//! One interpreter of whichever language: what differs between the languages ends here.

use std::sync::Arc;

use sbx_core::{ExecutionPolicy, GuestError, RuntimeType, SandboxResult, Snapshot};
use sbx_runtime_js as js;
use sbx_runtime_python as python;
use sbx_sessions::InterpreterState;
use sbx_vfs::{DescriptorTable, Tree};

use crate::{error::Result, runtimes::Runtimes};

/// A live interpreter.
#[derive(Debug)]
pub(crate) enum Interpreter {
    Python(python::Interpreter),
    /// TypeScript too: whether types are taken out is a matter of the program.
    JavaScript {
        interpreter: js::Interpreter,
        is_typescript: bool,
    },
}

impl Interpreter {
    /// Opens one that starts as `image`, on `files`, inside the policy.
    pub(crate) async fn open(
        runtimes: &Runtimes,
        runtime: RuntimeType,
        image: &str,
        policy: Arc<ExecutionPolicy>,
        files: Tree,
    ) -> Result<Self> {
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                let interpreter = runtimes.javascript()?.open(image, policy, files).await?;
                Ok(Self::JavaScript { interpreter, is_typescript: runtime == RuntimeType::TypeScript })
            }
            RuntimeType::Python | _ => Ok(Self::Python(runtimes.python().open(image, policy, files).await?)),
        }
    }

    /// Opens one that goes on where `kept` was put to sleep.
    pub(crate) async fn wake(
        runtimes: &Runtimes,
        runtime: RuntimeType,
        policy: Arc<ExecutionPolicy>,
        files: Tree,
        kept: &InterpreterState,
    ) -> Result<Self> {
        let (snapshot, descriptors) = (kept.snapshot.clone(), kept.descriptors.clone());
        match runtime {
            RuntimeType::JavaScript | RuntimeType::TypeScript => {
                let interpreter = runtimes.javascript()?.wake(policy, files, snapshot, descriptors).await?;
                Ok(Self::JavaScript { interpreter, is_typescript: runtime == RuntimeType::TypeScript })
            }
            RuntimeType::Python | _ => {
                Ok(Self::Python(runtimes.python().wake(policy, files, snapshot, descriptors).await?))
            }
        }
    }

    pub(crate) async fn run(&mut self, program: &python::Program) -> Result<SandboxResult> {
        match self {
            Self::Python(interpreter) => Ok(interpreter.run(program).await?),
            Self::JavaScript { interpreter, is_typescript } => {
                Ok(interpreter.run(&translated(program, *is_typescript)).await?)
            }
        }
    }

    pub(crate) async fn validate(&mut self, code: &str, name: &str) -> Result<Option<GuestError>> {
        match self {
            Self::Python(interpreter) => Ok(interpreter.validate(code, name).await?),
            Self::JavaScript { interpreter, .. } => Ok(interpreter.validate(code, name).await?),
        }
    }

    pub(crate) fn files(&self) -> Result<Tree> {
        match self {
            Self::Python(interpreter) => Ok(interpreter.files()?),
            Self::JavaScript { interpreter, .. } => Ok(interpreter.files()?),
        }
    }

    pub(crate) fn snapshot(&mut self, previous: Option<&Snapshot>) -> Result<Snapshot> {
        match self {
            Self::Python(interpreter) => Ok(interpreter.snapshot(previous)?),
            Self::JavaScript { interpreter, .. } => Ok(interpreter.snapshot(previous)?),
        }
    }

    pub(crate) fn descriptors(&self) -> Result<DescriptorTable> {
        match self {
            Self::Python(interpreter) => Ok(interpreter.descriptors()?),
            Self::JavaScript { interpreter, .. } => Ok(interpreter.descriptors()?),
        }
    }

    pub(crate) fn is_spent(&self) -> bool {
        match self {
            Self::Python(interpreter) => interpreter.is_spent(),
            Self::JavaScript { interpreter, .. } => interpreter.is_spent(),
        }
    }
}

/// The program as JavaScript takes it; the name of its file says whether it is a module.
fn translated(program: &python::Program, is_typescript: bool) -> js::Program {
    let mut translated = js::Program::new(program.code.as_str()).with_name(program.name.as_str());
    let extension = program.name.rsplit_once('.').map(|(_, extension)| extension);
    translated.kind = match extension {
        Some("mjs" | "mts") => js::Kind::Module,
        Some("cjs" | "cts") => js::Kind::Script,
        _ => js::Kind::Auto,
    };
    translated.is_typescript = is_typescript;
    translated.main_file.clone_from(&program.main_file);
    translated.argv.clone_from(&program.argv);
    translated.stdin = Arc::clone(&program.stdin);
    translated.cancel.clone_from(&program.cancel);
    translated.sink.clone_from(&program.sink);
    translated.echo = program.echo;
    translated.at_exit = program.at_exit;
    translated
}
