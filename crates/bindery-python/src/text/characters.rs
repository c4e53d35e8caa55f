//! Positions and digits in strings, which Python counts in characters.

/// Returns the value of a decimal digit of any script.
pub(crate) fn decimal_digit(letter: char) -> Option<u32> {
    /// Zeros of Unicode's decimal digits (category Nd, Unicode 14); nine digits follow each.
    const ZEROS: [u32; 66] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
        0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
        0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
        0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
        0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
    ];
    let code = u32::from(letter);
    let at = ZEROS.partition_point(|zero| *zero <= code);
    let digit = code - ZEROS[at.checked_sub(1)?];
    (digit < 10).then_some(digit)
}

/// Returns the length in characters.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// Returns the part of `text` between two character positions.
pub(crate) fn between(text: &str, start: usize, end: usize) -> &str {
    if text.is_ascii() {
        return &text[start..end];
    }
    let mut offsets = text
        .char_indices()
        .map(|(offset, _)| offset)
        .chain([text.len()]);
    let from = offsets.nth(start).unwrap_or(text.len());
    let to = if end > start {
        offsets.nth(end - start - 1).unwrap_or(text.len())
    } else {
        from
    };
    &text[from..to]
}

/// Returns the character position of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> usize {
    length(&text[..offset])
}
