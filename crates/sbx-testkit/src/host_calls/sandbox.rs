//! Calls of a sandbox.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use sbx::{
    CancellationToken, GuestPath, Mount, MountMode, Program, Result, RuntimeType, Sandbox, SandboxBuilder,
    Transferred,
};

use super::{
    arguments::{Arguments, policy},
    world::{World, shown},
};
use crate::language::runtimes;

impl World {
    /// A call of the sandbox; `None` if it is none of these.
    pub(super) fn call_on_sandbox(&mut self, name: &str, given: &mut Arguments) -> Option<Result<String>> {
        Some(match name {
            "sandbox" => self.open_sandbox(given),
            "run" => self.run(given),
            "run_cancelled" => self.run_cancelled(given),
            "run_and_drop" => self.run_and_drop(given),
            "check_code" => self.check_code(given),
            "write_file" => self.write_file(given),
            "read_file" => self.read_file(given),
            "list_files" => Ok(self.list_files()),
            "remove_file" => {
                let path = given.text("path");
                self.sandbox().remove_file(&path).map(|()| String::new())
            }
            "import_dir" => {
                let from = self.host(&given.text("from"));
                self.sandbox().import_dir(&from).map(|moved| told(&moved))
            }
            "export_dir" => {
                let to = self.host(&given.text("to"));
                self.sandbox().export_dir(&to).map(|moved| told(&moved))
            }
            "export_changes" => {
                let to = self.host(&given.text("to"));
                let ran = self.ran.clone().expect("something ran before");
                self.sandbox().export_changes(&ran, &to).map(|()| String::new())
            }
            "crowd" => self.crowd(given),
            _ => return None,
        })
    }

    fn sandbox(&mut self) -> &mut Sandbox {
        self.sandbox.as_mut().expect("a step before makes the sandbox")
    }

    fn builder(&self, given: &mut Arguments) -> Result<SandboxBuilder> {
        let mut policy = policy(&given.table("policy"))?;
        for mut mount in given.tables("mounts") {
            let guest = GuestPath::parse(&mount.text("guest"))?;
            let mode = match mount.text_or_empty("mode").as_str() {
                "" | "ro" => MountMode::ReadOnly,
                "rw" => MountMode::ReadWrite,
                "overlay" => MountMode::Overlay,
                other => panic!("no mount is {other:?}"),
            };
            policy =
                policy.with_mount(Mount::read_only(self.host(&mount.text("host")), guest).with_mode(mode));
        }
        let mut builder = SandboxBuilder::new(RuntimeType::JavaScript)
            .runtimes(runtimes())
            .auto_persist_globals(given.flag("persist").unwrap_or(false))
            .allow_non_uuid(given.flag("allow_non_uuid").unwrap_or(true))
            .policy(policy);
        if let Some(image) = given.text_or_none("image") {
            builder = builder.image(image);
        }
        if let Some(id) = given.text_or_none("session") {
            builder = builder.session_id(id).workspace_root(self.host("storage"));
        }
        if given.flag("with_files").unwrap_or(false) {
            builder = builder.files(self.sandbox.as_ref().expect("one before").files());
        }
        Ok(builder)
    }

    fn open_sandbox(&mut self, given: &mut Arguments) -> Result<String> {
        let builder = self.builder(given)?;
        self.sandbox = None;
        self.sandbox = Some(builder.build()?);
        Ok(String::new())
    }

    fn run(&mut self, given: &mut Arguments) -> Result<String> {
        let mut program =
            Program::new(given.text("code")).with_stdin(given.text_or_empty("stdin").into_bytes());
        let argv = given.texts("argv");
        program.argv = (!argv.is_empty()).then_some(argv);
        if let Some(name) = given.text_or_none("name") {
            program = program.with_name(name);
        }
        if let Some(file) = given.text_or_none("main_file") {
            program = program.with_main_file(file);
        }
        let result = self.sandbox().execute(program)?;
        let said = shown(&result);
        self.ran = Some(result);
        Ok(said)
    }

    fn run_cancelled(&mut self, given: &mut Arguments) -> Result<String> {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let program = Program::new(given.text("code")).with_cancel(cancel);
        Ok(shown(&self.sandbox().execute(program)?))
    }

    fn run_and_drop(&mut self, given: &mut Arguments) -> Result<String> {
        let code = given.text("code");
        let polls = given.number("polls").expect("it says how many `polls`");
        let mut future = pin!(self.sandbox().execute_async(code));
        for _ in 0..polls {
            if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Ok(format!("it came to its end: {}", shown(&result?)));
            }
        }
        Ok("dropped".to_owned())
    }

    /// The type of the error in code that is not run, or `valid`.
    fn check_code(&mut self, given: &mut Arguments) -> Result<String> {
        let code = given.text("code");
        let error = self.sandbox().check_code(&code)?;
        Ok(error.map_or_else(|| "valid".to_owned(), |error| error.kind))
    }

    fn write_file(&mut self, given: &mut Arguments) -> Result<String> {
        let (path, text) = (given.text("path"), given.text_or_empty("text"));
        self.sandbox().write_file(&path, text.as_bytes()).map(|()| String::new())
    }

    fn read_file(&mut self, given: &mut Arguments) -> Result<String> {
        let path = given.text("path");
        self.sandbox().read_file(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn list_files(&mut self) -> String {
        let files = self.sandbox().list_files();
        files.iter().map(GuestPath::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Opens many sandboxes at once, runs a program in each, and drops them all; how often each result came.
    fn crowd(&mut self, given: &mut Arguments) -> Result<String> {
        let n_sandboxes = given.number("n").expect("it says how many");
        let code = given.text("code");
        let builder = self.builder(given)?;
        let mut crowd = Vec::new();
        for _ in 0..n_sandboxes {
            crowd.push(builder.clone().build()?);
        }
        let mut seen = std::collections::BTreeMap::new();
        for sandbox in &mut crowd {
            *seen.entry(shown(&sandbox.execute(code.as_str())?)).or_insert(0) += 1;
        }
        Ok(seen.iter().map(|(result, n)| format!("{n} × {result}")).collect::<Vec<_>>().join(", "))
    }
}

fn told(moved: &Transferred) -> String {
    match moved.skipped.len() {
        0 => format!("{} files", moved.files),
        n_left_out => format!("{} files, {n_left_out} left out", moved.files),
    }
}
