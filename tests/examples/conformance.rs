//! `cargo xtask conformance`: the shared vectors, and a report that ends with `N passed, N failed`.

use std::env;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use bindery_tests::conformance::{Options, run};

fn main() -> ExitCode {
    let options = match parse(env::args().skip(1)) {
        Ok(options) => options,
        Err(complaint) => {
            eprintln!(
                "error: {complaint}\nusage: conformance [--dir DIR] [--suite NAME] [--found]"
            );
            return ExitCode::from(5);
        }
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match run(&options, &mut out).and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // The reader has closed the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the report could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        let (name, joined) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let mut value = || {
            joined
                .clone()
                .or_else(|| arguments.next())
                .ok_or(format!("`{name}` needs a value"))
        };
        match name.as_str() {
            "--dir" => options.dir = Some(value()?.into()),
            "--suite" => options.suite = Some(value()?),
            "--found" => options.found = true,
            _ => return Err(format!("unknown option `{name}`")),
        }
    }
    Ok(options)
}
