//! Exercise 11.3: pictures that were planted, and who finds them.

use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::panic::catch_unwind;

use ndarray::ArrayView1;
use ndarray_rand::rand::Rng;

use super::*;

/// Pictures, their codes, and what is to count as the same.
#[derive(Clone)]
struct Album {
    codes: Array2<usize>,
    pictures: Array2<f64>,
    side: usize,
    common: usize,
    most: f64,
    /// What each picture is.
    words: Vec<String>,
}

/// How many codes two pictures have in common.
fn shared(of: &Album, i: usize, j: usize, is: Is) -> usize {
    let (a, b) = (of.codes.row(i), of.codes.row(j));
    let set = |of: ArrayView1<usize>| -> BTreeSet<usize> {
        of.iter().copied().collect()
    };
    match () {
        _ if is("codes in place") => {
            a.iter().zip(b).filter(|(a, b)| a == b).count()
        }
        _ if is("different codes") => set(a).intersection(&set(b)).count(),
        _ if is("codes that come at all") => {
            a.iter().filter(|code| set(b).contains(code)).count()
        }
        _ => {
            let mut left = b.to_vec();
            let taken = a.iter().filter(|code| {
                let at = left.iter().position(|c| c == *code);
                at.map(|at| left.swap_remove(at)).is_some()
            });
            taken.count()
        }
    }
}

/// What of two pictures stands on one another after a shift: pairs of pixels.
fn laid(
    (a, b): (&Array2<f64>, &Array2<f64>),
    (down, across): (i64, i64),
    is: Is,
) -> Vec<[f64; 2]> {
    let side = a.nrows() as i64;
    let inside = |v: i64| (0..side).contains(&v);
    let (wraps, goes_on) = (is("wraps around"), is("the edge goes on"));
    let (run_on, black) = (is("lines run on"), is("black beyond the edge"));
    let within = is("the inside alone");
    let mut all = Vec::new();
    for ((r, c), v) in a.indexed_iter() {
        let (r, c) = (r as i64, c as i64);
        let rim = [r, c].iter().any(|v| *v == 0 || *v == side - 1);
        if within && rim {
            continue;
        }
        let (mut r, mut c) = (r + down, c + across);
        if wraps {
            (r, c) = (r.rem_euclid(side), c.rem_euclid(side));
        }
        if goes_on {
            (r, c) = (r.clamp(0, side - 1), c.clamp(0, side - 1));
        }
        if run_on {
            let at = r * side + c;
            (r, c) = (at.div_euclid(side), at.rem_euclid(side));
        }
        match inside(r) && inside(c) {
            true => all.push([*v, b[[r as usize, c as usize]]]),
            false if black => all.push([*v, 0.0]),
            false => {}
        }
    }
    all
}

/// How far two pictures are apart where they lie on one another.
fn apart(pairs: &[[f64; 2]], whole: usize, is: Is) -> f64 {
    if pairs.is_empty() {
        return f64::INFINITY;
    }
    let many = pairs.len() as f64;
    let mean = |n: usize| pairs.iter().map(|p| p[n]).sum::<f64>() / many;
    let brighter = match is("brightness left out") {
        true => mean(0) - mean(1),
        false => 0.0,
    };
    let off = pairs.iter().map(|[a, b]| a - b - brighter);
    let many = if is("over the whole picture") { whole as f64 } else { many };
    match () {
        _ if is("sizes of differences") => {
            off.map(f64::abs).sum::<f64>() / many
        }
        _ if is("the largest difference") => {
            off.map(f64::abs).fold(0.0, f64::max)
        }
        _ if is("a sum") => off.map(|d| d * d).sum(),
        _ if is("the root of the mean") => {
            (off.map(|d| d * d).sum::<f64>() / many).sqrt()
        }
        _ => off.map(|d| d * d).sum::<f64>() / many,
    }
}

