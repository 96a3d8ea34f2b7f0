//! The checks of this chapter's exercises.

use std::cell::Cell;
use std::sync::LazyLock;

use discriminator_training::plain;
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, bce_with_logits, sgd_step,
};
use lab::{ChaCha8Rng, Diagnosis, judge, judge_number, rng_at};
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::{Array1, Array2, Axis, array, concatenate};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/causes.rs"]
mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, apart, late, log};

fn logits() -> (Array2<f64>, Array2<f64>) {
    (array![[1.0], [0.3], [3.0]], array![[0.4], [-2.0]])
}

fn d_of(x: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    x.dot(w).mapv(|s: f64| 1.0 / (1.0 + (-s).exp()))
}

pub fn d_step(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.2";
    let w = array![[0.5], [-1.0]];
    let real = array![[1.0, 0.2], [0.5, -1.0], [2.0, 0.0]];
    let fake = array![[-1.0, 0.5], [0.3, 0.3]];
    let from_real = real.t().dot(&(d_of(&real, &w) - 1.0)) / 3.0;
    let from_fake = fake.t().dot(&d_of(&fake, &w)) / 2.0;
    let right = &from_real + &from_fake;
    let one_mean = (3.0 * &from_real + 2.0 * &from_fake) / 5.0;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &right,
        &candidate(&w, &real, &fake),
        1e-10,
        vec![
            (
                from_fake.clone(),
                told(
                    "fakes only",
                    "Only the fakes are here. The real batch has a gradient of its own; add it.",
                ),
            ),
            (
                one_mean,
                told(
                    "one mean",
                    "The two batches were averaged as one. The loss is the mean over the real batch *plus* the mean \
                     over the fakes, so each is divided by its own size.",
                ),
            ),
            (
                -right.clone(),
                told(
                    "uphill",
                    "The sign is turned: this is the gradient of V, which D climbs.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

type Detached = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>);

pub fn detached(candidate: Detached) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § The generator stands still, equation 2.4";
    let z = array![[1.0, -0.5, 0.2], [0.3, 2.0, -1.0]];
    let g = array![[0.5, 1.0], [-1.0, 0.4], [0.2, 0.2]];
    let w = array![[0.7], [-0.3]];
    let (d_w, d_g) = candidate(&z, &g, &w);
    let x = z.dot(&g);
    let d = d_of(&x, &w);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let right = x.t().dot(&d) / 2.0;
    judge(
        &right,
        &d_w,
        1e-10,
        vec![(
            &right * 0.0,
            told(
                "discriminator frozen",
                "Nothing moves at all. Detaching stops the generator, not the discriminator.",
            ),
        )],
        told("d_w", "The gradient at w is wrong; the fakes are x = z g."),
    )?;
    let back = |d_s: Array2<f64>| z.t().dot(&d_s.dot(&w.t())) / 2.0;
    judge(
        &Array2::zeros(g.raw_dim()),
        &d_g,
        1e-10,
        vec![
            (
                back(d.clone()),
                told(
                    "leak",
                    "D's loss went on through the fakes into g. Descending it makes the fakes easier to catch: in \
                     this step they are constants.",
                ),
            ),
            (
                back(&d - 1.0),
                told(
                    "generator moves",
                    "This is the generator's own gradient. It belongs to the generator's step, on fresh noise, after \
                     D has moved.",
                ),
            ),
        ],
        told("d_g", "The generator has to stand still."),
    )
}

pub fn smoothed_loss(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.5";
    let (real, fake) = logits();
    let to = |s: &Array2<f64>, t: f64| {
        bce_with_logits(s, &Array2::from_elem(s.raw_dim(), t))
    };
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge_number(
        to(&real, 0.9) + to(&fake, 0.0),
        candidate(&real, &fake, 0.9),
        1e-10,
        vec![
            (
                to(&real, 0.9) + to(&fake, 0.1),
                told(
                    "both sides",
                    "The fakes were smoothed too. One-sided smoothing leaves them at 0; a target of 0.1 tells D to \
                     praise even the worst fake a little.",
                ),
            ),
            (
                0.9 * to(&real, 1.0) + to(&fake, 0.0),
                told(
                    "loss scaled",
                    "The real term was scaled. Smoothing changes the target, not the weight.",
                ),
            ),
            (
                to(&real, 1.0) + to(&fake, 0.1),
                told(
                    "other side",
                    "This smooths the fakes and leaves the real targets at 1: the wrong side.",
                ),
            ),
        ],
        told("value", "The loss is wrong."),
    )
}

pub fn smoothed_optimal_d(
    candidate: fn(&Array1<f64>, &Array1<f64>, f64, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.6";
    let (p, q) = (array![0.5, 0.3, 0.01], array![0.1, 0.3, 0.6]);
    let (a, b) = (0.9, 0.2);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (weighed_p, weighed_q) = (a * &p, (1.0 - b) * &q);
    judge(
        &((a * &p + b * &q) / (&p + &q)),
        &candidate(&p, &q, a, b),
        1e-10,
        vec![
            (
                &p / &(&p + &q),
                told(
                    "unchanged",
                    "This is D* without smoothing. The targets move it.",
                ),
            ),
            (
                &weighed_p / &(&weighed_p + &weighed_q),
                told(
                    "densities weighted",
                    "The densities were weighted by the targets. Smoothing does not change how often x is seen, only \
                     what D is told when it is.",
                ),
            ),
            (
                a * &p / (&p + &q),
                told(
                    "fakes ignored",
                    "The fakes' target beta is missing; this is right only for beta = 0.",
                ),
            ),
        ],
        told("value", "The best D is wrong."),
    )
}

pub fn accuracy(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § A discriminator on real digits";
    let (real, fake) = logits();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let all = concatenate![Axis(0), real, fake].len() as f64;
    judge_number(
        4.0 / all,
        candidate(&real, &fake),
        1e-10,
        vec![
            (
                1.0,
                told(
                    "real only",
                    "Only the real rows were counted. A D that says real to everything would get 1.",
                ),
            ),
            (
                0.0,
                told(
                    "whole numbers",
                    "Two whole numbers were divided; convert before dividing, not after.",
                ),
            ),
        ],
        told("value", "The share is wrong."),
    )?;
    let (real, fake) = (array![[0.3], [0.2]], array![[0.4], [-1.0]]);
    judge_number(
        0.75,
        candidate(&real, &fake),
        1e-10,
        vec![(
            0.5,
            told(
                "threshold",
                "The logit was compared with 1/2. D = 1/2 is the logit 0: rows with a logit of 0.3 are called real.",
            ),
        )],
        told("value", "The share is wrong where logits are small."),
    )
}

/// Gives a new batch at each call.
type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Trained = (Mlp<f64>, Vec<f64>);
type KSteps =
    fn(Mlp<f64>, &Mlp<f64>, usize, AdamConfig, Draw, Draw) -> Trained;

/// What can be wrong with a discriminator's steps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    FakesOnce,
    RealOnce,
    BothOnce,
    NoiseForFakes,
    WrongWayRound,
    RealTwice,
    StepForEachBatch,
    Uphill,
    ValueForLoss,
    Half,
    AdamAnew,
    LossBehindTheStep,
    GradientOfTheStart,
    NothingMoves,
    PlainDescent,
    ConstantsForgotten,
}

const SLIPS: [(Slip, &str, &str); 16] = [
    (
        Slip::FakesOnce,
        "fakes made once",
        "The fakes were made once, before the loop, and every step saw the same ones. The generator stands still, its noise does \
         not: make new fakes for each step.",
    ),
    (
        Slip::RealOnce,
        "real examples drawn once",
        "Every step saw the same real examples. Call `real` in each step.",
    ),
    (
        Slip::BothOnce,
        "both drawn once",
        "Every step saw the same two batches, which the discriminator would come to know by heart. Draw both anew for each step.",
    ),
    (
        Slip::NoiseForFakes,
        "noise for fakes",
        "The noise itself was scored. Fakes are what the generator makes of it: `g.output(&z)`.",
    ),
    (
        Slip::WrongWayRound,
        "the wrong way round",
        "Real examples and fakes came in the wrong order, so that the discriminator learns to call fakes real. Both are matrices \
         of one type; `d_step` takes the real ones first.",
    ),
    (
        Slip::RealTwice,
        "real scored twice",
        "The real batch was scored against 1 and against 0, and no fake was scored. This is slip E17.",
    ),
    (
        Slip::StepForEachBatch,
        "a step for each batch",
        "Adam took a step for the real batch and another for the fakes. The gradient is the sum of both; there is one step for it.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The discriminator climbs its loss. `d_step` gives the gradient of the loss, and `step` goes against it by itself.",
    ),
    (
        Slip::ValueForLoss,
        "value for loss",
        "The steps are right. What came beside them is the value V of the game; the loss is -V.",
    ),
    (
        Slip::Half,
        "half of it",
        "Your loss is ½ of ours everywhere: the mean of the two terms. Equation 2.1 is their sum.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each step, so that its running means begin at zero again. Make it once, before the loop.",
    ),
    (
        Slip::LossBehindTheStep,
        "loss behind the step",
        "The discriminator is right. The losses are those behind each step; `d_step` gives those before it.",
    ),
    (
        Slip::GradientOfTheStart,
        "gradient of the start",
        "Each gradient is that of the discriminator as it came. The one that has just moved is scored next.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The losses are right, and the discriminator that came back has not moved. Was a copy trained?",
    ),
    (
        Slip::PlainDescent,
        "plain descent",
        "These are steps of plain gradient descent. The exercise asks for Adam's.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made with the `config` that came.",
    ),
];

/// Where a training of the check draws its batches from: the numbered real batch, and the numbered noise.
type Source<'a> = &'a dyn Fn(usize) -> [Array2<f64>; 2];

fn steps(
    start: &Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    source: Source,
    slip: Slip,
) -> Trained {
    let config = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config,
    };
    let (mut d, mut adam) = (start.clone(), Adam::new(start, config));
    let mut losses = Vec::new();
    for n in 0..k {
        let once =
            |slips: [Slip; 2]| if slips.contains(&slip) { 0 } else { n };
        let [x, _] = source(once([Slip::RealOnce, Slip::BothOnce]));
        let [_, z] = source(once([Slip::FakesOnce, Slip::BothOnce]));
        let (x, fake) = match slip {
            Slip::NoiseForFakes if z.ncols() == x.ncols() => (x, z),
            Slip::WrongWayRound => (g.output(&z), x),
            Slip::RealTwice => (x.clone(), x),
            _ => (x, g.output(&z)),
        };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&d, config);
        }
        let at = match slip {
            Slip::GradientOfTheStart => start,
            _ => &d,
        };
        let (loss, mut d_d) = plain::d_step(at, &x, &fake);
        let times = match slip {
            Slip::Uphill => -1.0,
            Slip::Half => 0.5,
            _ => 1.0,
        };
        d_d.parameters_mut().iter_mut().for_each(|g| *g *= times);
        losses.push(match slip {
            Slip::ValueForLoss => -loss,
            Slip::Half => 0.5 * loss,
            _ => loss,
        });
        match slip {
            Slip::StepForEachBatch => {
                losses[n] = one_by_one(&mut d, &mut adam, &x, &fake);
            }
            Slip::PlainDescent => {
                let pairs = d.parameters_mut().into_iter();
                for (mut p, g) in pairs.zip(d_d.parameters()) {
                    sgd_step(&mut p, &g, config.lr);
                }
            }
            _ => adam.step(&mut d, &d_d),
        }
        if slip == Slip::LossBehindTheStep {
            losses[n] = d_loss(&d.output(&x), &d.output(&fake));
        }
    }
    match slip {
        Slip::NothingMoves => (start.clone(), losses),
        _ => (d, losses),
    }
}

