//! Where a prior looks when it draws a code, and whether that is what its guess depends on: a part of the experiment `inside`.

use code_prior::plain::tempered;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array1, Array2, ArrayView1, s};
use rayon::prelude::*;

use super::inside::SEEDS;
use crate::inside::{kl, rank_correlation};
use crate::run::given::Given;

/// The place whose code is drawn, in the middle of the map; row `i` of the weights holds code `i - 1`, row 0 the start.
const FROM: usize = 24;

/// Lines and columns of the map, and how many pixels one of them has in the picture.
const GRID: usize = 7;
const PATCH: usize = 4;

/// How many places back the nearest ones lie: left, above, and above on either side.
const NEAR: [usize; 4] = [1, GRID, GRID + 1, GRID - 1];

/// One digit's guess at the middle place.
struct Look {
    /// The mean weight of all heads on each place before. `[FROM]`
    weights: Vec<f64>,
    /// How far the guess moves, in nats, when this place's code is exchanged. `[FROM]`
    moved: Vec<f64>,
}

pub(super) fn measure(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let n = lab.by_scale(3, 150, 500);
    let [mut near, mut start] = [Vec::new(), Vec::new()];
    let mut all = Vec::new();
    for seed in 0..SEEDS {
        let (x, _) = given.digits(n, seed);
        let codes = given.network.encode(&x)?; // [n, T]
        near.push(near_share(given, &codes)?);
        let looks = (0..n).into_par_iter().map(|n| look(given, &codes, n));
        let looks = looks.collect::<anyhow::Result<Vec<Look>>>()?;
        let whole = |l: &Look| l.weights.iter().sum::<f64>();
        start.push(1.0 - mean(looks.iter().map(whole)));
        if seed == 0 {
            show(lab, given, (&x, &codes), &looks[0])?;
        }
        all.push(looks);
    }
    let within = Within::Absolute(0.05);
    lab.over_seeds("inside_near_share", &near, within)?;
    let even = mean(interior().map(|t| NEAR.len() as f64 / (t + 1) as f64));
    lab.result("inside_near_even", even, Within::Exactly)?;
    lab.over_seeds("inside_start_share", &start, within)?;
    let of = |get: fn(&Look) -> f64| -> Vec<f64> {
        all.iter().map(|looks| mean(looks.iter().map(get))).collect()
    };
    let (moved, share) = (Within::Factor(1.3), Within::Absolute(0.1));
    for (name, values, within) in [
        ("moved_attended", of(|l| l.moved[largest(&l.weights)]), moved),
        ("moved_random", of(|l| mean(l.moved.iter().copied())), moved),
        ("moved_left", of(|l| l.moved[FROM - NEAR[0]]), moved),
        ("moved_above", of(|l| l.moved[FROM - NEAR[1]]), moved),
        ("moved_most", of(|l| l.moved[largest(&l.moved)]), moved),
        ("hit_attended", of(|l| hit(l, largest(&l.weights))), share),
        ("hit_left", of(|l| hit(l, FROM - NEAR[0])), share),
        ("rank", of(|l| rank_correlation(&l.weights, &l.moved)), share),
    ] {
        lab.over_seeds(&format!("inside_{name}"), &values, within)?;
    }
    Ok(())
}

fn mean(of: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, n) =
        of.into_iter().fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    sum / f64::max(n, 1.0)
}

fn largest(of: &[f64]) -> usize {
    (1..of.len()).fold(0, |a, b| if of[b] > of[a] { b } else { a })
}

/// 1 where no other place's code moves the guess more.
fn hit(look: &Look, place: usize) -> f64 {
    f64::from(place == largest(&look.moved))
}

/// Places that have all four nearest ones.
fn interior() -> impl Iterator<Item = usize> {
    let inside = |t: &usize| (1..GRID - 1).contains(&(t % GRID));
    (GRID..GRID * GRID).filter(inside)
}

/// The mean share of the weights of all heads, at all places inside, that lies on the four nearest.
fn near_share(given: &Given, codes: &Array2<usize>) -> anyhow::Result<f64> {
    let pass = given.prior.forward(codes)?;
    let heads = pass.weights().flatten();
    let shares = heads.flat_map(|p| {
        interior().map(move |t| {
            // The row that holds the code of a place is one further on.
            let near = NEAR.map(|back| f64::from(p[[t, t - back + 1]]));
            near.iter().sum::<f64>()
        })
    });
    Ok(mean(shares))
}

