//! What programs say. That nobody listens is no reason to stop before the work is done.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use indicatif::MultiProgress;
use record::say;

use crate::Interrupted;
use crate::interrupt::{STATUS, last_word};

/// [`say`] while bars may be shown. (`MultiProgress::suspend` panics when the terminal is gone.)
pub(crate) fn say_above(bars: &MultiProgress, line: &str) {
    match bars.is_hidden() {
        true => say(line),
        false => drop(bars.println(line)),
    }
}

/// Text that is the program's output.
///
/// # Errors
/// It cannot be written. A reader who has seen enough and gone is none.
pub fn print(text: &str) -> anyhow::Result<()> {
    print_to(io::stdout().lock(), text)
}

fn print_to(mut to: impl Write, text: &str) -> anyhow::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output"),
    }
}

/// What a program ends with: 0, 130 after Ctrl-C, 1 after any other error, which it says.
pub fn exit_code(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if error.downcast_ref::<Interrupted>().is_none() {
        say(format_args!("error: {error:#}"));
        return ExitCode::FAILURE;
    }
    // Never let go: this is the end.
    std::mem::forget(last_word());
    say(format_args!("{error:#}"));
    ExitCode::from(STATUS)
}

#[cfg(test)]
mod tests {
    use indicatif::{ProgressBar, ProgressDrawTarget, TermLike};

    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A terminal that was closed.
    #[derive(Debug)]
    struct Gone;

    impl TermLike for Gone {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn write_line(&self, _: &str) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn write_str(&self, _: &str) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn clear_line(&self) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }

        fn flush(&self) -> io::Result<()> {
            Err(ErrorKind::Other.into())
        }
    }

    #[test]
    fn a_terminal_that_is_gone_is_no_reason_to_stop() {
        let target = ProgressDrawTarget::term_like(Box::new(Gone));
        let bars = MultiProgress::with_draw_target(target);
        let bar = bars.add(ProgressBar::new(9));
        for step in 0..9 {
            bar.set_position(step);
            say_above(&bars, "a line");
        }
        bar.finish_and_clear();
    }

    #[test]
    fn a_reader_who_is_gone_is_no_error_and_a_full_disk_is_one() {
        let mut all = Vec::new();
        print_to(&mut all, "a\n").unwrap();
        assert_eq!(all, b"a\n");
        print_to(Broken(ErrorKind::BrokenPipe), "a").unwrap();
        let full = print_to(Broken(ErrorKind::StorageFull), "a");
        let said = format!("{:#}", full.unwrap_err());
        assert!(said.starts_with("standard output: "), "{said}");
    }
}
