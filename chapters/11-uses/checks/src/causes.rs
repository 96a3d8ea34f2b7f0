//! Seven ways to spoil a search for a noise: each changes one thing of a search that works. The tests read this too.

use gan::plain::through;
use gradients::plain::{
    Activation, AdamConfig, Mlp, adam_step_fast, init_layer, last,
};
use lab::rng_at;
use ndarray::{Array1, Array2, ArrayD, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::plain::{Damage, search};

/// What can be wrong with a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The gradient goes back without Aᵀ.
    NoTranspose,
    /// ν is ten thousand times too small.
    NuTooSmall,
    /// ‖z‖² / 2 is left out.
    NoLength,
    /// One beginning for each picture, in place of eight.
    OneBeginning,
    /// Steps are a hundred times as large.
    StepTooLarge,
    /// Where nothing is left, black counts as measured.
    HiddenAreBlack,
    /// What the generator draws in [-1, 1] is compared as it is.
    NotMapped,
}

/// All of them.
pub const CAUSES: [Cause; 7] = [
    Cause::NoTranspose,
    Cause::NuTooSmall,
    Cause::NoLength,
    Cause::OneBeginning,
    Cause::StepTooLarge,
    Cause::HiddenAreBlack,
    Cause::NotMapped,
];

/// Numbers of a noise, pixels on the side of a picture, pictures, and beginnings for each.
const Z: usize = 4;
const SIDE: usize = 6;
const PICTURES: usize = 32;
const BEGINNINGS: usize = 8;

/// Rows of which nothing is left, and the noise of what is.
const MISSING: std::ops::Range<usize> = 2..5;
const NU: f64 = 0.01;

/// The steps of which a log tells, and Adam's first step size, which falls to 0.
pub const TOLD: [u64; 4] = [0, 20, 60, 200];
const LR: f64 = 0.05;

/// One line of a log: means over the pictures, of each the beginning of least energy.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub step: u64,
    /// What the search makes as small as it can.
    pub energy: f64,
    /// ‖A x - y‖² / 2ν, of the picture that is drawn, as it should be.
    pub fit: f64,
    /// The length of z, a root mean square.
    pub length: f64,
    /// The error in rows of which nothing is left, a root mean square.
    pub hidden: f64,
    /// How bright these rows are drawn, a mean.
    pub bright: f64,
}

/// What a line says, in words; the last is what follows from others.
pub const SAID: [&str; 6] = [
    "the energy",
    "the fit",
    "the length of z",
    "the error in the missing rows",
    "the brightness of the missing rows",
    "the energy less fit and length² / 2",
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 6] {
        let Self { energy, fit, length, hidden, bright, .. } = *self;
        let unexplained = energy - fit - 0.5 * length * length;
        [energy, fit, length, hidden, bright, unexplained]
    }
}

/// How far apart two readings of a column are: their ratio's logarithm, or for what may be negative something like it.
pub fn apart(column: usize, a: f64, b: f64) -> f64 {
    match column {
        5 => (a.asinh() - b.asinh()).abs(),
        _ => (a.max(1e-6) / b.max(1e-6)).ln().abs(),
    }
}

/// The generator, the same for all searches: random, but fixed.
fn generator() -> Mlp<f64> {
    let rng = &mut rng_at(0x115, 0);
    let mut layers = vec![
        init_layer(Z, 24, Activation::Tanh, rng),
        init_layer(24, SIDE * SIDE, Activation::Tanh, rng),
    ];
    for layer in &mut layers {
        layer.w *= 2.5;
        layer.b = Array1::random_using(layer.b.len(), StandardNormal, rng);
    }
    Mlp { layers }
}

fn is_missing(pixel: usize) -> bool {
    MISSING.contains(&(pixel / SIDE))
}

