//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, Parameters, init_layer, mse,
    mse_backward,
};
use lab::judging::{Exercise, Out, Suspect, in_place_of, none, number, one};
use lab::{Diagnosis, Slip, judge, judge_number, rng_at, slips};
use ndarray::{
    Array1, Array2, Array4, ArrayD, ArrayView1, Axis, Dimension, Slice,
    array, s,
};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rayon::prelude::*;
use vq_vae::plain::{half, half_backward};
use vq_vae::rate::{Prices, Rate, cheapest as cheapest_codes};
use vq_vae::{coding, plain, rate as price}; // `causes` finds them here

#[path = "../../src/run/experiments/logged/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

/// Whether a slip of this name is made.
type Is<'a> = &'a dyn Fn(&str) -> bool;

/// Suspects of a function that asks which slips are made: its name, and each slip's name and sentence.
macro_rules! suspects {
    ($with:ident, $($name:literal: $what:literal,)*) => {
        &[$((|input| $with(input, &|slip| slip == $name), $name, $what)),*]
    };
}

/// Judges an answer by an exercise whose suspects are slips of `with`: each alone, then two at a time. An answer that neither
/// explains is told what `locate` finds, given all that is right and all that came.
fn judged<I: 'static>(
    exercise: &Exercise<I>,
    inputs: &[(&str, I)],
    candidate: impl Fn(&I) -> Out,
    with: fn(&I, Is) -> Out,
    locate: impl Fn(&[Out], &[Out]) -> String,
) -> Result<(), Diagnosis> {
    let run = AssertUnwindSafe(|| exercise.judge(inputs, &candidate));
    let verdict = catch_unwind(run);
    let told = match &verdict {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(told)) => Some(told.clone()),
        Err(raised) => match words_of(raised.as_ref()).starts_with("not yet")
        {
            true => None, // a stub
            false => Some(Diagnosis::new("value", "", exercise.see)),
        },
    };
    let general = |told: &Diagnosis| {
        matches!(told.mistake, "value" | "wrong shape")
            || told.what.contains("something else")
            || told.what.contains("Moreover")
    };
    if told.is_some_and(|told| general(&told)) {
        let came: Vec<Out> = inputs
            .iter()
            .map(|(_, input)| tried(&candidate, input))
            .collect();
        let rights = inputs.iter().map(|(_, input)| (exercise.right)(input));
        let rights: Vec<Out> = rights.collect();
        let slip = |s: &Suspect<I>| Slip { name: s.1, what: s.2 };
        let all: Vec<_> = exercise.suspects.iter().map(slip).collect();
        // Where an answer stops, something of a shape that no answer has.
        let stopped = || Array4::zeros((0, 1, 2, 3)).into_dyn();
        let results = 0..exercise.results.len();
        let whole = |out: Out| -> Out {
            let part = |p| out.get(p).cloned().unwrap_or_else(stopped);
            results.clone().map(part).collect()
        };
        let flat = |outs: &[Out]| -> Out {
            outs.iter().cloned().flat_map(whole).collect()
        };
        let made = |made: lab::Made| {
            let (mut all, mut still) = (Vec::new(), true);
            for ((_, input), came) in inputs.iter().zip(&came) {
                // After a first input that it does not explain there is no need of others.
                let value =
                    if still { with(input, &|s| made.is(s)) } else { vec![] };
                still &= value.iter().zip(came).all(|(a, b)| agree(a, b));
                all.extend(whole(value));
            }
            all
        };
        let near = exercise.tolerance;
        let found = slips(&all, &flat(&came), made, near, exercise.see);
        // An answer that stops wherever it is wrong says nothing.
        let shown = rights.iter().zip(&came).find(|(right, came)| {
            let differs = right.iter().zip(*came).any(|(a, b)| !agree(a, b));
            differs && !came.is_empty()
        });
        if let (Some(found), Some((right, came))) = (found, shown) {
            for (right, came) in right.iter().zip(came) {
                let known = vec![(came.clone(), found.clone())];
                judge(right, came, near, known, found.clone())?;
            }
            return Err(found);
        }
        match verdict {
            Ok(Err(mut told)) => {
                if told.mistake == "value" {
                    told.what += &locate(&rights, &came);
                }
                return Err(told);
            }
            // It stops on some inputs; which?
            Err(raised) if !came[0].is_empty() => {
                let stops = came.iter().position(Vec::is_empty).unwrap_or(0);
                let what = format!(
                    "Yours stops with {}, and not with {}: {}",
                    inputs[stops].0,
                    inputs[0].0,
                    words_of(raised.as_ref())
                );
                return Err(Diagnosis::new("stops", what, exercise.see));
            }
            verdict => {
                return verdict
                    .unwrap_or_else(|raised| resume_unwind(raised));
            }
        }
    }
    verdict.unwrap_or_else(|raised| resume_unwind(raised))
}

/// What was said when something stopped.
fn words_of(raised: &(dyn std::any::Any + Send)) -> &str {
    let text = raised.downcast_ref::<String>().map(String::as_str);
    text.or(raised.downcast_ref::<&str>().copied()).unwrap_or_default()
}

/// What an answer gives; nothing where it stops.
fn tried<I>(candidate: impl Fn(&I) -> Out, input: &I) -> Out {
    let run = AssertUnwindSafe(|| candidate(input));
    catch_unwind(run).unwrap_or_default()
}

