//! Panic guard: panics end at the boundary, where they would abort the host.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use crate::{BindError, BindErrorKind};

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`. A panic becomes an error with `entry`, the message, and the place in the source.
///
/// A panic may leave values of `work` half changed. They are state of the plugin, which no other plugin sees.
pub(crate) fn guard<T>(
    entry: &str,
    work: impl FnOnce() -> Result<T, BindError>,
) -> Result<T, BindError> {
    listen();
    DEPTH.set(DEPTH.get() + 1);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    result.unwrap_or_else(|payload| {
        let message = text_of(&*payload);
        // Dropping the payload runs code of the plugin again.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
        let error = BindError::new(
            BindErrorKind::PluginPanicked,
            format!("panicked in `{entry}`: {message}"),
        );
        Err(match PLACE.take() {
            Some(place) => error.cause(format!("panic at {place}")),
            None => error,
        })
    })
}

/// Returns the text of a panic, on one line.
fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keeps guarded panics off the terminal, because the error reports them. All other panics reach the previous hook, and with
/// `RUST_BACKTRACE` guarded panics do too, because an error has no room for a backtrace.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            if DEPTH.try_with(Cell::get).unwrap_or(0) == 0 {
                return before(info);
            }
            if Backtrace::capture().status() == BacktraceStatus::Captured {
                before(info);
            }
            let place = info.location().map(ToString::to_string);
            let _ = PLACE.try_with(|slot| slot.replace(place));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(work: impl FnOnce(), message: &str) {
        let error = guard("bind", || {
            work();
            Ok(())
        })
        .unwrap_err();
        assert_eq!(error.kind(), BindErrorKind::PluginPanicked);
        assert_eq!(error.message(), message);
        assert!(
            error.causes()[0].contains("guard.rs"),
            "{:?}",
            error.causes()
        );
    }

    #[test]
    fn panics_become_errors_of_one_line() {
        check(|| panic!("plain"), "panicked in `bind`: plain");
        check(
            || panic!("two\n  lines {}", 1),
            "panicked in `bind`: two lines 1",
        );
        check(
            || std::panic::panic_any(7),
            "panicked in `bind`: no message",
        );
    }

    #[test]
    fn what_panics_when_dropped_is_caught_too() {
        struct Rude;
        impl Drop for Rude {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        check(
            || std::panic::panic_any(Rude),
            "panicked in `bind`: no message",
        );
    }

    #[test]
    fn results_pass() {
        assert_eq!(guard("bind", || Ok(7)), Ok(7));
        let error = BindError::denied("no");
        assert_eq!(guard("bind", || Err::<(), _>(error.clone())), Err(error));
    }
}