/// The picture slipped to the right while it was taken, around the edge: a pixel shows the mean of its two neighbours on the left.
/// And rows are missing.
fn damage() -> Damage<f64> {
    let mut a = Array2::zeros((SIDE * SIDE, SIDE * SIDE));
    for pixel in (0..SIDE * SIDE).filter(|p| !is_missing(*p)) {
        let (line, column) = (pixel / SIDE, pixel % SIDE);
        for back in [1, 2] {
            let from = (column + SIDE - back) % SIDE;
            a[[pixel, line * SIDE + from]] = 0.5;
        }
    }
    Damage { a, noise: NU }
}

/// Energies as the search has them, and the gradient that it follows.
fn spoilt(
    (g, damage, cause): (&Mlp<f64>, &Damage<f64>, Option<Cause>),
    y: &Array2<f64>, // [N, P]
    z: &Array2<f64>, // [N, Z]
) -> (Array1<f64>, Array2<f64>) {
    let square = |v: &Array2<f64>| (v * v).sum_axis(Axis(1)); // [N]
    match cause {
        Some(Cause::NuTooSmall) => {
            let noise = damage.noise / 1e4;
            search(g, &Damage { a: damage.a.clone(), noise }, y, z)
        }
        Some(Cause::NoLength) => {
            let (energy, d_z) = search(g, damage, y, z);
            (energy - square(z) * 0.5, d_z - z)
        }
        Some(Cause::HiddenAreBlack) => {
            let mut a = damage.a.clone();
            for pixel in (0..SIDE * SIDE).filter(|p| is_missing(*p)) {
                a[[pixel, pixel]] = 1.0;
            }
            search(g, &Damage { a, noise: damage.noise }, y, z)
        }
        Some(Cause::NotMapped) => {
            let outputs = g.forward(z);
            let off = damage.of(last(&outputs)) - y;
            let energy =
                square(&off) / (2.0 * damage.noise) + square(z) * 0.5;
            let d_v = off.dot(&damage.a) / damage.noise;
            (energy, through(g, &outputs, d_v).0 + z)
        }
        Some(Cause::NoTranspose) => {
            let (energy, _) = search(g, damage, y, z);
            let outputs = g.forward(z);
            let x = last(&outputs).mapv(|v| 0.5 * v + 0.5);
            let off = damage.of(&x) - y;
            let d_v = off * (0.5 / damage.noise);
            (energy, through(g, &outputs, d_v).0 + z)
        }
        Some(Cause::OneBeginning | Cause::StepTooLarge) | None => {
            search(g, damage, y, z)
        }
    }
}

/// Pictures of the generator, and what is left of them: `x` and `y`, `[N, P]`.
fn pictures(g: &Mlp<f64>, seed: u64) -> [Array2<f64>; 2] {
    let (rng, damage) = (&mut rng_at(seed, 0), damage());
    let z = Array2::random_using((PICTURES, Z), StandardNormal, rng);
    let x: Array2<f64> = g.output(&z).mapv(|v| 0.5 * v + 0.5);
    let normal = Array2::random_using(x.raw_dim(), StandardNormal, rng);
    let mut y = damage.of(&x) + normal.mapv(|v: f64| v * NU.sqrt());
    for (pixel, mut column) in y.columns_mut().into_iter().enumerate() {
        if is_missing(pixel) {
            column.fill(0.0);
        }
    }
    [x, y]
}

