//! The content of a file against a plain vector.
#![expect(clippy::arithmetic_side_effects, reason = "a test may panic")]

use std::sync::Arc;

use proptest::prelude::*;

use super::{CHUNK, Content, Digest};

#[test]
fn memory_is_in_step_with_what_is_stored() {
    let mut content = Content::default();
    content.write_at(0, b"0123456789").unwrap();
    assert!(content.resident_bytes() <= 16, "{}", content.resident_bytes());
    // Zeros that nobody wrote take nothing.
    content.set_len(1 << 40);
    content.write_at(1 << 39, b"x").unwrap();
    assert!(content.resident_bytes() <= 2 * CHUNK as u64);
    content.set_len(5);
    assert!(content.resident_bytes() <= 16);
    // Written a little at a time, a file takes at most twice its size, and from a chunk on no more than that chunk.
    let mut content = Content::default();
    for at in 0..3 * CHUNK as u64 {
        content.write_at(at, &[1]).unwrap();
        let bound = (2 * (at + 1)).max(16).min(((at + 1).div_ceil(CHUNK as u64)) * CHUNK as u64);
        assert!(content.resident_bytes() <= bound, "{} bytes for {at}", content.resident_bytes());
    }
}

#[test]
fn a_write_after_a_clone_copies_one_chunk() {
    let mut content = Content::from_bytes(&vec![1; 10 * CHUNK]);
    let old = content.clone();
    content.write_at(5 * CHUNK as u64, &[2]).unwrap();
    let shared = old.chunks.values().zip(content.chunks.values()).filter(|(a, b)| a == b).count();
    assert_eq!(shared, 9);
    assert!(!old.same_as(&content));
    content.write_at(5 * CHUNK as u64, &[1]).unwrap();
    assert!(old.same_as(&content), "equal bytes in chunks of their own");
}

#[derive(Debug, Clone)]
enum Op {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Read(u64, usize),
    Clone,
}

fn op() -> impl Strategy<Value = Op> {
    let near = |max: u64| {
        prop_oneof![0..max, (0..4_u64, 0..8_u64).prop_map(|(chunk, at)| (chunk << 16).saturating_sub(4) + at)]
    };
    prop_oneof![
        4 => (near(200_000), proptest::collection::vec(any::<u8>(), 0..20), 1..8000_usize)
            .prop_map(|(at, data, times)| Op::Write(at, data.repeat(times))),
        2 => near(250_000).prop_map(Op::SetLen),
        2 => (near(250_000), 0..150_000_usize).prop_map(|(at, len)| Op::Read(at, len)),
        1 => Just(Op::Clone),
    ]
}

proptest! {
    #[test]
    fn it_is_a_vector(ops in proptest::collection::vec(op(), 1..30), base in 0..200_000_usize) {
        let mut model: Vec<u8> = (0..base).map(|at| u8::try_from(at % 253).unwrap()).collect();
        let mut content = Content::from_shared(Arc::new(model.clone()));
        let mut clones = Vec::new();
        for op in ops {
            match op {
                Op::Write(_, data) if data.is_empty() => {}
                Op::Write(at, data) => {
                    content.write_at(at, &data).unwrap();
                    let at = usize::try_from(at).unwrap();
                    model.resize(model.len().max(at + data.len()), 0);
                    model[at..at + data.len()].copy_from_slice(&data);
                }
                Op::SetLen(len) => {
                    content.set_len(len);
                    model.resize(usize::try_from(len).unwrap(), 0);
                }
                Op::Read(at, len) => {
                    let mut buf = vec![0xEE; len];
                    let n = content.read_at(at, &mut buf).unwrap();
                    let at = usize::try_from(at).unwrap().min(model.len());
                    prop_assert_eq!(&buf[..n], &model[at..model.len().min(at + len)]);
                }
                Op::Clone => clones.push((content.clone(), model.clone())),
            }
            prop_assert_eq!(content.len(), model.len() as u64);
        }
        clones.push((content.clone(), model.clone()));
        for (clone, bytes) in clones {
            prop_assert_eq!(clone.digest().unwrap(), Digest::of(&bytes));
            prop_assert_eq!(clone.same_as(&content), bytes == model);
            prop_assert!(clone.same_as(&Content::from_bytes(&bytes)));
            prop_assert!(Content::from_bytes(&bytes).same_as(&clone));
        }
    }
}