/// A step for the real batch, then one for the fakes; the sum of both losses, each before its step.
fn one_by_one(
    d: &mut Mlp<f64>,
    adam: &mut Adam<f64>,
    x: &Array2<f64>,
    fake: &Array2<f64>,
) -> f64 {
    let mut sum = 0.0;
    for (x, target) in [(x, 1.0), (fake, 0.0)] {
        let outputs = d.forward(x);
        let s = &outputs[outputs.len() - 1];
        sum += bce_with_logits(s, &Array2::from_elem(s.raw_dim(), target));
        let (ones, zeros) = d_loss_backward(s, s);
        let d_s = if target == 1.0 { ones } else { zeros };
        let (_, d_d) = d.backward(&outputs, d_s);
        adam.step(d, &d_d);
    }
    sum
}

/// The losses, and then every number of the network.
fn laid((net, losses): &Trained) -> Array1<f64> {
    let parameters = net.parameters();
    let parameters = parameters.iter().flat_map(|p| p.iter());
    losses.iter().chain(parameters).copied().collect()
}

/// By how much numbers are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    let several = right.len() > 1;
    (several && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// What differs first of two trainings: all losses, or a row of an array.
fn first_difference(right: &Trained, came: &Trained) -> [String; 2] {
    let apart = |a: f64, b: f64| {
        let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        !near // a NaN is apart from everything
    };
    if right.1.iter().zip(&came.1).any(|(a, b)| apart(*a, *b)) {
        return [&right.1, &came.1].map(|l| format!("losses {l:.5?}"));
    }
    for (n, (a, b)) in right.0.layers.iter().zip(&came.0.layers).enumerate() {
        for (i, (a, b)) in a.w.rows().into_iter().zip(b.w.rows()).enumerate()
        {
            if a.iter().zip(b).any(|(a, b)| apart(*a, *b)) {
                return [a, b].map(|row| {
                    format!("row {i} of layer {n}'s weights {row:.5}")
                });
            }
        }
        if a.b.iter().zip(&b.b).any(|(a, b)| apart(*a, *b)) {
            return [a, b].map(|l| format!("layer {n}'s biases {:.5}", l.b));
        }
    }
    [String::new(), String::new()]
}

fn normal(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::random_using((rows, columns), StandardNormal, rng)
}

pub fn k_steps(candidate: KSteps) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, and § The generator stands still";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(26, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    // Batches whose sizes change from call to call, with rows of zeros and equal rows; the real ones lie apart.
    let small = |width: usize| {
        move |n: usize| {
            let rng = &mut rng_at(27, n as u64);
            let mut x = normal(3 + n % 2, 2, rng) + 1.0;
            x.row_mut(0).fill(0.0);
            let mut z = normal(5 - n % 3, width, rng);
            z.row_mut(1).fill(0.5);
            [x, z]
        }
    };
    let far = |n: usize| match n {
        0 => [
            array![[1000.0, -1000.0], [0.0, 0.0], [1.0, 1.0]],
            array![[0.0, -1000.0, 1.0], [0.3, 0.0, -0.3]],
        ],
        _ => [array![[-1000.0, 2.0]], array![[1.0, 1.0, 1.0]]],
    };
    let line = |n: usize| {
        let rng = &mut rng_at(28, n as u64);
        [-1.0, 0.0].map(|by| normal(32, 1, rng) * 0.7 + by)
    };
    let alike = small(2);
    let apart = small(4);
    let long = AdamConfig { lr: 0.01, ..AdamConfig::default() };
    let cases: [(Mlp<f64>, Mlp<f64>, usize, AdamConfig, Source); 5] = [
        (net(&[2, 5, 1], 1), net(&[2, 2], 2), 4, config, &alike),
        (net(&[2, 3, 1], 3), net(&[4, 3, 2], 4), 1, config, &apart),
        (net(&[2, 1], 5), net(&[3, 2], 6), 2, config, &far),
        (net(&[2, 3, 1], 3), net(&[4, 3, 2], 4), 0, config, &apart),
        (net(&[1, 16, 1], 7), net(&[1, 1], 8), 200, long, &line),
    ];
    for (d, g, k, config, source) in cases {
        let right = steps(&d, &g, k, config, source, Slip::None);
        let (reals, noises) = (Cell::new(0), Cell::new(0));
        let next = |count: &Cell<usize>, which: usize| {
            let [x, z] = source(count.replace(count.get() + 1));
            if which == 0 { x } else { z }
        };
        let came = candidate(
            d.clone(),
            &g,
            k,
            config,
            &mut || next(&reals, 0),
            &mut || next(&noises, 1),
        );
        if came.1.len() != k {
            let what = "There are k steps, and a loss for each. Their number is wrong.";
            return Err(told("number of steps", what).with(k, came.1.len()));
        }
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = steps(&d, &g, k, config, source, slip);
            (laid(&wrong), told(name, what))
        });
        let drawn = [reals.get(), noises.get()];
        let often = || {
            format!(
                "In {k} steps `real` was called {} times and `noise` {} times.",
                drawn[0], drawn[1]
            )
        };
        let otherwise = match factor(&right.1, &came.1) {
            _ if drawn.iter().any(|n| *n > k) => told(
                "drawn too often",
                &format!(
                    "{} What is drawn is gone: each step has one batch of either, for its loss and for its gradient.",
                    often()
                ),
            ),
            _ if drawn.iter().any(|n| *n < k) => told(
                "drawn too seldom",
                &format!("{} Each step has a new batch of either.", often()),
            ),
            Some(times) => told(
                "times a number",
                &format!(
                    "Your losses are {times:.4} of the right ones everywhere."
                ),
            ),
            None if k == 200 => told(
                "long training",
                "A few steps are right, and 200 are not.",
            ),
            None => {
                told("value", "The losses or the discriminator are wrong.")
            }
        };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            if k == 200 { 1e-6 } else { 1e-9 },
            suspects.collect(),
            otherwise,
        );
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}

