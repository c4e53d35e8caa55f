//! Values of Aurora's interface, and their written forms.

mod broken;
mod errors;
mod everything;
mod forms;
mod round_trips;
mod table;
mod wire;