fn shifts(side: usize, is: Is) -> Vec<(i64, i64)> {
    let most = if is("two pixels") && side > 2 { 2 } else { 1 };
    let all = |v: i64| (-most..=most).map(move |w| (v, w));
    let all =
        (-most..=most).flat_map(all).filter(|(down, across)| match () {
            _ if is("no shift") => (*down, *across) == (0, 0),
            _ if is("no shift across a corner") => down * across == 0,
            _ if is("one way alone") => *down >= 0 && *across >= 0,
            _ if is("the other way alone") => *down <= 0 && *across <= 0,
            _ if is("across alone") => *down == 0,
            _ if is("down alone") => *across == 0,
            _ => true,
        });
    all.collect()
}

/// The distances of two pictures, one for each shift.
fn distances(of: &Album, i: usize, j: usize, is: Is) -> Vec<f64> {
    let side = of.side;
    let square = |n: usize| {
        Array2::from_shape_fn((side, side), |(r, c)| {
            of.pictures[[n, r * side + c]]
        })
    };
    let (a, b) = (square(i), square(j));
    let mut others = vec![b.clone()];
    let turn = |axis: usize| {
        let mut b = b.clone();
        b.invert_axis(Axis(axis));
        b
    };
    if is("mirrored ones too") {
        others.push(turn(1));
    }
    if is("upside down too") {
        others.push(turn(0));
    }
    if is("turned ones too") {
        others.push(b.t().to_owned());
    }
    let each = shifts(side, is);
    let all = others.iter().flat_map(|b| each.iter().map(move |by| (b, *by)));
    let all =
        all.map(|(b, by)| apart(&laid((&a, b), by, is), side * side, is));
    all.collect()
}

/// Of distances for each shift: for how many a pair counts.
fn fits(distances: &[f64], most: f64, is: Is) -> usize {
    let near = |d: f64| match () {
        _ if is("nearer than that") => d < most,
        _ if is("farther than that") => d > most,
        _ => d <= most,
    };
    let many = distances.len() as f64;
    let holds = match () {
        _ if is("every shift") => distances.iter().all(|d| near(*d)),
        _ if is("the mean over the shifts") => {
            near(distances.iter().sum::<f64>() / many)
        }
        _ if is("the last shift") => near(distances[distances.len() - 1]),
        _ if is("once for each shift") => {
            return distances.iter().filter(|d| near(**d)).count();
        }
        _ => near(distances.iter().copied().fold(f64::INFINITY, f64::min)),
    };
    usize::from(holds)
}

/// How often a pair is found.
fn often(of: &Album, i: usize, j: usize, is: Is) -> usize {
    let shared = shared(of, i, j, is);
    let asked = match () {
        _ if is("pictures alone") => true,
        _ if is("one code more") => shared > of.common,
        _ if is("all codes") => shared == of.codes.ncols(),
        _ => shared >= of.common,
    };
    let near = || fits(&distances(of, i, j, is), of.most, is);
    match () {
        _ if is("codes alone") => usize::from(asked),
        _ if is("codes or pictures") && asked => 1,
        _ if is("codes or pictures") => near(),
        _ if is("all pairs") => 1,
        _ if is("no pair") => 0,
        _ if asked => near(),
        _ => 0,
    }
}

/// Exercise 11.3, as it can go wrong: how often each pair is named.
fn found(of: &Album, is: Is, _: Tap) -> Out {
    let n = of.pictures.nrows();
    let mut all = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        let from = if is("with itself") { i } else { i + 1 };
        let once =
            is("a copy only once") && (0..i).any(|h| all[[h, i]] > 0.0);
        if once {
            continue;
        }
        for j in from..n {
            if is("neighbours alone") && j > i + 1 {
                break;
            }
            all[[i, j]] = often(of, i, j, is) as f64;
            if is("the first one alone") && all[[i, j]] > 0.0 {
                break;
            }
        }
    }
    if is("the nearest one alone") {
        let near = |i: usize| {
            let others = (0..n)
                .filter(|j| all[[i.min(*j), i.max(*j)]] > 0.0 && i != *j);
            let far = |j: usize| {
                let far = distances(of, i.min(j), i.max(j), is);
                far.into_iter().fold(f64::INFINITY, f64::min)
            };
            others.min_by(|a, b| far(*a).total_cmp(&far(*b)))
        };
        let mut some = Array2::zeros((n, n));
        for (i, j) in (0..n).filter_map(|i| Some((i, near(i)?))) {
            some[[i.min(j), i.max(j)]] = 1.0;
        }
        all = some;
    }
    if is("chains") {
        for by in 0..n {
            for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (j, i))) {
                let near =
                    |a: usize, b: usize| all[[a.min(b), a.max(b)]] > 0.0;
                if near(i, by) && near(by, j) && by != i && by != j {
                    all[[i, j]] = f64::max(all[[i, j]], 1.0);
                }
            }
        }
    }
    match () {
        _ if is("both ways") => {
            let mut back = all.t().to_owned();
            back.diag_mut().fill(0.0);
            one(all + back)
        }
        _ if is("the later one first") => one(all.reversed_axes()),
        _ => one(all),
    }
}

