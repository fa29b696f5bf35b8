//! The size of a picture, from the first bytes of its file.

/// A very small picture as base64 of a JPEG: the same for all.
pub(crate) const MINIATURE: &str = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////\
    ////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/\
    aAAgBAQABPxA=";

/// What is known of a picture.
#[derive(Debug, PartialEq)]
pub(crate) struct Picture {
    /// Pixels.
    pub(crate) width: i64,
    /// Pixels.
    pub(crate) height: i64,
    /// Its form can hold more than one frame, so that the server makes no preview.
    pub(crate) may_move: bool,
}

/// `None` if it is none of PNG, GIF, BMP and JPEG.
pub(crate) fn read(bytes: &[u8]) -> Option<Picture> {
    let (width, height, may_move) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let _ = bytes.get(16..24)?;
        (number(16), number(20), false)
    } else if bytes.starts_with(b"GIF8") {
        let number = |at: usize| u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let _ = bytes.get(6..10)?;
        (number(6), number(8), true)
    } else if bytes.starts_with(b"BM") {
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let _ = bytes.get(18..26)?;
        (number(18), number(22), false)
    } else if bytes.starts_with(b"\xff\xd8") {
        jpeg(bytes)?
    } else {
        return None;
    };
    Some(Picture { width: width.into(), height: height.into(), may_move })
}

/// Walks from segment to segment to the one that has the size.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32, bool)> {
    let mut at = 2;
    loop {
        let segment = bytes.get(at..at + 9)?;
        let number = |at: usize| u16::from_be_bytes([segment[at], segment[at + 1]]);
        if segment[0] != 0xff {
            return None;
        }
        if matches!(segment[1], 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf) {
            return Some((number(7).into(), number(5).into(), false));
        }
        at += 2 + usize::from(number(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64;

    fn picture(width: i64, height: i64, may_move: bool) -> Option<Picture> {
        Some(Picture { width, height, may_move })
    }

    #[test]
    fn the_size_of_a_picture_is_in_its_first_bytes() {
        assert_eq!(read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xf0"), picture(320, 240, false));
        assert_eq!(read(b"GIF89a\x08\0\x09\0"), picture(8, 9, true));
        assert_eq!(read(b"BM----------------\x08\0\0\0\x09\0\0\0"), picture(8, 9, false));
        assert_eq!(read(&base64::decode(MINIATURE).unwrap()), picture(1, 1, false));
    }

    #[test]
    fn what_is_no_picture_or_broken_off_has_no_size() {
        for bytes in [
            &b"hello"[..],
            b"",
            b"\x89PNG\r\n\x1a\n",
            b"GIF8",
            b"\xff\xd8\xff\xe0\0\x10",
            b"\xff\xd8xxxxxxxxx",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
