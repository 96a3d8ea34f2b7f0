//! The checks of this chapter's exercises.

use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, cross_entropy,
    cross_entropy_backward, init_layer, last, linear, mse_backward, one_hot,
    sgd_step, softmax,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

type LinearBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array1<f64>);
type NumericGradient =
    fn(&dyn Fn(&Array1<f64>) -> f64, &Array1<f64>, f64) -> Array1<f64>;
type AdamStep = fn(
    &mut Array1<f64>,
    &Array1<f64>,
    &mut Array1<f64>,
    &mut Array1<f64>,
    i32,
    [f64; 4],
);

pub fn linear_backward(candidate: LinearBackward) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Three products, equation 0.2";
    let x = array![[1.0, 2.0], [-1.0, 0.5], [3.0, -2.0]];
    let w = array![[0.5, -1.0], [2.0, 1.5]];
    let d_y = array![[1.0, 0.0], [0.5, -1.0], [-2.0, 4.0]];
    let (d_x, d_w, d_b) = candidate(&x, &w, &d_y);

    let turned = Diagnosis::new(
        "weights not transposed",
        "The gradient at x went through w in the forward direction. It has to run backward, from outputs to inputs, \
         so it meets the transpose of w. This layer is square, so the shapes could not warn you.",
        SEE,
    );
    judge(
        &d_y.dot(&w.t()),
        &d_x,
        1e-12,
        vec![(d_y.dot(&w), turned)],
        Diagnosis::new("d_x", "The gradient at x is wrong.", SEE),
    )?;
    let averaged = |name, what| Diagnosis::new(name, what, SEE);
    let rows = x.nrows() as f64;
    judge(
        &x.t().dot(&d_y),
        &d_w,
        1e-12,
        vec![(
            x.t().dot(&d_y) / rows,
            averaged(
                "weights averaged",
                "The gradient at w was divided by the batch size. If the loss is a mean, its gradient d_y carries \
                 the 1/N already.",
            ),
        )],
        Diagnosis::new("d_w", "The gradient at w is wrong.", SEE),
    )?;
    let sum = array![-0.5, 3.0];
    judge(
        &sum,
        &d_b,
        1e-12,
        vec![(
            &sum / rows,
            averaged(
                "bias averaged",
                "The gradient at b was averaged over the batch. Every row uses b once, so their gradients add up.",
            ),
        )],
        Diagnosis::new("d_b", "The gradient at b is wrong.", SEE),
    )
}