const FOUND: Mistakes<Album> = mistakes!(
    found,
    [
        "no shift",
        "Pictures were compared without a shift. A copy that moved by one pixel is far away, pixel by pixel: try all nine shifts."
    ],
    [
        "no shift across a corner",
        "Pictures move down or across here, and not both at once. There are nine shifts, four of them over a corner."
    ],
    [
        "one way alone",
        "Pictures move one way alone here, by 0 or 1. It may be the other picture that moved: -1, 0 or 1."
    ],
    [
        "the other way alone",
        "Pictures move one way alone here, by -1 or 0. It may be the other picture that moved: -1, 0 or 1."
    ],
    [
        "across alone",
        "Pictures move across alone here. They may move down as well, or up."
    ],
    [
        "down alone",
        "Pictures move down and up alone here. They may move across as well."
    ],
    [
        "two pixels",
        "Pictures that moved by two pixels were found as well. One is the most."
    ],
    [
        "wraps around",
        "What leaves a picture on one side comes in again on the other, and is compared there. Compare only the pixels that lie on both."
    ],
    [
        "the edge goes on",
        "Beyond its edge a picture was taken to go on as it ends. Compare only the pixels that lie on both."
    ],
    [
        "black beyond the edge",
        "Beyond its edge a picture was taken for black, and compared there. Compare only the pixels that lie on both."
    ],
    [
        "lines run on",
        "A shift across runs over the end of a line: the last pixel of one meets the first of the next. Shift lines and columns, not places \
         in the row of numbers."
    ],
    [
        "the inside alone",
        "The outermost pixels were left out, whatever the shift. Those that lie on both pictures are compared: without a shift, all."
    ],
    [
        "over the whole picture",
        "The sum over the pixels that lie on both was divided by those of a whole picture. The mean is over those that were compared: \
         fewer after a shift, so that pictures seem nearer than they are."
    ],
    [
        "a sum",
        "`most` is compared with the sum of squared differences. It is meant for their mean, whatever the size of pictures."
    ],
    [
        "the root of the mean",
        "The root was taken. `most` is meant for the mean squared difference itself."
    ],
    [
        "sizes of differences",
        "The sizes of differences were averaged. `most` is meant for the mean of their squares."
    ],
    [
        "the largest difference",
        "`most` is compared with the largest difference of two pixels. It is meant for the mean of squares."
    ],
    [
        "brightness left out",
        "A difference in brightness was taken out before. A brighter copy is another picture here."
    ],
    [
        "mirrored ones too",
        "Mirrored copies were found as well. They do not count: a mirrored 2 is no 2."
    ],
    [
        "upside down too",
        "Copies that stand on their heads were found as well. They do not count."
    ],
    [
        "turned ones too",
        "Copies with lines and columns exchanged were found as well. They do not count."
    ],
    [
        "nearer than that",
        "Pictures have to be nearer than `most` here. *At most* that far counts: with 0, those that are equal."
    ],
    [
        "farther than that",
        "The comparison is the wrong way round: pairs that are farther apart than `most`."
    ],
    [
        "every shift",
        "Pictures have to be near after each of the shifts. One of them is enough: the best."
    ],
    [
        "the mean over the shifts",
        "The distances after all shifts were averaged. The best shift alone counts: the least."
    ],
    [
        "the last shift",
        "The last shift alone was counted: each distance overwrites the one before. Keep the least."
    ],
    [
        "once for each shift",
        "A pair is named once for each shift that fits, so that even pictures are named up to nine times. Name it once."
    ],
    [
        "pictures alone",
        "The codes were not asked. A pair with fewer than `common` codes in common is not compared."
    ],
    [
        "codes alone",
        "The codes alone decided. Different pictures can have the same codes: they only say which pairs are worth comparing."
    ],
    [
        "codes or pictures",
        "A pair counts here if its codes agree or its pictures do. Both have to."
    ],
    [
        "codes in place",
        "Codes were compared place by place. Those of a picture that moves move, too: it is how many there are in common, wherever they \
         stand."
    ],
    [
        "different codes",
        "Each code was counted once, however often both have it. Three 5s here and two there are two in common."
    ],
    [
        "codes that come at all",
        "Of one picture all codes were counted that the other one has at all. Each of the other's can be counted once: three 5s here and \
         two there are two in common."
    ],
    [
        "one code more",
        "More than `common` codes have to agree here. *At least* that many is enough."
    ],
    [
        "all codes",
        "All codes have to agree here. At least `common` of them is enough."
    ],
    [
        "all pairs",
        "Every pair is named, of whatever pictures. It has to pass both tests, that of codes and that of pixels."
    ],
    [
        "no pair",
        "No pair is named, in any album. Is the list ever added to, and are the tests the right way round?"
    ],
    [
        "with itself",
        "Each picture is named with itself. A pair has two: i < j."
    ],
    [
        "both ways",
        "Each pair is named twice, (i, j) and (j, i). Name it once, with i < j."
    ],
    [
        "the later one first",
        "The later picture is named first. The pairs are (i, j) with i < j."
    ],
    [
        "neighbours alone",
        "Each picture was compared with the next one alone. Copies may lie anywhere."
    ],
    [
        "the first one alone",
        "After a picture's first copy the search for it ended. There may be several."
    ],
    [
        "a copy only once",
        "A picture that was found to be a copy was not looked at again. All pairs are wanted: of three that are the same, three."
    ],
    [
        "the nearest one alone",
        "Each picture was paired with the nearest one alone. There may be several that are near enough."
    ],
    [
        "chains",
        "Pairs were added that are linked by a third picture. Two that moved in opposite ways from it are two pixels apart: each pair \
         counts by itself."
    ],
);

