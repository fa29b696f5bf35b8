//! Pictures of users: small PNGs made out of nothing.
//!
//! A picture is a pattern of blocks whose shape and color come from a number, so that equal ones look equal.

use bytes::Bytes;
use mm_types::User;

use crate::picture;

/// Width and height of a profile picture, in pixels.
const PROFILE: usize = 128;
/// Blocks a side of the pattern.
const BLOCKS: usize = 8;
/// The most pixels that the server takes.
const MOST_PIXELS: i64 = 7680 * 4320;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The picture of a user who set none.
pub(crate) fn of_user(user: &User) -> Bytes {
    // Bots all look the same.
    let seed =
        if user.is_bot { 0 } else { hash(user.id.as_str().as_bytes()) ^ hash(user.username.as_bytes()) };
    png(seed, PROFILE)
}

/// What the server makes of an uploaded picture.
pub(crate) fn of_upload(content: &[u8]) -> Bytes {
    png(hash(content), PROFILE)
}

/// A picture in the place of a QR code with this text.
pub(crate) fn of_code(text: &str) -> Bytes {
    png(hash(text.as_bytes()), 4 * PROFILE)
}

/// Whether it is a picture that is not too large.
pub(crate) fn is_acceptable(content: &[u8]) -> bool {
    picture::read(content).is_some_and(|picture| picture.width * picture.height <= MOST_PIXELS)
}

/// A square picture in two colors.
fn png(seed: u64, side: usize) -> Bytes {
    let mut pixels = Vec::with_capacity(side * (side / 8 + 1));
    for y in 0..side {
        // The rows are not filtered.
        pixels.push(0);
        for byte in 0..side / 8 {
            let bit = (y * BLOCKS / side) * BLOCKS + byte * 8 * BLOCKS / side;
            pixels.push(if (seed >> bit) & 1 == 1 { 0xff } else { 0 });
        }
    }
    let width = u32::try_from(side).unwrap_or_default().to_be_bytes();
    let [red, green, blue, ..] = seed.to_le_bytes();
    let mut png = SIGNATURE.to_vec();
    chunk(&mut png, *b"IHDR", &[&width[..], &width[..], &[1, 3, 0, 0, 0]].concat());
    chunk(&mut png, *b"PLTE", &[0xff, 0xff, 0xff, red / 2, green / 2, blue / 2]);
    chunk(&mut png, *b"IDAT", &stored(&pixels));
    chunk(&mut png, *b"IEND", &[]);
    png.into()
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    png.extend(u32::try_from(content.len()).unwrap_or_default().to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(content);
    let sum = crc(png.get(start..).unwrap_or_default());
    png.extend(sum.to_be_bytes());
}

/// A zlib stream that compresses nothing.
fn stored(content: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = content.chunks(usize::from(u16::MAX));
    let last = blocks.len().saturating_sub(1);
    for (at, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        stream.push(u8::from(at == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = content.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65521;
        (low, (high + low) % 65521)
    });
    stream.extend(((high << 16) | low).to_be_bytes());
    stream
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_specifications() {
        assert_eq!(crc(b"123456789"), 0xCBF4_3926);
        assert!(stored(b"Wikipedia").ends_with(&0x11E6_0398_u32.to_be_bytes()));
    }

    #[test]
    fn equal_uploads_make_equal_pictures() {
        assert_eq!(of_upload(b"a"), of_upload(b"a"));
        assert_ne!(of_upload(b"a"), of_upload(b"b"));
    }

    #[test]
    fn pictures_are_told_from_other_files_by_their_size() {
        assert!(is_acceptable(&of_upload(b"a")));
        assert!(!is_acceptable(b"no picture") && !is_acceptable(SIGNATURE) && !is_acceptable(b""));
        let huge = [SIGNATURE, &[0, 0, 0, 13], b"IHDR", &[0, 1, 0, 0], &[0, 1, 0, 0]].concat();
        assert!(!is_acceptable(&huge));
    }
}
