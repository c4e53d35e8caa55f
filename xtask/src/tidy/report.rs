//! Figures that `cargo xtask tidy -v` prints.

/// Collected figures.
pub(crate) struct Report {
    is_wanted: bool,
    figures: Vec<String>,
}

impl Report {
    /// A report that keeps its figures only if they will be printed.
    pub(crate) fn new(is_wanted: bool) -> Self {
        Report {
            is_wanted,
            figures: Vec::new(),
        }
    }

    /// Adds a paragraph.
    pub(crate) fn add(&mut self, figures: String) {
        if self.is_wanted {
            self.figures.push(figures);
        }
    }

    /// Prints all paragraphs.
    pub(crate) fn print(&self) {
        for figures in &self.figures {
            println!("{figures}\n");
        }
    }
}