/// What is done to a picture that is planted once more.
#[derive(Clone, Copy)]
enum Copied {
    /// Nothing: a fresh one.
    Fresh,
    /// Moved so many pixels down and across, with a noise whose mean square this is.
    Moved(i64, i64, f64),
    Mirrored,
    UpsideDown,
    Turned,
    /// Brighter by this.
    Brighter(f64),
    /// Its outermost pixels are brighter by this.
    Rim(f64),
    /// Moved so many pixels down and across, on black.
    OnBlack(i64, i64),
    /// One pixel is brighter by this.
    Spot(f64),
    /// Nothing at all to be seen.
    Blank,
}

/// Which codes a copy has.
#[derive(Clone, Copy)]
enum Coded {
    /// Its model's.
    Same,
    /// Its model's, each one place further.
    Further,
    /// So many of its model's, and others.
    Few(usize),
    /// Each of its model's once, and others.
    Once,
}

use Coded::{Few, Further, Once, Same};
use Copied::*;

/// How far a canvas goes on around a picture.
const AROUND: usize = 2;

/// Random waves, between 0 and 1, on a square that is larger than a picture.
fn canvas(side: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(113, stream);
    let mut wave = || {
        let (turn, long) = (rng.random::<f64>(), rng.random::<f64>());
        let per = TAU / (4.0 + 4.0 * long); // a period is 4 to 8 pixels
        let (y, x) = (TAU * turn).sin_cos();
        [per * y, per * x, TAU * rng.random::<f64>()]
    };
    let waves = [wave(), wave(), wave()];
    let wide = side + 2 * AROUND;
    Array2::from_shape_fn((wide, wide), |(r, c)| {
        let at =
            |[y, x, by]: &[f64; 3]| (y * r as f64 + x * c as f64 + by).cos();
        let sum: f64 = waves.iter().map(at).sum();
        (0.5 + 0.25 * sum).clamp(0.0, 1.0)
    })
}

