//! What a guest can and cannot do with its files.

mod model; // random operations, compared with a real Linux directory

use sbx_vfs as _;
