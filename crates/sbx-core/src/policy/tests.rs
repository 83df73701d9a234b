//! The default is a snapshot, every bad input names its key, and the file in the repository says what the code does.

use expect_test::{Expect, expect};

use super::{ExecutionPolicy, Mount, MountMode, read::KEYS};

#[test]
fn default_grants_nothing_and_limits_everything() {
    expect![[r#"
        {
          "fuel_budget": 20000000000,
          "memory_bytes": 128000000,
          "timeout_seconds": 30.0,
          "stdout_max_bytes": 2000000,
          "stderr_max_bytes": 1000000,
          "disk_bytes": 268435456,
          "max_files": 10000,
          "max_open_files": 256,
          "max_file_bytes": 134217728,
          "guest_mount_path": "/app",
          "mounts": [],
          "env": {},
          "argv": null,
          "packages": null,
          "deterministic": null,
          "preserve_logs": false
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&ExecutionPolicy::default()).unwrap());
    ExecutionPolicy::default().validate().unwrap();
}

#[test]
fn every_field_is_a_key_of_the_policy_file() {
    let json = serde_json::to_value(ExecutionPolicy::default()).unwrap();
    for field in json.as_object().unwrap().keys() {
        assert!(KEYS.contains(&field.as_str()), "{field} cannot be set from a file");
    }
}

#[test]
fn the_explained_policy_file_is_the_default() {
    let text = include_str!("../../../../config/policy.toml");
    assert_eq!(ExecutionPolicy::from_toml(text).unwrap(), ExecutionPolicy::default());
    for key in KEYS {
        assert!(text.contains(key), "config/policy.toml does not explain {key}");
    }
}

#[test]
fn values_are_read_with_units_and_short_forms() {
    let policy = ExecutionPolicy::from_toml(
        r#"
        memory_bytes = "64MiB"
        timeout_seconds = "1.5s"
        deterministic = { seed = 7 }
        mount_data_dir = "data"
        mounts = [{ host = "out", guest = "/out", mode = "rw" }]
        env = { LANG = "C" }
        "#,
    )
    .unwrap();
    assert_eq!(policy.memory_bytes, 64 << 20);
    assert_eq!(policy.timeout_seconds.unwrap().as_millis(), 1500);
    assert_eq!(policy.deterministic.unwrap().seed, 7);
    let mounts: Vec<String> =
        policy.mounts.iter().map(|m| format!("{}:{}", m.host.display(), m.guest)).collect();
    assert_eq!(mounts, ["data:/data", "out:/out"]);
    assert_eq!(ExecutionPolicy::from_toml("timeout_seconds = \"none\"").unwrap().timeout_seconds, None);
}

#[test]
fn mounts_are_read_from_the_right() {
    let check = |text: &str| {
        Mount::parse(text)
            .map(|mount| (mount.host.display().to_string(), mount.guest.to_string(), mount.mode))
    };
    let mount = |host: &str, guest: &str, mode| Ok((host.to_owned(), guest.to_owned(), mode));
    assert_eq!(check("data:/data"), mount("data", "/data", MountMode::ReadOnly));
    assert_eq!(check("./d:/data:rw"), mount("./d", "/data", MountMode::ReadWrite));
    assert_eq!(check("/a:b:/data:overlay"), mount("/a:b", "/data", MountMode::Overlay));
    assert_eq!(check(r"C:\data:/data:ro"), mount(r"C:\data", "/data", MountMode::ReadOnly));
    for text in ["", "data", ":/data", "data:rw", "data:/data:wr", r"C:\data", "data:/../etc"] {
        assert!(check(text).is_err(), "{text}");
    }
}

#[test]
fn the_runtimes_own_places_are_not_given_away() {
    for place in ["/", "/usr", "/usr/local/lib", "/dev", "/dev/null"] {
        let error = ExecutionPolicy::from_toml(&format!("guest_mount_path = {place:?}")).unwrap_err();
        assert!(error.to_string().contains("`guest_mount_path` cannot be"), "{error}");
        let mount = format!("mounts = [{{ host = \"a\", guest = {place:?} }}]");
        let error = ExecutionPolicy::from_toml(&mount).unwrap_err();
        assert!(error.to_string().contains("`mounts` cannot lie at"), "{error}");
    }
}

#[test]
fn a_fixed_clock_begins_before_clocks_end() {
    let at =
        |epoch: u64| ExecutionPolicy::from_toml(&format!("deterministic = {{ seed = 1, epoch = {epoch} }}"));
    assert!(at(8_835_955_200).is_ok());
    let error = at(8_835_955_201).unwrap_err();
    assert_eq!(error.code(), "policy.bad_value");
    assert!(error.to_string().contains("use at most 8835955200"), "{error}");
}

#[test]
fn bad_policies_name_the_key() {
    fn check(toml: &str, expected: &Expect) {
        let error = ExecutionPolicy::from_toml(toml).unwrap_err();
        expected.assert_eq(&format!("{}: {error}", error.code()));
    }
    check(
        "fuel_bugdet = 1",
        &expect!["policy.unknown_key: policy key `fuel_bugdet` does not exist (did you mean `fuel_budget`?)"],
    );
    check("xyzzy = 1", &expect!["policy.unknown_key: policy key `xyzzy` does not exist"]);
    check("fuel_budget = 0", &expect!["policy.bad_value: policy key `fuel_budget` must be greater than 0"]);
    check("fuel_budget = -5", &expect!["policy.bad_value: policy key `fuel_budget` must be greater than 0"]);
    check(
        "fuel_budget = \"lots\"",
        &expect![[
            r#"policy.wrong_type: policy key `fuel_budget` must be a whole number, not the text "lots""#
        ]],
    );
    check(
        "memory_bytes = 1.5",
        &expect![[
            r#"policy.wrong_type: policy key `memory_bytes` must be a number of bytes or a text such as "64MiB", not 1.5"#
        ]],
    );
    check(
        "memory_bytes = \"64XB\"",
        &expect![[
            r#"policy.bad_value: policy key `memory_bytes` "64XB" is not a size (write it as 1000000, 64MB or 64MiB)"#
        ]],
    );
    check(
        "timeout_seconds = 0",
        &expect![[r#"policy.bad_value: policy key `timeout_seconds` must be greater than 0 (or "none")"#]],
    );
    check(
        "timeout_seconds = nan",
        &expect![[r#"policy.bad_value: policy key `timeout_seconds` must be greater than 0 (or "none")"#]],
    );
    check(
        "mounts = [{ host = \"\", guest = \"/data\" }]",
        &expect![
            "policy.bad_value: policy key `mounts` have an empty `host` for /data; `.` is the current folder"
        ],
    );
    check(
        "preserve_logs = 1",
        &expect!["policy.wrong_type: policy key `preserve_logs` must be true or false, not 1"],
    );
    check(
        "max_open_files = 4294967296",
        &expect!["policy.bad_value: policy key `max_open_files` must be less than 2^32"],
    );
    check(
        "env = { \"A=B\" = \"x\" }",
        &expect![[r#"policy.bad_value: policy key `env` has a name that cannot be one: "A=B""#]],
    );
    check(
        "mounts = [{ host = \"a\", guest = \"/x\", mode = \"rx\" }]",
        &expect![
            "policy.bad_value: policy key `mounts` must be a list of {host, guest, mode}: unknown variant `rx`, expected one of `ro`, `rw`, `overlay`"
        ],
    );
    check(
        "mounts = [{ host = \"a\", guest = \"/app\" }]",
        &expect![
            "policy.bad_value: policy key `mounts` cannot replace the workspace at /app; mount below or beside it"
        ],
    );
    check(
        "fuel_budget =",
        &expect![[r#"
        policy.syntax: policy is not valid TOML: TOML parse error at line 1, column 14
          |
        1 | fuel_budget =
          |              ^
        string values must be quoted, expected literal string"#]],
    );
}