/// Pictures of so many pixels a side: for each, the number of its canvas, what was done to it, and its codes.
fn album(
    side: usize,
    (common, most): (usize, f64),
    stream: u64,
    all: &[(u64, Copied, Coded)],
) -> Album {
    const CODES: usize = 7;
    let mut rng = rng_at(114, stream);
    let mut pictures = Array2::zeros((all.len(), side * side));
    let mut codes = Array2::zeros((all.len(), CODES));
    let mut words = Vec::new();
    for (n, (of, copied, coded)) in all.iter().enumerate() {
        let canvas = canvas(side, 10 * stream + of);
        let cut = |down: i64, across: i64| {
            Array2::from_shape_fn((side, side), |(r, c)| {
                let [r, c] = [(r, down), (c, across)]
                    .map(|(v, by)| (v + AROUND) as i64 + by);
                canvas[[r as usize, c as usize]]
            })
        };
        let mut x = cut(0, 0);
        let done = match *copied {
            Fresh => String::new(),
            Moved(0, 0, 0.0) => ", copied".into(),
            Moved(down, across, noise) => {
                x = cut(down, across);
                x.mapv_inplace(|v| match rng.random::<bool>() {
                    true => v + noise.sqrt(),
                    false => v - noise.sqrt(),
                });
                let moved = match (down, across) {
                    (0, 0) => String::new(),
                    _ => format!(", moved {down} down and {across} across"),
                };
                let noisy = match noise {
                    0.0 => String::new(),
                    _ => format!(", with noise of mean square {noise:.5}"),
                };
                moved + &noisy
            }
            Mirrored => {
                x.invert_axis(Axis(1));
                ", mirrored".into()
            }
            UpsideDown => {
                x.invert_axis(Axis(0));
                ", upside down".into()
            }
            Turned => {
                x = x.reversed_axes();
                ", with lines and columns exchanged".into()
            }
            Brighter(by) => {
                x += by;
                ", brighter".into()
            }
            Rim(by) => {
                for ((r, c), v) in x.indexed_iter_mut() {
                    let rim = [r, c].iter().any(|v| v % (side - 1) == 0);
                    *v += if rim { by } else { 0.0 };
                }
                ", with a bright rim".into()
            }
            OnBlack(down, across) => {
                let edge = AROUND as i64;
                let lit = edge + 1..edge + side as i64 - 1;
                x = cut(down, across);
                for ((r, c), v) in x.indexed_iter_mut() {
                    let at = [(r, down), (c, across)]
                        .map(|(v, by)| v as i64 + edge + by);
                    if !at.iter().all(|v| lit.contains(v)) {
                        *v = 0.0;
                    }
                }
                format!(", on black, moved {down} down and {across} across")
            }
            Spot(by) => {
                x[[side / 2, side / 2]] += by;
                ", with a spot".into()
            }
            Blank => {
                x.fill(0.0);
                ", blackened".into()
            }
        };
        words.push(format!("{}{done}", (b'A' + *of as u8) as char));
        pictures.row_mut(n).assign(&x.flatten());
        // Three codes of a kind, two of another, and two by themselves.
        let base = 10 * *of as usize;
        let model = [3, 5, 3, 1, 3, 5, 2].map(|code| base + code);
        let other = |at: usize| 1000 + CODES * n + at;
        for at in 0..CODES {
            let kept = match *coded {
                Same => Some(model[at]),
                Further => Some(model[(at + 1) % CODES]),
                Few(many) => Some(model[at]).filter(|_| at < many),
                Once => {
                    let first = !model[..at].contains(&model[at]);
                    Some(model[at]).filter(|_| first)
                }
            };
            codes[[n, at]] = kept.unwrap_or(other(at));
        }
    }
    Album { codes, pictures, side, common, most, words }
}

