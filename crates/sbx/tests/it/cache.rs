//! A cache that was damaged, file by file: a clear error or a rebuild, never a crash, never silently wrong.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use sbx::{Cache, ExecutionPolicy, NoProgress, RuntimeType, Runtimes, SandboxBuilder, set_up};

/// What is done to a file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Truncated,
    /// One byte, in the middle.
    Edited,
    /// The same, and the time of the change hidden as far as a program can.
    EditedQuietly,
    Removed,
}

const ALL: [Damage; 4] = [Damage::Truncated, Damage::Edited, Damage::EditedQuietly, Damage::Removed];

fn inflict(damage: Damage, path: &Path) {
    let modified: SystemTime = fs::metadata(path).unwrap().modified().unwrap();
    if let Damage::Removed = damage {
        return fs::remove_file(path).unwrap();
    }
    let mut file = File::options().read(true).write(true).open(path).unwrap();
    let middle = file.metadata().unwrap().len() / 2;
    match damage {
        Damage::Truncated => file.set_len(middle).unwrap(),
        Damage::Edited | Damage::EditedQuietly | Damage::Removed => {
            let mut byte = [0];
            file.seek(SeekFrom::Start(middle)).unwrap();
            file.read_exact(&mut byte).unwrap();
            file.seek(SeekFrom::Start(middle)).unwrap();
            file.write_all(&[byte[0] ^ 1]).unwrap();
        }
    }
    if let Damage::EditedQuietly = damage {
        file.set_modified(modified).unwrap();
    }
}

/// A copy of what this version uses of the cache, to be damaged.
fn copy_of_the_cache() -> tempfile::TempDir {
    let source = Cache::locate(None).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let root = copy.path().join("cache");
    Cache::open(&root).unwrap();
    let images: Vec<PathBuf> =
        crate::runtimes().python().images().unwrap().iter().map(|image| source.join(&image.file)).collect();
    for file in files_below(&source) {
        let is_image = file.starts_with(source.join("images"));
        if is_image
            && !images.iter().any(|image| file.to_string_lossy().starts_with(&*image.to_string_lossy()))
        {
            continue;
        }
        let target = root.join(file.strip_prefix(&source).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
    copy
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if !name.starts_with("bench-") && path.extension().is_none_or(|end| end != "lock") {
            files.push(path);
        }
    }
    files
}

/// Loads everything and runs one program in each image.
fn use_all(root: &Path) -> sbx::Result<String> {
    let runtimes = Runtimes::load(Some(root))?;
    let mut output = String::new();
    for image in ["python", "python-data"] {
        let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).image(image);
        let mut sandbox = builder.policy(ExecutionPolicy::default()).build()?;
        output += &sandbox
            .execute("import matplotlib, html5lib_is_not_here")
            .map(|result| result.error.map(|error| error.kind).unwrap_or_default())?;
    }
    Ok(output)
}

#[test]
fn each_damaged_file_is_found_out_and_images_are_rebuilt() {
    let copy = copy_of_the_cache();
    let root = &copy.path().join("cache");
    let sound = "ModuleNotFoundErrorModuleNotFoundError";
    assert_eq!(use_all(root).unwrap(), sound);
    let mut n_found = 0;
    for file in files_below(root) {
        let relative = file.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        // What damages an entry may remove it whole, so the file and its seal come back together.
        let entry = PathBuf::from(file.display().to_string().trim_end_matches(".seal"));
        let seal = PathBuf::from(format!("{}.seal", entry.display()));
        if !seal.exists() {
            continue; // the key, and what a killed writer left
        }
        let before = [&entry, &seal].map(|path| (path.clone(), fs::read(path).unwrap()));
        // The large ones are hashed anew after every damage: one kind is enough.
        let kinds = if before[0].1.len() > 1 << 20 { &ALL[2..3] } else { &ALL[..] };
        for damage in kinds {
            inflict(*damage, &file);
            match use_all(root) {
                Ok(output) => assert_eq!(output, sound, "{relative} {damage:?}"),
                Err(error) => {
                    n_found += 1;
                    assert_eq!(error.code(), "python.not_set_up", "{relative} {damage:?}: {error}");
                    assert!(error.to_string().contains("run `sbx setup`"), "{error}");
                }
            }
            for (path, bytes) in &before {
                fs::write(path, bytes).unwrap();
            }
        }
    }
    assert!(n_found >= 10, "damage is found out, not overlooked: {n_found}");
    assert_eq!(use_all(root).unwrap(), sound);

    let image = files_below(&root.join("images")).into_iter().find(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("python-") && !name.starts_with("python-data") && name.ends_with(".img")
    });
    inflict(Damage::EditedQuietly, &image.unwrap());
    set_up(Some(root), None, &NoProgress).unwrap();
    assert_eq!(use_all(root).unwrap(), sound, "set-up made it again");
}

#[test]
fn an_empty_cache_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = Runtimes::load(Some(&folder.path().join("cache"))).unwrap_err();
    assert_eq!(error.code(), "python.not_set_up");
    assert_eq!(
        error.to_string(),
        "Python is not set up here (the guest is missing); run `sbx setup` once (`cargo xtask setup` in the repository)"
    );
}

#[cfg(unix)]
#[test]
fn a_cache_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Runtimes::load(Some(folder.path())).unwrap_err();
    assert_eq!(error.code(), "cache.not_private");
}
