//! What the host reads from a library's file before it opens the library.

/// The first bytes of every [`Meta`].
pub const MAGIC: [u8; 8] = *b"BNDRYPLG";

/// The revision of everything in this crate; a host opens plugins of its own revision only.
pub const ABI_REVISION: u32 = 1;

/// What [`Meta::kind`] says, padded with zeros: this is a plugin of Bindery, as opposed to whatever may come later.
pub const KIND: &str = "bindery-plugin";

/// The bit of [`Meta::flags`] that is set if a panic in the library unwinds. Without it a panic would end the host.
pub const UNWINDS: u32 = 1;

/// The exported symbol under which the [`Card`] stands, its [`Meta`] first.
pub const META_SYMBOL: &str = "BINDERY_PLUGIN_META";

/// The ELF section that holds the [`Card`] and nothing else.
pub const ELF_SECTION: &str = ".bindery";

/// The Mach-O segment of [`MACH_SECTION`].
pub const MACH_SEGMENT: &str = "__DATA";

/// The Mach-O section that holds the [`Card`] and nothing else.
pub const MACH_SECTION: &str = "__bindery";

/// The longest description, in bytes, that a host reads.
pub const DESCRIPTION_LIMIT: usize = 1 << 20;

/// Facts that decide whether a library can be opened, readable from the file.
///
/// The layout is part of every revision, past and to come: `magic` and `abi` never move. Integers are in the byte order of
/// the machine that the library is for; texts are UTF-8, padded with zeros.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// The [`ABI_REVISION`] that the library was built for.
    pub abi: u32,
    /// [`UNWINDS`]; other bits are zero in this revision and ignored.
    pub flags: u32,
    /// [`KIND`].
    pub kind: [u8; 32],
    /// The compiler, as it names itself; for people, never compared.
    pub rustc: [u8; 64],
    /// How many bytes of description follow.
    pub description: u64,
}

impl Meta {
    /// Facts about the library that is being compiled, with so many bytes of description.
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

/// What stands in the section: the facts, then the description as JSON text without padding.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Card<const N: usize> {
    /// The facts.
    pub meta: Meta,
    /// The description.
    pub description: [u8; N],
}

impl<const N: usize> Card<N> {
    /// A card for the library that is being compiled; see [`Meta::new`].
    pub const fn new(unwinds: bool, description: [u8; N]) -> Self {
        Self {
            meta: Meta::new(unwinds, N),
            description,
        }
    }
}

/// `text` with zeros behind it; what does not fit is cut.
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