fn albums() -> Vec<(&'static str, Album)> {
    const NEAR: f64 = 0.02;
    let exact = Moved(0, 0, 0.0);
    let any = (0, NEAR);
    vec![
        ("no picture at all", album(3, any, 1, &[])),
        ("one picture", album(4, any, 2, &[(0, Fresh, Same)])),
        (
            "a picture, its copy, and a stranger",
            album(
                5,
                (0, 0.0),
                3,
                &[(0, Fresh, Same), (1, Fresh, Same), (0, exact, Same)],
            ),
        ),
        (
            "pictures of 2 × 2 pixels",
            album(
                2,
                (0, 1e-4),
                21,
                &[
                    (0, Fresh, Same),
                    (1, Fresh, Same),
                    (0, exact, Same),
                    (1, Moved(0, 0, 5e-5), Same),
                ],
            ),
        ),
        (
            "three black pictures, and strangers",
            album(
                4,
                any,
                22,
                &[
                    (0, Blank, Same),
                    (1, Fresh, Same),
                    (2, Blank, Same),
                    (3, Fresh, Same),
                    (4, Blank, Same),
                ],
            ),
        ),
        (
            "copies that moved by one pixel, and a threshold of 0",
            album(
                5,
                (0, 0.0),
                6,
                &[
                    (0, Fresh, Same),
                    (0, Moved(0, 1, 0.0), Further),
                    (1, Fresh, Same),
                    (1, Moved(-1, 0, 0.0), Further),
                    (0, Moved(0, -1, 0.0), Further),
                    (1, Moved(1, -1, 0.0), Further),
                ],
            ),
        ),
        (
            "mirrored, turned and brighter copies",
            album(
                5,
                any,
                7,
                &[
                    (0, Fresh, Same),
                    (0, Mirrored, Same),
                    (0, UpsideDown, Same),
                    (0, Turned, Same),
                    (0, Brighter(0.3), Same),
                    (0, Rim(0.3), Same),
                    (0, exact, Same),
                ],
            ),
        ),
        (
            "copies with noise and with spots",
            album(
                6,
                any,
                8,
                &[
                    (0, Moved(0, 0, 0.6 * NEAR), Same),
                    (0, Fresh, Same),
                    (1, Fresh, Same),
                    (1, Spot(0.1), Same),
                    (2, Fresh, Same),
                    (2, Spot(0.4), Same),
                    (1, Spot(-0.135), Same),
                    (0, Moved(0, 0, 1.3 * NEAR), Same),
                    (0, exact, Same),
                ],
            ),
        ),
        (
            "copies that moved across a corner, with noise",
            album(
                6,
                any,
                9,
                &[
                    (0, Fresh, Same),
                    (1, Fresh, Same),
                    (0, Moved(1, 1, 1.2 * NEAR), Further),
                    (1, Moved(1, 1, 0.7 * NEAR), Further),
                    (0, Moved(-1, 1, 0.5 * NEAR), Further),
                ],
            ),
        ),
        (
            "pictures on black that moved by one pixel",
            album(
                6,
                any,
                15,
                &[
                    (0, OnBlack(0, 0), Same),
                    (1, OnBlack(0, 0), Same),
                    (0, OnBlack(0, 1), Further),
                    (1, OnBlack(1, 0), Further),
                    (2, OnBlack(-1, 0), Same),
                ],
            ),
        ),
        (
            "copies that moved by two pixels",
            album(
                7,
                any,
                10,
                &[
                    (0, Fresh, Same),
                    (0, Moved(0, 2, 0.0), Further),
                    (1, Fresh, Same),
                    (1, Moved(2, 1, 0.0), Further),
                    (1, Moved(1, 0, 0.0), Further),
                ],
            ),
        ),
        (
            "a threshold so large that strangers pass",
            album(
                6,
                (0, 0.08),
                11,
                &[
                    (0, Fresh, Same),
                    (0, exact, Same),
                    (1, Fresh, Same),
                    (2, Fresh, Same),
                    (2, Moved(0, 0, 0.01), Same),
                ],
            ),
        ),
        (
            "copies with other codes, of which five must agree",
            album(
                5,
                (5, NEAR),
                12,
                &[
                    (0, Fresh, Same),
                    (0, exact, Few(5)),
                    (0, exact, Few(4)),
                    (0, Moved(0, 1, 0.0), Further),
                    (1, Fresh, Same),
                    (1, exact, Once),
                    (1, Moved(1, 0, 0.3 * NEAR), Same),
                ],
            ),
        ),
        (
            "strangers with the same codes, of which three must agree",
            album(
                6,
                (3, NEAR),
                13,
                &[
                    (0, Fresh, Same),
                    (0, Mirrored, Further),
                    (1, Fresh, Few(2)),
                    (1, exact, Few(3)),
                    (0, Moved(1, 0, 0.4 * NEAR), Few(6)),
                    (1, Moved(-1, -1, 0.2 * NEAR), Same),
                    (0, Moved(0, 0, 1.5 * NEAR), Same),
                    (1, exact, Same),
                ],
            ),
        ),
    ]
}

