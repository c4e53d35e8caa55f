//! `bindery plugin serve`: a library in this process, for a `bindery --isolate` in another.

use std::io::{self, BufReader};
use std::path::PathBuf;

use bindery_diagnostic::Diagnostics;
use clap::Args;

use crate::{output, plugins};

/// Serve a library over standard input and output, one JSON object a line
#[derive(Args)]
pub struct Serve {
    /// The library
    file: PathBuf,
}

impl Serve {
    /// Serves until the input ends.
    pub fn run(&self) -> Result<(), Diagnostics> {
        let input = BufReader::new(io::stdin());
        bindery_host::serve(&self.file, input, output::stdout())
            .map_err(|error| plugins::unusable(&error).into())
    }
}