/// By which labels the wrong numbers of matrices can be told from the right ones: in all inputs, or in all but a few.
fn in_common<I>(
    inputs: &[(&str, I)],
    rights: &[Out],
    came: &[Out],
    labels: impl Fn(&I, usize, usize) -> Vec<(&'static str, String)>,
) -> String {
    let mut seen: Vec<(&str, [Vec<String>; 2])> = Vec::new();
    for ((_, input), (right, came)) in
        inputs.iter().zip(rights.iter().zip(came))
    {
        let (Some(right), Some(came)) = (right.first(), came.first()) else {
            continue;
        };
        if right.shape() != came.shape() {
            continue;
        }
        let columns = right.shape().get(1).copied().unwrap_or(1);
        for (n, (a, b)) in right.iter().zip(came).enumerate() {
            let mut labels = labels(input, n / columns, n % columns);
            let rows = right.len() / columns;
            labels.push(match n / columns {
                row if row + 1 == rows => ("the row", "the last".into()),
                0 => ("the row", "the first".into()),
                _ => ("the row", "another".into()),
            });
            seen.resize(labels.len(), ("", [const { Vec::new() }; 2]));
            for (seen, (label, value)) in seen.iter_mut().zip(labels) {
                seen.0 = label;
                let values = &mut seen.1[usize::from(differs(*a, *b))];
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
    }
    let said = seen.iter().filter_map(|(label, [good, bad])| {
        let nowhere_else = !bad.iter().any(|v| good.contains(v));
        let some = !good.is_empty()
            && (nowhere_else || bad.len() < good.len())
            && !good.iter().all(|v| bad.contains(v));
        let few: Vec<_> = bad.iter().take(6).map(String::as_str).collect();
        let more = if bad.len() > 6 { " …" } else { "" };
        let words = format!("{label} {}{more}", few.join(", "));
        some.then_some((!nowhere_else, words))
    });
    let mut said: Vec<_> = said.collect();
    said.sort_by_key(|(loose, _)| *loose);
    match said.first() {
        None => String::new(),
        Some((false, first)) => {
            format!(" It is wrong with {first}, and nowhere else.")
        }
        Some((true, _)) => {
            let all = said.iter().take(2).map(|s| s.1.as_str());
            let all: Vec<_> = all.collect();
            format!(" Wherever it is wrong: {}.", all.join("; "))
        }
    }
}

/// Of a function that only copies and adds: where a single 1 in a matrix of zeros should come, and where it comes.
fn single_one<I>(
    inputs: &[(&str, I)],
    exercise: &Exercise<I>,
    candidate: impl Fn(&I) -> Out,
    shape: impl Fn(&I) -> (usize, usize),
    with: impl Fn(&I, Array2<f64>) -> I,
) -> String {
    let list = |of: &ArrayD<f64>| {
        let there = of.indexed_iter().filter(|(_, v)| **v != 0.0);
        let mut all =
            there.map(|(at, v)| format!("{v:.3} at {:?}", at.slice()));
        let few: Vec<_> = all.by_ref().take(4).collect();
        let more = if all.next().is_some() { " …" } else { "" };
        match few.len() {
            0 => "nothing".into(),
            _ => few.join(", ") + more,
        }
    };
    let mut all = inputs.iter().filter_map(|(words, input)| {
        let (rows, columns) = shape(input);
        let mut said = None;
        let mut wrong = Vec::new();
        for at in (0..rows * columns).map(|n| (n / columns, n % columns)) {
            let mut x = Array2::zeros((rows, columns));
            x[at] = 1.0;
            let input = with(input, x);
            let right = &(exercise.right)(&input)[0];
            let came = tried(&candidate, &input);
            let came = came.first()?;
            if right.shape() != came.shape() {
                return None;
            }
            if agree(right, came) {
                continue;
            }
            wrong.push(at);
            said.get_or_insert_with(|| {
                format!(
                    " Of a single 1, at [{}, {}], and zeros elsewhere, with {words}, there should come {}; of yours comes {}.",
                    at.0,
                    at.1,
                    list(right),
                    list(came)
                )
            });
        }
        let mut said = said?;
        for (side, name, of) in [
            (rows, "row", (|at| at.0) as fn(&(usize, usize)) -> usize),
            (columns, "column", |at| at.1),
        ] {
            let mut there: Vec<_> = wrong.iter().map(of).collect();
            there.sort_unstable();
            there.dedup();
            let few = there.len() <= 6 && 2 * there.len() <= side;
            if few {
                said += &format!(" It is so with the 1 in {name} {there:?} alone.");
                break;
            }
        }
        Some((rows, said))
    });
    // Of several places more can be seen than of one.
    let first = all.next();
    let more = match first {
        Some((1, _)) => all.find(|(rows, _)| *rows > 1),
        _ => None,
    };
    let found = more.or(first).map(|(_, said)| said);
    let alone = " Each number alone, as a 1 among zeros, comes right: several together do not, or other ones than 1.";
    found.unwrap_or_else(|| alone.into())
}

/// What is right and what came on a few simple questions, where the two differ.
fn asked(questions: Vec<(String, f64, f64)>) -> String {
    let wrong = questions.iter().filter(|(_, a, b)| differs(*a, *b)).take(3);
    let said = wrong.map(|(words, right, came)| {
        let places = if (right - came).abs() < 1e-3 { 11 } else { 4 };
        let digits = |v: &f64| {
            let text = format!("{v:.places$}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            text.to_string()
        };
        format!(" {words} {}; yours: {}.", digits(right), digits(came))
    });
    said.collect()
}

fn differs(a: f64, b: f64) -> bool {
    let least = 1e-9 * a.abs().max(1.0);
    let near = a == b || (a.is_finite() && (a - b).abs() <= least);
    !near // a NaN differs from everything
}

/// Whether arrays are the same; numbers that are none agree.
fn agree(a: &ArrayD<f64>, b: &ArrayD<f64>) -> bool {
    let near =
        |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || !differs(*a, *b);
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// Which slips of an exercise cannot be told from right or from one another.
fn alike<I: 'static>(
    exercise: &Exercise<I>,
    inputs: &[(&str, I)],
) -> Vec<String> {
    let of = |of: fn(&I) -> Out| -> Vec<Out> {
        inputs.iter().map(|(_, input)| of(input)).collect()
    };
    let same = |a: &[Out], b: &[Out]| {
        a.iter().zip(b).all(|(a, b)| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b))
        })
    };
    let mut seen = vec![("right", of(exercise.right))];
    let mut found = Vec::new();
    for (with, name, _) in exercise.suspects {
        let values = of(*with);
        let twin = seen.iter().find(|(_, other)| same(other, &values));
        found.extend(twin.map(|(other, _)| format!("{name} is {other}")));
        seen.push((name, values));
    }
    found
}

/// Slips of all exercises that cannot be told from right or from one another.
#[allow(dead_code)]
pub fn all_alike() -> Vec<String> {
    [
        alike(&IM2COL, &grids(1)),
        alike(&COL2IM, &grids(9)),
        alike(&RESIDUAL, &ways()),
        alike(&STRIDED, &pictures()),
        alike(&QUOTIENT, &all_batches()),
        alike(&BITS, &tables()),
        alike(&CHEAPEST, &choices()),
        alike(&TRAIN, &trainings()),
    ]
    .concat()
}

/// Numbers that differ from one another, with a zero and two that are large.
fn numbers(rows: usize, columns: usize) -> Array2<f64> {
    let mut x = Array2::from_shape_fn((rows, columns), |(n, c)| {
        1.0 + n as f64 + 0.01 * (n * n) as f64 - 37.0 * c as f64
    });
    if rows > 4 {
        (x[[0, 0]], x[[1, 0]], x[[2, 0]]) = (0.0, 1000.0, -1000.0);
    }
    x
}

/// Grids of `side` × `side` places, a row for each; and what to make of them.
struct Grids {
    x: Array2<f64>,
    side: usize,
}

/// Grids with `taps` numbers for each of their channels.
fn grids(taps: usize) -> [(&'static str, Grids); 8] {
    let of = |rows, side, channels| {
        let mut x = numbers(rows, taps * channels);
        if taps > 1 {
            x.indexed_iter_mut().for_each(|((n, t), v)| {
                *v = ((7 * n + 5 * t) % 23) as f64 - 11.0 + 0.1 * t as f64;
            });
        }
        Grids { x, side }
    };
    [
        ("a grid of a single place, with one channel", of(1, 1, 1)),
        ("one grid of 2 × 2 places, with one channel", of(4, 2, 1)),
        ("one grid of 3 × 3 places, with one channel", of(9, 3, 1)),
        ("one grid of 3 × 3 places, with two channels", of(9, 3, 2)),
        ("two grids of 3 × 3 places, with three channels", of(18, 3, 3)),
        ("two grids of 4 × 4 places, with two channels", of(32, 4, 2)),
        ("four grids of a single place", of(4, 1, 3)),
        ("no grid at all", of(0, 3, 2)),
    ]
}

const DIRECTIONS: [&str; 9] = [
    "the part of direction 0, up and to the left,",
    "the part of direction 1, up,",
    "the part of direction 2, up and to the right,",
    "the part of direction 3, to the left,",
    "the part of the place itself, in the middle,",
    "the part of direction 5, to the right,",
    "the part of direction 6, down and to the left,",
    "the part of direction 7, down,",
    "the part of direction 8, down and to the right,",
];

/// The row of the neighbour of row `n` in a direction, of so many rows.
fn neighbour(
    n: usize,
    (rows, side): (usize, usize),
    tap: usize,
    is: Is,
) -> Option<usize> {
    let (end, own) = (side as isize, n);
    let by = if is("two apart") { 2 } else { 1 };
    let from = match () {
        () if is("from the place on") => 0,
        () if is("up to the place") => 2,
        () => 1,
    };
    let line = by * ((tap / 3) as isize - from);
    let column = by * ((tap % 3) as isize - from);
    let flat = |m: isize| usize::try_from(m).ok().filter(|m| *m < rows);
    let m = n as isize + line * end + column;
    let (mut i, mut j) = ((n / side) as isize, (n % side) as isize);
    if !is("lines go on") {
        i %= end;
    }
    if is("lines and columns exchanged") {
        (i, j) = (j, i);
    }
    let inside = |v: isize| (0..end).contains(&v);
    match () {
        () if is("across the edge") => return flat(m),
        () if is("into the next image") => {
            return flat(m).filter(|_| inside(j + column));
        }
        () if is("columns not looked at") => {
            return flat(m).filter(|_| inside(i + line));
        }
        () => {}
    }
    let edge = |v: isize| match () {
        () if is("around the edge") => Some(v.rem_euclid(end)),
        () if is("edge repeated") => Some(v.clamp(0, end - 1)),
        () if is("mirrored at the edge") && v < 0 => Some(-v % end),
        () if is("mirrored at the edge") && v >= end => {
            Some((2 * end - 2 - v).max(0))
        }
        () if is("last line left out") => {
            (v < end - 1 && v >= 0).then_some(v)
        }
        () if is("first line left out") => (v > 0 && v < end).then_some(v),
        () if is("a line too far") => (v >= 0 && v <= end).then_some(v),
        () => inside(v).then_some(v),
    };
    let grid = match is("the first image") {
        true => 0,
        false => n / (side * side) * side * side,
    };
    let grid = if is("lines go on") { 0 } else { grid };
    match (edge(i + line), edge(j + column)) {
        (Some(i), Some(j)) => flat(grid as isize + i * end + j),
        _ => is("its own beyond the edge").then_some(own),
    }
}

/// Where channel `c` in a direction stands in its row.
fn stands(tap: usize, c: usize, channels: usize, is: Is) -> usize {
    let tap = match () {
        () if is("upside down") => 8 - tap,
        () if is("column by column") => tap % 3 * 3 + tap / 3,
        () if is("right to left") => tap / 3 * 3 + 2 - tap % 3,
        () if is("lines upside down") => (2 - tap / 3) * 3 + tap % 3,
        () if is("one too far") => (tap + 1) % 9,
        () if is("one too early") => (tap + 8) % 9,
        () if is("the middle first") && tap <= 4 => (tap + 1) % 5,
        () if is("the middle last") && tap == 4 => 8,
        () if is("the middle last") && tap > 4 => tap - 1,
        () => tap,
    };
    let c = if is("channels backwards") { channels - 1 - c } else { c };
    match is("channels outside") {
        true => 9 * c + tap,
        false => channels * tap + c,
    }
}

/// For each row the neighbours that take part, by direction.
fn taking_part(rows: usize, side: usize, is: Is) -> Vec<[Option<usize>; 9]> {
    let of_row = |n: usize| {
        let near: [_; 9] =
            std::array::from_fn(|tap| neighbour(n, (rows, side), tap, is));
        if is("places at an edge skipped") && near.contains(&None) {
            return [None; 9];
        }
        let near = match is("moved together") {
            true => {
                let mut there = near.into_iter().flatten();
                std::array::from_fn(|_| there.next())
            }
            false => near,
        };
        let left_out = |tap: usize| match tap {
            4 => is("the middle is missing"),
            0 | 2 | 6 | 8 => is("four neighbours") || is("middle alone"),
            _ => is("corners alone") || is("middle alone"),
        };
        std::array::from_fn(|tap| near[tap].filter(|_| !left_out(tap)))
    };
    (0..rows).map(of_row).collect()
}

/// The suspects of both exercises, beside those of their own.
macro_rules! suspects_on_grids {
    ($with:ident, $($name:literal: $what:literal,)*) => {
        suspects!(
            $with,
            $($name: $what,)*
            "around the edge": "What leaves the grid on one side comes back on the other. Zeros stand beyond the edge, and they are \
                nobody's copies.",
            "edge repeated": "Beyond the edge the last line and the last column are repeated. Zeros stand there, and they are nobody's \
                copies.",
            "mirrored at the edge": "Beyond the edge the grid was mirrored. Zeros stand there, and they are nobody's copies.",
            "its own beyond the edge": "Where a neighbour is missing, the place itself took its part. Zeros stand there, and they are nobody's \
                copies.",
            "channels outside": "The nine values of one channel lie together. All channels of one place do, so that they can be copied in \
                one piece; the weights are in the same order.",
            "column by column": "The neighbours come column by column. Line by line, the second is the one above, and the fourth the one \
                to the left.",
            "right to left": "Each line of neighbours comes from right to left.",
            "lines upside down": "The line below comes first. Line by line, the neighbours begin above.",
            "one too early": "The neighbours stand one place too early in their row.",
            "the middle first": "The place itself stands first in its row. It stands in the middle, after four neighbours.",
            "the middle last": "The place itself stands last in its row. It stands in the middle, after four neighbours.",
            "channels backwards": "The channels of each place come in the opposite order.",
            "across the edge": "A step to the left of the first column led to the end of the line above, or into another image. Line and \
                column have to be looked at one by one.",
            "into the next image": "Left and right edges are right. Below the last line of a grid the next image begins, and its first line \
                was taken for a neighbour; each grid has an edge of its own.",
            "columns not looked at": "Upper and lower edges are right. A step to the left of the first column led to the end of the line \
                above: the column has to be looked at too.",
            "the first image": "Every image got the neighbours of the first one. Each grid has places of its own.",
            "lines go on": "The lines were counted on from one image to the next, and compared with one image's side: from the second \
                image on all lie beyond the edge. Take the line modulo the side.",
            "lines and columns exchanged": "Line and column of a place are exchanged: row n is in line n / side (modulo the side) and in \
                column n % side.",
            "last line left out": "A neighbour in the last line or column counts as beyond the edge: one too few on that side.",
            "first line left out": "A neighbour in the first line or column counts as beyond the edge: one too few on that side.",
            "a line too far": "One line and one column too many count as inside the grid: those after its last.",
            "two apart": "The neighbours are two places away. They are those next to a place.",
            "from the place on": "The nine places begin at the place itself and reach two places down and to the right. It is in the middle of \
                its nine: one line up, one column to the left.",
            "up to the place": "The nine places end at the place itself. It is in the middle of its nine.",
            "four neighbours": "Only the neighbours in the same line and in the same column take part. The four at the corners belong to a \
                3 × 3 convolution too.",
            "corners alone": "The neighbours above, below and at the sides are missing.",
            "the middle is missing": "The copy in the middle is missing: a place is its own neighbour in direction 4.",
            "middle alone": "Only the copy in the middle takes part. There are eight others.",
            "moved together": "Where a neighbour is missing, those after it moved up. Each direction has its own place in the row, and zeros \
                stand in that of a missing one.",
            "places at an edge skipped": "Places at an edge were left out altogether. Of their nine neighbours some are there.",
        )
    };
}

fn no_slip(_: &str) -> bool {
    false
}

fn columns(g: &Grids, is: Is) -> Out {
    let (n, channels) = g.x.dim();
    let beyond = if is("ones beyond the edge") { 1.0 } else { 0.0 };
    let mut columns = Array2::from_elem((n, 9 * channels), beyond);
    for (n, near) in taking_part(n, g.side, is).iter().enumerate() {
        for (tap, m) in near.iter().enumerate() {
            let Some(m) = *m else { continue };
            for c in 0..channels {
                let at = stands(tap, c, channels, is);
                let of = if is("one channel") { 0 } else { c };
                columns[[n, at]] = g.x[[m, of]];
            }
        }
    }
    one(if is("turned") { columns.reversed_axes() } else { columns })
}

const IM2COL: Exercise<Grids> = Exercise {
    see: "chapter 8, § A convolution is a matrix product, equation 8.2",
    results: &["the matrix of columns"],
    right: |g| columns(g, &no_slip),
    suspects: suspects_on_grids!(
        columns,
        "upside down": "The neighbours stand in the opposite order: the last is the one up and to the left. The first is.",
        "one too far": "The neighbours stand one place too far on in their row.",
        "ones beyond the edge": "Beyond the edge stand ones. Zeros stand there.",
        "one channel": "All channels of a place are copies of its first one.",
        "turned": "Rows and columns are exchanged: a place has a row, `[N, 9C]`.",
    ),
    terms: |g| {
        let channels = g.x.ncols();
        let all = columns(g, &no_slip);
        let of = |tap| only(&all[0], |n| n / channels == tap);
        (0..9).map(|tap| (DIRECTIONS[tap], one(of(tap)))).collect()
    },
    others: none,
    numbers: |g| vec![("C", g.x.ncols() as f64), ("S", g.side as f64)],
    tolerance: 1e-12,
};

/// Without all columns but some.
fn only(d: &ArrayD<f64>, keep: impl Fn(usize) -> bool) -> ArrayD<f64> {
    let mut d = d.clone();
    let columns = d.axis_iter_mut(Axis(1)).enumerate();
    columns.filter(|(n, _)| !keep(*n)).for_each(|(_, mut c)| c.fill(0.0));
    d
}

pub fn im2col(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let of = |g: &Grids| one(candidate(&g.x, g.side));
    let inputs = grids(1);
    judged(&IM2COL, &inputs, of, columns, |rights, came| {
        let labels = |g: &Grids, n: usize, t: usize| {
            let channels = g.x.ncols();
            let near = places_near(g, n);
            let there = match near[t / channels] {
                Some(_) => "inside the grid",
                None => "beyond the edge",
            };
            let mut all = vec![
                ("the neighbour", there.to_string()),
                ("direction", (t / channels).to_string()),
                ("channel", (t % channels).to_string()),
            ];
            all.extend(of_place(g, n));
            all
        };
        in_common(&inputs, rights, came, labels)
            + &a_one(&inputs, &IM2COL, of)
    })
}

fn places_near(g: &Grids, n: usize) -> [Option<usize>; 9] {
    let size = (g.x.nrows(), g.side);
    std::array::from_fn(|tap| neighbour(n, size, tap, &no_slip))
}

/// What can be said of a place of a grid.
fn of_place(g: &Grids, n: usize) -> [(&'static str, String); 4] {
    let near = places_near(g, n).iter().flatten().count();
    [
        ("image", (n / (g.side * g.side)).to_string()),
        ("around it, of nine places, there are", near.to_string()),
        ("line", (n / g.side % g.side).to_string()),
        ("column", (n % g.side).to_string()),
    ]
}

fn a_one(
    inputs: &[(&str, Grids)],
    exercise: &Exercise<Grids>,
    candidate: impl Fn(&Grids) -> Out,
) -> String {
    let with = |g: &Grids, x| Grids { x, side: g.side };
    single_one(inputs, exercise, candidate, |g| g.x.dim(), with)
}

/// The transpose of `columns`: what all copies say, added up.
fn collected(g: &Grids, is: Is) -> Out {
    let (rows, channels) = (g.x.nrows(), g.x.ncols() / 9);
    let mut sums = Array2::<f64>::zeros((rows, channels));
    let mut heard = Array1::<f64>::zeros(rows);
    for (n, near) in taking_part(rows, g.side, is).iter().enumerate() {
        for (tap, m) in near.iter().enumerate() {
            let m = m.or(is("its own row").then_some(n));
            let Some(m) = m else { continue };
            let (to, from, tap) = match () {
                () if is("its own row") => (n, n, tap),
                () if is("its own row, inside") => (n, n, tap),
                () if is("same direction") => (n, m, tap),
                () if is("one direction off") => (n, m, (9 - tap) % 9),
                () => (m, n, tap),
            };
            heard[to] += 1.0;
            for c in 0..channels {
                let d = g.x[[from, stands(tap, c, channels, is)]];
                match () {
                    () if is("last one wins") => sums[[to, c]] = d,
                    () if is("first one wins") && heard[to] > 1.0 => {}
                    () => sums[[to, c]] += d,
                }
            }
        }
    }
    if is("averaged") {
        sums /= &heard.mapv(|n| n.max(1.0)).insert_axis(Axis(1));
    }
    if is("channels added up") {
        let all = sums.sum_axis(Axis(1)).insert_axis(Axis(1));
        sums = &sums * 0.0 + all;
    }
    one(sums)
}

const COL2IM: Exercise<Grids> = Exercise {
    see: "chapter 8, § A convolution is a matrix product, equation 8.4",
    results: &["the gradient"],
    right: |g| collected(g, &no_slip),
    suspects: suspects_on_grids!(
        collected,
        "last one wins": "Each copy overwrote what the one before had said. A number was copied up to nine times; the gradients of its \
            copies add up.",
        "first one wins": "Only the first copy of a number is heard. It was copied up to nine times; the gradients of its copies add up.",
        "averaged": "The copies were averaged. A sum in the forward pass, which the product takes, is a sum here too.",
        "same direction": "Each place collected from its neighbour in direction t what that one says about *its own* direction t. Seen from \
            the neighbour, this place lies in the opposite direction, 8 - t.",
        "its own row": "Each place added up the nine parts of its own row. They are copies of its neighbours' numbers: what a place's own \
            copies say stands in the rows of its neighbours.",
        "its own row, inside": "Each place added up the parts of its own row that lie inside the grid. They are copies of its neighbours' \
            numbers: what a place's own copies say stands in the rows of its neighbours.",
        "one direction off": "Each place asked its neighbours for another copy than its own. Seen from the neighbour in direction t, it lies \
            in direction 8 - t, counted from 0.",
        "channels added up": "The channels of a place were added up. Each channel has its own copies.",
    ),
    terms: |g| {
        let channels = g.x.ncols() / 9;
        let of = |tap| {
            let x = g.x.clone().into_dyn();
            let x = only(&x, |n| n / channels == tap);
            let x = x.into_dimensionality().unwrap_or_default();
            collected(&Grids { x, side: g.side }, &no_slip)
        };
        (0..9).map(|tap| (DIRECTIONS[tap], of(tap))).collect()
    },
    others: none,
    numbers: |g| vec![("C", g.x.ncols() as f64 / 9.0), ("S", g.side as f64)],
    tolerance: 1e-10,
};

pub fn col2im(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let of = |g: &Grids| one(candidate(&g.x, g.side));
    let inputs = grids(9);
    judged(&COL2IM, &inputs, of, collected, |rights, came| {
        let labels = |g: &Grids, n: usize, c: usize| {
            let mut all = vec![("channel", c.to_string())];
            all.extend(of_place(g, n));
            all
        };
        in_common(&inputs, rights, came, labels)
            + &a_one(&inputs, &COL2IM, of)
    })
}

/// What exercise 8.3 is given.
struct Ways {
    a: Array2<f64>,
    d_h: Array2<f64>,
    d_a: Array2<f64>,
}

fn ways() -> [(&'static str, Ways); 5] {
    let of = |a, d_h, d_a| Ways { a, d_h, d_a };
    let nothing = || Array2::zeros((0, 3));
    [
        (
            "one place, where a is 2",
            of(array![[2.0]], array![[0.7]], array![[-0.3]]),
        ),
        (
            "one place, where a is 0",
            of(array![[0.0]], array![[0.6]], array![[0.4]]),
        ),
        (
            "two places of three channels",
            of(
                array![[0.5, 0.0, 1.2], [0.0, 2.0, 0.3]],
                array![[0.7, -0.4, 0.2], [1.1, -0.9, 0.6]],
                array![[-0.3, 0.8, 0.5], [0.25, 0.15, -1.4]],
            ),
        ),
        (
            "numbers of ±1,000 and of 0",
            of(
                array![[1000.0], [1e-9], [0.0], [0.0]],
                array![[-1000.0], [0.0], [3.0], [0.0]],
                array![[0.5], [1000.0], [0.0], [-2.0]],
            ),
        ),
        ("no places", of(nothing(), nothing(), nothing())),
    ]
}

fn both_ways(w: &Ways, is: Is) -> Out {
    let Ways { a, d_h, d_a } = w;
    let above =
        |of: &Array2<f64>| of.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
    let mask = above(a);
    let slope = match () {
        () if is("no ReLU") || is("ReLU on the wrong way") => {
            &mask * 0.0 + 1.0
        }
        () if is("times the value") => a.clone(),
        () if is("the wrong half") => 1.0 - &mask,
        () if is("another's sign") => above(d_h),
        () if is("a ReLU of the gradient") => above(d_a),
        () if is("the slope of tanh") => 1.0 - a * a,
        () if is("the slope of σ") => a * &(1.0 - a),
        () if is("cut off at 1") => a.mapv(|v| v.min(1.0)),
        () if is("leaky") => mask.mapv(|v| f64::max(v, 0.01)),
        () if is("leaky, a fifth") => mask.mapv(|v| f64::max(v, 0.2)),
        () => mask.clone(),
    };
    let masked = is("ReLU on both ways") || is("ReLU on the wrong way");
    let mut short = d_h.clone();
    if masked {
        short *= &mask;
    }
    if is("the shortcut times the value") {
        short *= a;
    }
    let conv = d_a * &slope;
    let pairs = || short.iter().zip(&conv);
    let by = |of: fn((&f64, &f64)) -> f64| {
        let all: Vec<f64> = pairs().map(of).collect();
        Array2::from_shape_vec(a.dim(), all).unwrap_or_default()
    };
    let mut sum = match () {
        () if is("convolution alone") => conv,
        () if is("shortcut alone") => short,
        () if is("subtracted") => short - conv,
        () if is("multiplied") => short * conv,
        () if is("the larger") => by(|(a, b)| a.max(*b)),
        () if is("one or the other") => short * (1.0 - &mask) + conv,
        () if is("the convolution's, multiplied") => short * (1.0 + &conv),
        () => short + conv,
    };
    if is("the value added") {
        sum += a;
    }
    if is("a ReLU at the end") {
        sum.mapv_inplace(|v| v.max(0.0));
    }
    one(sum)
}

const RESIDUAL: Exercise<Ways> = Exercise {
    see: "chapter 8, § Two halves, equation 8.6",
    results: &["the gradient"],
    right: |w| both_ways(w, &no_slip),
    suspects: suspects!(
        both_ways,
        "convolution alone": "The shortcut is missing: h holds s itself as well, so its gradient reaches s unchanged.",
        "shortcut alone": "The way through the convolution is missing; nothing trains what lies before it to help it.",
        "no ReLU": "The convolution sees a, not s: where the ReLU gave 0, nothing comes back by that way. A place where a is 0 is such a \
            place.",
        "ReLU on both ways": "The shortcut starts before the ReLU, so what comes back by it does not pass one.",
        "ReLU on the wrong way": "The ReLU stands on the way through the convolution. The shortcut has none.",
        "times the value": "What comes back through the convolution was multiplied by what the ReLU gave. Its slope is 1 there, and 0 where \
            it gave 0.",
        "the shortcut times the value": "The shortcut's gradient was multiplied by what the ReLU gave. It comes as it is.",
        "another's sign": "What comes back was kept where d_h is positive. The ReLU looked at s: keep it where a is positive.",
        "the wrong half": "What comes back was kept where the ReLU gave 0, and dropped where it let something pass.",
        "subtracted": "What comes by two ways adds up; one was subtracted.",
        "multiplied": "What comes by two ways adds up; the two were multiplied.",
        "the convolution's, multiplied": "What comes through the convolution was multiplied by the shortcut's gradient. It has gone through \
            the convolution already; the two add up.",
        "the larger": "Of what comes by the two ways the larger was taken. They add up.",
        "one or the other": "Each place took what comes by one way: through the convolution where a is positive, and by the shortcut where it \
            is 0. The shortcut is open everywhere.",
        "a ReLU of the gradient": "The gradient d_a itself went through a ReLU. Negative gradients come back as well; what counts is where \
            a is positive.",
        "a ReLU at the end": "The sum went through a ReLU. Negative gradients come back as well.",
        "the value added": "What the ReLU gave was added as well. Only gradients add up here.",
        "the slope of tanh": "This is the slope of tanh, 1 - a². The ReLU's is 1 where it let something pass, and 0 elsewhere.",
        "the slope of σ": "This is the slope of σ, a (1 - a). The ReLU's is 1 where it let something pass, and 0 elsewhere.",
        "cut off at 1": "The ReLU's slope was taken as a, cut off at 1. It is 1 wherever a is positive, however small.",
        "leaky": "Where a is 0, a hundredth came back. This ReLU is not a leaky one: nothing does.",
        "leaky, a fifth": "Where a is 0, a fifth came back. This ReLU is not a leaky one: nothing does.",
    ),
    terms: |w| {
        vec![
            ("what comes by the shortcut", one(w.d_h.clone())),
            (
                "what comes through the convolution",
                both_ways(w, &|slip| slip == "convolution alone"),
            ),
        ]
    },
    others: none,
    numbers: none,
    tolerance: 1e-12,
};

pub fn residual_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let of = |w: &Ways| one(candidate(&w.a, &w.d_h, &w.d_a));
    let inputs = ways();
    judged(&RESIDUAL, &inputs, of, both_ways, |_, _| {
        let mut questions = Vec::new();
        for a in [2.0, 0.5, 0.0] {
            for (d_h, d_a) in
                [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]
            {
                let [a, d_h, d_a] = [a, d_h, d_a].map(|v| array![[v]]);
                let words = format!(
                    "Where a is {}, d_h {} and d_a {}, comes",
                    a[[0, 0]],
                    d_h[[0, 0]],
                    d_a[[0, 0]]
                );
                let w = Ways { a, d_h, d_a };
                let sum =
                    |out: Out| out.first().map_or(f64::NAN, |a| a.sum());
                let right = both_ways(&w, &no_slip);
                questions.push((words, sum(right), sum(tried(of, &w))));
            }
        }
        let with =
            |w: &Ways, d_a| Ways { d_a, a: w.a.clone(), d_h: &w.d_h * 0.0 };
        let shape = |w: &Ways| w.a.dim();
        match asked(questions) {
            said if said.is_empty() => {
                " Of a single place it is right. In d_a:".to_string()
                    + &single_one(&inputs, &RESIDUAL, of, shape, with)
            }
            said => said,
        }
    })
}

/// What exercise 8.4 is given.
struct Pictures {
    d_y: Array2<f64>,
    w: Array2<f64>,
    size: (usize, usize),
}

fn pictures() -> [(&'static str, Pictures); 8] {
    // Pictures, their lines and columns, p, channels.
    let of = |many: usize, size: (usize, usize), p: usize, channels| {
        let places = many * (size.0 / p) * (size.1 / p);
        let w = Array2::from_shape_fn((p * p, channels), |(v, o)| {
            (v + 1) as f64 - 0.3 * (o * o) as f64 + 0.07 * (v * o) as f64
        });
        Pictures { d_y: numbers(places, channels), w, size }
    };
    [
        ("one picture of a single pixel", of(1, (1, 1), 1, 2)),
        ("one picture of a single patch of 2 × 2", of(1, (2, 2), 2, 2)),
        ("one picture of a line of three patches", of(1, (2, 6), 2, 3)),
        ("one picture of two lines of three patches", of(1, (4, 6), 2, 3)),
        ("two pictures of two lines of three patches", of(2, (4, 6), 2, 3)),
        ("three pictures of two patches of 3 × 3", of(3, (6, 3), 3, 2)),
        ("two pictures in patches of one pixel", of(2, (2, 3), 1, 4)),
        ("no picture at all", of(0, (4, 2), 2, 3)),
    ]
}

fn unpatched(x: &Pictures, is: Is) -> Out {
    let Pictures { d_y, w, size: (height, width) } = x;
    let (height, width, o) = (*height, *width, d_y.ncols());
    let p = w.nrows().isqrt();
    let (lines, columns) = (height / p, width / p);
    let each = (lines * columns).max(1);
    let many = d_y.nrows() / each;
    let heard = match () {
        () if is("first channel alone") => 0..1,
        () if is("last channel alone") => o - 1..o,
        () => 0..o,
    };
    let mut d = d_y.slice(s![.., heard.clone()]).to_owned();
    let mut w = w.slice(s![.., heard]).to_owned();
    if is("a ReLU of the gradient") {
        d.mapv_inplace(|v| v.max(0.0));
    }
    match () {
        () if is("channels backwards") => w.invert_axis(Axis(1)),
        () if is("without weights") => w.fill(1.0),
        () if is("the first pixel's weights") => {
            w = &w * 0.0 + w.row(0);
        }
        () if is("reshaped for transposed") => {
            let shape = (o, p * p);
            let across = w.as_standard_layout().into_owned();
            let across = across.into_shape_with_order(shape);
            w = across.unwrap_or_default().reversed_axes();
        }
        () => {}
    }
    let mut rows = match is("sums multiplied") && w.ncols() == d.ncols() {
        true => {
            let of = |a: &Array2<f64>| a.sum_axis(Axis(1));
            let sums = of(&w).insert_axis(Axis(0));
            of(&d).insert_axis(Axis(1)) * sums
        }
        false if w.ncols() == d.ncols() => d.dot(&w.t()),
        false => return vec![],
    };
    match () {
        () if is("averaged") => rows /= (p * p) as f64,
        () if is("a patch's mean") => {
            let mean = rows.mean_axis(Axis(1)).unwrap_or_default();
            rows = &rows * 0.0 + mean.insert_axis(Axis(1));
        }
        () => {}
    }
    let exchanged = is("height and width exchanged");
    let mut x = Array2::zeros((many, height * width));
    for ((n, v), d) in rows.indexed_iter() {
        let (b, place) = match () {
            () if is("pictures innermost") => (n % many, n / many),
            () if is("pictures backwards") => (many - 1 - n / each, n % each),
            () => (n / each, n % each),
        };
        let (i, j) = match () {
            () if is("column by column") => (place % lines, place / lines),
            () if is("lines for columns") => {
                (place / lines % lines, place % lines)
            }
            () if exchanged => (place / lines, place % lines),
            () if is("patches backwards") => {
                ((each - 1 - place) / columns, (each - 1 - place) % columns)
            }
            () => (place / columns, place % columns),
        };
        let (u, t) = match () {
            () if is("patches turned") => (v % p, v / p),
            () if is("weights turned") => (p - 1 - v / p, p - 1 - v % p),
            () if is("each patch mirrored") => (v / p, p - 1 - v % p),
            () if is("each patch upside down") => (p - 1 - v / p, v % p),
            () => (v / p, v % p),
        };
        let (line, column) = match () {
            () if is("a step of one") => (i + u, j + t),
            () if is("spread") => (i + lines * u, j + columns * t),
            () => (p * i + u, p * j + t),
        };
        let at = match () {
            () if is("patches in a row") => place * p * p + v,
            () if is("a line of pixels from each patch") => {
                (i * p + u) * width + t * columns + j
            }
            () if is("mirrored") => (line + 1) * width - 1 - column,
            () if is("upside down") => (height - 1 - line) * width + column,
            () if is("pictures turned") => column * height + line,
            () if is("height for width") || exchanged => {
                line * height + column
            }
            () => line * width + column,
        };
        if at < height * width {
            x[[b, at]] += *d;
        }
    }
    if is("the first picture") && many > 0 {
        x = &x * 0.0 + x.row(0);
    }
    if is("pictures below one another") {
        return one(x
            .into_shape_with_order((many * height, width))
            .unwrap_or_default());
    }
    one(x)
}

const STRIDED: Exercise<Pictures> = Exercise {
    see: "chapter 8, § From pixels to places, equation 8.1",
    results: &["the gradient at the pictures"],
    right: |x| unpatched(x, &no_slip),
    suspects: suspects!(
        unpatched,
        "patches in a row": "The numbers are right, and stand patch by patch. In a picture they stand line by line: equation 8.1 says where \
            each came from.",
        "patches turned": "Lines and columns of each patch are exchanged: number v of a patch stands in its line v / p and its column v % p.",
        "column by column": "The patches were put down column by column. They come line by line.",
        "weights turned": "The weights were turned about their middle. Here each pixel was read once, by one weight, and hears back through \
            that one.",
        "averaged": "The pixels of a patch share nothing: each gets the whole of its own gradient, not a part of it.",
        "a patch's mean": "All pixels of a patch got the mean of its gradients. Each has its own.",
        "first channel alone": "Only the first channel was heard. A pixel acts on each of them.",
        "last channel alone": "Only the last channel was heard: a sum over the channels was overwritten at each.",
        "the first picture": "Every picture got what belongs to the first.",
        "pictures innermost": "The rows were taken place by place, with all pictures at each. They come picture by picture.",
        "pictures backwards": "The pictures come in the opposite order.",
        "patches backwards": "The patches of each picture come in the opposite order.",
        "lines for columns": "A line of the grid was taken to be as long as the grid is high. It has as many places as fit into the width.",
        "height and width exchanged": "Height and width are exchanged.",
        "height for width": "The lines of a picture were taken to be as long as it is high. A line has `width` pixels.",
        "sums multiplied": "The channels' gradients were added up before they met their weights. Each has a weight of its own.",
        "pictures turned": "Lines and columns of the whole picture are exchanged. A picture is stored line by line.",
        "mirrored": "Each line of the picture comes from right to left.",
        "upside down": "The lines of each picture come from below.",
        "each patch mirrored": "Each line of each patch comes from right to left.",
        "each patch upside down": "The lines of each patch come from below.",
        "without weights": "What comes back was not multiplied by the weights.",
        "the first pixel's weights": "Every pixel of a patch heard through the weights of the first.",
        "reshaped for transposed": "The weights were read as [O, p²] without being transposed: the numbers stay in their order, and meet others.",
        "a ReLU of the gradient": "The gradient went through a ReLU. There is none here; negative gradients come back as well.",
        "channels backwards": "The channels of d_y met the weights of others: they come in the opposite order.",
        "a step of one": "The patches were put down one pixel apart, so that they overlap. They are p apart, and none overlap.",
        "spread": "The pixels of a patch were put as far apart as there are patches. They stand side by side.",
        "a line of pixels from each patch": "The pixels of a patch's line were put as far apart as there are patches in a line. They stand side \
            by side.",
        "pictures below one another": "Each line of pixels is a row. A picture is one row, `[B, height · width]`.",
    ),
    terms: |x| {
        let of = |from: usize, to: usize| {
            let heard = |a: &Array2<f64>| {
                a.slice_axis(Axis(1), Slice::from(from..to)).to_owned()
            };
            let (d_y, w) = (heard(&x.d_y), heard(&x.w));
            unpatched(&Pictures { d_y, w, size: x.size }, &no_slip)
        };
        let last = x.d_y.ncols() - 1;
        vec![
            ("what the first channel says", of(0, 1)),
            ("what the last channel says", of(last, last + 1)),
            ("what the channels between say", of(1, last)),
        ]
    },
    others: none,
    numbers: |x| {
        vec![
            ("O", x.d_y.ncols() as f64),
            ("p", (x.w.nrows() as f64).sqrt()),
            ("N", x.d_y.nrows() as f64),
            ("the number of pixels", (x.size.0 * x.size.1) as f64),
        ]
    },
    tolerance: 1e-10,
};

pub fn strided_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, (usize, usize)) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let of = |x: &Pictures| one(candidate(&x.d_y, &x.w, x.size));
    let inputs = pictures();
    judged(&STRIDED, &inputs, of, unpatched, |rights, came| {
        let labels = |x: &Pictures, b: usize, at: usize| {
            let (width, p) = (x.size.1, x.w.nrows().isqrt());
            let (line, column) = (at / width, at % width);
            vec![
                ("picture", b.to_string()),
                ("line of patches", (line / p).to_string()),
                ("column of patches", (column / p).to_string()),
                ("line of a patch", (line % p).to_string()),
                ("column of a patch", (column % p).to_string()),
            ]
        };
        let with = |x: &Pictures, d_y| Pictures { d_y, w: x.w.clone(), ..*x };
        let shape = |x: &Pictures| x.d_y.dim();
        in_common(&inputs, rights, came, labels)
            + &single_one(&inputs, &STRIDED, of, shape, with)
    })
}

/// Images and their reconstructions.
type Batch = (Array2<f64>, Array2<f64>);

fn all_batches() -> [(&'static str, Vec<Batch>); 7] {
    let first = (
        array![[0.0, 0.9, 0.2], [0.1, 0.7, 1.0]],
        array![[0.1, 0.8, 0.2], [0.0, 0.9, 0.7]],
    );
    let second = (
        array![[0.3, 0.0, 0.8], [0.6, 0.2, 0.5]],
        array![[0.4, 0.2, 0.6], [0.6, 0.0, 0.9]],
    );
    let single = (array![[0.6, 0.0, 0.5]], array![[0.2, 0.1, 0.9]]);
    let many = (
        array![
            [1.0, 0.3, 0.0],
            [0.9, 0.0, 0.0],
            [0.8, 0.1, 0.4],
            [1.0, 0.0, 0.2]
        ],
        array![
            [0.9, 0.4, 0.0],
            [0.9, 0.1, 0.0],
            [0.7, 0.1, 0.5],
            [1.0, 0.1, 0.2]
        ],
    );
    let empty = (Array2::zeros((0, 3)), Array2::zeros((0, 3)));
    let loud = (
        array![[1000.0, -1000.0], [0.0, 500.0]],
        array![[900.0, -1000.0], [0.0, 700.0]],
    );
    let quiet = (array![[3.0, 1.0]], array![[2.5, 1.0]]);
    let [a, b, c] = [&first, &single, &many].map(Clone::clone);
    [
        ("one batch of one image", vec![single.clone()]),
        ("one batch of two images", vec![first.clone()]),
        ("two batches of two images", vec![first.clone(), second.clone()]),
        (
            "batches of two, one and four images",
            vec![a.clone(), b.clone(), c.clone()],
        ),
        ("pixels of ±1,000", vec![loud, quiet]),
        ("a batch of one image after one of four", vec![many, single]),
        ("an empty batch among others", vec![a, empty, b, c, second]),
    ]
}

fn quotient(batches: &[Batch], is: Is) -> Out {
    const OF_EACH: [&str; 4] = [
        "mean of quotients",
        "weighed mean of quotients",
        "sum of quotients",
        "image by image",
    ];
    let rows = |of: fn(&Batch) -> &Array2<f64>| {
        let views: Vec<_> = batches.iter().map(|b| of(b).view()).collect();
        ndarray::concatenate(Axis(0), &views).unwrap_or_default()
    };
    let (x, y) = (rows(|b| &b.0), rows(|b| &b.1));
    let pixels = x.len() as f64;
    let full: Vec<_> = batches.iter().filter(|b| !b.0.is_empty()).collect();
    let many = full.len() as f64;
    if is("an empty batch") && full.len() < batches.len() {
        return number(f64::NAN);
    }
    let ends = [full.first(), full.last()].map(|b| b.copied().cloned());
    let inside = |b: Vec<Batch>| {
        let one = quotient(&b, &|s| !OF_EACH.contains(&s) && is(s));
        one[0].sum()
    };
    let each = || full.iter().map(|b| inside(vec![(*b).clone()]));
    match () {
        () if is("mean of quotients") => {
            return number(each().sum::<f64>() / many);
        }
        () if is("sum of quotients") => return number(each().sum()),
        () if is("weighed mean of quotients") => {
            let weighed =
                each().zip(&full).map(|(q, b)| q * b.0.len() as f64);
            return number(weighed.sum::<f64>() / pixels);
        }
        () if is("image by image") => {
            let images = (0..x.nrows()).map(|n| {
                let row =
                    |of: &Array2<f64>| of.slice(s![n..=n, ..]).to_owned();
                inside(vec![(row(&x), row(&y))])
            });
            return number(images.sum::<f64>() / x.nrows() as f64);
        }
        () => {}
    }
    let size = |v: f64| if is("not squared") { v.abs() } else { v * v };
    let errors = |x: &Array2<f64>, y: &Array2<f64>| {
        let e = y - x;
        let mean = e.mean().unwrap_or(0.0);
        let off = if is("without its mean") { mean } else { 0.0 };
        e.mapv(|v| size(v - off))
    };
    let mean = |of: &dyn Fn(&Batch) -> f64| {
        full.iter().map(|b| of(b)).sum::<f64>() / many
    };
    let error = |b: &Batch| errors(&b.0, &b.1).mean().unwrap_or(0.0);
    let [first, last] = &ends;
    let of_one = |b: &Option<Batch>, of: &dyn Fn(&Batch) -> f64| {
        b.as_ref().map_or(f64::NAN, of)
    };
    let mut above = match () {
        () if is("mean of means") => mean(&error),
        () if is("means added up") => mean(&error) * many,
        () if is("the last batch's error") => of_one(last, &error),
        () if is("the first batch's error") => of_one(first, &error),
        () if is("sums averaged") => errors(&x, &y).sum() / many,
        () if is("errors over one less") => {
            errors(&x, &y).sum() / (pixels - 1.0)
        }
        () => errors(&x, &y).sum() / pixels,
    };
    if is("summed over pixels") {
        above *= x.ncols() as f64;
    }
    if is("a sum") {
        above *= pixels;
    }
    if is("the error's root") {
        above = above.sqrt();
    }
    let variance = |b: &Batch| b.0.var(0.0);
    let about = |m: f64| x.mapv(|v| (v - m).powi(2)).sum() / pixels;
    let squares = x.mapv(|v| v * v).sum() / pixels;
    let center = x.sum() / pixels;
    let mut below = match () {
        () if is("undivided") => 1.0,
        () if is("pixel by pixel") => {
            x.var_axis(Axis(0), 0.0).mean().unwrap_or(f64::NAN)
        }
        () if is("mean of variances") => mean(&variance),
        () if is("variances added up") => mean(&variance) * many,
        () if is("weighed mean of variances") => {
            let all = full.iter().map(|b| b.0.var(0.0) * b.0.len() as f64);
            all.sum::<f64>() / pixels
        }
        () if is("of the images") => {
            let rows = x.mean_axis(Axis(1)).map(|m| m.var(0.0));
            rows.unwrap_or(f64::NAN)
        }
        () if is("about the mean of means") => {
            about(mean(&|b| b.0.mean().unwrap_or(0.0)))
        }
        () if is("about the mean of what comes back") => {
            about(y.sum() / pixels)
        }
        () if is("one less") => about(center) * pixels / (pixels - 1.0),
        () if is("of what comes back") => y.var(0.0),
        () if is("of both") => {
            let both = ndarray::concatenate(Axis(0), &[x.view(), y.view()]);
            both.map_or(f64::NAN, |both| both.var(0.0))
        }
        () if is("of the error") => (&y - &x).var(0.0),
        () if is("about zero") => squares,
        () if is("the mean") => center,
        () if is("the mean's square") => center * center,
        () if is("the last batch's variance") => of_one(last, &variance),
        () if is("the first batch's variance") => of_one(first, &variance),
        () if is("mean distances") => {
            x.mapv(|v| (v - center).abs()).sum() / pixels
        }
        () => about(center),
    };
    match () {
        () if is("over deviation") => below = below.sqrt(),
        () if is("variance squared") => below *= below,
        () if is("variance as a sum") => below *= pixels,
        () => {}
    }
    number(match () {
        () if is("multiplied") => above * below,
        () if is("taken off") => above - below,
        () => above / below,
    })
}

const QUOTIENT: Exercise<Vec<Batch>> = Exercise {
    see: "chapter 8, § How good is it?, equation 8.9",
    results: &["the number"],
    right: |b| quotient(b, &no_slip),
    suspects: suspects!(
        quotient,
        "undivided": "This is the mean squared error itself. Its size depends on how much ink there is.",
        "over deviation": "Divided by the standard deviation; an error that is squared wants a square.",
        "variance squared": "Divided by the variance twice.",
        "pixel by pixel": "Divided by the mean of each pixel's own variance. The convention is one mean for all pixels.",
        "summed over pixels": "The squares of an image were added, not averaged.",
        "a sum": "The squares were added up over all pixels, and the variance is a mean.",
        "variance as a sum": "The squares about the mean were added up over all pixels, and the error is a mean.",
        "sum of quotients": "Each batch was divided by its own variance, and the quotients were added up. The variance is that of all pixels \
            of all batches, about one mean.",
        "mean of quotients": "Each batch was divided by its own variance, and the quotients were averaged. The variance is that of all pixels \
            of all batches, about one mean.",
        "weighed mean of quotients": "Each batch was divided by its own variance, and the quotients were averaged, larger batches weighing \
            more. The variance is that of all pixels of all batches, about one mean.",
        "image by image": "Each image was divided by its own variance, and the quotients were averaged. The variance is that of all pixels \
            of all batches, about one mean.",
        "mean of means": "The batches' mean errors were averaged as if all batches were of one size. Add up squares, and count pixels.",
        "means added up": "The batches' mean errors were added up. Add up squares, and count pixels.",
        "sums averaged": "The batches' sums of squares were averaged over the batches. Divide their sum by the number of pixels.",
        "errors over one less": "The sum of the squared errors was divided by one less than there are pixels.",
        "mean of variances": "The batches' variances were averaged, each about its own mean. There is one mean, that of all pixels of all \
            batches.",
        "weighed mean of variances": "The batches' squares are taken about each batch's own mean. There is one mean, that of all pixels of all \
            batches.",
        "variances added up": "The batches' variances were added up. There is one variance, that of all pixels of all batches.",
        "about the mean of means": "The mean that is taken off is the mean of the batches' means, as if all were of one size. Add up pixels, and \
            count them.",
        "about the mean of what comes back": "The squares are taken about the mean of the reconstructions. It is that of the images.",
        "of the images": "This is the variance of the images' means. Each pixel counts, not each image's mean.",
        "the last batch's error": "The error is that of the last batch alone: a sum was overwritten.",
        "the first batch's error": "The error is that of the first batch alone.",
        "the last batch's variance": "The variance is that of the last batch alone: a sum was overwritten.",
        "the first batch's variance": "The variance is that of the first batch alone.",
        "one less": "The variance was divided by one less than there are pixels. The mean square about the mean divides by their number.",
        "of what comes back": "Divided by the variance of the reconstruction. A decoder that draws more contrast would be told that it is \
            better.",
        "of both": "Divided by the variance of images and reconstructions together. It is that of the images.",
        "of the error": "Divided by the variance of the error. It is that of the images.",
        "about zero": "Divided by the mean square of the pixels. The variance is taken about their mean.",
        "the mean": "Divided by the mean of the pixels, not by their variance.",
        "the mean's square": "Divided by the square of the mean of the pixels, not by their variance.",
        "mean distances": "Divided by the mean distance from the mean. The variance is the mean of its square.",
        "without its mean": "The mean of the error was taken off. A reconstruction that is too light everywhere would cost nothing.",
        "not squared": "The differences were not squared.",
        "the error's root": "The root of the mean squared error was divided by the variance.",
        "multiplied": "The error was multiplied by the variance.",
        "taken off": "The variance was taken off the error. Divide.",
        "an empty batch": "A batch without images makes it NaN: some quotient is taken of each batch, and 0 / 0 is one of them.",
    ),
    terms: none,
    others: none,
    numbers: |batches| {
        let rows: usize = batches.iter().map(|b| b.0.nrows()).sum();
        let pixels = batches.first().map_or(0, |b| b.0.ncols());
        vec![
            ("the number of images", rows as f64),
            ("the number of pixels of an image", pixels as f64),
            ("the number of batches", batches.len() as f64),
        ]
    },
    tolerance: 1e-10,
};

/// Which of two parts would have to be wrong, and how.
fn parts_of_the_quotient(rights: &[Out], came: &[Out]) -> String {
    let all = all_batches();
    let all = all.iter().zip(rights.iter().zip(came));
    let wrong = all.filter_map(|((words, b), (right, came))| {
        let (right, came) = (right[0].sum(), came.first()?.sum());
        let error = quotient(b, &|slip| slip == "undivided")[0].sum();
        let variance = error / right;
        differs(right, came).then(|| {
            format!(
                " With {words} the error is {error:.5} and the variance {variance:.5}: if your error is right, your variance is {:.5}; if your \
                 variance is right, your error is {:.5}.",
                error / came,
                came * variance
            )
        })
    });
    { wrong }.next().unwrap_or_default()
}

/// By what an answer changes though the error over the variance does not.
fn changes(candidate: &dyn Fn(&[Batch]) -> f64) -> String {
    let [.., (_, some)] = all_batches();
    let some: Vec<Batch> =
        some.into_iter().filter(|b| !b.0.is_empty()).collect();
    let each = |of: &dyn Fn(&Array2<f64>) -> Array2<f64>| -> Vec<Batch> {
        some.iter().map(|(x, y)| (of(x), of(y))).collect()
    };
    let twice = |x: &Array2<f64>| {
        ndarray::concatenate(Axis(0), &[x.view(), x.view()])
            .unwrap_or_default()
    };
    let rows = |of: fn(&Batch) -> &Array2<f64>| {
        let views: Vec<_> = some.iter().map(|b| of(b).view()).collect();
        ndarray::concatenate(Axis(0), &views).unwrap_or_default()
    };
    let in_one = vec![(rows(|b| &b.0), rows(|b| &b.1))];
    let before = candidate(&some);
    let told = [
        ("when all images come in one batch", in_one.clone()),
        (
            "when the batches come in the opposite order",
            some.iter().rev().cloned().collect(),
        ),
        ("when 10 is added to all pixels of both", each(&|x| x + 10.0)),
        ("when all pixels of both are multiplied by 10", each(&|x| x * 10.0)),
        ("when each image comes twice", each(&twice)),
    ];
    let told = told.into_iter().filter_map(|(words, b)| {
        let came = candidate(&b);
        let all = format!(" Yours changes {words}, from {before:.5} to {came:.5}; it should not.");
        differs(before, came).then_some(all)
    });
    let told: String = told.take(2).collect();
    let one = QUOTIENT.right;
    match differs(one(&in_one)[0].sum(), candidate(&in_one)) {
        true => told,
        false => " Of a single batch it is right.".to_string() + &told,
    }
}

pub fn mse_over_variance(
    candidate: fn(&[Batch]) -> f64,
) -> Result<(), Diagnosis> {
    let of = |b: &Vec<Batch>| number(candidate(b));
    let locate = |rights: &[Out], came: &[Out]| {
        parts_of_the_quotient(rights, came) + &changes(&|b| candidate(b))
    };
    judged(&QUOTIENT, &all_batches(), of, |b, is| quotient(b, is), locate)?;
    let [.., (_, some)] = all_batches();
    let far = some.iter().map(|(x, y)| (x + 1e7, y + 1e7));
    let far: Vec<Batch> = far.collect();
    let right = (QUOTIENT.right)(&far)[0].sum();
    let lost = "It is right near 0, and 10,000,000 added to all pixels changes it: the variance was taken as the difference of two large \
                numbers, the mean square and the square of the mean. Take the mean off first.";
    let told = Diagnosis::new("cancelled", lost, QUOTIENT.see);
    judge_number(right, candidate(&far), 1e-4, vec![], told)
}

/// A coder's tables, and how often codes come.
struct Tables {
    q: Array2<f64>,
    p: Array2<f64>,
}

fn tables() -> [(&'static str, Tables); 10] {
    let of = |q, p| Tables { q, p };
    let certain = array![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut long = Array2::from_elem((40, 5), 1e-4);
    long.column_mut(3).fill(1.0 - 4e-4);
    let rare = Array2::from_elem((40, 5), 0.2);
    [
        (
            "one place, and a code of share 1/8 that always comes",
            of(array![[0.125, 0.875]], array![[1.0, 0.0]]),
        ),
        (
            "one place, and two codes that come equally often",
            of(array![[0.125, 0.875]], array![[0.5, 0.5]]),
        ),
        (
            "one place of three codes",
            of(array![[0.5, 0.2, 0.3]], array![[0.1, 0.3, 0.6]]),
        ),
        (
            "two places of three codes",
            of(
                array![[0.5, 0.2, 0.3], [0.6, 0.3, 0.1]],
                array![[0.1, 0.3, 0.6], [0.5, 0.3, 0.2]],
            ),
        ),
        (
            "three places of four codes",
            of(
                array![
                    [0.5, 0.25, 0.125, 0.125],
                    [0.1, 0.6, 0.2, 0.1],
                    [0.3, 0.3, 0.3, 0.1]
                ],
                array![
                    [0.2, 0.3, 0.4, 0.1],
                    [0.05, 0.15, 0.1, 0.7],
                    [0.25, 0.5, 0.15, 0.1]
                ],
            ),
        ),
        ("forty places, and rare codes that come often", of(long, rare)),
        (
            "codes that never come, with a share",
            of(array![[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]], certain.clone()),
        ),
        (
            "codes that never come, without a share",
            of(certain.clone(), certain.clone()),
        ),
        (
            "a code that comes and has no share",
            of(array![[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]], certain),
        ),
        ("no places", of(Array2::zeros((0, 4)), Array2::zeros((0, 4)))),
    ]
}

fn paid(t: &Tables, is: Is) -> Out {
    let (places, codes) = t.q.dim();
    let row = |of: &Array2<f64>, n: usize| {
        of.rows().into_iter().nth(n).map(|row| row.to_owned())
    };
    let same = |of: &Array2<f64>, r: Option<Array1<f64>>| {
        r.map_or(of.clone(), |r| of * 0.0 + r)
    };
    let end = places.saturating_sub(1);
    let mut q = match () {
        () if is("one table") => same(&t.q, row(&t.q, 0)),
        () if is("the last table") => same(&t.q, row(&t.q, end)),
        () if is("the mean table") => same(&t.q, t.q.mean_axis(Axis(0))),
        () => t.q.clone(),
    };
    let mut p = match () {
        () if is("one row of shares") => same(&t.p, row(&t.p, 0)),
        () if is("the mean shares") => same(&t.p, t.p.mean_axis(Axis(0))),
        () => t.p.clone(),
    };
    match () {
        () if is("swapped") => std::mem::swap(&mut q, &mut p),
        () if is("the table's own") => p = q.clone(),
        () if is("the best table") => q = p.clone(),
        () => {}
    }
    let bit = |q: f64| {
        let least = |v| f64::max(q, v);
        let bits = match () {
            () if is("nats") => -q.ln(),
            () if is("digits") => -q.log10(),
            () if is("no logarithm") => q,
            () if is("no logarithm, 1 over it") => 1.0 / q,
            () if is("of the rest") => -(1.0 - q).log2(),
            () if is("1 added") => -(1.0 + q).log2(),
            () if is("cut off below") => -least(1e-12).log2(),
            () => -q.log2(),
        };
        match () {
            () if is("whole bits") => bits.ceil(),
            () if is("whole bits, rounded down") => bits.floor(),
            () if is("whole bits, rounded") => bits.round(),
            () if is("squared") => bits * bits,
            () => bits,
        }
    };
    let cost = |(q, p): (f64, f64)| match () {
        () if is("unweighed") => bit(q),
        () if p == 0.0 && !is("zero times infinity") => 0.0,
        () if is("unweighed, of those that come") => bit(q),
        () if is("left out") && q == 0.0 => 0.0,
        () if is("weighed twice") => p * p * bit(q),
        () if is("logarithm of the product") => bit(q * p),
        () if is("product and logarithm") => p * bit(q * p),
        () if is("the table's weights too") => p * q * bit(q),
        () if is("whether it comes or not") && p < 1.0 => {
            p * bit(q) + (1.0 - p) * bit(1.0 - q)
        }
        () => p * bit(q),
    };
    let largest = |v: ArrayView1<f64>| {
        (1..v.len()).fold(0, |a, b| if v[b] > v[a] { b } else { a })
    };
    let of_place = |(q, p): (ArrayView1<f64>, ArrayView1<f64>)| match () {
        () if is("the likeliest map") => bit(q[largest(p)]),
        () if is("the table's likeliest") => bit(q[largest(q)]),
        () if is("logarithm of the mean") => bit(q.dot(&p)),
        () if is("but the first code") => {
            let some = q.iter().copied().zip(p.iter().copied()).skip(1);
            some.map(cost).sum()
        }
        () if is("but the last code") => {
            let some = q.iter().copied().zip(p.iter().copied());
            some.take(codes - 1).map(cost).sum()
        }
        () => q.iter().copied().zip(p.iter().copied()).map(cost).sum::<f64>(),
    };
    let pairs = q.rows().into_iter().zip(p.rows());
    let each: Vec<f64> = pairs.map(of_place).collect();
    let all: f64 = each.iter().sum();
    let bits = match () {
        () if is("by place") => all / places as f64,
        () if is("mean of all") => all / (places * codes) as f64,
        () if is("mean of the codes") => all / codes as f64,
        () if is("the first place") => each.first().copied().unwrap_or(0.0),
        () if is("the last place") => each.last().copied().unwrap_or(0.0),
        () if is("but the first place") => each.iter().skip(1).sum(),
        () if is("but the last place") => each.iter().take(end).sum(),
        () if is("the dearest place") => {
            each.iter().copied().fold(0.0, f64::max)
        }
        () if is("all alike") => places as f64 * (codes as f64).log2(),
        () if is("product of the places") => each.iter().product(),
        () => all,
    };
    number(match () {
        () if is("negative") => -bits,
        () if is("whole bits of a map") => bits.ceil(),
        () if is("bytes") => bits / 8.0,
        () if is("the surcharge") => {
            let own = |p: &f64| if *p > 0.0 { p * bit(*p) } else { 0.0 };
            bits - p.iter().map(own).sum::<f64>()
        }
        () if is("2 to its power") => bits.exp2(),
        () if is("two more") => bits + 2.0,
        () if is("one more at each place") => bits + places as f64,
        () => bits,
    })
}

const BITS: Exercise<Tables> = Exercise {
    see: "chapter 8, § A file, equation 8.11",
    results: &["the number of bits"],
    right: |t| paid(t, &no_slip),
    suspects: suspects!(
        paid,
        "nats": "This is in nats; a bit is a factor of two, log2.",
        "digits": "This is in decimal digits; a bit is a factor of two, log2.",
        "negative": "The sign is missing: logarithms of shares are negative, and what a code costs is not.",
        "swapped": "The two tables are exchanged. What a code costs is in the coder's table q; how often it comes is in p.",
        "the table's own": "This is what maps would cost that are as the tables say. How often codes come is in p.",
        "the best table": "This is what the best tables would charge, those of p itself. The coder has q.",
        "the surcharge": "This is what the wrong tables cost more than the best ones: the logarithm is that of q / p. Asked for is all that a map costs, \
            with the logarithm of q.",
        "by place": "This is the mean of the places. A map has a code at each, and they add up.",
        "mean of all": "The costs of all codes at all places were averaged. Weigh each by how often it comes, and add up.",
        "mean of the codes": "The sum over the codes was divided by their number. Their shares weigh them already.",
        "unweighed": "The costs of all codes were added up. Each comes as often as p says, and counts so much.",
        "unweighed, of those that come": "The costs of the codes that come were added up. Each comes as often as p says, and counts so much.",
        "weighed twice": "Each cost was multiplied by its share p twice.",
        "the table's weights too": "Each cost was weighed by q as well. It is weighed by p, how often the code comes.",
        "one table": "The first place's table was used for every place; each has its own.",
        "the last table": "The last place's table was used for every place; each has its own.",
        "the mean table": "The tables of all places were averaged. Each place has its own.",
        "one row of shares": "The first place's shares p were used for every place; each has its own.",
        "the mean shares": "The shares p of all places were averaged. Each place has its own.",
        "whole bits": "Every code was rounded up to whole bits. A range coder pays fractions, and rounds up once a file.",
        "whole bits, rounded down": "Every code was rounded down to whole bits. A range coder pays fractions.",
        "whole bits, rounded": "Every code was rounded to whole bits. A range coder pays fractions.",
        "whole bits of a map": "The sum was rounded up. Asked for is a mean, and it needs not be whole.",
        "all alike": "Every code was paid the same; the tables say that some are cheap.",
        "the likeliest map": "This is what the most frequent code of each place costs. The others come too.",
        "the table's likeliest": "This is what the code with the largest share in q costs at each place. The others come too.",
        "logarithm of the mean": "The mean was taken before the logarithm. Each code has its own cost, and the mean is that of the costs.",
        "logarithm of the product": "The two shares were multiplied within the logarithm. It is taken of q alone, and weighed by p.",
        "product and logarithm": "The logarithm is that of the product of both shares, or what the best tables charge was added as well. It is taken of q \
            alone.",
        "no logarithm": "No logarithm was taken: this is the mean share.",
        "no logarithm, 1 over it": "1 / q was taken for a cost. It is the logarithm of that.",
        "of the rest": "The logarithm is that of 1 - q. A code costs -log2 of its own share.",
        "1 added": "1 was added within the logarithm.",
        "whether it comes or not": "Beside each code that comes, those that do not come were paid, (1 - p) log2 (1 - q). One code comes at \
            each place, and nothing else is written.",
        "squared": "The logarithms were squared.",
        "the first place": "This is what the first place costs. A map has a code at each, and they add up.",
        "the last place": "This is what the last place costs: a sum was overwritten. A map has a code at each place, and they add up.",
        "but the first place": "The first place is missing.",
        "but the last place": "The last place is missing.",
        "but the first code": "The first code is missing.",
        "but the last code": "The last code is missing.",
        "the dearest place": "This is what the dearest place costs. The costs of all places add up.",
        "product of the places": "The costs of the places were multiplied. They add up.",
        "bytes": "This is in bytes.",
        "2 to its power": "This is 2 to the power of the bits, a number of alternatives.",
        "two more": "Two bits were added, as for the end of a file. Asked for is the cost of the codes.",
        "one more at each place": "A bit was added at each place. A range coder pays fractions, and rounds up once a file.",
        "left out": "A code that comes and has no share was left out. It cannot be written at all: that costs infinitely many bits. Leave \
            out what never comes, where p is 0.",
        "cut off below": "A code that comes and has no share cannot be written at all: that costs infinitely many bits. The shares were cut off \
            below.",
        "zero times infinity": "It is NaN: a code that never comes and has no share was paid 0 times infinity. What never comes costs \
            nothing: leave it out by asking, not by multiplying.",
    ),
    terms: none,
    others: none,
    numbers: |t| vec![("S²", t.q.nrows() as f64), ("K", t.q.ncols() as f64)],
    tolerance: 1e-10,
};

pub fn bits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    let of = |t: &Tables| number(candidate(&t.q, &t.p));
    let pairs = tables()
        .map(|(_, t)| (paid(&t, &no_slip)[0].sum(), candidate(&t.q, &t.p)));
    let verdict = judged(&BITS, &tables(), of, paid, |_, _| {
        let ask = |words: String, q: Array2<f64>, p: Array2<f64>| {
            let t = Tables { q, p };
            (words, paid(&t, &no_slip)[0].sum(), candidate(&t.q, &t.p))
        };
        let single = [1.0, 0.5, 0.25, 0.125].map(|q| {
            let words =
                format!("A code of share {q} that always comes costs");
            ask(words, array![[q, 1.0 - q]], array![[1.0, 0.0]])
        });
        let q = array![[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]];
        let more = [
            ask(
                "Codes of shares 1/8 and 7/8 that come equally often cost".into(),
                array![[0.125, 0.875]],
                array![[0.5, 0.5]],
            ),
            ask(
                "A code of share 1/8 that comes in one map of four, and one of share 7/8 in the others, cost".into(),
                array![[0.125, 0.875]],
                array![[0.25, 0.75]],
            ),
            ask(
                "Of three codes, one of share 1/4 that always comes costs".into(),
                array![[0.25, 0.5, 0.25]],
                array![[1.0, 0.0, 0.0]],
            ),
            ask(
                "Two places, where codes of shares 1/2 and 1/8 always come, cost".into(),
                q.clone(),
                array![[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
            ),
            ask(
                "Two places, where codes of shares 1/4 and 1/8 always come, cost".into(),
                q,
                array![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            ),
        ];
        let near = |(right, came): &(f64, f64)| {
            right == came || (right - came).abs() <= 1e-5 * right.abs()
        };
        // An infinity says little, if there is something else.
        let mut all: Vec<_> = single.into_iter().chain(more).collect();
        all.sort_by_key(|(_, _, came)| came.is_infinite());
        let said = asked(all);
        match pairs.iter().all(near) {
            true => " It is right to five digits and no further: were the numbers rounded, or taken as f32?".into(),
            false => said,
        }
    });
    let near = |(right, came): &(f64, f64)| {
        right.is_infinite() || (right - came).abs() < 1e-2 * right.max(0.1)
    };
    let hidden =
        |(right, came): &(f64, f64)| right.is_infinite() && came.is_finite();
    let unknown = verdict.as_ref().err().is_none_or(|d| d.mistake == "value");
    match pairs.iter().find(|pair| hidden(pair)) {
        Some((right, came)) if unknown && pairs.iter().all(near) => {
            let what = "A code that comes and has no share cannot be written at all: that costs infinitely many bits. Something small was \
                        added to the shares, they were cut off below, or the code was left out.";
            let told = Diagnosis::new("hidden infinity", what, BITS.see);
            Err(told.with(right, came))
        }
        _ => verdict,
    }
}

/// What exercise 8.7 is given.
struct Choice {
    z: Array2<f64>,
    e: Array2<f64>,
    prices: Array2<f64>,
}

fn choices() -> [(&'static str, Choice); 8] {
    let rng = &mut rng_at(813, 0);
    let mut drawn = |shape: (usize, usize)| -> Array2<f64> {
        Array2::random_using(shape, StandardNormal, rng)
    };
    let of = |z, e, prices| Choice { z, e, prices };
    let priced = |x: Array2<f64>| x.mapv(|v| 3.0 * v.abs());
    [
        (
            "one place and two codes",
            of(array![[0.4]], array![[0.0], [1.0]], array![[3.0, 0.5]]),
        ),
        (
            "one map of one place, and four codes",
            of(drawn((1, 3)), drawn((4, 3)), priced(drawn((1, 4)))),
        ),
        (
            "one map of nine places",
            of(drawn((9, 3)), drawn((6, 3)), priced(drawn((9, 6)))),
        ),
        (
            "eight maps of nine places",
            of(drawn((72, 3)), drawn((7, 3)), priced(drawn((9, 7)))),
        ),
        (
            "latents of ±1,000",
            of(
                array![[1000.0, 0.0], [-1000.0, 0.5]],
                array![[999.0, 0.0], [0.0, 0.0], [-999.0, 0.0]],
                array![[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]],
            ),
        ),
        (
            "ties: equal distances, equal prices, and one against the other",
            of(
                array![[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
                array![[5.0, 0.0], [-3.0, 0.0], [3.0, 0.0]],
                array![[1.0, 1.0, 1.0], [0.0, 16.0, 16.0]],
            ),
        ),
        (
            "a single code",
            of(drawn((3, 2)), drawn((1, 2)), priced(drawn((3, 1)))),
        ),
        (
            "no latents",
            of(Array2::zeros((0, 2)), drawn((3, 2)), priced(drawn((2, 3)))),
        ),
    ]
}

fn chosen(c: &Choice, is: Is) -> Out {
    let Choice { z, e, prices } = c;
    let (places, codes) = prices.dim();
    let side = places.isqrt().max(1);
    let maps = (z.nrows() / places).max(1);
    let row = |n: usize| match () {
        () if is("first place") => 0,
        () if is("last place") => places - 1,
        () if is("map for place") => n / maps,
        () if is("number of the map") => n / places % places,
        () if is("column by column") => {
            let n = n % places;
            (n % side * side + n / side).min(places - 1)
        }
        () if is("places backwards") => places - 1 - n % places,
        () if is("the next place") => (n + 1) % places,
        () if is("the place before") => (n + places - 1) % places,
        () if is("the line alone") => n % places / side,
        () if is("the column alone") => n % side,
        () if is("modulo the codes") => n % codes,
        () if is("the last row for all that follow") => n.min(places - 1),
        () if is("rows without modulo") => n,
        () => n % places,
    };
    if (0..z.nrows()).any(|n| row(n) >= places) {
        return vec![]; // it stops
    }
    let distance = |n: usize, k: usize| {
        let (z, e) = (z.row(n), e.row(k));
        let far = &z - &e;
        let length = |v: ArrayView1<f64>| v.dot(&v).sqrt();
        match () {
            () if is("price alone") => 0.0,
            () if is("not squared") => far.dot(&far).sqrt(),
            () if is("absolute differences") => far.mapv(f64::abs).sum(),
            () if is("largest difference") => {
                far.fold(0.0, |a: f64, v| a.max(v.abs()))
            }
            () if is("the sum, squared") => far.sum().powi(2),
            () if is("one component") => far[0] * far[0],
            () if is("the last component") => far[far.len() - 1].powi(2),
            () if is("a product without its 2") => e.dot(&e) - z.dot(&e),
            () if is("a product without the code's square") => {
                -2.0 * z.dot(&e)
            }
            () if is("largest product") => -z.dot(&e),
            () if is("the sign of the product") => {
                e.dot(&e) + 2.0 * z.dot(&e)
            }
            () if is("the angle") => {
                1.0 - z.dot(&e) / (length(z) * length(e)).max(1e-12)
            }
            () if is("mean distance") => far.dot(&far) / far.len() as f64,
            () if is("half the distance") => far.dot(&far) / 2.0,
            () if is("half the price") => far.dot(&far) * 2.0,
            () if is("squared twice") => far.dot(&far).powi(2),
            () => far.dot(&far),
        }
    };
    let price = |n: usize, k: usize| {
        let r = prices[[row(n), k]];
        let column = prices.column(k);
        match () {
            () if is("nearest") => 0.0,
            () if is("mean price") => column.sum() / places as f64,
            () if is("sum of the places") => column.sum(),
            () if is("the least price of a code") => {
                column.fold(f64::INFINITY, |a, v| a.min(*v))
            }
            () if is("price squared") => r * r,
            () if is("root of the price") => r.sqrt(),
            () if is("shares for prices") => -r.log2(),
            () if is("a price less its place's mean") => {
                r * prices.row(row(n)).sum()
            }
            () if is("the next code's price") => {
                prices[[row(n), (k + 1) % codes]]
            }
            () if is("prices backwards") => prices[[row(n), codes - 1 - k]],
            () => r,
        }
    };
    let cost = |n: usize, k: usize| {
        let (d, r) = (distance(n, k), price(n, k));
        match () {
            () if is("dear") => d - r,
            () if is("multiplied") => d * r,
            () if is("divided") => d / r,
            () if is("the larger") => d.max(r),
            () => d + r,
        }
    };
    let of_latent = |n: usize| {
        let better = |a: usize, b: usize| {
            let (x, y) = (cost(n, a), cost(n, b));
            let takes = match () {
                () if is("last of equals") => y <= x,
                () if is("the most") => y > x,
                () if is("whole numbers") => y.floor() < x.floor(),
                () => y < x,
            };
            if takes { b } else { a }
        };
        let first = usize::from(is("but the first code") && codes > 1);
        let end =
            if is("but the last code") { codes.max(2) - 1 } else { codes };
        let best = (first..end).reduce(better).unwrap_or(0);
        let found = match () {
            () if is("the second best") => {
                (0..codes).filter(|k| *k != best).reduce(better).unwrap_or(0)
            }
            () if is("the cheapest of the two nearest") => {
                let near = |a, b| {
                    if distance(n, b) < distance(n, a) { b } else { a }
                };
                let one = (0..codes).reduce(near).unwrap_or(0);
                let other = (0..codes).filter(|k| *k != one).reduce(near);
                other.map_or(one, |other| {
                    match price(n, other) < price(n, one) {
                        true => other,
                        false => one,
                    }
                })
            }
            () => best,
        };
        (found + usize::from(is("counted from one"))) as f64
    };
    one((0..z.nrows()).map(of_latent).collect::<Array1<f64>>())
}

const CHEAPEST: Exercise<Choice> = Exercise {
    see: "chapter 8, § A price for bits, equation 8.13",
    results: &["the list of codes"],
    right: |c| chosen(c, &no_slip),
    suspects: suspects!(
        chosen,
        "last of equals": "Of codes that cost the same, the last was taken. Take the lower number, as chapter 5 does.",
        "the most": "The largest sum was taken, not the least.",
        "dear": "The price was taken off: dear codes are preferred. It is added to the distance.",
        "first place": "The first place's prices were used for every latent. Row n of the latents is at place n modulo S².",
        "last place": "The last place's prices were used for every latent. Row n of the latents is at place n modulo S².",
        "map for place": "Latents of one place were taken to stand together. They stand map by map: row n is at place n modulo S².",
        "number of the map": "The number of the map was taken for that of the place. Row n is at place n modulo S².",
        "rows without modulo": "Each row of latents was given the row of prices with its number. There are rows for one map alone: row n is \
            at place n modulo S².",
        "the last row for all that follow": "From the second map on all latents paid the last place's prices. Row n is at place n modulo S².",
        "column by column": "The places were counted column by column. A map goes line by line, and so do its prices.",
        "places backwards": "The places were counted from the end.",
        "the next place": "Each latent paid the prices of the place after its own. Rows and places are counted from 0.",
        "the place before": "Each latent paid the prices of the place before its own. Rows and places are counted from 0.",
        "the line alone": "The number of its line was taken for that of the place. Row n is at place n modulo S².",
        "the column alone": "The number of its column was taken for that of the place: n modulo S. Row n is at place n modulo S².",
        "modulo the codes": "n was taken modulo the number of codes. Row n is at place n modulo S², the number of rows of prices.",
        "not squared": "The distance was not squared. Prices are in units of squared distances.",
        "absolute differences": "The differences were not squared. Prices are in units of squared distances.",
        "largest difference": "The largest difference was taken for the distance. The squares of all add up.",
        "the sum, squared": "The differences were added up before they were squared. Square each, then add up.",
        "squared twice": "The distance was squared twice.",
        "mean distance": "The squares were averaged over the components. In equation 8.13 they are added up, and prices are in units of that.",
        "half the distance": "Beside the distance the price counts twice as much as in equation 8.13: half of the distance was taken, or twice \
            the price.",
        "half the price": "Beside the distance the price counts half as much as in equation 8.13.",
        "one component": "Only the first component of latent and code was compared.",
        "the last component": "Only the last component of latent and code was compared: a sum was overwritten.",
        "a product without its 2": "|z − e|² was written out, and the 2 of −2 z · e is missing.",
        "a product without the code's square": "|z − e|² was written out, and |e|² is missing. It differs from code to code.",
        "the sign of the product": "|z − e|² was written out, and the sign of −2 z · e is turned.",
        "largest product": "The product of latent and code was taken for nearness. It favours long codes; take the squared distance.",
        "the angle": "The angle between latent and code was taken for nearness. Take the squared distance.",
        "price squared": "The price was squared. The root is for the picture of a code that stands far off; there it is squared again.",
        "root of the price": "The root of the price was added. It is a coordinate, and is squared in a distance.",
        "multiplied": "Distance and price were multiplied. They add up.",
        "divided": "The distance was divided by the price. They add up.",
        "the larger": "Of distance and price the larger was taken. They add up.",
        "mean price": "A code's price was taken as the mean of all places. Each place has its own prices.",
        "sum of the places": "A code's price was added up over all places. Each place has its own prices.",
        "the least price of a code": "A code's price was taken as the least of all places. Each place has its own prices.",
        "shares for prices": "The logarithm of the prices was taken, as if they were shares. They are prices already.",
        "a price less its place's mean": "The price was multiplied by the sum of its place's prices.",
        "the next code's price": "Each code was given the price of the next.",
        "prices backwards": "Each code was given the price of the code that is as far from the end.",
        "nearest": "This is the nearest code; the prices were not looked at.",
        "price alone": "This is the cheapest code, however far it is.",
        "the cheapest of the two nearest": "Of the two nearest codes the cheaper one was taken. Distance and price add up, for every code.",
        "the second best": "This is the second best code.",
        "whole numbers": "The sums were cut to whole numbers before they were compared.",
        "but the first code": "The first code was never looked at.",
        "but the last code": "The last code was never looked at.",
        "counted from one": "Codes are counted from 0.",
    ),
    terms: none,
    others: none,
    numbers: none,
    tolerance: 1e-10,
};

pub fn cheapest(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    let of = |c: &Choice| {
        let found = candidate(&c.z, &c.e, &c.prices);
        one(found.iter().map(|&k| k as f64).collect::<Array1<f64>>())
    };
    judged(&CHEAPEST, &choices(), of, chosen, |_, _| {
        let (rows, border) = (paid_row(&of), borders(&of));
        let said = rows + &border;
        match said.is_empty() {
            true => " A single latent that chooses between two codes is right, and pays the prices of its place: look at what is different with more codes.".into(),
            false => said,
        }
    })
}

/// Which places' prices the latents pay, if other ones than their own.
fn paid_row(of: &dyn Fn(&Choice) -> Out) -> String {
    for (maps, places) in [(1, 4), (3, 4)] {
        let n = maps * places;
        let (z, e) = (Array2::zeros((n, 1)), array![[0.5], [1.0]]);
        let leaves = |place: usize| {
            let mut prices = Array2::zeros((places, 2));
            prices[[place, 0]] = 100.0;
            let all = Choice { z: z.clone(), e: e.clone(), prices };
            let came = tried(of, &all);
            came.first().map(|a| a.iter().copied().collect::<Vec<_>>())
        };
        let all: Option<Vec<_>> = (0..places).map(leaves).collect();
        let Some(all) = all.filter(|a| a.iter().all(|a| a.len() == n)) else {
            return String::new();
        };
        let pays = |n: usize| -> Vec<usize> {
            (0..places).filter(|m| all[*m][n] == 1.0).collect()
        };
        let other = |(n, pays): &(usize, Vec<usize>)| {
            !pays.is_empty() && *pays != [n % places]
        };
        let found = (0..n).map(|n| (n, pays(n))).find(other);
        if let Some((n, pays)) = found {
            return format!(
                " Of {maps} · {places} latents of maps of {places} places, latent {n} pays the prices of the places {pays:?}; its place is \
                 {}.",
                n % places
            );
        }
    }
    String::new()
}

/// From which price on the farther of two codes is taken.
fn borders(of: &dyn Fn(&Choice) -> Out) -> String {
    let cases = [
        (0.0, [0.0, 0.0], [1.0, 0.0], [2.0, 0.0]),
        (1.0, [0.0, 0.0], [1.0, 1.0], [0.0, 3.0]),
        (0.2, [1.0, -1.0], [1.0, -0.5], [0.0, -1.0]),
        (3.0, [1.0, 1.0], [0.0, 1.0], [-1.0, -1.0]),
    ];
    let border = |(base, z, near, far): (
        f64,
        [f64; 2],
        [f64; 2],
        [f64; 2],
    )| {
        let e = array![near, far];
        let leaves = |price: f64| {
            let prices = array![[base + price, base]];
            let all = Choice { z: array![z], e: e.clone(), prices };
            tried(of, &all).first().and_then(|a| a.first().copied())
                == Some(1.0)
        };
        let (mut low, mut high) = (-1000.0, 1000.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            match leaves(middle) {
                true => high = middle,
                false => low = middle,
            }
        }
        let apart =
            |e: [f64; 2]| (z[0] - e[0]).powi(2) + (z[1] - e[1]).powi(2);
        let words = format!(
            "Of codes at {near:?} and {far:?} the latent {z:?} takes the nearer one, if the other's price is {base}, as long as it is dearer by less than"
        );
        let mine = apart(far) - apart(near);
        let came = match high {
            v if v > 999.0 => f64::INFINITY,
            v if v < -999.0 => f64::NEG_INFINITY,
            v if (v - mine).abs() < 1e-6 => mine,
            v => v,
        };
        (words, mine, came)
    };
    asked(cases.map(border).into())
}

/// What exercise 8.8 trains.
#[derive(Clone)]
struct Nets {
    encoder: Mlp<f64>,
    decoder: Mlp<f64>,
    quantizer: Quantizer<f64>,
}

/// With what it trains them.
#[derive(Clone)]
struct Training {
    start: Nets,
    batches: Vec<Array2<f64>>,
    side: usize,
    variance: f64,
    adam: AdamConfig,
}

/// Encoder, decoder, codebook, batches, side and variance, Adam's constants; to the errors.
type Trains = fn(
    &mut Mlp<f64>,
    &mut Mlp<f64>,
    &mut Quantizer<f64>,
    &[Array2<f64>],
    (usize, f64),
    AdamConfig,
) -> Vec<f64>;

const RESULTS: [&str; 4] =
    ["the list of errors", "the encoder", "the decoder", "the codebook"];

/// The errors, and what was learnt.
fn laid(nets: &Nets, errors: Vec<f64>) -> Out {
    let flat = |of: Vec<f64>| Array1::from(of).into_dyn();
    let half = |net: &Mlp<f64>| {
        let all = net.parameters();
        flat(all.iter().flat_map(|p| p.iter().copied()).collect())
    };
    let codebook = nets.quantizer.codebook().clone().into_dyn();
    vec![flat(errors), half(&nets.encoder), half(&nets.decoder), codebook]
}

fn trained(training: &Training, is: Is) -> Out {
    let Training { start, batches, side, variance, adam } = training;
    let (side, count) = (*side, batches.len() as f64);
    let adam = match () {
        () if is("constants forgotten") => {
            AdamConfig { lr: adam.lr, ..AdamConfig::default() }
        }
        () => *adam,
    };
    let mut nets = start.clone();
    let anew = |nets: &Nets| {
        [&nets.encoder, &nets.decoder].map(|net| Adam::new(net, adam))
    };
    let (mut adams, mut errors) = (anew(&nets), Vec::new());
    let mut order: Vec<_> = batches.iter().collect();
    if is("from the last") {
        order.reverse();
    }
    let (mut size, mut total) = (adam.lr, 0.0);
    let count_once = order.len();
    if is("all batches twice") {
        order.extend_from_within(..);
    }
    for (n, own) in order.into_iter().enumerate() {
        let t = n % count_once;
        let x = if is("the first batch again") { &batches[0] } else { own };
        if is("the first batch left out") && t == 0 {
            errors.push(f64::NAN);
            continue;
        }
        if is("an optimiser for each step") {
            adams = anew(&nets);
        }
        let t = t as f64;
        let left = match () {
            () if is("the step size stays") => 1.0,
            () if is("counted from one") => 1.0 - (t + 1.0) / count,
            () if is("one step fewer") => 1.0 - t / (count - 1.0),
            () if is("one step more") => 1.0 - t / (count + 1.0),
            () if is("rising") => t / count,
            () if is("by the step") => 1.0 / (t + 1.0),
            () if is("the step's share, squared") => {
                (1.0 - t / count).powi(2)
            }
            () => 1.0 - t / count,
        };
        size = match is("lessened again and again") {
            true => size * left,
            false => adam.lr * left,
        };
        let late = is("set behind the step");
        for (of, stays) in adams.iter_mut().zip([
            is("the encoder's step size stays"),
            is("the decoder's step size stays"),
        ]) {
            if !stays && !late {
                of.config.lr = size;
            }
        }
        let step = one_step(&mut nets, &mut adams, x, training, is);
        let Some(mut error) = step else { return vec![] };
        if is("each batch twice") {
            one_step(&mut nets, &mut adams, x, training, is);
        }
        if late {
            adams.iter_mut().for_each(|of| of.config.lr = size);
        }
        if is("error behind the step") {
            let z_e = half(&nets.encoder, x.clone(), side).y;
            let Some((z_q, _)) = found(&nets, &z_e) else { return vec![] };
            error = mse(&half(&nets.decoder, z_q, side).y, x) / variance;
        }
        if is("undivided") || is("error undivided") {
            error *= variance;
        }
        total += error;
        errors.push(match () {
            () if is("the sum so far") => total,
            () if is("the mean so far") => total / (t + 1.0),
            () => error,
        });
    }
    match () {
        () if is("all batches twice") => errors.truncate(count_once),
        () if is("number of errors") => errors.clear(),
        () if is("the last error alone") => {
            errors = errors.pop().into_iter().collect();
        }
        () if is("the mean error alone") => errors = vec![total / count],
        () if is("the errors backwards") => errors.reverse(),
        () => {}
    }
    let nets = if is("copies are trained") { start } else { &nets };
    laid(nets, errors)
}

/// The codes of latents, and which, if all are finite.
fn found(
    nets: &Nets,
    z_e: &Array2<f64>,
) -> Option<(Array2<f64>, Vec<usize>)> {
    let found = nets.quantizer.quantize(z_e).ok()?.quantized;
    Some((found.z_q, found.indices))
}

fn one_step(
    nets: &mut Nets,
    [adam_e, adam_d]: &mut [Adam<f64>; 2],
    x: &Array2<f64>,
    &Training { side, variance, .. }: &Training,
    is: Is,
) -> Option<f64> {
    let encoded = half(&nets.encoder, x.clone(), side);
    let z_e = &encoded.y;
    let (mut z_q, mut indices) = found(nets, z_e)?;
    if is("codebook moved first") {
        learn(nets, z_e, &indices)?;
        z_q = nets.quantizer.codebook().select(Axis(0), &indices);
    }
    let heard = match () {
        () if is("fed latents") => z_e.clone(),
        () if is("the mean of both") => (z_e + &z_q) / 2.0,
        () => z_q.clone(),
    };
    let decoded = half(&nets.decoder, heard, side);
    let over = match () {
        () if is("undivided") || is("gradient undivided") => 1.0,
        () if is("the deviation") => variance.sqrt(),
        () if is("gradient times the variance") => 1.0 / variance,
        () if is("divided twice") => variance * variance,
        () => variance,
    };
    let mut d_x_hat = match () {
        () if is("target for output") => mse_backward(x, &decoded.y),
        () if is("the gradient of a sum") => (&decoded.y - x) * 2.0,
        () if is("the gradient of the rows' means") => {
            (&decoded.y - x) * (2.0 / x.nrows() as f64)
        }
        () => mse_backward(&decoded.y, x),
    } / over;
    if is("half of the gradient") {
        d_x_hat /= 2.0;
    }
    let (d_s, mut d_decoder) =
        half_backward(&nets.decoder, &decoded, &d_x_hat, side);
    if is("decoder moved first") {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    let mut d_z_q = d_s.dot(&nets.decoder.layers[0].w.t());
    match () {
        () if is("no straight-through") => d_z_q.fill(0.0),
        () if is("the decoder's part divided again") => d_z_q /= variance,
        () if is("the decoder's part turned") => d_z_q *= -1.0,
        () => {}
    }
    let quantizer = &nets.quantizer;
    let plus = |d: Array2<f64>| quantizer.encoder_gradient(z_e, &z_q, d);
    let d_z_e = match () {
        () if is("no commitment") => d_z_q,
        () if is("codes for latents") => {
            quantizer.encoder_gradient(&z_q, z_e, d_z_q)
        }
        () if is("commitment twice") => plus(plus(d_z_q)),
        () if is("commitment divided too") => {
            plus(d_z_q * variance) / variance
        }
        () => plus(d_z_q),
    };
    let (_, mut d_encoder) =
        half_backward(&nets.encoder, &encoded, &d_z_e, side);
    if is("the encoder ascends") {
        for mut p in d_encoder.parameters_mut() {
            p *= -1.0;
        }
    }
    if is("the decoder ascends") {
        for mut p in d_decoder.parameters_mut() {
            p *= -1.0;
        }
    }
    if !is("the encoder stands still") {
        adam_e.step(&mut nets.encoder, &d_encoder);
    }
    if is("two steps of the encoder") {
        adam_e.step(&mut nets.encoder, &d_encoder);
    }
    if is("two steps of the decoder") {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    if !is("the decoder stands still") && !is("decoder moved first") {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    let mut z_e = z_e.clone();
    if is("learns from new latents") || is("learns from new choices") {
        z_e = half(&nets.encoder, x.clone(), side).y;
        if is("learns from new choices") {
            indices = found(nets, &z_e)?.1;
        }
    }
    if !is("codebook moved first") && !is("the codebook stands still") {
        learn(nets, &z_e, &indices)?;
    }
    if is("learns twice") {
        learn(nets, &z_e, &indices)?;
    }
    let target = if is("distance to the codes") { &z_e } else { x };
    Some(match () {
        () if is("distance to the codes") => mse(&z_q, target),
        () if is("with the commitment") => {
            mse(&decoded.y, x) / variance + 0.7 * mse(&z_q, &encoded.y)
        }
        () if is("error over the deviation") => {
            mse(&decoded.y, x) / variance.sqrt()
        }
        () if is("a batch's own variance") => mse(&decoded.y, x) / x.var(0.0),
        () => mse(&decoded.y, x) / variance,
    })
}

fn learn(
    nets: &mut Nets,
    z_e: &Array2<f64>,
    indices: &[usize],
) -> Option<Vec<usize>> {
    nets.quantizer.learn(z_e, indices, &mut rng_at(0, 0)).ok()
}

const TRAIN: Exercise<Training> = Exercise {
    see: "chapter 8, § One step, equations 8.7 and 8.8",
    results: &RESULTS,
    right: |t| trained(t, &no_slip),
    suspects: suspects!(
        trained,
        "fed latents": "The decoder was trained on latents. It gets codes: only they are there when an image is decoded.",
        "the mean of both": "The decoder was trained on the mean of latents and codes. It gets codes.",
        "no straight-through": "The encoder follows the commitment term alone. The gradient of the error at the decoder's input is handed \
            past the lookup, as if it were the latents'; `encoder_gradient` takes it as its third argument.",
        "no commitment": "The encoder follows the error alone. The commitment term has a gradient at the latents too; `encoder_gradient` \
            adds it.",
        "commitment twice": "The commitment term's gradient was added twice. `encoder_gradient` adds it to the gradient it is given.",
        "codes for latents": "Latents and codes came in the wrong order, so that the commitment term pushes latents away from their codes. \
            `encoder_gradient` takes z_e first, then z_q.",
        "target for output": "The gradient of the error is that at the target, which is minus that at the output: the pictures get worse. \
            `mse_backward` takes the output first.",
        "undivided": "Neither the error nor its gradient is divided by the variance. Then the commitment term has another weight beside it \
            than in equation 8.7.",
        "error undivided": "What is learnt is right. The errors that came back are not divided by the variance.",
        "gradient undivided": "The error is divided by the variance, and its gradient is not: the commitment term has another weight than in \
            equation 8.7.",
        "the deviation": "The gradient of the error was divided by the root of the variance.",
        "error over the deviation": "The errors that came back are divided by the root of the variance.",
        "a batch's own variance": "The errors that came back are divided by each batch's own variance. Divide by `variance`.",
        "gradient times the variance": "The gradient of the error was multiplied by the variance. Divide.",
        "divided twice": "The gradient of the error was divided by the variance twice.",
        "commitment divided too": "The commitment term's gradient was divided by the variance as well. In equation 8.7 the error alone is.",
        "the decoder's part divided again": "At the codes the gradient was divided by the variance once more. It comes from an error that is \
            divided already.",
        "the decoder's part turned": "The sign of what comes from the decoder is turned on the way to the encoder.",
        "half of the gradient": "Half of the error's gradient came back. The mean of squares has a 2 in its gradient.",
        "the gradient of a sum": "The error's gradient is that of a sum of squares. The error is their mean.",
        "the gradient of the rows' means": "The error's gradient was divided by the number of rows. The mean is over all pixels.",
        "decoder moved first": "The decoder had moved before the gradient passed its first weights on the way to the encoder. A gradient \
            belongs to the weights of the forward pass: all gradients first, then all steps.",
        "codebook moved first": "The codebook moved before the decoder got its codes, which are then not those that the latents found. It \
            learns last.",
        "the codebook stands still": "Encoder and decoder move, and the codebook stays where it was. `learn` moves it, if it is given the \
            *latents*: the mean of copies of a code is that code.",
        "the encoder stands still": "The encoder has not moved. Its gradient comes from `half_backward` of `encoder`, and its Adam takes a \
            step of its own.",
        "the decoder stands still": "The decoder has not moved. Its gradient comes from `half_backward` of `decoder`, and its Adam takes a \
            step of its own.",
        "the encoder ascends": "The encoder goes up its gradient. `step` takes the gradient as it is.",
        "the decoder ascends": "The decoder goes up its gradient. `step` takes the gradient as it is.",
        "two steps of the encoder": "The encoder takes two steps for each batch.",
        "two steps of the decoder": "The decoder takes two steps for each batch.",
        "learns from new latents": "The codebook learns from the latents of the encoder behind its step. Those before it found the codes.",
        "learns from new choices": "The codebook learns from latents and codes that were found anew behind the step. Give it those of the \
            forward pass.",
        "learns twice": "The codebook learns twice from each batch.",
        "copies are trained": "The errors are right, and what was to be trained has not moved. Were copies trained?",
        "the step size stays": "The step size stayed at its first value. In equation 8.8 it falls to zero: set `config.lr` of both Adams \
            before each step.",
        "the encoder's step size stays": "The step size of the encoder's Adam stayed at its first value. In equation 8.8 both fall.",
        "the decoder's step size stays": "The step size of the decoder's Adam stayed at its first value. In equation 8.8 both fall.",
        "counted from one": "The first step is already shorter, and the last one has no length: t was counted from 1. In equation 8.8 it \
            begins at 0.",
        "one step fewer": "The step size falls to zero at the last step: it was divided by T - 1. In equation 8.8 it is T.",
        "one step more": "The step size falls too slowly: it was divided by T + 1. In equation 8.8 it is T.",
        "rising": "The step size rises, as t / T. It falls, as 1 - t / T.",
        "by the step": "The step size falls as 1 / (t + 1). In equation 8.8 it falls in a straight line.",
        "the step's share, squared": "The step size falls as (1 - t / T)². In equation 8.8 it falls in a straight line.",
        "lessened again and again": "Each step size was taken of the one before it. In equation 8.8 each is a part of the first.",
        "set behind the step": "The step size was set behind the step, so that each step took that of the one before.",
        "an optimiser for each step": "The Adams were made anew for each step, so that their running means begin at zero again. Make them \
            once, before the loop.",
        "constants forgotten": "This is Adam with its default constants, but for the step size. It was to be made of the `adam` that came.",
        "error behind the step": "What is learnt is right. The errors that came back are those behind each step; asked for are those before \
            it.",
        "the sum so far": "What is learnt is right. Each error that came back is the sum of all so far.",
        "the mean so far": "What is learnt is right. Each error that came back is the mean of all so far.",
        "with the commitment": "What is learnt is right. The commitment term was added to the errors that came back.",
        "distance to the codes": "The errors that came back are those of the latents and their codes. Asked for are those of the pictures.",
        "the errors backwards": "What is learnt is right. The errors came back in the opposite order.",
        "number of errors": "There is one error for each batch, that before its step.",
        "the last error alone": "The last error alone came back. There is one for each batch.",
        "the mean error alone": "The mean of the errors came back. There is one for each batch.",
        "the first batch again": "Every step saw the first batch.",
        "all batches twice": "All batches were gone through twice. There is a step for each.",
        "each batch twice": "Two steps were taken for each batch. There is one.",
        "the first batch left out": "The first batch was left out.",
        "from the last": "The batches were taken from the last to the first.",
    ),
    terms: none,
    others: |t| {
        let variances = in_place_of("the variance", t.variance, |variance| {
            Training { variance, ..t.clone() }
        });
        let sizes = in_place_of("the step size", t.adam.lr, |lr| {
            let adam = AdamConfig { lr, ..t.adam };
            Training { adam, ..t.clone() }
        });
        variances.into_iter().chain(sizes).collect()
    },
    numbers: |t| {
        vec![
            ("the variance", t.variance),
            ("the number of batches", t.batches.len() as f64),
        ]
    },
    tolerance: 1e-9,
};

/// Two small halves and a codebook among the first latents.
fn nets(
    [inputs, channels, width]: [usize; 3],
    (blocks, codes): (usize, usize),
    (first, side): (&Array2<f64>, usize),
    seed: u64,
) -> Nets {
    let rng = &mut rng_at(88, seed);
    let mut of = |from: usize, to: usize| {
        let relu = Activation::Relu;
        let mut layers = vec![init_layer::<f64>(from, channels, relu, rng)];
        layers.extend(
            (0..blocks)
                .map(|_| init_layer(9 * channels, channels, relu, rng)),
        );
        layers.push(init_layer(channels, to, Activation::Identity, rng));
        layers.iter_mut().for_each(|layer: &mut Layer<f64>| layer.w *= 0.5);
        Mlp { layers }
    };
    let (encoder, decoder) = (of(inputs, width), of(width, inputs));
    let settings = Settings {
        learning: Learning::Ema { gamma: 0.8, debias: true },
        beta: 0.7,
        ..Settings::default()
    };
    let z_e = half(&encoder, first.clone(), side).y;
    let quantizer = Quantizer::from_latents(&z_e, codes, 2, settings, rng);
    let quantizer = quantizer.unwrap_or_else(|e| panic!("{e}"));
    Nets { encoder, decoder, quantizer }
}

/// Patches of bars, each map with one of its own grey: `[maps · side², 4]`, half of the numbers 0.
fn bars(maps: usize, side: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(89, stream);
    let grey: Array2<f64> =
        Array2::random_using((maps, 2), StandardNormal, rng);
    Array2::from_shape_fn((maps * side * side, 4), |(n, pixel)| {
        let (map, column) = (n / (side * side), n % side);
        let upright = grey[[map, 1]] > 0.0;
        match (upright && column == 1) || (!upright && pixel < 2) {
            true => 1.0 + 0.3 * grey[[map, 0]],
            false => 0.0,
        }
    })
}

fn trainings() -> [(&'static str, Training); 4] {
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let of = |sizes, more, batches: Vec<_>, (side, variance), seed| {
        let first = batches.first().cloned();
        let first = first.unwrap_or_else(|| bars(2, side, 5));
        let start = nets(sizes, more, (&first, side), seed);
        Training { start, batches, side, variance, adam }
    };
    let few = vec![bars(3, 2, 0), bars(1, 2, 1), bars(2, 2, 2)];
    let noise = &mut rng_at(89, 6);
    let single = vec![Array2::random_using((8, 4), StandardNormal, noise)];
    let mut far = bars(2, 3, 3);
    (far[[0, 0]], far[[10, 3]]) = (1000.0, -1000.0);
    let far = vec![far, bars(1, 3, 4) * 0.0];
    [
        ("one batch", of([4, 5, 3], (1, 4), single, (2, 0.5), 5)),
        ("three batches", of([4, 5, 3], (1, 4), few, (2, 0.3), 1)),
        ("pixels of ±1,000", of([4, 3, 2], (2, 3), far, (3, 20.0), 2)),
        ("no batch", of([4, 5, 2], (0, 2), vec![], (2, 1.0), 3)),
    ]
}

/// Which part of the first step can be at fault.
fn where_to_look(
    errors: bool,
    first: bool,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> &'static str {
    match (first, errors, agree(right, came)) {
        (true, false, _) => {
            " Nothing has moved before the first error: look at the forward pass, and at what its output is compared with."
        }
        (true, true, true) => {
            " The decoder's step is right: look behind it, on the way to the encoder or to the codebook."
        }
        (true, true, false) => {
            " The forward pass is right: look at the gradient at the output, and at how the decoder takes its step."
        }
        _ => "",
    }
}

/// How far something moved, beside how far it should have.
fn how_far(
    start: &ArrayD<f64>,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> String {
    if start.shape() != came.shape() || agree(right, came) {
        return "is right".into();
    }
    if agree(start, came) {
        return "has not moved".into();
    }
    let (a, b) = (right - start, came - start);
    let times = (&a * &b).sum() / (&a * &a).sum();
    match agree(&(start + &a * times), came) {
        true => format!("moved {times:.4} times as far as it should"),
        false => "is wrong".into(),
    }
}

/// Of which gradients the first step of encoder and decoder was made, as far as it can be read off.
fn gradients_behind(t: &Training, came: &Out) -> String {
    if t.batches.len() != 1 {
        return String::new();
    }
    let start = laid(&t.start, vec![]);
    // Adam's first step is lr g / (|g| + eps).
    let gradient = |out: &Out, p: usize| {
        let step = (&start[p] - &out[p]) / t.adam.lr;
        step.mapv(|u| t.adam.eps * u / (1.0 - u.abs()))
    };
    let of = |slip: &'static str, p| gradient(&trained(t, &|s| s == slip), p);
    let (error, tie) = (of("no commitment", 1), of("no straight-through", 1));
    let dot = |a: &ArrayD<f64>, b: &ArrayD<f64>| (a * b).sum();
    let mut said = String::new();
    let encoder = gradient(came, 1);
    let (aa, ab, bb) =
        (dot(&error, &error), dot(&error, &tie), dot(&tie, &tie));
    let (a, b) = (dot(&error, &encoder), dot(&tie, &encoder));
    let whole = aa * bb - ab * ab;
    let (x, y) = ((a * bb - b * ab) / whole, (b * aa - a * ab) / whole);
    let close = |a: &ArrayD<f64>, b: &ArrayD<f64>| {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6)
    };
    let off = |v: f64| (v - 1.0).abs() > 1e-6;
    if close(&(&error * x + &tie * y), &encoder) && (off(x) || off(y)) {
        said += &format!(
            " The encoder's gradient has {x:.4} times what comes from the decoder, and {y:.4} times the commitment term's part; both should be 1."
        );
    }
    let (right, decoder) = (of("", 2), gradient(came, 2));
    let z = dot(&right, &decoder) / dot(&right, &right);
    if close(&(&right * z), &decoder) && off(z) {
        said += &format!(
            " The decoder's gradient is {z:.4} times what it should be."
        );
    }
    said
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    let of = |t: &Training| {
        let Nets { mut encoder, mut decoder, mut quantizer } =
            t.start.clone();
        let errors = candidate(
            &mut encoder,
            &mut decoder,
            &mut quantizer,
            &t.batches,
            (t.side, t.variance),
            t.adam,
        );
        laid(&Nets { encoder, decoder, quantizer }, errors)
    };
    judged(&TRAIN, &trainings(), of, trained, |rights, came| {
        let all = trainings();
        let mut cases = all.iter().zip(rights.iter().zip(came));
        let wrong = |(right, came): (&Out, &Out)| {
            right.iter().zip(came).any(|(a, b)| !agree(a, b))
        };
        let found = { &mut cases }.find(|(_, pair)| wrong(*pair));
        let Some(((words, t), (right, came))) = found else {
            return String::new();
        };
        let start = laid(&t.start, vec![]);
        let of_part = |p: usize| {
            let how = how_far(&start[p], &right[p], &came[p]);
            format!("{} {how}", RESULTS[p])
        };
        let good =
            !right[0].iter().zip(&came[0]).any(|(a, b)| differs(*a, *b));
        let errors = if good {
            "the errors are right"
        } else {
            "the errors are wrong"
        };
        let all: Vec<_> = (1..4).map(of_part).collect();
        let before = match *words {
            "one batch" => "",
            _ => {
                "With one batch all is right: something that goes from one step to the next is not. "
            }
        };
        format!(
            " {before}With {words}, {errors}, {}.{}{}",
            all.join(", "),
            gradients_behind(t, came),
            where_to_look(good, before.is_empty(), &right[2], &came[2])
        )
    })?;
    let batches: Vec<_> = (0..60).map(|n| bars(4, 3, 10 + n)).collect();
    let start = nets([4, 6, 3], (1, 5), (&batches[0], 3), 4);
    let adam = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let long = Training { start, batches, side: 3, variance: 0.2, adam };
    let (right, came) = (trained(&long, &no_slip), of(&long));
    for ((right, came), name) in right.iter().zip(&came).zip(RESULTS) {
        let what = format!("Few batches are right, and 60 are not: {name}.");
        let told = Diagnosis::new("long training", what, TRAIN.see);
        // Sixty steps make a little rounding larger.
        judge(right, came, 1e-5, vec![], told)?;
    }
    Ok(())
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::LatentsDecoded => "latents decoded",
        Cause::NoSkip => "no skip",
        Cause::HighPrice => "high price",
        Cause::WrongVariance => "wrong variance",
        Cause::UnscaledPixels => "unscaled pixels",
        Cause::PatchesTurned => "patches turned",
        Cause::ColumnByColumn => "column by column",
        Cause::OldTables => "old tables",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::LatentsDecoded => {
            "A decoder that is trained on latents has a lower error on its batches than the healthy one, and a higher one in use, where it \
             gets codes. The letters come back all the same, a little coarse."
        }
        Cause::NoSkip => {
            "Without the sum past them, four convolutions with small weights let little through: the run learns slowly, few codes are in \
             use, and the letters are blurs. Training and use agree."
        }
        Cause::HighPrice => {
            "When bits are too dear, each place ends with one code, its cheapest. A picture then costs next to no bits, and all pictures \
             come back alike, though several codes are in use, one here and one there."
        }
        Cause::WrongVariance => {
            "Divided by 65,025 times the variance, the error on the batches is far below the axis from the first step on, and beside the \
             commitment term the pictures hardly count."
        }
        Cause::UnscaledPixels => {
            "An encoder that is given pixels from 0 to 255 finds codes that no training picture has at that place: the tables charge much \
             for them, fewer of them are in use, and strokes come back that were not there. The batches know nothing of it."
        }
        Cause::PatchesTurned => {
            "When lines and columns of each patch are exchanged, all patches stand in their places and are turned about their diagonals: \
             strokes break at every border. Codes, bits and batches are those of the healthy run."
        }
        Cause::ColumnByColumn => {
            "Read column by column, the codes are right and stand in other places: each letter comes back mirrored at the diagonal, with \
             patches that are upright. Codes, bits and batches are those of the healthy run."
        }
        Cause::OldTables => {
            "Tables of an untrained network's codes charge for habits that are gone. The bits are far too many, and the pictures as good as \
             in the healthy run: tables change no code."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § What goes wrong, on both pages";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 6])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS)));
        CAUSES.into_par_iter().map(end).collect()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 6])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
        if right == came {
            continue;
        }
        let mut told: Vec<_> = SAID
            .iter()
            .zip(end(right).iter().zip(end(came)))
            .map(|((name, words), (here, there))| {
                (apart(name, *here, there), words, *here, there)
            })
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, here, there)| {
            format!(
                "{words} would be about {}; here it is {}",
                shortly(*there),
                shortly(*here)
            )
        });
        let what = format!(
            "Run {run} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

/// Why the second code of exercise 8.10 ends with the share that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// The codes are equally good, so prices change nothing.
    BothAreAsGood,
    /// Twice the price of a bit moves the border twice as far.
    TwiceThePrice,
    /// Latents beyond the second code never leave it.
    FarLatentsStay,
    /// The thousandth that is added to each share keeps the code in use.
    TheFloorHolds,
    /// What is rarer is dearer, and what is dearer is rarer.
    RarerIsDearer,
}

/// The share of the second code when nothing moves any more, and how much dearer it is then. `feedback`: whether prices
/// follow the shares, or stay as the nearest codes set them.
fn shares(lambda: f64, shift: f64, feedback: bool) -> (f64, f64) {
    const N: usize = 1000;
    let z = Array2::from_shape_fn((N, 1), |(n, _)| {
        -1.0 - shift + 2.0 * (n as f64 + 0.5) / N as f64
    });
    let e = array![[-0.5], [0.5]];
    let rate = Rate { lambda, warm_up: 1, keep: 0.9 };
    let prices = Prices::new(rate, 1, 2);
    let mut prices = prices.unwrap_or_else(|e| panic!("{e}"));
    let free = array![[0.0, 0.0]];
    let (mut share, mut dearer) = (f64::NAN, f64::NAN);
    for step in 0..2000 {
        let now = prices.table(step);
        let table = if feedback || step == 1999 { &now } else { &free };
        let found = cheapest_codes(&z, &e, table);
        let found = found.unwrap_or_else(|e| panic!("{e}"));
        let second = found.iter().filter(|k| **k == 1).count();
        share = second as f64 / N as f64;
        dearer = now[[0, 1]] - now[[0, 0]];
        prices.learn(&z, &e.select(Axis(0), &found), &found);
    }
    (share, dearer)
}

pub fn rarer(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A price for bits, equations 8.12 and 8.13";
    let (before, _) = shares(6.0, 0.02, true);
    let (here, dearer) = shares(12.0, 0.02, true);
    let (even, _) = shares(12.0, 0.0, true);
    let (once, _) = shares(12.0, 0.02, false);
    let (share, because) = candidate();
    let right = (share - here).abs() <= 1e-4;
    let came = match right {
        true => "The number came: the code ends",
        false => "The code ends",
    };
    let told = |name, what: String| {
        let what = format!("{came} with a share of {here}. {what}");
        let came = format!("{share}, {because:?}");
        Err(Diagnosis::new(name, what, SEE).with(here, came))
    };
    match because {
        Because::BothAreAsGood => told(
            "both are as good",
            format!(
                "If the latents lay exactly about 0, the share would stay at {even}, and two equal prices change nothing. But one latent in \
                 a hundred more is enough of a difference to begin with."
            ),
        ),
        Because::TwiceThePrice => told(
            "twice the price",
            format!(
                "That is so as long as prices stay as they are: set by the nearest codes and then kept, λ = 12 would leave a share of \
                 {once:.3}. But the prices follow the shares. With λ = 6 that ends at {before:.3}, for each round adds less than the one \
                 before; with λ = 12 each adds more."
            ),
        ),
        Because::FarLatentsStay => told(
            "far latents stay",
            format!(
                "The latents farthest to the right lie at 0.98, where the two squared distances differ by 1.96, and no latent has more to \
                 lose. In the end code 2 is dearer by {dearer:.0}."
            ),
        ),
        Because::TheFloorHolds => told(
            "the floor holds",
            format!(
                "What is added to the shares keeps the price finite: code 2 is dearer by {dearer:.0} in the end, and not by infinity. \
                 It keeps no latent at the code, for none has more than 1.96 to lose."
            ),
        ),
        Because::RarerIsDearer if !right => told(
            "a reason without its number",
            "The reason is right. Follow it to the end: is there a share at which a round adds no more?".into(),
        ),
        Because::RarerIsDearer => Ok(()),
    }
}
