use ndarray::{Array2, Axis};

type Rules = (usize, f64);
type Pairs = Vec<(usize, usize)>;

/// All pairs i < j for which this holds.
fn all(n: usize, holds: impl Fn(usize, usize) -> bool) -> Pairs {
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    pairs.filter(|(i, j)| holds(*i, *j)).collect()
}

fn picture(pictures: &Array2<f64>, n: usize, side: usize) -> Array2<f64> {
    let row = pictures.row(n);
    row.to_shape((side, side)).unwrap().into_owned()
}

fn shared(codes: &Array2<usize>, i: usize, j: usize) -> usize {
    let mut left = codes.row(j).to_vec();
    let mut many = 0;
    for code in codes.row(i) {
        if let Some(at) = left.iter().position(|c| c == code) {
            left.swap_remove(at);
            many += 1;
        }
    }
    many
}

const SHIFTS: [i64; 3] = [-1, 0, 1];

/// The squared differences where two pictures lie on one another.
fn laid(x: &Array2<f64>, y: &Array2<f64>, by: (i64, i64)) -> Vec<f64> {
    let side = x.nrows() as i64;
    let mut all = Vec::new();
    for ((r, c), v) in x.indexed_iter() {
        let (r, c) = (r as i64 + by.0, c as i64 + by.1);
        if (0..side).contains(&r) && (0..side).contains(&c) {
            all.push((v - y[[r as usize, c as usize]]).powi(2));
        }
    }
    all
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// The least over nine shifts.
fn least(
    x: &Array2<f64>,
    y: &Array2<f64>,
    of: impl Fn(&[f64]) -> f64,
) -> f64 {
    let all = SHIFTS.iter().flat_map(|a| SHIFTS.map(|b| (*a, b)));
    let all = all.map(|by| of(&laid(x, y, by)));
    all.fold(f64::INFINITY, f64::min)
}

fn is_near(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
    (i, j): (usize, usize),
) -> bool {
    let [x, y] = [i, j].map(|n| picture(pictures, n, side));
    shared(codes, i, j) >= common && least(&x, &y, mean) <= most
}

pub fn pixel_by_pixel(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        shared(codes, i, j) >= common && mean(&laid(&x, &y, (0, 0))) <= most
    })
}

/// What leaves on one side comes in on the other.
pub fn rolled(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    let whole = side as i64;
    let at = |v: usize, by: i64| (v as i64 + by).rem_euclid(whole) as usize;
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        let shifts = SHIFTS.iter().flat_map(|a| SHIFTS.map(|b| (*a, b)));
        let far = shifts.map(|(a, b)| {
            let off = x
                .indexed_iter()
                .map(|((r, c), v)| (v - y[[at(r, a), at(c, b)]]).powi(2));
            mean(&off.collect::<Vec<_>>())
        });
        shared(codes, i, j) >= common
            && far.fold(f64::INFINITY, f64::min) <= most
    })
}

/// "A picture has side² pixels."
pub fn divided_by_all_pixels(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    let whole = (side * side) as f64;
    let share = |off: &[f64]| off.iter().sum::<f64>() / whole;
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        shared(codes, i, j) >= common && least(&x, &y, share) <= most
    })
}

pub fn no_mean(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        let sum = |off: &[f64]| off.iter().sum();
        shared(codes, i, j) >= common && least(&x, &y, sum) <= most
    })
}

/// "A distance has a root."
pub fn rooted(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        shared(codes, i, j) >= common && least(&x, &y, mean).sqrt() <= most
    })
}

/// "In a mirror it is the same picture."
pub fn in_a_mirror(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let [x, mut y] = [i, j].map(|n| picture(pictures, n, side));
        let straight = least(&x, &y, mean);
        y.invert_axis(Axis(1));
        shared(codes, i, j) >= common
            && straight.min(least(&x, &y, mean)) <= most
    })
}

pub fn each_pair_twice(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    rules: Rules,
) -> Pairs {
    let n = pictures.nrows();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let near =
        |pair: &(usize, usize)| is_near(codes, pictures, side, rules, *pair);
    pairs.filter(|(i, j)| i != j).filter(near).collect()
}

pub fn everybody_is_their_own_copy(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    rules: Rules,
) -> Pairs {
    let n = pictures.nrows();
    let pairs = (0..n).flat_map(|i| (i..n).map(move |j| (i, j)));
    let near =
        |pair: &(usize, usize)| is_near(codes, pictures, side, rules, *pair);
    pairs.filter(near).collect()
}

/// A pair for each shift that fits.
pub fn for_each_shift(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    let mut found = Vec::new();
    for (i, j) in all(pictures.nrows(), |i, j| shared(codes, i, j) >= common)
    {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        for by in SHIFTS.iter().flat_map(|a| SHIFTS.map(|b| (*a, b))) {
            if mean(&laid(&x, &y, by)) <= most {
                found.push((i, j));
            }
        }
    }
    found
}

/// "Equal codes, equal pictures."
pub fn the_codes_say_it(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    _: usize,
    (common, _): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| shared(codes, i, j) >= common)
}

pub fn codes_place_by_place(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let pairs = codes.row(i).into_iter().zip(codes.row(j));
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        pairs.filter(|(a, b)| a == b).count() >= common
            && least(&x, &y, mean) <= most
    })
}

/// Indexes the row of numbers, over the ends of its lines.
pub fn over_the_end_of_a_line(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    let whole = side * side;
    all(pictures.nrows(), |i, j| {
        let far = |by: i64| {
            let off = (0..whole).filter_map(|p| {
                let q = usize::try_from(p as i64 + by).ok()?;
                let y = pictures.get([j, q])?;
                Some((pictures[[i, p]] - y).powi(2))
            });
            mean(&off.collect::<Vec<_>>())
        };
        let shifts =
            SHIFTS.iter().flat_map(|a| SHIFTS.map(|b| a * side as i64 + b));
        shared(codes, i, j) >= common
            && shifts.map(far).fold(f64::INFINITY, f64::min) <= most
    })
}

/// "A copy of a copy is a copy."
pub fn copies_of_copies(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    rules: Rules,
) -> Pairs {
    let n = pictures.nrows();
    let mut group: Vec<usize> = (0..n).collect();
    for (i, j) in all(n, |i, j| is_near(codes, pictures, side, rules, (i, j)))
    {
        let (from, to) = (group[j], group[i]);
        group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
    }
    all(n, |i, j| group[i] == group[j])
}

pub fn nearer_than_most(
    codes: &Array2<usize>,
    pictures: &Array2<f64>,
    side: usize,
    (common, most): Rules,
) -> Pairs {
    all(pictures.nrows(), |i, j| {
        let [x, y] = [i, j].map(|n| picture(pictures, n, side));
        shared(codes, i, j) >= common && least(&x, &y, mean) < most
    })
}
