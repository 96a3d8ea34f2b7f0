use std::ops::Range;

use crate::checks::Window;

/// "The picture is cut into as many tiles as there are logits."
pub fn a_tile(windows: &[Window], _: usize, place: usize) -> Range<usize> {
    let wide: usize = windows.iter().map(|w| w.stride).product();
    place * wide..(place + 1) * wide
}

/// From the first pixel on, so many.
fn so_many(
    windows: &[Window],
    side: usize,
    place: usize,
    many: usize,
) -> Range<usize> {
    let mut first = place as i64;
    for w in windows.iter().rev() {
        first = first * w.stride as i64 - w.padding as i64;
    }
    let end = (first + many as i64).min(side as i64);
    first.max(0) as usize..end as usize
}

pub fn kernels_multiplied(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let many = windows.iter().map(|w| w.kernel).product();
    so_many(windows, side, place, many)
}

pub fn kernels_added(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let many = windows.iter().map(|w| w.kernel).sum();
    so_many(windows, side, place, many)
}

/// Each layer adds its kernel less 1, times the strides up to its own.
pub fn own_stride_counts(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let (mut many, mut jump) = (1, 1);
    for w in windows {
        jump *= w.stride;
        many += (w.kernel - 1) * jump;
    }
    so_many(windows, side, place, many)
}

pub fn from_the_first_layer_on(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let (mut first, mut last) = (place as i64, place as i64);
    for w in windows {
        let begins = |of: i64| of * w.stride as i64 - w.padding as i64;
        first = begins(first);
        last = begins(last) + w.kernel as i64 - 1;
    }
    first.max(0) as usize..(last + 1).min(side as i64) as usize
}

pub fn no_padding(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let (mut first, mut last) = (place, place);
    for w in windows.iter().rev() {
        first *= w.stride;
        last = last * w.stride + w.kernel - 1;
    }
    first..(last + 1).min(side)
}

pub fn one_too_few(
    windows: &[Window],
    side: usize,
    place: usize,
) -> Range<usize> {
    let (mut first, mut last) = (place as i64, place as i64);
    for w in windows.iter().rev() {
        let begins = |of: i64| of * w.stride as i64 - w.padding as i64;
        first = begins(first);
        last = begins(last) + w.kernel as i64 - 1;
    }
    first.max(0) as usize..last.min(side as i64 - 1) as usize
}

pub fn beyond_the_right_edge(
    windows: &[Window],
    _: usize,
    place: usize,
) -> Range<usize> {
    let (mut first, mut last) = (place as i64, place as i64);
    for w in windows.iter().rev() {
        let begins = |of: i64| of * w.stride as i64 - w.padding as i64;
        first = begins(first);
        last = begins(last) + w.kernel as i64 - 1;
    }
    first.max(0) as usize..(last + 1) as usize
}
