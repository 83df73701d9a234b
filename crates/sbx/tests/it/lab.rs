//! The runtimes of this machine, loaded once.

use sbx::{RuntimeType, Runtimes, SandboxBuilder};

/// Python as it is set up on this machine.
pub(crate) fn runtimes() -> Runtimes {
    let runtimes = Runtimes::shared();
    let runtimes = runtimes.unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
    for image in ["python", "python-data"] {
        runtimes
            .python()
            .and_then(|python| Ok(python.image(image)?))
            .unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
    }
    runtimes
}

/// A sandbox of the small image.
pub(crate) fn builder() -> SandboxBuilder {
    SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes()).image("python")
}
