//! The content of a file against a plain vector.

use super::*;

#[test]
fn small_files_take_what_they_hold() {
    let mut content = Content::default();
    content.write_at(0, b"0123456789").unwrap();
    assert!(content.resident_bytes() <= 16, "{}", content.resident_bytes());
}
