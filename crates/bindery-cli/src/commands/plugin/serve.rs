//! `bindery plugin serve`: the process of a library under `--isolate`.

use std::io::{self, BufReader};
use std::path::PathBuf;

use bindery_diagnostic::Diagnostics;
use clap::Args;

use crate::{output, plugins};

/// Serve a library over standard input and output, one JSON object per line
#[derive(Args)]
pub struct Serve {
    /// File of the library
    file: PathBuf,
}

impl Serve {
    /// Serves until the input ends.
    pub fn run(&self) -> Result<(), Diagnostics> {
        let input = BufReader::new(io::stdin());
        bindery_host::serve(&self.file, input, output::stdout())
            .map_err(|error| plugins::library_error(&error).into())
    }
}
