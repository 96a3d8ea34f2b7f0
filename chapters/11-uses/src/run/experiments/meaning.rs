//! What a code stands for, how far it reaches, and where a noise has to go for another digit.

use codebook_lookup::kmeans::{kmeans_plus_plus, lloyd_step};
use codebook_lookup::plain::nearest;
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, rng_at,
};
use ndarray::{Array1, Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use vq_vae::plain::space_to_depth;

use crate::plain::{direction, explained};
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "meaning",
    cost: Cost::Minutes,
    measure,
    figures: &[("reach", draw_reach), ("towards", draw_towards)],
    claims,
};

const SEEDS: usize = 3;

/// Lines and columns of the grid of codes, and of a patch.
const GRID: usize = 7;
const PATCH: usize = 4;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    codes(lab, &given)?;
    reach(lab, &given)?;
    towards(lab, &given)
}

/// How much of the patches of test digits a code explains, and how much as many clusters of patches do.
fn codes(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let n = lab.by_scale(20, 1000, 3000);
    let k = given.network.codes();
    let (mut by_code, mut by_cluster) = (Vec::new(), Vec::new());
    let most = lab.by_scale(30, 600, 2000).min(given.train.nrows());
    let train = given.train.slice(s![..most, ..]).to_owned();
    let learnt = space_to_depth(&train, PATCH); // [49 · most, 16]
    for seed in 0..SEEDS {
        let (x, _) = given.digits(n, seed);
        let patches = space_to_depth(&x, PATCH); // [49 n, 16]
        let labels = given.network.encode(&x)?; // [n, 49]
        let labels: Vec<usize> = labels.iter().copied().collect();
        by_code.push(explained(&patches, &labels));
        let rng = &mut rng_at(lab.seed(), seed as u64);
        let mut book = kmeans_plus_plus(&learnt, k, rng)?;
        for _ in 0..lab.by_scale(1, 10, 10) {
            (book, _) = lloyd_step(&learnt, &book)?;
        }
        by_cluster.push(explained(&patches, &nearest(&patches, &book)?));
        if seed == 0 {
            average_patches(lab, &patches, &labels, k)?;
        }
    }
    let within = Within::Absolute(0.02);
    lab.over_seeds("code_explains", &by_code, within)?;
    lab.over_seeds("cluster_explains", &by_cluster, within)
}

/// The mean patch of each code, the one that is used most first.
fn average_patches(
    lab: &Lab,
    patches: &Array2<f32>,
    labels: &[usize],
    k: usize,
) -> anyhow::Result<()> {
    let mut means = Array2::<f32>::zeros((k, patches.ncols()));
    let mut counts = vec![0_usize; k];
    for (patch, &code) in patches.rows().into_iter().zip(labels) {
        means.row_mut(code).scaled_add(1.0, &patch);
        counts[code] += 1;
    }
    let mut order: Vec<usize> = (0..k).filter(|c| counts[*c] > 0).collect();
    order.sort_by_key(|c| std::cmp::Reverse(counts[*c]));
    let mut grid = ImageGrid::new(24).zoom(4);
    for code in order {
        let mean = &means.row(code) / counts[code] as f32;
        let patch = mean.into_shape_with_order((PATCH, PATCH))?;
        grid.push(patch.view(), 0.0, 1.0);
    }
    lab.image("codes", &grid)
}

/// One code of a map is exchanged: what share of the squared change lies so many patches away.
fn reach(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let n = lab.by_scale(20, 500, 2000);
    let mut shares = vec![Vec::new(); GRID];
    for seed in 0..SEEDS {
        let (x, _) = given.digits(n, seed);
        let before = given.network.encode(&x)?; // [n, 49]
        let rng = &mut rng_at(lab.seed(), 100 + seed as u64);
        let mut after = before.clone();
        let mut places = Vec::new();
        for mut map in after.rows_mut() {
            let place = rng.random_range(0..map.len());
            // Another code that is in use at that place of another digit.
            let other = rng.random_range(0..before.nrows());
            map[place] = before[[other, place]];
            places.push(place);
        }
        let [a, b] = [&before, &after].map(|c| given.network.decode(c));
        let change = (b? - a?).mapv(|v| f64::from(v).powi(2)); // [n, 784]
        let mut sums = vec![0.0; GRID];
        for (row, place) in change.rows().into_iter().zip(places) {
            for (p, v) in row.iter().enumerate() {
                let at = |n: usize| n / PATCH;
                let (line, column) = (at(p / 28), at(p % 28));
                let far = line
                    .abs_diff(place / GRID)
                    .max(column.abs_diff(place % GRID));
                sums[far] += v;
            }
        }
        let whole: f64 = sums.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        for (shares, sum) in shares.iter_mut().zip(sums) {
            shares.push(sum / whole);
        }
    }
    for (far, shares) in shares.iter().enumerate().take(3) {
        let name = format!("change_at_{far}");
        lab.over_seeds(&name, shares, Within::Absolute(0.05))?;
    }
    let beyond: Vec<f64> =
        (0..SEEDS).map(|n| shares[3..].iter().map(|s| s[n]).sum()).collect();
    lab.over_seeds("change_beyond", &beyond, Within::Absolute(0.05))?;
    let mean = |s: &Vec<f64>| s.iter().sum::<f64>() / s.len() as f64;
    lab.column("far", (0..GRID).map(|n| n as f64))?;
    lab.column("share", shares.iter().map(mean))
}

