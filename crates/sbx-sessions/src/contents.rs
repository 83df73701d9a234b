//! Packs the contents of files: small ones together, large ones in pieces, and nothing twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use imbl::OrdMap;
use sbx_vfs::{Digest, FileContent};

use crate::error::{Error, Result};
use crate::format::object::FRAME_BYTES;
use crate::pack::Packer;
use crate::stored::StoredContent;
use crate::write::Place;

/// A content that the record names.
pub(crate) struct NewContent {
    pub(crate) digest: Digest,
    pub(crate) len: u64,
    pub(crate) pieces: Vec<Place>,
    /// Whether it is in the record below already.
    pub(crate) is_known: bool,
}

/// Packs the contents that are stored nowhere yet, or where they are not to stay.
pub(crate) fn pack_contents(
    packer: &mut Packer,
    contents: &[FileContent],
    known: &OrdMap<Digest, Arc<StoredContent>>,
    emptied: &BTreeSet<Digest>,
) -> Result<Vec<NewContent>> {
    let mut pieces_by_digest: Option<BTreeMap<Digest, Place>> = None;
    let mut packed = Vec::with_capacity(contents.len());
    for content in contents {
        let (digest, len) = (content.digest(), content.len());
        let stays = |content: &&Arc<StoredContent>| {
            content.len == len && content.pieces.iter().all(|(frame, _)| !emptied.contains(&frame.object))
        };
        if let Some(stored) = known.get(&digest).filter(stays) {
            let pieces =
                stored.pieces.iter().map(|(frame, at)| Place::Known { frame: Arc::clone(frame), at: *at });
            packed.push(NewContent { digest, len, pieces: pieces.collect(), is_known: true });
            continue;
        }
        let pieces = if len <= FRAME_BYTES as u64 {
            let bytes = read(content, 0, len)?;
            let (frame, at) = packer.piece(&bytes)?;
            vec![Place::New { frame, at }]
        } else {
            let by_digest = pieces_by_digest.get_or_insert_with(|| large_pieces(known, emptied));
            pack_large(packer, content, by_digest)?
        };
        packed.push(NewContent { digest, len, pieces, is_known: false });
    }
    Ok(packed)
}

/// Packs a large file piece by piece, but for pieces that are stored already.
fn pack_large(
    packer: &mut Packer,
    content: &FileContent,
    by_digest: &mut BTreeMap<Digest, Place>,
) -> Result<Vec<Place>> {
    packer.close_frame()?;
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < content.len() {
        let bytes = read(content, at, (content.len() - at).min(FRAME_BYTES as u64))?;
        let digest = Digest::of(&bytes);
        let place = match by_digest.get(&digest) {
            Some(place) => place.clone(),
            None => {
                let (frame, at) = packer.piece(&bytes)?;
                packer.close_frame()?;
                let place = Place::New { frame, at };
                by_digest.insert(digest, place.clone());
                place
            }
        };
        pieces.push(place);
        at += bytes.len() as u64;
    }
    Ok(pieces)
}

/// The pieces of large files that are stored, each a frame of its own.
fn large_pieces(
    known: &OrdMap<Digest, Arc<StoredContent>>,
    emptied: &BTreeSet<Digest>,
) -> BTreeMap<Digest, Place> {
    let large = known.values().filter(|content| content.pieces.len() > 1);
    let frames = large.flat_map(|content| content.pieces.iter().map(|(frame, _)| frame));
    let staying = frames.filter(|frame| !emptied.contains(&frame.object));
    staying.map(|frame| (frame.digest, Place::Known { frame: Arc::clone(frame), at: 0 })).collect()
}

fn read(content: &FileContent, at: u64, len: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
    let n = content.read_at(at, &mut bytes).map_err(|error| sbx_storage::Error::Unavailable {
        action: "read a stored file".to_owned(),
        problem: error.to_string(),
        source: Some(Box::new(error)),
    })?;
    if n == bytes.len() { Ok(bytes) } else { Err(Error::corrupt("a file of the session", "it is cut short")) }
}
