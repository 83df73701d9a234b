//! Calls that only look at their arguments, and what a sequence puts, finds and damages on the host.

use std::{fs, os::unix::fs::symlink, path::Path};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use sbx::{
    Ecosystem, ExecutionPolicy, GuestPath, ImageBuilder, Lock, NoProgress, PackageName, PackageRequest,
    Result, open_storage, parse_bytes, parse_duration,
};

use super::{
    arguments::Arguments,
    world::{World, id},
};
use crate::language::runtimes;

impl World {
    /// A call that needs no session and no sandbox; `None` if it is none of these.
    pub(super) fn call_on_place(&mut self, name: &str, given: &mut Arguments) -> Option<Result<String>> {
        Some(match name {
            "parse_id" => id(&given.text("id")).map(|id| id.key_part()),
            "parse_path" => {
                GuestPath::in_workspace(&given.text("path")).map(|path| path.to_string()).map_err(Into::into)
            }
            "read_policy" => read_policy(&given.text("toml")),
            "parse_size" => {
                Ok(parse_bytes(&given.text("text")).map_or("refused".to_owned(), |n| n.to_string()))
            }
            "parse_time" => Ok(parse_duration(&given.text("text"))
                .map_or("refused".to_owned(), |time| time.as_secs_f64().to_string())),
            "open_storage" => open_storage(&given.text("url")).map(|_| String::new()).map_err(Into::into),
            "package_name" => PackageName::parse(&given.text("name"))
                .map(|name| name.as_str().to_owned())
                .map_err(Into::into),
            "package_request" => PackageRequest::parse(&given.text("text"))
                .map(|request| request.name().as_str().to_owned())
                .map_err(Into::into),
            "read_lock" => self.read_lock(given),
            "build_image" => build_image(given),
            "remove_image" => runtimes().remove_image(&given.text("name")).map(|()| String::new()),
            "host_file" | "host_link" | "host_fifo" | "host_dir" => Ok(self.put(name, given)),
            "see_host_file" => Ok(self.see(given)),
            "see_host_dir" => Ok(self.names(given)),
            "damage_stored" => Ok(self.damage_stored(given)),
            "damage_host_file" => Ok(self.damage_host_file(given)),
            _ => return None,
        })
    }

    fn read_lock(&self, given: &mut Arguments) -> Result<String> {
        let path = self.host("lock.toml");
        fs::write(&path, given.text("text")).unwrap();
        let lock = Lock::read(&path, Ecosystem::Python)?;
        Ok(format!("{} packages", lock.packages().count()))
    }

    /// Puts something onto the host.
    fn put(&self, name: &str, given: &mut Arguments) -> String {
        let path = self.host(&given.text("path"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match name {
            "host_file" => fs::write(&path, given.text_or_empty("text")).unwrap(),
            "host_link" => symlink(given.text("target"), &path).unwrap(),
            "host_fifo" => {
                mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
            }
            _ => fs::create_dir(&path).unwrap(),
        }
        String::new()
    }

    /// What a file of the host has; where a link leads.
    fn see(&self, given: &mut Arguments) -> String {
        let path = self.host(&given.text("path"));
        match fs::symlink_metadata(&path) {
            Err(_) => "nothing is there".to_owned(),
            Ok(kind) if kind.is_symlink() => format!("-> {}", fs::read_link(&path).unwrap().display()),
            Ok(kind) if kind.is_file() => String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned(),
            Ok(_) => "no file".to_owned(),
        }
    }

    fn names(&self, given: &mut Arguments) -> String {
        let entries = fs::read_dir(self.host(&given.text("path"))).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.join(" ")
    }

    /// Damages every stored file whose path has `part` in it.
    fn damage_stored(&self, given: &mut Arguments) -> String {
        let (part, how) = (given.text("part"), given.text("how"));
        let files = self.stored(&part);
        assert!(!files.is_empty(), "nothing is stored under {part:?}");
        files.iter().for_each(|file| damage(file, &how));
        String::new()
    }

    fn damage_host_file(&self, given: &mut Arguments) -> String {
        damage(&self.host(&given.text("path")), &given.text("how"));
        String::new()
    }
}

fn damage(file: &Path, how: &str) {
    let mut bytes = fs::read(file).unwrap();
    match how {
        "removed" => return fs::remove_file(file).unwrap(),
        "empty" => bytes.clear(),
        "cut" => bytes.truncate(bytes.len() / 2),
        "longer" => bytes.push(0),
        "flipped" => {
            for byte in bytes.iter_mut().step_by(7) {
                *byte ^= 0x55;
            }
        }
        "last bit" => *bytes.last_mut().unwrap() ^= 1,
        "zeros" => bytes.fill(0),
        "huge" => bytes = vec![b'['; 40 << 20],
        other => panic!("nothing is damaged by {other:?}"),
    }
    fs::write(file, bytes).unwrap();
}

fn read_policy(toml: &str) -> Result<String> {
    ExecutionPolicy::from_toml(toml)?;
    Ok("accepted".to_owned())
}

fn build_image(given: &mut Arguments) -> Result<String> {
    let mut builder = ImageBuilder::new(given.text("name")).from_image("python");
    if let Some(from) = given.text_or_none("from_image") {
        builder = builder.from_image(from);
    }
    for package in given.texts("packages") {
        builder = builder.package(package);
    }
    for module in given.texts("imports") {
        builder = builder.import(module);
    }
    for code in given.texts("setup") {
        builder = builder.setup("setup.py", code);
    }
    builder.build(&runtimes(), &NoProgress).map(|_| String::new())
}