/// How far a noise goes.
const LENGTHS: [f32; 6] = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0];

/// The share of a generator's pictures that become a class as their noise moves towards it, and along a random direction.
fn towards(lab: &mut Lab, given: &Given) -> anyhow::Result<()> {
    let n = lab.by_scale(100, 4000, 20_000);
    let mut hits = vec![[Vec::new(), Vec::new()]; LENGTHS.len()];
    for seed in 0..SEEDS {
        let rng = &mut rng_at(lab.seed(), 200 + seed as u64);
        let z = given.noise.sample(n, rng); // [n, Z]
        let of = seen(given, &z);
        let fresh = given.noise.sample(n / 8, rng);
        let before = seen(given, &fresh);
        let mut sums = vec![[0.0; 2]; LENGTHS.len()];
        let mut asked = 0.0;
        for class in 0..10 {
            let rows: Vec<usize> =
                (0..before.len()).filter(|r| before[*r] != class).collect();
            asked += rows.len() as f64;
            let fresh = fresh.select(ndarray::Axis(0), &rows);
            let random = Array1::random_using(z.ncols(), StandardNormal, rng);
            let ways = [direction(&z, &of, class), random];
            for (way, mut d) in ways.into_iter().enumerate() {
                d.slice_mut(s![..given.noise.signs]).fill(0.0);
                d /= d.dot(&d).sqrt().max(f32::MIN_POSITIVE);
                for (length, sums) in LENGTHS.iter().zip(&mut sums) {
                    let moved = &fresh + &(&d * *length);
                    let now = seen(given, &moved);
                    let hit = now.iter().filter(|c| **c == class).count();
                    sums[way] += hit as f64;
                }
            }
        }
        for (hits, sums) in hits.iter_mut().zip(sums) {
            for way in 0..2 {
                hits[way].push(sums[way] / f64::max(asked, 1.0));
            }
        }
    }
    lab.column("length", LENGTHS.map(f64::from))?;
    for (way, name) in ["towards", "random"].into_iter().enumerate() {
        let mean = |h: &[Vec<f64>; 2]| {
            h[way].iter().sum::<f64>() / h[way].len() as f64
        };
        lab.column(name, hits.iter().map(mean))?;
        for (length, hits) in LENGTHS.iter().zip(&hits) {
            let name = format!("{name}_{length}");
            lab.over_seeds(&name, &hits[way], Within::Absolute(0.05))?;
        }
    }
    Ok(())
}

/// What the judge sees in pictures of noises. `[N]`
fn seen(given: &Given, z: &Array2<f32>) -> Vec<usize> {
    let x = given.generator.output(z).mapv(|v| 0.5 * v + 0.5);
    given.classes(&x)
}

fn draw_reach(of: &Measurements) -> anyhow::Result<String> {
    Plot::new("")
        .x("patches from the code that was exchanged", Axis::Linear)
        .y("share of the squared change", Axis::Linear)
        .line("", of.curve("far", "share")?)
        .svg()
}

fn draw_towards(of: &Measurements) -> anyhow::Result<String> {
    Plot::new("")
        .x("how far the noise has moved", Axis::Linear)
        .y("share that is of the class", Axis::Linear)
        .line("towards the class", of.curve("length", "towards")?)
        .line("in a random direction", of.curve("length", "random")?)
        .svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![
        (
            "a_cluster_says_more_of_its_patch",
            less("code_explains", "cluster_explains"),
        ),
        ("a_code_reaches_its_patch", Claim::less(0.75, "change_at_0")),
        ("and_its_neighbours", less("change_at_2", "change_at_1")),
        ("there_is_a_direction", less("random_4", "towards_4")),
    ]
}