pub fn bce_with_logits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.5";
    let s: Array2<f64> = array![[0.5, -2.0, 3.0], [1.0, 0.0, -1.0]];
    let t = array![[1.0, 0.0, 0.0], [0.25, 1.0, 0.5]];
    let soft = |s: f64| s.max(0.0) + (-s.abs()).exp().ln_1p();
    let loss =
        |s: &Array2<f64>| (s.mapv(soft) - &t * s).mean().unwrap_or(f64::NAN);
    let expected = loss(&s);
    let p = s.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    judge_number(
        expected,
        candidate(&s, &t),
        1e-10,
        vec![
            (
                expected * s.len() as f64,
                Diagnosis::new(
                    "sum for mean",
                    "This is the sum over all elements; the loss is their mean.",
                    SEE,
                ),
            ),
            (
                loss(&p),
                Diagnosis::new(
                    "sigmoid twice",
                    "The logits went through the sigmoid and then into a loss that applies it again.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new("value", "The loss is wrong at ordinary logits.", SEE),
    )?;
    let extreme = array![[1000.0, -1000.0, 1000.0, -1000.0]];
    let targets = array![[1.0, 0.0, 0.0, 1.0]];
    let came = candidate(&extreme, &targets);
    let overflow = Diagnosis::new(
        "log of a probability",
        "At logits of ±1000 the loss is not a number any more. σ(s) rounds to 0 or 1 there, and its logarithm to \
         minus infinity. Work on the logit, not on the probability.",
        SEE,
    );
    match came.is_finite() {
        false => Err(overflow.with("500", came)),
        true => judge_number(
            500.0,
            came,
            1e-10,
            vec![],
            Diagnosis::new(
                "extremes",
                "The loss is wrong at logits of ±1000.",
                SEE,
            ),
        ),
    }
}

pub fn bce_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.6";
    let s: Array2<f64> = array![[0.5, -2.0, 3.0], [1.0, 0.0, -1.0]];
    let t = array![[1.0, 0.0, 0.0], [0.25, 1.0, 0.5]];
    let p = s.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let expected = (&p - &t) / s.len() as f64;
    judge(
        &expected,
        &candidate(&s, &t),
        1e-10,
        vec![
            (
                -&expected,
                Diagnosis::new(
                    "sign",
                    "The sign is turned: this points uphill, towards a larger loss.",
                    SEE,
                ),
            ),
            (
                &expected * s.len() as f64,
                Diagnosis::new(
                    "mean forgotten",
                    "This is the gradient of the sum. The loss is a mean over all elements, so each gradient is \
                     divided by their number.",
                    SEE,
                ),
            ),
            (
                &expected * &p * (1.0 - &p),
                Diagnosis::new(
                    "extra derivative",
                    "There is a factor σ(1 − σ) too many. It belongs to the squared error; in the cross-entropy it \
                     cancels, which is why that loss still teaches a confident, wrong network.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new("value", "The gradient is wrong.", SEE),
    )
}

pub fn numeric_gradient(candidate: NumericGradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Can a gradient be trusted?, equation 0.9";
    let f = |x: &Array1<f64>| x[0].powi(3) + x[0] * x[1] - x[1] * x[1] * x[2];
    let (x, h) = (array![1.0, -2.0, 0.5], 0.01);
    let at = |shift: [f64; 3]| f(&(&x + &Array1::from(shift.to_vec())));
    let [a, b, c] = [[h, 0.0, 0.0], [0.0, h, 0.0], [0.0, 0.0, h]];
    let back = |s: [f64; 3]| s.map(|v| -v);
    let expected =
        array![at(a) - at(back(a)), at(b) - at(back(b)), at(c) - at(back(c))]
            / (2.0 * h);
    let forward = array![at(a) - f(&x), at(b) - f(&x), at(c) - f(&x)] / h;
    let came = candidate(&f, &x, h);
    let first_only = came.len() == 3 && (came[0] - expected[0]).abs() < 1e-9;
    let otherwise = match first_only {
        true => Diagnosis::new(
            "not put back",
            "The first element is right and later ones are not: an element that was moved has to be put back before \
             the next one moves.",
            SEE,
        ),
        false => Diagnosis::new("value", "The quotient is wrong.", SEE),
    };
    judge(
        &expected,
        &came,
        1e-9,
        vec![
            (
                forward,
                Diagnosis::new(
                    "forward difference",
                    "This is the forward difference. Its error shrinks with h, that of the central difference with \
                     h²: step to both sides.",
                    SEE,
                ),
            ),
            (
                &expected * 2.0,
                Diagnosis::new(
                    "distance",
                    "This is twice the slope. From one step left to one step right the distance is 2h.",
                    SEE,
                ),
            ),
        ],
        otherwise,
    )
}

pub fn adam_step(candidate: AdamStep) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Walking downhill, equation 0.12";
    let constants = [0.1, 0.9, 0.999, 1e-8];
    let gradients = [array![0.5, -3.0], array![-0.2, 1.0], array![0.9, 0.1]];
    let walk = |step: &dyn Fn(f64, f64, f64, i32) -> f64| {
        let (mut theta, mut m, mut v) =
            (array![1.0, -1.0], array![0.0, 0.0], array![0.0, 0.0]);
        for (t, g) in (1..).zip(&gradients) {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            for n in 0..2 {
                theta[n] += step(theta[n], m[n], v[n], t);
            }
        }
        theta
    };
    let corrected = |m: f64, v: f64, t| {
        (m / (1.0 - 0.9_f64.powi(t)), v / (1.0 - 0.999_f64.powi(t)))
    };
    let right = |_: f64, m: f64, v: f64, t: i32| {
        let (m, v) = corrected(m, v, t);
        -0.1 * m / (v.sqrt() + 1e-8)
    };
    let no_root = |_: f64, m: f64, v: f64, t: i32| {
        let (m, v) = corrected(m, v, t);
        -0.1 * m / (v + 1e-8)
    };
    let (mut theta, mut m, mut v) =
        (array![1.0, -1.0], array![0.0, 0.0], array![0.0, 0.0]);
    for (t, g) in (1..).zip(&gradients) {
        candidate(&mut theta, g, &mut m, &mut v, t, constants);
    }
    judge(
        &walk(&right),
        &theta,
        1e-9,
        vec![
            (
                walk(&|_, m, v, _| -0.1 * m / (v.sqrt() + 1e-8)),
                Diagnosis::new(
                    "not corrected",
                    "The running means start at zero and are too small at first; v more than m, so the first steps \
                     come out too large. Divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ.",
                    SEE,
                ),
            ),
            (
                walk(&no_root),
                Diagnosis::new(
                    "no root",
                    "v is a mean of squares: divide by its square root.",
                    SEE,
                ),
            ),
            (
                walk(&|a, m, v, t| -right(a, m, v, t)),
                Diagnosis::new(
                    "uphill",
                    "This walks uphill: the step goes against the gradient.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new(
            "value",
            "The parameters are wrong after three steps.",
            SEE,
        ),
    )
}

type Batch = (Array2<f64>, Vec<usize>);
type Trains = fn(Mlp<f64>, &[Batch], AdamConfig) -> (Mlp<f64>, Vec<f64>);

/// What can be wrong with a training loop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    LossBehindTheStep,
    AdamAnew,
    FirstBatchAgain,
    Uphill,
    AddedUp,
    StepLate,
    AveragedTwice,
    MeanTakenBack,
    PlainDescent,
    ConstantsForgotten,
    SoftmaxTwice,
    SquaredError,
    ForwardOnce,
    NothingMoves,
    OneStepForAll,
    OneStepOnTheMean,
}

const SLIPS: [(Slip, &str, &str); 16] = [
    (
        Slip::LossBehindTheStep,
        "loss behind the step",
        "The network is right. The losses are those behind each step; they were to be those before it, from the forward pass that \
         the step needs anyway.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each batch, so that its running means begin at zero again and t is always 1. Make it once, \
         before the loop.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step was taken on the first batch. Take the next one for each step.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The network climbs: the gradient's sign was turned. `step` goes against the gradient by itself.",
    ),
    (
        Slip::AddedUp,
        "gradients added up",
        "A step used the sum of all gradients so far. Each step has the gradient of its own batch.",
    ),
    (
        Slip::StepLate,
        "a step late",
        "Each step used the gradient of the batch before: the step came ahead of the backward pass. Forward, loss, backward, step.",
    ),
    (
        Slip::AveragedTwice,
        "averaged twice",
        "The gradient was divided by the number of rows once more. `cross_entropy_backward` has done so.",
    ),
    (
        Slip::MeanTakenBack,
        "mean forgotten",
        "The gradient is that of the sum over rows, so that a batch of four pulls four times as hard as a batch of one. The loss \
         is a mean.",
    ),
    (
        Slip::PlainDescent,
        "plain descent",
        "These are steps of plain gradient descent, equation 0.11. Adam's are those of equation 0.12.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made with the `config` that came.",
    ),
    (
        Slip::SoftmaxTwice,
        "softmax twice",
        "The logits went through a softmax and then into a loss that applies it again. Hand it the logits.",
    ),
    (
        Slip::SquaredError,
        "squared error",
        "The gradient is that of the squared error between logits and one-hot rows. The loss is the cross-entropy; its gradient is \
         softmax minus one-hot.",
    ),
    (
        Slip::ForwardOnce,
        "gradient of the start",
        "All gradients are those of the network as it came. The network that has just moved is the one that goes forward next.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The losses are right, and the network that came back has not moved. Was a copy trained?",
    ),
    (
        Slip::OneStepForAll,
        "one step for all",
        "All gradients were added and one step was taken at the end. There is a step for each batch.",
    ),
    (
        Slip::OneStepOnTheMean,
        "one step for all",
        "All gradients were averaged and one step was taken at the end. There is a step for each batch.",
    ),
];

fn trained(
    start: &Mlp<f64>,
    batches: &[Batch],
    config: AdamConfig,
    slip: Slip,
) -> (Mlp<f64>, Vec<f64>) {
    let config = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config,
    };
    let (mut net, mut adam) = (start.clone(), Adam::new(start, config));
    let (mut before, mut losses) = (None, Vec::new());
    for (n, own) in batches.iter().enumerate() {
        let (x, classes) = match slip {
            Slip::FirstBatchAgain => &batches[0],
            _ => own,
        };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&net, config);
        }
        if let (Slip::StepLate, Some(d_net)) = (slip, &before) {
            adam.step(&mut net, d_net);
        }
        let at = if slip == Slip::ForwardOnce { start } else { &net };
        let outputs = at.forward(x);
        let s = match slip {
            Slip::SoftmaxTwice => softmax(last(&outputs)),
            _ => last(&outputs).clone(),
        };
        losses.push(cross_entropy(&s, classes));
        let (rows, d_s) =
            (x.nrows() as f64, cross_entropy_backward(&s, classes));
        let d_s = match slip {
            Slip::Uphill => -d_s,
            Slip::AveragedTwice => d_s / rows,
            Slip::MeanTakenBack => d_s * rows,
            Slip::SquaredError => {
                mse_backward(&s, &one_hot(classes, s.ncols()))
            }
            _ => d_s,
        };
        let (_, mut d_net) = at.backward(&outputs, d_s);
        let sums =
            [Slip::AddedUp, Slip::OneStepForAll, Slip::OneStepOnTheMean];
        if let (true, Some(so_far)) = (sums.contains(&slip), &before) {
            add(&mut d_net, so_far);
        }
        match slip {
            Slip::StepLate | Slip::OneStepForAll | Slip::OneStepOnTheMean => {
            }
            Slip::PlainDescent => {
                let pairs = net.parameters_mut().into_iter();
                for (mut p, g) in pairs.zip(d_net.parameters()) {
                    sgd_step(&mut p, &g, config.lr);
                }
            }
            _ => adam.step(&mut net, &d_net),
        }
        if slip == Slip::LossBehindTheStep {
            losses[n] = cross_entropy(&net.output(x), classes);
        }
        before = Some(d_net);
    }
    if let (Slip::OneStepForAll | Slip::OneStepOnTheMean, Some(mut d_net)) =
        (slip, before)
    {
        if slip == Slip::OneStepOnTheMean {
            let count = batches.len() as f64;
            d_net.parameters_mut().iter_mut().for_each(|g| *g /= count);
        }
        adam.step(&mut net, &d_net);
    }
    match slip {
        Slip::NothingMoves => (start.clone(), losses),
        _ => (net, losses),
    }
}

/// The losses, and then every number of the network.
fn laid((net, losses): &(Mlp<f64>, Vec<f64>)) -> Array1<f64> {
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
fn first_difference(
    right: &(Mlp<f64>, Vec<f64>),
    came: &(Mlp<f64>, Vec<f64>),
) -> [String; 2] {
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

/// Three kinds of points in the plane: in a disc, and outside it by the signs of their numbers.
fn three_kinds(batches: u64) -> Vec<Batch> {
    let batch = |n| {
        let x =
            Array2::random_using((32, 2), StandardNormal, &mut rng_at(6, n));
        let kind = |x: ndarray::ArrayView1<f64>| match x[0] * x[1] {
            _ if x.dot(&x) < 1.0 => 0,
            product if product > 0.0 => 1,
            _ => 2,
        };
        let classes = x.rows().into_iter().map(kind).collect();
        (x, classes)
    };
    (0..batches).map(batch).collect()
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Learning to read";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(6, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![
        (
            array![[0.0, 0.0], [1.0, -2.0], [1.0, 1.0], [-0.5, 3.0]],
            vec![2, 0, 1, 1],
        ),
        (array![[2.0, 0.5]], vec![0]),
        (array![[-1.0, 0.0], [0.3, 0.3], [0.0, -2.0]], vec![1, 2, 2]),
    ];
    let far = vec![
        (array![[1000.0, -1.0], [0.0, -1000.0]], vec![3, 1]),
        (array![[-1000.0, 1000.0], [1.0, 1.0], [0.0, 0.0]], vec![0, 0, 2]),
    ];
    let cases = [
        (net(&[2, 5, 3], 1), few, config),
        (net(&[2, 4], 2), far, AdamConfig { lr: 0.5, ..config }),
        (net(&[2, 3], 3), vec![], config),
        (
            net(&[2, 16, 3], 4),
            three_kinds(200),
            AdamConfig { lr: 0.02, ..AdamConfig::default() },
        ),
    ];
    for (net, batches, config) in cases {
        let right = trained(&net, &batches, config, Slip::None);
        let came = candidate(net.clone(), &batches, config);
        if came.1.len() != batches.len() {
            let what = "There is one loss for each batch, that before its step. Their number is wrong.";
            return Err(told("number of losses", what)
                .with(batches.len(), came.1.len()));
        }
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = trained(&net, &batches, config, slip);
            (laid(&wrong), told(name, what))
        });
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your losses are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 200 => told(
                "long training",
                "A few batches are right, and 200 are not.",
            ),
            None => told("value", "The losses or the network are wrong."),
        };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            if batches.len() == 200 { 1e-6 } else { 1e-9 },
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

/// Why the signal of exercise 0.7 comes out as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    TheRuleKeepsTheSize,
    TheSquareDoubles,
    TheSizeDoubles,
    TwentyAreOne,
    SignsCancel,
}