/// What digit `n` is guessed by, each code before in turn exchanged for one that another digit has at its place.
fn look(
    given: &Given,
    codes: &Array2<usize>, // [N, T]
    n: usize,
) -> anyhow::Result<Look> {
    let map = codes.row(n);
    let mut maps = Array2::zeros((FROM + 1, map.len()));
    maps.rows_mut().into_iter().for_each(|mut row| row.assign(&map));
    for place in 0..FROM {
        let others = (1..codes.nrows()).map(|m| (n + m) % codes.nrows());
        let others = others.map(|m| codes[[m, place]]);
        let other = others.into_iter().find(|code| *code != map[place]);
        let next = (map[place] + 1) % given.prior.codes();
        maps[[place, place]] = other.unwrap_or(next);
    }
    let pass = given.prior.forward(&maps)?;
    let guess = |m: usize| {
        tempered(pass.logits.row(m * map.len() + FROM), 1.0) // [K]
    };
    let before = guess(FROM);
    let moved = (0..FROM).map(|m| kl(before.view(), guess(m).view()));
    let h = given.prior.heads;
    let heads = pass.weights().flat_map(|p| &p[FROM * h..]);
    let rows: Vec<_> = heads.map(|p| p.row(FROM)).collect();
    let weight = |place| mean(rows.iter().map(|p| f64::from(p[place + 1])));
    Ok(Look {
        weights: (0..FROM).map(weight).collect(),
        moved: moved.collect(),
    })
}

/// A row for each block, a column for each head; below them the digit, what is known of it, the mean of all heads, and how far
/// the guess moves.
fn show(
    lab: &Lab,
    given: &Given,
    (x, codes): (&Array2<f32>, &Array2<usize>),
    look: &Look,
) -> anyhow::Result<()> {
    let one = codes.slice(s![..1, ..]).to_owned();
    let pass = given.prior.forward(&one)?;
    let mut grid = ImageGrid::new(given.prior.heads.max(4)).zoom(3);
    for p in pass.weights().flatten() {
        let row = p.row(FROM);
        push(&mut grid, row.slice(s![1..=FROM]).mapv(f64::from).view());
    }
    let digit = x.row(0).to_owned();
    let digit = digit.into_shape_with_order((GRID * PATCH, GRID * PATCH))?;
    grid.push(digit.view(), 0.0, 1.0);
    let known = |(line, column): (usize, usize)| {
        line / PATCH * GRID + column / PATCH < FROM
    };
    let before = Array2::from_shape_fn(digit.dim(), |at| {
        if known(at) { digit[at] } else { 0.0 }
    });
    grid.push(before.view(), 0.0, 1.0);
    for of in [&look.weights, &look.moved] {
        push(&mut grid, Array1::from(of.clone()).view());
    }
    lab.image("inside-attention", &grid)
}

/// Numbers of the places before the middle, the largest white.
fn push(grid: &mut ImageGrid, of: ArrayView1<f64>) {
    let most = of.fold(f64::MIN_POSITIVE, |m, v| v.max(m));
    let side = GRID * PATCH;
    let picture = Array2::from_shape_fn((side, side), |(line, column)| {
        let place = line / PATCH * GRID + column / PATCH;
        of.get(place).map_or(0.0, |v| (v / most) as f32)
    });
    grid.push(picture.view(), 0.0, 1.0);
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| {
        let name = |of: &str| format!("inside_{of}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        (
            "inside_it_looks_near",
            Claim::less("inside_near_even", "inside_near_share"),
        ),
        (
            "inside_what_is_attended_matters_more",
            less("moved_random", "moved_attended"),
        ),
        (
            "inside_the_neighbour_matters_more",
            less("moved_attended", "moved_left"),
        ),
        (
            "inside_and_is_named_rightly_more",
            less("hit_attended", "hit_left"),
        ),
        (
            "inside_half_of_the_time_it_is_another",
            Claim::less("inside_hit_attended", 0.5),
        ),
    ]
}