type Finds = fn(&Array2<usize>, &Array2<f64>, usize, (usize, f64)) -> Pairs;
type Pairs = Vec<(usize, usize)>;

/// How often each pair is named.
fn counted(pairs: &[(usize, usize)], n: usize) -> Out {
    let mut all = Array2::<f64>::zeros((n, n));
    for (i, j) in pairs {
        assert!(*i < n && *j < n, "({i}, {j}) is a pair, of {n} pictures");
        all[[*i, *j]] += 1.0;
    }
    one(all)
}

pub fn duplicates(candidate: Finds) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 11, § Privacy",
        results: &["the list of pairs"],
        right: |of| rightly(found, of),
        suspects: FOUND.0,
        terms: none,
        others: |of| {
            let most = of.most;
            in_place_of("most", most, |most| Album { most, ..of.clone() })
        },
        numbers: none,
        tolerance: 1e-12,
    };
    let told = judged(&exercise, found, FOUND.1, &albums(), |of| {
        let rules = (of.common, of.most);
        let pairs = candidate(&of.codes, &of.pictures, of.side, rules);
        counted(&pairs, of.pictures.nrows())
    });
    told.map_err(|told| shown(told, candidate))
}

fn pairs(of: &Album) -> Pairs {
    let all = &rightly(found, of)[0];
    let n = of.pictures.nrows();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    pairs.filter(|(i, j)| all[[*i, *j]] > 0.0).collect()
}

fn listed(pairs: &Pairs) -> String {
    match pairs.len() {
        0 => "no pair".into(),
        _ => {
            let all = pairs.iter().map(|(i, j)| format!("({i}, {j})"));
            all.collect::<Vec<_>>().join(", ")
        }
    }
}

/// With the pairs of the first album that an answer gets wrong.
fn shown(told: Diagnosis, candidate: Finds) -> Diagnosis {
    if told.mistake == "stops" {
        return told;
    }
    for (words, of) in albums() {
        let right = pairs(&of);
        let tried = catch_unwind(|| {
            let rules = (of.common, of.most);
            candidate(&of.codes, &of.pictures, of.side, rules)
        });
        let Ok(mut came) = tried else { continue };
        came.sort_unstable();
        if came == right {
            continue;
        }
        let mut what = told.what.clone();
        if told.mistake == "value" {
            for further in [" With ", " Where it is wrong, it is ±"] {
                let end = what.find(further).unwrap_or(what.len());
                what.truncate(end);
            }
            let said = |(i, j): &(usize, usize)| {
                let each = [i, j].map(|n| of.words.get(*n).cloned());
                let [i, j] = each.map(|word| word.unwrap_or_default());
                format!("“{i}” and “{j}”")
            };
            if let Some(lost) = right.iter().find(|p| !came.contains(p)) {
                what += &format!(" Missing is {lost:?}: {}.", said(lost));
            }
            if let Some(more) = came.iter().find(|p| !right.contains(p)) {
                what += &format!(" No pair is {more:?}: {}.", said(more));
            }
        }
        what += &format!(" Shown: {words}.");
        let (right, came) = (listed(&right), listed(&came));
        return Diagnosis { what, ..told }.with(right, came);
    }
    told
}

/// In each album: its name, its pairs, and what each picture is.
pub fn planted() -> Vec<(&'static str, Pairs, Vec<String>)> {
    let all = albums().into_iter();
    all.map(|(words, of)| (words, pairs(&of), of.words)).collect()
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(found, FOUND.1, &albums());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(found, FOUND.1, &albums())
}