/// How many times as large the sums are after so many layers drawn by He's rule: the geometric mean of five seeds.
fn grown(layers: usize, follows: Activation) -> f64 {
    let one = |seed| {
        let rng = &mut rng_at(7, seed);
        let x = Array2::random_using((64, 256), StandardNormal, rng);
        let (start, mut s) = (x.std(0.0), x);
        for n in 0..layers {
            let x = if n == 0 { s } else { follows.forward(s) };
            let layer = init_layer::<f64>(256, 256, Activation::Relu, rng);
            s = linear(&x, &layer.w, &layer.b);
        }
        (s.std(0.0) / start).ln()
    };
    ((0..5).map(one).sum::<f64>() / 5.0).exp()
}

pub fn without_relu(
    candidate: fn() -> (f64, Because),
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A network is a list, equation 0.10";
    let (size, because) = candidate();
    let here = grown(20, Activation::Identity);
    let right = size >= here / 1.5 && size <= here * 1.5;
    let came = match right {
        true => format!("The number came: the signal grows {here:.0}-fold. "),
        false => format!("The signal grows {here:.0}-fold. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told.with(format!("{here:.0}"), format!("{size}, {because:?}")))
    };
    let one = grown(1, Activation::Identity);
    match because {
        Because::TheRuleKeepsTheSize => told(
            "the rule keeps the size",
            format!(
                "With ReLU it is {one:.2} times the input's after one layer, and {:.2} times after twenty: the rule is made for \
                 the ReLU that follows, and its 2 makes up for what ReLU throws away. Without ReLU a variance of 1 / I would keep \
                 the size.",
                grown(20, Activation::Relu)
            ),
        ),
        Because::TheSizeDoubles => told(
            "the size doubles",
            format!(
                "Then it would grow 2²⁰-fold, a million times. One layer makes {one:.2} of 1: it is the mean square that doubles, \
                 and the size goes with its root."
            ),
        ),
        Because::TwentyAreOne => told(
            "twenty are one",
            format!(
                "One layer makes {one:.2} of 1. Twenty are indeed one linear layer, whose matrix is the product of twenty: its \
                 numbers are larger than those of each factor."
            ),
        ),
        Because::SignsCancel => told(
            "signs cancel",
            format!(
                "One layer makes {one:.2} of 1. The signs of the weights are random with ReLU or without: the 256 terms of a sum \
                 cancel in part, and what is left is a sum of 256 mean squares."
            ),
        ),
        Because::TheSquareDoubles if !right => told(
            "a reason without its number",
            "The reason is right. Its number: the mean square doubles twenty times, and the standard deviation is the root of that."
                .to_string(),
        ),
        Because::TheSquareDoubles => Ok(()),
    }
}
