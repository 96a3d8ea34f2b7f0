use codebook_lookup::plain::{
    cluster_means, distortion, gather, nearest, squared_distance, usage,
};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

type Start = fn(&Array2<f64>, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// What one answer does otherwise than the others.
#[derive(Clone, Copy)]
struct Way {
    empty: Empty,
    keep: Keep,
    stop: Stop,
    /// Whether each restart has draws of its own.
    own_draws: bool,
    /// What the distortion is multiplied by.
    times: fn(&Array2<f64>) -> f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Empty {
    Farthest,
    Stays,
    AllOnOne,
    ByTheNewMeans,
    OnlyAtFirst,
}

#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Best,
    Last,
    BestStart,
    Worst,
}

#[derive(Clone, Copy, PartialEq)]
enum Stop {
    AtRest,
    After(usize),
    GainBelow(f64),
}

const RIGHT: Way = Way {
    empty: Empty::Farthest,
    keep: Keep::Best,
    stop: Stop::AtRest,
    own_draws: true,
    times: |_| 1.0,
};

fn learnt(
    (z, k, restarts, start): (&Array2<f64>, usize, usize, Start),
    rng: &mut ChaCha8Rng,
    way: Way,
) -> (Array2<f64>, f64) {
    let (mut best, mut mark) = (None, f64::INFINITY);
    let begun = rng.clone();
    for _ in 0..restarts {
        if !way.own_draws {
            *rng = begun.clone();
        }
        let (mut codebook, mut course) = (start(z, k, rng), Vec::new());
        loop {
            let indices = nearest(z, &codebook).unwrap();
            let empty = match (way.empty, course.is_empty()) {
                (Empty::OnlyAtFirst, false) => Empty::Stays,
                (empty, _) => empty,
            };
            let next = step(z, &indices, &codebook, empty);
            course.push(distortion(z, &gather(&codebook, &indices)));
            let n = course.len();
            let done = match way.stop {
                Stop::AtRest => false,
                Stop::After(steps) => n > steps,
                Stop::GainBelow(share) => {
                    n > 1 && course[n - 1] > course[n - 2] * (1.0 - share)
                }
            };
            if done || next == codebook {
                break;
            }
            codebook = next;
        }
        let last = course[course.len() - 1];
        let here = match way.keep {
            Keep::Best => last,
            Keep::Last => f64::NEG_INFINITY,
            Keep::BestStart => course[0],
            Keep::Worst => -last,
        };
        if here < mark || way.keep == Keep::Last {
            (mark, best) = (here, Some((codebook, last * (way.times)(z))));
        }
    }
    best.unwrap()
}

fn step(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
    empty: Empty,
) -> Array2<f64> {
    let mut next = cluster_means(z, indices, codebook);
    let from = match empty {
        Empty::ByTheNewMeans => next.clone(),
        _ => codebook.clone(),
    };
    let far = |n: usize| squared_distance(z.row(n), from.row(indices[n]));
    let mut far: Vec<f64> = (0..z.nrows()).map(far).collect();
    for (k, &n) in usage(indices, codebook.nrows()).iter().enumerate() {
        let largest = |a: usize, b| if far[b] > far[a] { b } else { a };
        let farthest = (0..z.nrows()).fold(0, largest);
        let moves = empty != Empty::Stays && far[farthest] > 0.0;
        if n == 0 && moves {
            next.row_mut(k).assign(&z.row(farthest));
            if empty != Empty::AllOnOne {
                far[farthest] = 0.0;
            }
        }
    }
    next
}

/// Lloyd's steps, and what is empty stays so.
pub fn empty_codes_stay(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { empty: Empty::Stays, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// One latent for all empty codes.
pub fn all_on_one(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { empty: Empty::AllOnOne, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// The start is mended, and nothing later.
pub fn only_at_first(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { empty: Empty::OnlyAtFirst, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// The codes have moved before the farthest latent is sought.
pub fn far_from_the_new_means(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { empty: Empty::ByTheNewMeans, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// Whatever came last.
pub fn the_last_restart(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { keep: Keep::Last, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// The start with the lowest distortion is the one to go on from.
pub fn the_best_start(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { keep: Keep::BestStart, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

pub fn the_highest(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { keep: Keep::Worst, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// The generator is copied for each restart.
pub fn the_same_draws(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { own_draws: false, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

pub fn three_steps(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { stop: Stop::After(3), ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

/// Good enough when a step gains less than a hundredth.
pub fn content_too_soon(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { stop: Stop::GainBelow(0.01), ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}

pub fn a_sum_for_the_mean(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let way = Way { times: |z| z.nrows() as f64, ..RIGHT };
    learnt((z, k, restarts, start), rng, way)
}
