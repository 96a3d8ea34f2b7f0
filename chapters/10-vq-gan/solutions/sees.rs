use std::ops::Range;

use crate::checks::Window;

pub fn sees(windows: &[Window], side: usize, place: usize) -> Range<usize> {
    let (mut first, mut last) = (place as i64, place as i64);
    for Window { kernel, stride, padding } in windows.iter().rev() {
        let begins = |of: i64| of * *stride as i64 - *padding as i64;
        first = begins(first);
        last = begins(last) + *kernel as i64 - 1;
    }
    first.max(0) as usize..(last + 1).min(side as i64) as usize
}
