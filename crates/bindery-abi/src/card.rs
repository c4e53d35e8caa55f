//! Header of a plugin's library file, which the host reads before it opens the library.

/// First bytes of every [`Meta`].
pub const MAGIC: [u8; 8] = *b"BNDRYPLG";

/// Revision of this crate; a host opens plugins of its own revision only.
pub const ABI_REVISION: u32 = 1;

/// Value of [`Meta::kind`], padded with zeros: a plugin of Bindery, and not another kind of library.
pub const KIND: &str = "bindery-plugin";

/// Bit of [`Meta::flags`] that is set if a panic in the library unwinds. Any other panic would end the host.
pub const UNWINDS: u32 = 1;

/// Exported symbol of the [`Card`], which begins with its [`Meta`].
pub const META_SYMBOL: &str = "BINDERY_PLUGIN_META";

/// ELF section that contains only the [`Card`].
pub const ELF_SECTION: &str = ".bindery";

/// Mach-O segment of [`MACH_SECTION`].
pub const MACH_SEGMENT: &str = "__DATA";

/// Mach-O section that contains only the [`Card`].
pub const MACH_SECTION: &str = "__bindery";

/// Longest description that a host reads, in bytes.
pub const DESCRIPTION_LIMIT: usize = 1 << 20;

/// Facts that decide whether a library can be opened, readable from the file.
///
/// The layout is part of every revision, past and future: `magic` and `abi` never move. Integers are in the byte order of the
/// library's target; strings are UTF-8, padded with zeros.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// [`ABI_REVISION`] of the library's build.
    pub abi: u32,
    /// [`UNWINDS`]; other bits are zero in this revision and ignored.
    pub flags: u32,
    /// [`KIND`].
    pub kind: [u8; 32],
    /// Name and version of the compiler; for people, never compared.
    pub rustc: [u8; 64],
    /// Length of the description that follows, in bytes.
    pub description: u64,
}

impl Meta {
    /// Returns the facts about the library that is being compiled, with a description of this many bytes.
    ///
    /// `unwinds` is `cfg!(panic = "unwind")`, evaluated in the crate that becomes the library.
    pub const fn new(unwinds: bool, description: usize) -> Self {
        Self {
            magic: MAGIC,
            abi: ABI_REVISION,
            flags: if unwinds { UNWINDS } else { 0 },
            kind: padded(KIND),
            rustc: padded(env!("BINDERY_RUSTC")),
            description: description as u64,
        }
    }
}

/// Content of the section: the facts, then the description as JSON text without padding.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Card<const N: usize> {
    /// Facts.
    pub meta: Meta,
    /// Description.
    pub description: [u8; N],
}

impl<const N: usize> Card<N> {
    /// Returns the header of the library that is being compiled; see [`Meta::new`].
    pub const fn new(unwinds: bool, description: [u8; N]) -> Self {
        Self {
            meta: Meta::new(unwinds, N),
            description,
        }
    }
}

/// Returns `text` padded with zeros, or cut to the length.
const fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [0; N];
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && at < N {
        out[at] = bytes[at];
        at += 1;
    }
    out
}
