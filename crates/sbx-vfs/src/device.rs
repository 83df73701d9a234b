//! Devices: nodes that answer reads and writes without having content.

use serde::{Deserialize, Serialize};

use crate::Errno;

/// A device, as programs expect to find them in `/dev`.
///
/// A device belongs to the host: it cannot be removed, renamed or given times. Everyone may write to it all the same,
/// and what is written is gone. Its size and every offset in it are 0; truncating it when it is opened does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Device {
    /// Is at its end at once.
    Null,
    /// Zeros without end.
    Zero,
    /// Random bytes without end. This crate has no randomness: whoever serves reads looks at [`crate::Vfs::device`]
    /// first, as with the standard streams.
    Random,
}

impl Device {
    /// Reads into `buf`.
    pub(crate) fn read(self, buf: &mut [u8]) -> Result<usize, Errno> {
        match self {
            Self::Null => Ok(0),
            Self::Zero => {
                buf.fill(0);
                Ok(buf.len())
            }
            Self::Random => Err(Errno::Badf),
        }
    }
}