/// A cause's short name.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NotDetached => "not detached",
        Cause::OneBatch => "one batch",
        Cause::RealScoredTwice => "real scored twice",
        Cause::TargetsSwapped => "targets swapped",
        Cause::TwoSigmoids => "two sigmoids",
        Cause::LongSteps => "long steps",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NotDetached => {
            "If the generator descends the discriminator's loss too, its fakes go where they are easiest to tell: both losses fall \
             below that of the best discriminator, and it is right more often than the best one could be."
        }
        Cause::OneBatch => {
            "A discriminator that sees one batch again and again learns it by heart: the loss on the batch falls below the best, and \
             that on fresh examples rises above it. It is still right more often than not."
        }
        Cause::RealScoredTwice => {
            "If real examples are scored against 1 and against 0, D at real examples comes to ½ and the loss to 2 log 2."
        }
        Cause::TargetsSwapped => {
            "With targets swapped, the loss falls as far as it should, and D at fakes comes to lie above D at real examples: it is \
             wrong as often as a good one is right."
        }
        Cause::TwoSigmoids => {
            "With two sigmoids the loss cannot fall below 1.006, and D goes to 0 or to 1, as only there the second sigmoid says what \
             it can."
        }
        Cause::LongSteps => {
            "With steps two hundred times as long, the discriminator oversteps: the loss jumps up and down, and does so on the \
             batches and on fresh examples alike."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Exercises and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 5])>> = LazyLock::new(|| {
        // Nets so small are slower on many threads than on one.
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let one = one.unwrap_or_else(|e| panic!("{e}"));
        let end = |cause| (cause, late(&log(Some(cause), 1, 1500)));
        one.install(|| CAUSES.map(end).into())
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 5])
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
            format!("{words} would be about {there:.2}; here it is {here:.2}")
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
