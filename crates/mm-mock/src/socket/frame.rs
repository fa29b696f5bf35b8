//! Frames of RFC 6455 as a server reads and writes them.
//!
//! Written out here, because a fake has to write what no library does, and because a client is better
//! tested against another implementation than its own.

use bytes::{Buf as _, BufMut as _, BytesMut};

pub(super) const CONTINUATION: u8 = 0;
pub(super) const TEXT: u8 = 1;
pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// The longest message of a client, in bytes.
const LONGEST: usize = 8192;
/// The longest payload of a frame that is no part of a message.
const LONGEST_CONTROL: usize = 125;

const PROTOCOL_ERROR: u16 = 1002;
const TOO_LARGE: u16 = 1009;

/// What a client said.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    Text(Vec<u8>),
    Binary,
    Ping(Vec<u8>),
    Pong,
    /// With its code, if it has one.
    Close(Option<u16>),
}

/// Puts frames together from bytes.
#[derive(Debug, Default)]
pub(super) struct Reader {
    bytes: BytesMut,
    /// What there is of a message in several frames, and its kind.
    message: Vec<u8>,
    kind: Option<u8>,
}

impl Reader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, if all of it is there. The error is the code that the server closes with.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, u16> {
        loop {
            let Some((is_last, kind, payload)) = self.frame()? else { return Ok(None) };
            match kind {
                PING => return Ok(Some(Frame::Ping(payload))),
                PONG => return Ok(Some(Frame::Pong)),
                CLOSE => return Ok(Some(Frame::Close(code(&payload)?))),
                _ => {}
            }
            match (kind, self.kind) {
                (TEXT | BINARY, None) => self.kind = Some(kind),
                (CONTINUATION, Some(_)) => {}
                _ => return Err(PROTOCOL_ERROR),
            }
            self.message.extend_from_slice(&payload);
            if is_last {
                let message = std::mem::take(&mut self.message);
                let is_text = self.kind.take() == Some(TEXT);
                return Ok(Some(if is_text { Frame::Text(message) } else { Frame::Binary }));
            }
        }
    }

    fn frame(&mut self) -> Result<Option<(bool, u8, Vec<u8>)>, u16> {
        let [first, second, rest @ ..] = &*self.bytes else { return Ok(None) };
        let (is_last, kind) = (first & 0x80 != 0, first & 0x0f);
        let is_control = kind & 8 != 0;
        // No extension was agreed on, and a client has to mask.
        if first & 0x70 != 0 || second & 0x80 == 0 || !matches!(kind, CONTINUATION..=BINARY | CLOSE..=PONG) {
            return Err(PROTOCOL_ERROR);
        }
        let (length, extra) = match second & 0x7f {
            126 => match rest {
                [a, b, ..] => (u64::from(u16::from_be_bytes([*a, *b])), 2),
                _ => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(bytes) => (u64::from_be_bytes(*bytes), 8),
                None => return Ok(None),
            },
            length => (u64::from(length), 0),
        };
        let length = usize::try_from(length).map_err(|_| TOO_LARGE)?;
        if is_control && (length > LONGEST_CONTROL || !is_last) {
            return Err(PROTOCOL_ERROR);
        }
        if !is_control && length.saturating_add(self.message.len()) > LONGEST {
            return Err(TOO_LARGE);
        }
        let head = 2 + extra;
        let Some(mask) = self.bytes.get(head..).and_then(|rest| rest.first_chunk::<4>()).copied() else {
            return Ok(None);
        };
        if self.bytes.len() < head + 4 + length {
            return Ok(None);
        }
        self.bytes.advance(head + 4);
        let masked = self.bytes.split_to(length);
        let payload = masked.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        Ok(Some((is_last, kind, payload)))
    }
}

/// The code of a close frame. Without one it is empty.
fn code(payload: &[u8]) -> Result<Option<u16>, u16> {
    match payload {
        [] => Ok(None),
        [a, b, ..] => Ok(Some(u16::from_be_bytes([*a, *b]))),
        _ => Err(PROTOCOL_ERROR),
    }
}

/// Writes a frame, whole and without a mask.
pub(super) fn write(out: &mut BytesMut, kind: u8, payload: &[u8]) {
    out.put_u8(0x80 | kind);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => out.put_u8(length),
        (_, Ok(length)) => {
            out.put_u8(126);
            out.put_u16(length);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(u64::try_from(payload.len()).unwrap_or_default());
        }
    }
    out.put_slice(payload);
}

/// Writes a close frame. Without a code it is empty, and so is its reason.
pub(super) fn write_close(out: &mut BytesMut, code: Option<u16>, reason: &str) {
    let payload = code.map(|code| [&code.to_be_bytes(), reason.as_bytes()].concat()).unwrap_or_default();
    write(out, CLOSE, &payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a client, masked.
    fn sent(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = BytesMut::new();
        write(&mut out, 0, payload);
        let head = out.len() - payload.len();
        let mask = [1, 2, 3, 4];
        let mut bytes = out[..head].to_vec();
        bytes[0] = first;
        bytes[1] |= 0x80;
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Option<Frame>, u16> {
        let mut reader = Reader::default();
        reader.push(bytes);
        reader.next()
    }

    #[test]
    fn a_message_comes_in_any_pieces() {
        let text = "x".repeat(300);
        let frames = [sent(0x01, text.as_bytes()), sent(0x89, b"?"), sent(0x80, b"y")].concat();
        let mut reader = Reader::default();
        let mut seen = Vec::new();
        for byte in frames {
            reader.push(&[byte]);
            seen.extend(reader.next().unwrap());
        }
        assert_eq!(seen, [Frame::Ping(b"?".to_vec()), Frame::Text((text + "y").into_bytes())]);
    }

    #[test]
    fn what_is_no_frame_of_a_client_is_1002() {
        let mut plain = BytesMut::new();
        write(&mut plain, TEXT, b"no mask");
        for wrong in [&*plain, &sent(0xc1, b"compressed"), &sent(0x83, b""), &sent(0x80, b"no beginning")] {
            assert_eq!(read(wrong), Err(1002));
        }
        assert_eq!(read(&sent(0x88, b"x")), Err(1002));
        assert_eq!(read(&sent(0x88, b"")), Ok(Some(Frame::Close(None))));
        assert_eq!(read(&sent(0x88, &[3, 232])), Ok(Some(Frame::Close(Some(1000)))));
    }

    #[test]
    fn a_message_of_more_than_8_kib_is_1009() {
        assert!(read(&sent(0x81, &[b'x'; 8192])).unwrap().is_some());
        // Its length is enough to know.
        assert_eq!(read(&sent(0x81, &[b'x'; 8193])[..4]), Err(1009));
        let both = [sent(0x01, &[b'x'; 8000]), sent(0x80, &[b'x'; 193])].concat();
        assert_eq!(read(&both), Err(1009));
    }

    #[test]
    fn long_frames_say_how_long_they_are() {
        for (length, head) in [(125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut out = BytesMut::new();
            write(&mut out, TEXT, &vec![b'x'; length]);
            assert_eq!(out.len(), length + head);
        }
    }
}
