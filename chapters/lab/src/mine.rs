//! A reader's answers in the place of the book's functions: with the feature `mine`, a chapter asks here before it computes
//! anything itself.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use ndarray::{Array, ArrayBase, Data, Dimension, NdFloat};
use record::say;

/// In a function: what the reader's answer gives is returned, if the exercise is solved.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // the module `mine` of the chapter that asks
macro_rules! yours {
    (Ok: $function:ident($($argument:expr),* $(,)?)) => {
        if let Some(answer) = $crate::mine::unless_books(|| {
            crate::mine::$function($($argument),*)
        }) {
            return Ok(answer);
        }
    };
    ($function:ident($($argument:expr),* $(,)?)) => {
        if let Some(answer) = $crate::mine::unless_books(|| {
            crate::mine::$function($($argument),*)
        }) {
            return answer;
        }
    };
}

/// Whether the book's own functions are held to, whatever is solved.
static BOOKS: AtomicBool = AtomicBool::new(false);

/// Each exercise that was asked, and whether it is solved.
static ASKED: Mutex<BTreeMap<&'static str, bool>> =
    Mutex::new(BTreeMap::new());

thread_local! {
    /// Whether this thread tries an answer, whose `todo!` is nobody's business.
    static TRIES: Cell<bool> = const { Cell::new(false) };
}

/// An exercise whose answer may stand in for a function of the book.
pub struct Exercise {
    name: &'static str,
    state: AtomicU8,
}

const UNKNOWN: u8 = 0;
const SOLVED: u8 = 1;
const OPEN: u8 = 2;

impl Exercise {
    /// An exercise that nobody has asked yet, `1.1 d_loss`.
    pub const fn new(name: &'static str) -> Self {
        Self { name, state: AtomicU8::new(UNKNOWN) }
    }

    /// The reader's answer, or `None` while the exercise is not solved. The first time says which.
    pub fn ask<T>(&self, answer: impl FnOnce() -> T) -> Option<T> {
        match self.state.load(Ordering::Acquire) {
            SOLVED => return Some(answer()),
            OPEN => return None,
            _ => {}
        }
        quiet_about_stubs();
        TRIES.set(true);
        let tried = catch_unwind(AssertUnwindSafe(answer));
        TRIES.set(false);
        match tried {
            Ok(value) => {
                self.settle(SOLVED);
                Some(value)
            }
            Err(panic) if is_stub(panic.as_ref()) => {
                self.settle(OPEN);
                None
            }
            Err(panic) => resume_unwind(panic),
        }
    }

    fn settle(&self, state: u8) {
        if self.state.swap(state, Ordering::AcqRel) == UNKNOWN {
            let mut asked =
                ASKED.lock().unwrap_or_else(PoisonError::into_inner);
            asked.insert(self.name, state == SOLVED);
            say(match state {
                SOLVED => format!("exercise {}: yours", self.name),
                _ => format!(
                    "exercise {}: not solved yet, the book's function takes its place",
                    self.name
                ),
            });
        }
    }
}

/// What a stub says.
fn is_stub(panic: &(dyn Any + Send)) -> bool {
    let stub = |text: &str| text.starts_with("not yet implemented: Exercise");
    panic.downcast_ref::<String>().is_some_and(|text| stub(text))
        || panic.downcast_ref::<&str>().is_some_and(|text| stub(text))
}

/// The panic of a stub that is tried is no news; any other is said as ever.
fn quiet_about_stubs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !(TRIES.get() && is_stub(info.payload())) {
                usual(info);
            }
        }));
    });
}

/// Unless the book's functions are held to, what the answer gives.
pub fn unless_books<T>(answer: impl FnOnce() -> Option<T>) -> Option<T> {
    match BOOKS.load(Ordering::Relaxed) {
        true => None,
        false => answer(),
    }
}

/// Holds to the book's functions, or asks the reader's answers again: for who compares the two.
pub fn hold_to_the_book(books: bool) {
    BOOKS.store(books, Ordering::Relaxed);
}

/// Each exercise that was asked until now, and whether it is solved.
pub fn asked() -> BTreeMap<&'static str, bool> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// As the exercises take it.
///
/// # Panics
/// Never: the book computes in f32 and f64.
pub fn wide<F: NdFloat, S: Data<Elem = F>, D: Dimension>(
    x: &ArrayBase<S, D>,
) -> Array<f64, D> {
    x.mapv(|v| v.to_f64().expect("floats are f64 or fit into one"))
}

/// And back.
///
/// # Panics
/// Never: the book computes in f32 and f64.
pub fn narrow<F: NdFloat, D: Dimension>(x: Array<f64, D>) -> Array<F, D> {
    x.mapv(one)
}

/// One number of it.
///
/// # Panics
/// Never: the book computes in f32 and f64.
pub fn one<F: NdFloat>(v: f64) -> F {
    F::from(v).expect("f32 or f64")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn an_answer_is_taken_when_there_is_one() {
        let solved = Exercise::new("0.0 solved");
        let open = Exercise::new("0.0 open");
        for _ in 0..2 {
            assert_eq!(solved.ask(|| 3), Some(3));
            let stub =
                || panic!("not yet implemented: Exercise 0.0 (§ None)");
            assert_eq!(open.ask::<u8>(stub), None);
        }
        let asked = asked();
        assert_eq!((asked["0.0 solved"], asked["0.0 open"]), (true, false));
        let wrong = Exercise::new("0.0 wrong");
        let index: usize = std::hint::black_box(5);
        let out =
            catch_unwind(AssertUnwindSafe(|| wrong.ask(|| [1, 2, 3][index])));
        assert!(out.is_err(), "a mistake is the reader's to see");
        let x = array![1.5_f32, -2.0];
        assert_eq!(narrow::<f32, _>(wide(&x)), x);
    }
}