/// Searches, spoilt or not, and logs it.
///
/// # Panics
/// Never: rows stay rows.
pub fn log(cause: Option<Cause>, seed: u64) -> Vec<Line> {
    let (g, damage) = (generator(), damage());
    let [x, y] = pictures(&g, seed);
    let beginnings = match cause {
        Some(Cause::OneBeginning) => 1,
        _ => BEGINNINGS,
    };
    // The beginnings of a picture follow one another by PICTURES rows.
    let rows: Vec<_> =
        (0..beginnings * PICTURES).map(|n| n % PICTURES).collect();
    let (all_x, all_y) = (x.select(Axis(0), &rows), y.select(Axis(0), &rows));
    let rng = &mut rng_at(seed, 1);
    let z = Array2::random_using((rows.len(), Z), StandardNormal, rng);
    let mut z = z.into_dyn();
    let [mut m, mut v] = [0, 1].map(|_| ArrayD::zeros(z.raw_dim()));
    let lr = match cause {
        Some(Cause::StepTooLarge) => 100.0 * LR,
        _ => LR,
    };
    let (mut lines, steps) = (Vec::new(), TOLD[TOLD.len() - 1]);
    for step in 0..=steps {
        let at = z.view().into_dimensionality().expect("rows").to_owned();
        let (energy, d_z) = spoilt((&g, &damage, cause), &all_y, &at);
        if TOLD.contains(&step) {
            lines.push(line(
                step,
                (&g, &damage),
                &energy,
                &at,
                [&all_x, &all_y],
            ));
        }
        let left = 1.0 - step as f64 / steps as f64;
        let config = AdamConfig { lr: lr * left, ..Default::default() };
        let d_z = d_z.into_dyn();
        let (z, d_z) = (&mut z.view_mut(), &d_z.view());
        adam_step_fast(z, d_z, &mut m, &mut v, step + 1, config);
    }
    lines
}

/// What stands in the log of a step.
fn line(
    step: u64,
    (g, damage): (&Mlp<f64>, &Damage<f64>),
    energy: &Array1<f64>, // [S N]
    z: &Array2<f64>,      // [S N, Z]
    [x, y]: [&Array2<f64>; 2],
) -> Line {
    let best: Vec<_> = (0..PICTURES)
        .map(|n| {
            let mine = (n..energy.len()).step_by(PICTURES);
            mine.fold(n, |a, b| if energy[b] < energy[a] { b } else { a })
        })
        .collect();
    let [x, y, z] = [x, y, z].map(|of| of.select(Axis(0), &best));
    let mean = |of: &Array2<f64>| of.mapv(|v| v * v).sum() / PICTURES as f64;
    let drawn = g.output(&z).mapv(|v| 0.5 * v + 0.5);
    let fit = mean(&(damage.of(&drawn) - &y)) / (2.0 * NU);
    let missing: Vec<_> =
        (0..SIDE * SIDE).filter(|p| is_missing(*p)).collect();
    let [there, were] = [&drawn, &x].map(|of| of.select(Axis(1), &missing));
    let hidden = mean(&(&there - were)) / missing.len() as f64;
    Line {
        step,
        energy: energy.select(Axis(0), &best).sum() / PICTURES as f64,
        fit,
        length: mean(&z).sqrt(),
        hidden: hidden.sqrt(),
        bright: there.mean().unwrap_or(f64::NAN),
    }
}

/// How bright the missing rows were, a mean.
pub fn truly_bright(seed: u64) -> f64 {
    let [x, _] = pictures(&generator(), seed);
    let missing: Vec<_> =
        (0..SIDE * SIDE).filter(|p| is_missing(*p)).collect();
    x.select(Axis(1), &missing).mean().unwrap_or(f64::NAN)
}

/// The table of the exercise: the healthy search, and the four that went wrong.
pub fn table() -> String {
    let mut table = String::from(
        "           step   energy    fit   length   hidden   bright\n",
    );
    let logs = [("healthy", None)].into_iter();
    let shown = ["A", "B", "C", "D"].into_iter().zip(SHOWN.map(Some));
    for (name, cause) in logs.chain(shown) {
        for (n, line) in log(cause, 1).iter().enumerate() {
            let name = if n == 0 { name } else { "" };
            let Line { step, energy, fit, length, hidden, bright } = line;
            table += &format!(
                "{name:9}{step:6}{energy:9.1}{fit:7.1}{length:9.2}{hidden:9.2}{bright:9.2}\n"
            );
        }
    }
    table
}

// The answers of exercise 11.5 stand below.

/// What is wrong with the searches A to D of the table.
pub const SHOWN: [Cause; 4] = [
    Cause::HiddenAreBlack,
    Cause::OneBeginning,
    Cause::NoLength,
    Cause::NoTranspose,
];
