//! How a page calls: it asks for room, writes a question there, and reads the answer where it is told that it lies.
//!
//! A question is its name, filled up with blanks to a multiple of eight bytes, and then its numbers, eight bytes each.

use std::cell::RefCell;

use crate::{Answer, Live, LiveError};

#[derive(Default)]
struct Page {
    live: Live,
    room: Vec<u64>,
    answer: Answer,
    error: String,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Room for so many eights of bytes; its address.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn room(eights: usize) -> *mut u64 {
    PAGE.with_borrow_mut(|page| {
        page.room = vec![0; eights];
        page.room.as_mut_ptr()
    })
}

/// Answers the question in the room, whose name has so many eights of bytes; how many arrays there are, or -1.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn ask(name: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let room = std::mem::take(&mut page.room);
        let (name, numbers) = room.split_at(name.min(room.len()));
        let numbers: Vec<f64> =
            numbers.iter().map(|v| f64::from_bits(*v)).collect();
        let answer = text(name)
            .and_then(|question| page.live.ask(&question, &numbers));
        match answer {
            Ok(answer) => {
                page.answer = answer;
                page.answer.len() as i32
            }
            Err(error) => {
                page.error = error.to_string();
                -1
            }
        }
    })
}

/// Puts the bytes in the room, which follow a name of so many eights of bytes, where a demo looks for its model. So many bytes
/// of the last eight do not count. 0, or -1 if they are damaged.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn put(name: usize, spare: usize) -> i32 {
    PAGE.with_borrow_mut(|page| {
        let room = std::mem::take(&mut page.room);
        let (name, content) = room.split_at(name.min(room.len()));
        let mut bytes: Vec<u8> =
            content.iter().flat_map(|v| v.to_le_bytes()).collect();
        bytes.truncate(bytes.len().saturating_sub(spare));
        match text(name).and_then(|name| page.live.put(&name, &bytes)) {
            Ok(()) => 0,
            Err(error) => {
                page.error = error.to_string();
                -1
            }
        }
    })
}

/// Where the n-th array of the answer begins.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn array(n: usize) -> *const f32 {
    PAGE.with_borrow(|page| {
        page.answer.get(n).map_or(std::ptr::null(), Vec::as_ptr)
    })
}

/// How many numbers it has.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn length(n: usize) -> usize {
    PAGE.with_borrow(|page| page.answer.get(n).map_or(0, Vec::len))
}

/// Where the words of the last error begin.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn error() -> *const u8 {
    PAGE.with_borrow(|page| page.error.as_ptr())
}

/// How many bytes they have.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn error_length() -> usize {
    PAGE.with_borrow(|page| page.error.len())
}

fn text(eights: &[u64]) -> Result<String, LiveError> {
    let bytes: Vec<u8> =
        eights.iter().flat_map(|v| v.to_le_bytes()).collect();
    let text = String::from_utf8(bytes).map_err(LiveError::new)?;
    Ok(text.trim_end().into())
}
