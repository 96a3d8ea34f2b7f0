use ndarray::Array1;

/// Ones where `may(line, column)` of the kernel says so.
fn ones(
    size: usize,
    c: usize,
    may: impl Fn(usize, usize) -> bool,
) -> Array1<f64> {
    Array1::from_shape_fn(size * size * c, |row| {
        let tap = row / c;
        f64::from(may(tap / size, tap % size))
    })
}

pub fn own_code_is_seen(size: usize, c: usize, _: bool) -> Array1<f64> {
    ones(size, c, |i, j| i * size + j <= size * size / 2)
}

pub fn own_code_is_never_seen(size: usize, c: usize, _: bool) -> Array1<f64> {
    ones(size, c, |i, j| i * size + j < size * size / 2)
}

pub fn whole_row_is_seen(size: usize, c: usize, own: bool) -> Array1<f64> {
    let middle = size / 2;
    ones(size, c, |i, j| i < middle || i == middle && (own || j != middle))
}

pub fn only_what_is_above(size: usize, c: usize, own: bool) -> Array1<f64> {
    let middle = size / 2;
    ones(size, c, |i, j| i < middle || own && (i, j) == (middle, middle))
}

pub fn right_of_above_is_cut(
    size: usize,
    c: usize,
    own: bool,
) -> Array1<f64> {
    let middle = size / 2;
    ones(size, c, |i, j| {
        i <= middle && j <= middle && (own || (i, j) != (middle, middle))
    })
}

pub fn column_by_column(size: usize, c: usize, own: bool) -> Array1<f64> {
    let before = size * size / 2 + usize::from(own);
    ones(size, c, |i, j| j * size + i < before)
}

pub fn channels_first(size: usize, c: usize, own: bool) -> Array1<f64> {
    let (taps, before) = (size * size, size * size / 2 + usize::from(own));
    Array1::from_shape_fn(taps * c, |row| f64::from(row % taps < before))
}

pub fn channels_ignored(size: usize, _: usize, own: bool) -> Array1<f64> {
    let before = size * size / 2 + usize::from(own);
    Array1::from_shape_fn(size * size, |row| f64::from(row < before))
}

pub fn later_ones_stay(size: usize, c: usize, own: bool) -> Array1<f64> {
    let half = size * size / 2;
    ones(size, c, |i, j| i * size + j > half || own && i * size + j == half)
}
