use ndarray::{Array2, ArrayView1};

fn digits(
    row: ArrayView1<f64>,
    levels: &[usize],
    squeeze: fn(f64) -> f64,
    half: fn(usize) -> f64,
) -> Vec<usize> {
    let digit = |(z, &l): (&f64, &usize)| {
        (squeeze(*z) * half(l) + half(l) + 0.5).floor() as usize
    };
    row.iter().zip(levels).map(digit).collect()
}

fn right_half(l: usize) -> f64 {
    (l - 1) as f64 / 2.0
}

fn number(digits: &[usize], levels: &[usize]) -> usize {
    let pairs = digits.iter().zip(levels).rev();
    pairs.fold(0, |index, (digit, l)| index * l + digit)
}

pub fn first_digit_highest(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    let index = |row| {
        let digits = digits(row, levels, f64::tanh, right_half);
        let pairs = digits.iter().zip(levels);
        pairs.fold(0, |index, (digit, l)| index * l + digit)
    };
    z.rows().into_iter().map(index).collect()
}

pub fn one_base_for_all(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    let index = |row| {
        let digits = digits(row, levels, f64::tanh, right_half);
        number(&digits, &vec![levels[0]; levels.len()])
    };
    z.rows().into_iter().map(index).collect()
}

pub fn one_level_too_many(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    let half = |l| l as f64 / 2.0;
    let index = |row| number(&digits(row, levels, f64::tanh, half), levels);
    z.rows().into_iter().map(index).collect()
}

pub fn clipped(z: &Array2<f64>, levels: &[usize]) -> Vec<usize> {
    let clip = |v: f64| v.clamp(-1.0, 1.0);
    let index = |row| number(&digits(row, levels, clip, right_half), levels);
    z.rows().into_iter().map(index).collect()
}
