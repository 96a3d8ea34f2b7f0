//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::sync::LazyLock;

use codebook_lookup::plain::{gather_backward, usage};
use commitment_loss::plain::{
    Reduction, codebook_loss_backward, encoder_gradient as at_the_latent,
    perplexity as evenly, revive,
};
use commitment_loss::{plain, quantizer, training}; // `causes` finds them here
use lab::{Diagnosis, judge, rng_at};
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::rand::Rng;
use rand_chacha::ChaCha8Rng;

#[path = "../../src/run/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};
use lab::judging::{
    Exercise, Out, Suspect, in_place_of, none, number, one, two,
};

/// Latents, a codebook, what was chosen, a gradient at that, and β.
#[derive(Clone)]
struct Batch {
    z_e: Array2<f64>,
    codebook: Array2<f64>,
    indices: Vec<usize>,
    d_z_q: Array2<f64>,
    beta: f64,
}

impl Batch {
    fn z_q(&self) -> Array2<f64> {
        self.codebook.select(Axis(0), &self.indices)
    }

    /// z - e, by 2 / (N C). `[N, C]`
    fn pull(&self) -> Array2<f64> {
        (&self.z_e - &self.z_q()) * (2.0 / self.z_e.len() as f64)
    }

    fn with_beta(&self, beta: f64) -> Self {
        Self { beta, ..self.clone() }
    }

    fn rows(&self) -> f64 {
        self.z_e.nrows() as f64
    }

    fn width(&self) -> f64 {
        self.z_e.ncols() as f64
    }

    /// How many latents chose each code. `[K]`
    fn chose(&self) -> Array1<f64> {
        let k = self.codebook.nrows();
        usage(&self.indices, k).mapv(|n| n as f64)
    }

    /// What each latent adds to the row of its code. `[K, C]`
    fn collect(&self, of_latents: &Array2<f64>) -> Array2<f64> {
        gather_backward(of_latents, &self.indices, self.codebook.nrows())
    }

    /// What of each code's latents counts, by their places among these. `[K, C]`
    fn but_one(&self, last: bool) -> Array2<f64> {
        let mut d = &self.codebook * 0.0;
        let pull = -self.pull();
        let all: Vec<usize> = match last {
            true => (0..self.indices.len()).collect(),
            false => (0..self.indices.len()).rev().collect(),
        };
        for n in all {
            d.row_mut(self.indices[n]).assign(&pull.row(n));
        }
        d
    }

    fn numbers(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("β", self.beta),
            ("N", self.rows()),
            ("C", self.width()),
            ("K", self.codebook.nrows() as f64),
        ]
    }
}

/// Batches of unequal sizes, with codes that none chose, one that one chose, and one that many did.
fn batches() -> [(&'static str, Batch); 4] {
    let first = Batch {
        z_e: array![
            [0.9, 0.2, -0.4],
            [1.3, -0.3, 0.6],
            [-1.0, 0.8, 0.1],
            [0.5, 0.4, 0.0],
            [1.1, 0.6, -0.7]
        ],
        codebook: array![
            [1.0, 0.0, 0.2],
            [-1.5, 1.0, 0.3],
            [4.0, -4.0, 4.0],
            [0.2, 0.1, -0.6]
        ],
        indices: vec![0, 0, 1, 3, 0],
        d_z_q: array![
            [0.3, -0.1, 0.4],
            [0.2, 0.5, -0.6],
            [-0.7, 0.1, 0.2],
            [0.0, 0.4, 0.9],
            [0.1, 0.1, -0.8]
        ],
        beta: 0.25,
    };
    let alone = Batch {
        z_e: array![[2.0, 0.0]],
        codebook: array![[5.0, 5.0], [1.5, -1.0], [0.0, 0.0]],
        indices: vec![1],
        d_z_q: array![[0.6, -0.2]],
        beta: 2.0,
    };
    let far = Batch {
        z_e: array![
            [1000.0, -1000.0, 0.0, 3.0],
            [0.0, 0.0, 0.0, 0.0],
            [1.0, 2.0, 3.0, 4.0]
        ],
        codebook: array![[1.0, 2.0, 3.0, 4.0], [900.0, -990.0, 1.0, 0.0]],
        indices: vec![1, 0, 0],
        d_z_q: array![
            [0.0, 0.0, 0.0, 0.0],
            [1.0, -1.0, 0.5, 0.0],
            [-0.3, 0.8, 0.0, 7.0]
        ],
        beta: 1.0,
    };
    let narrow = Batch {
        z_e: array![[0.5], [0.6], [-0.2], [-0.9], [0.7], [0.4]],
        codebook: array![[0.1], [0.5]],
        indices: vec![1, 1, 0, 0, 1, 1],
        d_z_q: array![[0.1], [0.0], [-0.4], [0.2], [0.3], [-0.5]],
        beta: 0.6,
    };
    [
        ("five latents of three components", first),
        ("one latent", alone),
        ("latents of ±1,000 and one of zeros", far),
        ("latents of one component", narrow),
    ]
}

const COLLECTED: &[Suspect<Batch>] = &[
    (
        |b| one(b.but_one(true)),
        "last one wins",
        "Each latent overwrote what the one before had said. Several latents choose one vector; their gradients add up.",
    ),
    (
        |b| one(b.but_one(false)),
        "first one wins",
        "Only the first latent of each code is heard. Several latents choose one vector; their gradients add up.",
    ),
    (
        |b| {
            let n = b.chose().mapv(|n| n.max(1.0)).insert_axis(Axis(1));
            one(b.collect(&-b.pull()) * b.z_e.len() as f64 / n)
        },
        "averaged per code",
        "Each row was averaged over the latents that chose it. The loss is one mean over all N·C, so a code that many chose has a \
         larger gradient.",
    ),
    (
        |b| one(b.collect(&b.pull())),
        "away",
        "The sign is turned: descending this drives the codes away from their latents.",
    ),
    (
        |b| one(b.collect(&-b.pull()) * b.width()),
        "mean over rows",
        "C times too large: the mean is over all N·C elements, not over the N rows.",
    ),
    (
        |b| one(b.collect(&-b.pull()) * 0.5),
        "two forgotten",
        "Half of it: the slope of a square has a factor 2, 2 (e - z).",
    ),
    (
        |b| one(b.collect(&-b.pull()) * b.z_e.len() as f64),
        "sum for mean",
        "N·C times too large: the loss is the mean over all N·C elements. A larger batch would pull harder.",
    ),
    (
        |b| {
            let n = b.z_e.len() as f64;
            let all = b.z_e.sum_axis(Axis(0));
            one((&b.codebook * b.rows() - &all) * (2.0 / n))
        },
        "all latents",
        "Every code hears from every latent. It hears from those alone that chose it.",
    ),
    (
        |b| one(-b.pull()),
        "a row for each latent",
        "There is a row for each latent. Asked for is the gradient at the codebook, `[K, C]`: the rows of those that chose one code \
         add up to its row.",
    ),
    (
        |b| {
            let n = b.chose().mapv(|n| n.min(1.0)).insert_axis(Axis(1));
            let sums = b.collect(&b.z_e);
            one((&b.codebook * &n - sums) * (2.0 / b.z_e.len() as f64))
        },
        "the code once",
        "The latents of a code were added up, and the code was taken once. Each of them is compared with it: n of them give n e - Σ z.",
    ),
    (
        |b| {
            let n = b.chose().insert_axis(Axis(1));
            let means = b.collect(&b.z_e) / n.mapv(|n: f64| n.max(1.0));
            one((&b.codebook - &means) * (2.0 / b.z_e.len() as f64))
        },
        "a code that none chose",
        "A code that no latent chose got a gradient, and the others one as if one latent had chosen each. Each counts as often as it was \
         chosen, n (e - z̄); with n = 0 that is nothing.",
    ),
    (
        |b| {
            let mut d = &b.codebook * 0.0;
            for (n, pull) in (-b.pull()).rows().into_iter().enumerate() {
                if n >= d.nrows() {
                    return vec![];
                }
                d.row_mut(n).scaled_add(1.0, &pull);
            }
            one(d)
        },
        "its own number for the code's",
        "What the n-th latent says went to row n. It goes to the row of the code that it chose.",
    ),
    (
        |b| {
            let mut pull = -b.pull();
            pull.row_mut(b.indices.len() - 1).fill(0.0);
            one(b.collect(&pull))
        },
        "all but the last",
        "The last latent is missing.",
    ),
    (
        |b| {
            let mut pull = -b.pull();
            pull.row_mut(0).fill(0.0);
            one(b.collect(&pull))
        },
        "all but the first",
        "The first latent is missing.",
    ),
    (
        |b| one(b.collect(&-b.pull()) + &b.codebook),
        "the codebook besides",
        "The codebook itself is in it: start from zeros.",
    ),
    (
        |b| one(&b.codebook - &b.collect(&-b.pull())),
        "a step for its gradient",
        "This is the codebook behind a step. Asked for is the gradient.",
    ),
];

pub fn codebook_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &[usize]) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § The codebook term, equation 7.7",
        results: &["the gradient"],
        right: |b: &Batch| one(b.collect(&-b.pull())),
        suspects: COLLECTED,
        terms: |b| {
            let part = |a: &Array2<f64>| {
                one(b.collect(a) * (2.0 / b.z_e.len() as f64))
            };
            vec![
                ("what the code itself adds", part(&b.z_q())),
                ("what the latents add", part(&-&b.z_e)),
            ]
        },
        others: none,
        numbers: |b| b.numbers().split_off(1),
        tolerance: 1e-10,
    };
    exercise.judge(&batches(), |b| {
        one(candidate(&b.z_e, &b.codebook, &b.indices))
    })
}

const COMMITTED: &[Suspect<Batch>] = &[
    (
        |b| one(b.pull()),
        "weight forgotten",
        "This is the gradient for β = 1. If β is on the codebook term instead, the encoder never hears of it.",
    ),
    (
        |b| one(b.pull() * -b.beta),
        "away",
        "The sign is turned: descending this drives a latent away from its code.",
    ),
    (
        |b| one(b.pull() * (b.beta * b.width())),
        "mean over rows",
        "C times too large: the mean is over all N·C elements, not over the N rows.",
    ),
    (
        |b| one(b.pull() * (b.beta * b.rows())),
        "mean over components",
        "N times too large: the mean is over all N·C elements, not over the C components.",
    ),
    (
        |b| one(b.pull() * (b.beta * b.z_e.len() as f64)),
        "sum for mean",
        "N·C times too large: the loss is the mean over all N·C elements. A larger batch would pull harder.",
    ),
    (
        |b| one(b.pull() * (b.beta / 2.0)),
        "two forgotten",
        "Half of it: the slope of a square has a factor 2, 2 (z - e).",
    ),
    (
        |b| one(b.pull() * (1.0 + b.beta)),
        "no stop-gradient",
        "The codebook term's pull is in it: 1 + β in place of β. It has z_e inside sg and moves the codebook alone.",
    ),
    (
        |b| {
            let far = &b.z_e - &b.z_q();
            one(&far * &far * (b.beta / b.z_e.len() as f64))
        },
        "the loss for its gradient",
        "These are the terms of the loss itself. Its gradient has 2 (z - e) where the loss has the square.",
    ),
    (
        |b| {
            let sign =
                b.pull().mapv(|v| if v == 0.0 { 0.0 } else { v.signum() });
            one(sign * (b.beta / b.z_e.len() as f64))
        },
        "distance for its square",
        "This is the gradient of the distance, equally hard however far apart they are. The term has its square.",
    ),
    (
        |b| {
            let mut d = b.pull();
            for mut row in d.rows_mut() {
                let n = row.dot(&row).sqrt();
                row /= if n > 0.0 { n } else { 1.0 };
            }
            one(d * (2.0 * b.beta / b.z_e.len() as f64))
        },
        "distance for its square",
        "Each row was brought to one length: the gradient of the distance. The term has its square, which pulls the harder the farther \
         apart they are.",
    ),
];

pub fn commitment_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § The commitment term, equation 7.9",
        results: &["the gradient"],
        right: |b: &Batch| one(b.pull() * b.beta),
        suspects: COMMITTED,
        terms: |b| {
            let factor = 2.0 * b.beta / b.z_e.len() as f64;
            vec![
                ("the latent", one(&b.z_e * factor)),
                ("the code", one(b.z_q() * -factor)),
            ]
        },
        others: |b| in_place_of("β", b.beta, |beta| b.with_beta(beta)),
        numbers: |b| b.numbers()[..3].to_vec(),
        tolerance: 1e-10,
    };
    exercise.judge(&batches(), |b| one(candidate(&b.z_e, &b.z_q(), b.beta)))
}

type EncoderGradient =
    fn(&Array2<f64>, &Array2<f64>, &Array2<f64>, f64) -> Array2<f64>;

/// Part of what comes from the decoder, and of the pull for β = 1.
fn added(b: &Batch, decoder: f64, pull: f64) -> Out {
    one(&b.d_z_q * decoder + b.pull() * pull)
}

const AT_THE_LATENT: &[Suspect<Batch>] = &[
    (
        |b| added(b, 0.0, b.beta),
        "no straight-through",
        "The reconstruction is missing. Its gradient at the decoder's input is handed to the encoder as it is.",
    ),
    (
        |b| added(b, 1.0, 0.0),
        "no commitment",
        "The commitment term is missing; nothing ties the latents to their codes.",
    ),
    (
        |b| added(b, 1.0, 1.0 + b.beta),
        "no stop-gradient",
        "The codebook term reached the encoder. It has z_e inside sg: it moves the codebook alone.",
    ),
    (
        |b| added(b, 1.0, b.beta - 1.0),
        "too late",
        "This is what comes of a codebook term that is taken after the straight-through step: for β below 1 it drives the latents away.",
    ),
    (
        |b| added(b, 1.0, -b.beta),
        "away",
        "The sign of the commitment term is turned: descending this drives a latent away from its code.",
    ),
    (
        |b| added(b, 1.0, 1.0),
        "weight forgotten",
        "β is missing: this is the gradient for β = 1.",
    ),
    (
        |b| added(b, 1.0, b.beta / 2.0),
        "two forgotten",
        "The commitment term pulls half as hard as it should: the slope of a square has a factor 2.",
    ),
    (
        |b| added(b, 1.0, b.beta * b.width()),
        "mean over rows",
        "The commitment term pulls C times too hard: its mean is over all N·C elements, not over the N rows.",
    ),
    (
        |b| added(b, 1.0, b.beta * b.rows()),
        "mean over components",
        "The commitment term pulls N times too hard: its mean is over all N·C elements, not over the C components.",
    ),
    (
        |b| added(b, 1.0, b.beta * b.z_e.len() as f64),
        "sum for mean",
        "The commitment term pulls N·C times too hard: it is the mean over all N·C elements.",
    ),
    (
        |b| added(b, 1.0 / b.z_e.len() as f64, b.beta),
        "divided twice",
        "The decoder's gradient was divided by N·C. It is a gradient of a mean already, and is handed on as it is.",
    ),
    (
        |b| added(b, 1.0 / b.rows(), b.beta),
        "divided twice",
        "The decoder's gradient was divided by N. It is a gradient of a mean already, and is handed on as it is.",
    ),
    (
        |b| added(b, b.beta, b.beta),
        "weight on both",
        "β multiplies both terms. It is the commitment term's alone; the decoder's gradient is handed on as it is.",
    ),
    (
        |b| added(b, b.beta, 1.0),
        "weight on the other term",
        "β multiplies the decoder's gradient. It is the commitment term's weight.",
    ),
    (
        |b| added(b, 1.0 - b.beta, b.beta),
        "shares",
        "The decoder's gradient was weighted by 1 - β. The terms are added: one has the weight 1, the other β.",
    ),
    (
        |b| {
            one((&b.d_z_q + &(&b.z_e - &b.z_q()))
                * (2.0 * b.beta / b.z_e.len() as f64))
        },
        "factor on both",
        "The factor of the commitment term stands before both. The decoder's gradient is handed on as it is.",
    ),
    (
        |b| one(&b.z_e + &(b.pull() * b.beta)),
        "the latent for the gradient",
        "The latent itself stands where the decoder's gradient should.",
    ),
    (
        |b| one(&b.z_q() + &(b.pull() * b.beta)),
        "the latent for the gradient",
        "The code itself stands where the decoder's gradient should.",
    ),
    (
        |b| {
            one(&b.d_z_q
                * &(&b.z_e - &b.z_q())
                * (2.0 * b.beta / b.z_e.len() as f64))
        },
        "multiplied",
        "The decoder's gradient was multiplied by the pull. A latent is reached by both; their gradients add up.",
    ),
    (
        |b| added(b, 1.0, b.beta / (1.0 + b.beta)),
        "shares",
        "The commitment term is weighted by β / (1 + β). The terms are added, the commitment term with the weight β.",
    ),
    (
        |b| added(b, b.beta, b.beta * b.width()),
        "weight on both",
        "β multiplies both terms, and the mean of the commitment term is over the N rows.",
    ),
];

pub fn encoder_gradient(candidate: EncoderGradient) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § One step, written out, equation 7.5",
        results: &["the gradient"],
        right: |b| added(b, 1.0, b.beta),
        suspects: AT_THE_LATENT,
        terms: |b| {
            vec![
                ("the decoder's gradient", one(b.d_z_q.clone())),
                ("the commitment term's pull", one(b.pull() * b.beta)),
            ]
        },
        others: |b| in_place_of("β", b.beta, |beta| b.with_beta(beta)),
        numbers: |b| b.numbers()[..3].to_vec(),
        tolerance: 1e-10,
    };
    exercise.judge(&batches(), |b| {
        one(candidate(&b.d_z_q, &b.z_e, &b.z_q(), b.beta))
    })
}

/// β, N and C.
type Weight = (f64, usize, usize);

const WEIGHTS: &[Suspect<Weight>] = &[
    (
        |w| number(w.0),
        "unchanged",
        "With the same β a sum over components pulls C times as hard.",
    ),
    (
        |w| number(w.0 * w.2 as f64),
        "wrong way round",
        "The sum is already C times larger; β has to make up for it, not to do it again.",
    ),
    (
        |w| number(w.0 / (w.1 * w.2) as f64),
        "over everything",
        "Both reductions average over the N latents; only the C components differ.",
    ),
    (
        |w| number(w.0 / w.1 as f64),
        "over the latents",
        "β was divided by N. Both reductions average over the N latents; it is the C components that one of them adds up.",
    ),
    (
        |w| number(w.0 * w.1 as f64),
        "over the latents",
        "β was multiplied by N. Both reductions average over the N latents; it is the C components that one of them adds up.",
    ),
    (
        |w| number(w.0 * (w.1 * w.2) as f64),
        "over everything",
        "β was multiplied by N·C. Both reductions average over the N latents, and the one that adds the components up is C times larger \
         already.",
    ),
    (
        |w| number(w.0 / (w.2 as f64).sqrt()),
        "a length for its square",
        "β was divided by √C: so would a length grow. The term is a squared length.",
    ),
    (
        |w| number(w.0 / (w.2 as f64).powi(2)),
        "twice",
        "β was divided by C twice.",
    ),
    (
        |w| number(w.0 * (w.1 / w.2) as f64),
        "N over C",
        "N and C are both in it. Only the C components differ.",
    ),
    (
        |w| number(w.0 / (w.1 + w.2) as f64),
        "N and C",
        "β was divided by N + C. Only the C components differ.",
    ),
    (
        |w| number(w.2 as f64 / w.0),
        "upside down",
        "This is C / β. The smaller β has to be, the more components are added up: β / C.",
    ),
    (
        |w| number(w.0 - w.2 as f64),
        "taken off",
        "C was taken off. A sum over C components is C times their mean: a factor.",
    ),
];

pub fn beta_for_a_sum(
    candidate: fn(f64, usize, usize) -> f64,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § Mean or sum, equation 7.10",
        results: &["the weight"],
        right: |w: &Weight| number(w.0 / w.2 as f64),
        suspects: WEIGHTS,
        terms: none,
        others: |&(beta, n, c)| {
            let mut all = in_place_of("β", beta, |beta| (beta, n, c));
            all.push(("with C - 1".into(), (beta, n, c - 1)));
            all.push(("with C + 1".into(), (beta, n, c + 1)));
            all
        },
        numbers: |w| vec![("β", w.0), ("N", w.1 as f64), ("C", w.2 as f64)],
        tolerance: 1e-12,
    };
    exercise.judge(
        &[
            ("β = 0.25, N = 10, C = 8", (0.25, 10, 8)),
            ("β = 2, N = 3, C = 64", (2.0, 3, 64)),
            ("β = 0.7, N = 1, C = 5", (0.7, 1, 5)),
            ("β = 0.4, N = 1000, C = 1", (0.4, 1000, 1)),
            ("β = 0", (0.0, 4, 2)),
        ],
        |w| number(candidate(w.0, w.1, w.2)),
    )
}

type EmaUpdate = fn(
    &Array1<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &[usize],
    f64,
) -> (Array1<f64>, Array2<f64>, Array2<f64>);

/// Averages, a batch, and γ.
struct Averages {
    counts: Array1<f64>,
    sums: Array2<f64>,
    z_e: Array2<f64>,
    indices: Vec<usize>,
    gamma: f64,
}

fn over(sums: &Array2<f64>, counts: &Array1<f64>) -> Array2<f64> {
    sums / &counts.view().insert_axis(Axis(1))
}

impl Averages {
    fn n(&self) -> Array1<f64> {
        usage(&self.indices, self.counts.len()).mapv(|n| n as f64)
    }

    fn sum(&self) -> Array2<f64> {
        gather_backward(&self.z_e, &self.indices, self.counts.len())
    }

    /// The mean of each code's latents, where it has any.
    fn means(&self) -> Array2<f64> {
        over(&self.sum(), &self.n().mapv(|n| n.max(1.0)))
    }

    /// Both averages, by what is kept of the old and what is added.
    fn by(
        &self,
        [keep_n, add_n]: [f64; 2],
        [keep_m, add_m]: [f64; 2],
    ) -> Out {
        two((
            &self.counts * keep_n + self.n() * add_n,
            &self.sums * keep_m + self.sum() * add_m,
        ))
    }

    fn shares(&self) -> [f64; 2] {
        [self.gamma, 1.0 - self.gamma]
    }

    fn both(&self) -> (Array1<f64>, Array2<f64>) {
        let [keep, add] = self.shares();
        let n = &self.counts * keep + self.n() * add;
        (n, &self.sums * keep + self.sum() * add)
    }

    fn old(&self) -> Array2<f64> {
        over(&self.sums, &self.counts)
    }

    /// Each latent is averaged in by itself.
    fn one_by_one(&self) -> Out {
        let (mut n, mut m) = (self.counts.clone(), self.sums.clone());
        let [keep, add] = self.shares();
        for (z, &k) in self.z_e.rows().into_iter().zip(&self.indices) {
            n[k] = keep * n[k] + add;
            let row = &m.row(k) * keep + &z * add;
            m.row_mut(k).assign(&row);
        }
        two((n, m))
    }

    /// Of several latents of a code the last is averaged in alone.
    fn last_alone(&self) -> Out {
        let mut sum = &self.sums * 0.0;
        for (z, &k) in self.z_e.rows().into_iter().zip(&self.indices) {
            sum.row_mut(k).assign(&z);
        }
        let [keep, add] = self.shares();
        let (n, _) = self.both();
        two((n, &self.sums * keep + sum * add))
    }
}

const AVERAGED: &[Suspect<Averages>] = &[
    (
        |a| {
            let [keep, add] = a.shares();
            a.by([add, keep], [add, keep])
        },
        "shares swapped",
        "γ and 1 - γ are swapped: γ is what is kept of the old.",
    ),
    (
        |a| a.by([1.0; 2], [1.0; 2]),
        "nothing decays",
        "Nothing is forgotten: this is the mean over the whole past, while the encoder has moved on.",
    ),
    (
        |a| {
            let [_, add] = a.shares();
            a.by([1.0, add], [1.0, add])
        },
        "nothing decays",
        "The old is kept whole. Both averages keep γ of it.",
    ),
    (
        |a| {
            let [keep, _] = a.shares();
            a.by([keep, 1.0], [keep, 1.0])
        },
        "all of the batch",
        "The batch is added whole. Both averages take 1 - γ of it.",
    ),
    (
        |a| {
            let ((mut n, mut m), chose) = (a.both(), a.n());
            for k in (0..n.len()).filter(|&k| chose[k] == 0.0) {
                n[k] = a.counts[k];
                m.row_mut(k).assign(&a.sums.row(k));
            }
            two((n, m))
        },
        "only the chosen decay",
        "A code that nobody chose kept its count. It has to decay like the others; count and sum shrink alike, so the vector stays.",
    ),
    (
        |a| {
            let [keep, add] = a.shares();
            let (n, _) = a.both();
            two((n, &a.sums * keep + a.means() * add))
        },
        "means for sums",
        "The mean of a code's latents went into the sums. It is their sum; the count divides it.",
    ),
    (
        |a| a.one_by_one(),
        "one latent at a time",
        "Each latent was averaged in by itself, so that a code decays as often as it was chosen. A step is one batch: count and add up, \
         then average once.",
    ),
    (
        |a| a.last_alone(),
        "last one wins",
        "Of several latents that chose one code the last is in the sums alone. Add them up.",
    ),
    (
        |a| {
            let all = a.indices.len().max(1) as f64;
            let [keep, add] = a.shares();
            let n = &a.counts * keep + a.n() * (add / all);
            two((n, a.both().1))
        },
        "shares for counts",
        "The counts average the share of latents that chose a code. They average their number.",
    ),
    (
        |a| {
            let [keep, add] = a.shares();
            let n = &a.counts * keep + a.n().mapv(|n| n.min(1.0)) * add;
            two((n, a.both().1))
        },
        "counted once",
        "A code counts once, however many latents chose it.",
    ),
    (
        |a| {
            let [keep, _] = a.shares();
            a.by([keep, 1.0], a.shares())
        },
        "all of the batch",
        "The counts add the batch whole. They take 1 - γ of it, as the sums do.",
    ),
    (
        |a| {
            let [keep, _] = a.shares();
            a.by(a.shares(), [keep, 1.0])
        },
        "all of the batch",
        "The sums add the batch whole. They take 1 - γ of it, as the counts do.",
    ),
    (
        |a| {
            let [_, add] = a.shares();
            a.by([1.0, add], a.shares())
        },
        "nothing decays",
        "The counts keep the old whole. They keep γ of it, as the sums do.",
    ),
    (
        |a| {
            let [_, add] = a.shares();
            a.by(a.shares(), [1.0, add])
        },
        "nothing decays",
        "The sums keep the old whole. They keep γ of it, as the counts do.",
    ),
    (
        |a| two((a.counts.clone(), a.both().1)),
        "counts stay",
        "The counts are the old ones. They are averaged as the sums are.",
    ),
    (
        |a| {
            let (n, m) = a.both();
            let e = over(&m, &n);
            two((n, e))
        },
        "order of the results",
        "Sums and codebook are in the other order: counts, sums, codebook.",
    ),
    (
        |a| {
            let [keep, add] = a.shares();
            let mut sum = &a.sums * 0.0;
            let all = a.z_e.rows().into_iter().zip(&a.indices);
            for (z, &k) in all.collect::<Vec<_>>().into_iter().rev() {
                sum.row_mut(k).assign(&z);
            }
            let (n, _) = a.both();
            two((n, &a.sums * keep + sum * add))
        },
        "first one wins",
        "Of several latents that chose one code the first is in the sums alone. Add them up.",
    ),
    (
        |a| {
            let (n, m) = a.both();
            two((&n / n.sum(), m))
        },
        "shares for counts",
        "The counts were brought to a sum of 1. They are numbers of latents.",
    ),
    (
        |a| two((a.n(), a.sum())),
        "the batch alone",
        "These are the counts and sums of the batch alone. Both are averaged with what was.",
    ),
    (
        |a| {
            let old = over(&a.sums, &a.counts);
            let [keep, add] = a.shares();
            two((a.both().0, old * keep + a.sum() * add))
        },
        "the codebook for the sums",
        "The old codebook was averaged with the batch's sums. It is the old sums that are.",
    ),
];

const RATIOS: &[Suspect<Averages>] = &[
    (
        |a| {
            let [keep, add] = a.shares();
            let (chose, mut e) = (a.n(), a.old());
            for k in (0..chose.len()).filter(|&k| chose[k] > 0.0) {
                let row = &e.row(k) * keep + &a.means().row(k) * add;
                e.row_mut(k).assign(&row);
            }
            one(e)
        },
        "codebook averaged",
        "The codebook itself was averaged with the batch means. A batch in which a code was chosen once then weighs as much as one in \
         which it was chosen a hundred times; average counts and sums, then divide.",
    ),
    (
        |a| {
            let [keep, add] = a.shares();
            one(a.old() * keep + a.means() * add)
        },
        "codebook averaged",
        "The codebook itself was averaged with the batch means, and a code that nobody chose was drawn to 0. Average counts and sums, \
         then divide.",
    ),
    (
        |a| one(over(&a.both().1, &a.counts)),
        "old counts",
        "The new sums were divided by the old counts. Both are averages up to this batch.",
    ),
    (
        |a| one(over(&a.sums, &a.both().0)),
        "old sums",
        "The old sums were divided by the new counts. Both are averages up to this batch.",
    ),
    (
        |a| one(a.old()),
        "old codebook",
        "The codebook is that of before the batch: old sums over old counts.",
    ),
    (
        |a| one(a.both().1),
        "not divided",
        "The sums stand where the codebook should. It is their ratio to the counts.",
    ),
    (
        |a| one(a.means()),
        "means of the batch",
        "The codebook is the means of this batch alone. It is the ratio of the averages, so that it remembers the batches before.",
    ),
    (
        |a| one(over(&a.sum(), &a.n())),
        "means of the batch",
        "The codebook is the means of this batch alone, and NaN for a code that nobody chose. It is the ratio of the averages.",
    ),
    (
        |a| one(over(&a.both().1, &a.n())),
        "counts of the batch",
        "The new sums were divided by this batch's counts. Divide by their averages.",
    ),
    (
        |a| {
            let ((n, m), chose) = (a.both(), a.n());
            let mut e = over(&m, &n);
            for k in (0..n.len()).filter(|&k| chose[k] == 0.0) {
                e.row_mut(k).fill(0.0);
            }
            one(e)
        },
        "a code that nobody chose",
        "A code that nobody chose became 0. Its count and sum shrink alike, so that their ratio stays.",
    ),
    (
        |a| {
            let (n, m) = a.both();
            one(over(&m, &(&n / n.sum())))
        },
        "shares for counts",
        "The sums were divided by the counts' shares. Divide by the counts.",
    ),
    (
        |a| plus(a, 1e-5),
        "something added to the counts",
        "Something small was added to the counts before dividing. No count is 0 here, and a rare code is drawn to 0 by it.",
    ),
    (
        |a| plus(a, 1e-8),
        "something added to the counts",
        "Something small was added to the counts before dividing. No count is 0 here, and a rare code is drawn to 0 by it.",
    ),
    (
        |a| plus(a, 1.0),
        "something added to the counts",
        "1 was added to the counts before dividing.",
    ),
    (
        |a| {
            let (n, m) = a.both();
            one(&m * &n.insert_axis(Axis(1)))
        },
        "multiplied",
        "The sums were multiplied by the counts. The codebook is their ratio.",
    ),
    (
        |a| {
            let ((n, m), [keep, add]) = (a.both(), a.shares());
            one(a.old() * keep + over(&m, &n) * add)
        },
        "averaged twice",
        "The ratio was averaged with the old codebook. The averages remember already: the codebook is their ratio.",
    ),
];

/// The ratio with something added to the counts.
fn plus(a: &Averages, eps: f64) -> Out {
    let (n, m) = a.both();
    one(over(&m, &(n + eps)))
}

pub fn ema_update(candidate: EmaUpdate) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § A codebook without a gradient, equation 7.11";
    // First the averages; then the codebook, which is their ratio.
    let averages = Exercise {
        see: SEE,
        results: &["the counts", "the sums"],
        right: |a: &Averages| two(a.both()),
        suspects: AVERAGED,
        terms: |a| {
            let [keep, add] = a.shares();
            let (n, m) = (a.n() * add, a.sum() * add);
            vec![
                ("what is kept", two((&a.counts * keep, &a.sums * keep))),
                ("what the batch adds", two((n, m))),
            ]
        },
        others: |a| {
            in_place_of("γ", a.gamma, |gamma| Averages {
                counts: a.counts.clone(),
                sums: a.sums.clone(),
                z_e: a.z_e.clone(),
                indices: a.indices.clone(),
                gamma,
            })
        },
        numbers: |a| {
            vec![
                ("γ", a.gamma),
                ("(1 - γ)", 1.0 - a.gamma),
                ("N", a.z_e.nrows() as f64),
            ]
        },
        tolerance: 1e-10,
    };
    let [(_, first), _, (_, far), _] = batches();
    let inputs = [
        (
            "five latents, and a code that nobody chose",
            Averages {
                counts: array![2.0, 3.0, 0.5, 1.0],
                sums: array![
                    [2.0, 0.4, 0.1],
                    [-4.0, 3.0, 0.5],
                    [2.0, -2.0, 2.0],
                    [0.3, 0.0, -0.7]
                ],
                z_e: first.z_e,
                indices: first.indices,
                gamma: 0.9,
            },
        ),
        (
            "one latent",
            Averages {
                counts: array![0.4, 0.01, 7.0],
                sums: array![[0.2, 1.0], [0.0, -0.03], [7.0, 7.0]],
                z_e: array![[1.0, -2.0]],
                indices: vec![1],
                gamma: 0.6,
            },
        ),
        (
            "latents of ±1,000 and one of zeros",
            Averages {
                counts: array![1.0, 5.0],
                sums: array![[1.0, 0.0, 3.0, 4.0], [0.0, -5e3, 5.0, 0.0]],
                z_e: far.z_e,
                indices: far.indices,
                gamma: 0.99,
            },
        ),
        (
            "no latent",
            Averages {
                counts: array![1.5, 0.5, 2.0],
                sums: array![[1.0], [-2.0], [0.0]],
                z_e: Array2::zeros((0, 1)),
                indices: vec![],
                gamma: 0.75,
            },
        ),
    ];
    let came = |a: &Averages| {
        candidate(&a.counts, &a.sums, &a.z_e, &a.indices, a.gamma)
    };
    averages.judge(&inputs, |a| {
        let (n, m, _) = came(a);
        two((n, m))
    })?;
    let codebook = Exercise {
        see: SEE,
        results: &["the codebook"],
        right: |a: &Averages| {
            let (n, m) = a.both();
            one(over(&m, &n))
        },
        suspects: RATIOS,
        terms: none,
        others: averages.others,
        numbers: averages.numbers,
        tolerance: 1e-10,
    };
    codebook.judge(&inputs, |a| one(came(a).2))
}

type Counts = Array1<usize>;

fn shares(counts: &Counts) -> Array1<f64> {
    counts.mapv(|n| n as f64) / counts.sum() as f64
}

/// A sum over the codes that were chosen of a function of their shares.
fn over_seen(counts: &Counts, of: fn(f64) -> f64) -> f64 {
    shares(counts).iter().filter(|p| **p > 0.0).map(|p| of(*p)).sum()
}

fn nats(counts: &Counts) -> f64 {
    over_seen(counts, |p| -p * p.ln())
}

const IN_USE: &[Suspect<Counts>] = &[
    (
        |n| number((nats(n) / 2.0_f64.ln()).exp()),
        "bits in an exponential",
        "The entropy is in bits and the base is e. Either both are natural or both are 2; a perplexity above the number of codes is the \
         sign.",
    ),
    (
        |n| number(2.0_f64.powf(nats(n))),
        "nats in a power of two",
        "The entropy is in nats and the base is 2. Either both are natural or both are 2.",
    ),
    (
        |n| number(over_seen(n, |_| 1.0)),
        "codes seen",
        "This counts the codes that occur at all. A code chosen once in a million should hardly count.",
    ),
    (
        |n| number((-shares(n).mapv(|p| p * p.ln()).sum()).exp()),
        "zero times infinity",
        "A code that nobody chose made it NaN: 0 times the logarithm of 0. It adds nothing.",
    ),
    (
        |n| number(nats(n)),
        "the entropy",
        "This is the entropy, in nats. The perplexity is its exponential: a number of codes.",
    ),
    (
        |n| number(nats(n) / 2.0_f64.ln()),
        "the entropy",
        "This is the entropy, in bits. The perplexity is 2 to that: a number of codes.",
    ),
    (
        |n| number(10.0_f64.powf(nats(n))),
        "nats in a power of ten",
        "The entropy is in nats and the base is 10. Both are natural, or both are 10.",
    ),
    (
        |n| number((nats(n) / 10.0_f64.ln()).exp()),
        "tens in an exponential",
        "The logarithm is that to the base 10 and the base is e. Both are natural, or both are 10.",
    ),
    (
        |n| number((-nats(n)).exp()),
        "sign",
        "The sign of the entropy is turned, so that this is one over the perplexity.",
    ),
    (
        |n| number(1.0 / over_seen(n, |p| p * p)),
        "another measure",
        "This is one over the sum of the squared shares. It too is a number of codes, and another one: equation 7.14 has the entropy.",
    ),
    (
        |n| {
            let p = n.mapv(|c| c as f64 / n.len() as f64);
            let sum: f64 =
                p.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
            number(sum.exp())
        },
        "divided by K",
        "The counts were divided by the number of codes. A share is a count over the number of latents, the sum of the counts.",
    ),
    (
        |n| {
            let of = |c: f64| if c > 0.0 { -c * c.ln() } else { 0.0 };
            number(n.iter().map(|c| of(*c as f64)).sum::<f64>().exp())
        },
        "counts for shares",
        "The counts stand where shares should: divide them by their sum.",
    ),
    (
        |n| number((nats(n) / n.len() as f64).exp()),
        "mean for sum",
        "The terms of the entropy were averaged over the codes. They add up.",
    ),
    (
        |n| number((nats(n) / over_seen(n, |_| 1.0)).exp()),
        "mean for sum",
        "The terms of the entropy were averaged over the codes that were seen. They add up.",
    ),
    (
        |n| number(over_seen(n, |p| -p.ln()).exp()),
        "not weighted",
        "The logarithms of the shares were added up as they are. Each counts by its share: -p log p.",
    ),
    (
        |n| {
            let seen = over_seen(n, |_| 1.0);
            number((over_seen(n, |p| -p.ln()) / seen).exp())
        },
        "not weighted",
        "The logarithms of the shares were averaged, each as much as the others. Each counts by its share: -p log p.",
    ),
    (
        |n| number((nats(n) / (n.len() as f64).ln()).exp()),
        "over its most",
        "The entropy was divided by the logarithm of K, the most that it can be. The perplexity is the exponential of the entropy itself.",
    ),
    (
        |n| number(nats(n) / (n.len() as f64).ln()),
        "over its most",
        "This is the entropy over the logarithm of K, a share. The perplexity is the exponential of the entropy.",
    ),
    (
        |n| number(nats(n).exp() / n.len() as f64),
        "a share of K",
        "This is the perplexity over K. It is a number of codes.",
    ),
    (
        |n| {
            let total = n.sum();
            let p = n.mapv(|c| (c / total) as f64);
            let sum: f64 =
                p.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
            number(sum.exp())
        },
        "whole numbers divided",
        "Whole numbers were divided, 2 / 8 = 0. Make them `f64` first.",
    ),
    (
        |n| number(nats(&n.mapv(|c| c.max(1))).exp()),
        "nobody counts as one",
        "A code that nobody chose was counted as if one latent had. It adds nothing.",
    ),
    (
        |n| number(nats(&n.mapv(|c| c + 1)).exp()),
        "one added to each",
        "One was added to each count. A code that nobody chose adds nothing.",
    ),
    (
        |n| {
            let (mut before, mut sum) = (0.0, 0.0);
            for p in shares(n) {
                before += p;
                sum -= if before > 0.0 { p * f64::ln(before) } else { 0.0 };
            }
            number(sum.exp())
        },
        "added up",
        "The shares were added up from code to code inside the logarithm.",
    ),
    (
        |n| number(n.len() as f64),
        "the number of codes",
        "This is K, the number of codes, whether they are chosen or not.",
    ),
    (
        |n| {
            let most = shares(n).fold(0.0_f64, |most, p| most.max(*p));
            number(1.0 / most)
        },
        "another measure",
        "This is one over the largest share. It too is a number of codes, and another one: equation 7.14 has the entropy.",
    ),
    (
        |n| number(over_seen(n, |p| (-p * p.ln()).exp())),
        "the sum of exponentials",
        "Each term has its own exponential, and these were added up. It is the exponential of the sum.",
    ),
    (
        |n| number(over_seen(n, |p| -p * (1.0 + p).ln()).exp()),
        "1 + p in the logarithm",
        "1 was added inside the logarithm. Leave out the codes that nobody chose, and nothing has to be added.",
    ),
    (
        |n| {
            let of = |p: f64| -p * (p + 1e-3).ln();
            number(shares(n).mapv(of).sum().exp())
        },
        "something added in the logarithm",
        "What was added inside the logarithm is too much. Leave out the codes that nobody chose, and nothing has to be added.",
    ),
];

pub fn perplexity(
    candidate: fn(&Array1<usize>) -> f64,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § How many codes are in use, equation 7.14",
        results: &["the perplexity"],
        right: |n: &Counts| number(nats(n).exp()),
        suspects: IN_USE,
        terms: none,
        others: none,
        numbers: |n| vec![("K", n.len() as f64), ("N", n.sum() as f64)],
        tolerance: 1e-8, // a tiny number in the logarithm changes less
    };
    let rare = {
        let mut n = Array1::from_elem(40, 3);
        n[7] = 1_000_000;
        n
    };
    exercise.judge(
        &[
            ("counts of 4, 2, 2", array![4, 2, 2]),
            ("counts of 4, 0, 2, 2", array![4, 0, 2, 2]),
            ("counts of 1, 7, 0, 3, 5, 0", array![1, 7, 0, 3, 5, 0]),
            ("one code that does everything", array![0, 12, 0]),
            ("a hundred codes in even use", Array1::from_elem(100, 9)),
            ("one code chosen a million times, 39 thrice", rare),
            ("a codebook of one", array![5]),
        ],
        |n| number(candidate(n)),
    )
}

type Slopes = (Array2<f64>, Array2<f64>);

/// Means, logarithms of variances, noise, and a gradient. `[B, C]` each
struct Gaussians {
    mu: Array2<f64>,
    log_var: Array2<f64>,
    noise: Array2<f64>,
    d_z: Array2<f64>,
}

impl Gaussians {
    fn images(&self) -> f64 {
        self.mu.nrows() as f64
    }

    /// The gradients of the divergence, by a function of μ and one of log σ².
    fn kl(&self, at_mu: fn(f64) -> f64, at_log_var: fn(f64) -> f64) -> Out {
        let b = self.images();
        two((self.mu.mapv(at_mu) / b, self.log_var.mapv(at_log_var) / b))
    }

    /// The gradient at z, by a function of log σ² and of the noise.
    fn back(&self, of: fn(f64, f64) -> f64) -> Out {
        let mut slope = self.log_var.clone();
        slope.zip_mut_with(&self.noise, |s, e| *s = of(*s, *e));
        two((self.d_z.clone(), &self.d_z * &slope))
    }

    fn numbers(&self) -> Vec<(&'static str, f64)> {
        let (b, c) = self.mu.dim();
        vec![("B", b as f64), ("C", c as f64)]
    }
}

/// Of unequal sizes; with zeros, and a logarithm of -1,000 and another one, where the variance is infinite and σ is not.
fn gaussians(high: f64) -> [(&'static str, Gaussians); 4] {
    [
        (
            "four images, C = 2",
            Gaussians {
                mu: array![[0.0, 1.5], [-2.0, 0.3], [0.7, 0.7], [0.2, -1.1]],
                log_var: array![
                    [0.4, -1.2],
                    [-0.6, 0.0],
                    [1.1, -3.0],
                    [0.3, 2.0]
                ],
                noise: array![
                    [0.5, -1.0],
                    [2.0, 0.0],
                    [-0.3, 1.4],
                    [1.1, -0.8]
                ],
                d_z: array![[0.2, 1.5], [-2.0, 0.3], [0.7, -0.9], [0.4, 1.2]],
            },
        ),
        (
            "one image, C = 3",
            Gaussians {
                mu: array![[0.6, -0.4, 2.2]],
                log_var: array![[-0.5, 0.8, 0.1]],
                noise: array![[-1.3, 0.4, 0.9]],
                d_z: array![[0.5, -0.7, 1.0]],
            },
        ),
        (
            "three images, C = 1, with zeros",
            Gaussians {
                mu: array![[0.0], [1.0], [-1.0]],
                log_var: array![[0.0], [1.5], [-1.0]],
                noise: array![[0.0], [1.0], [-2.0]],
                d_z: array![[1.0], [0.0], [2.0]],
            },
        ),
        (
            "numbers that are large",
            Gaussians {
                mu: array![[1000.0, -1000.0, 0.0], [3.0, 0.1, 0.2]],
                log_var: array![[-1000.0, high, 0.0], [2.0, -high, 0.7]],
                noise: array![[3.0, -1.0, 0.5], [0.0, 2.0, -2.0]],
                d_z: array![[1000.0, 2.0, -1.0], [0.3, -1000.0, 0.4]],
            },
        ),
    ]
}

fn kl_slope(s: f64) -> f64 {
    0.5 * (s.exp() - 1.0)
}

const DIVERGENCES: &[Suspect<Gaussians>] = &[
    (
        |g| two((g.mu.clone(), g.log_var.mapv(kl_slope))),
        "summed over the batch",
        "B times too large: the divergence is a mean over the images, a sum over the components alone. A larger batch would pull harder.",
    ),
    (
        |g| {
            let all = g.mu.len() as f64;
            two((&g.mu / all, g.log_var.mapv(kl_slope) / all))
        },
        "mean over components",
        "C times too small: the components' divergences add up. A mean makes them weigh less than the nats that they are.",
    ),
    (
        |g| {
            let c = g.mu.ncols() as f64;
            two((&g.mu / c, g.log_var.mapv(kl_slope) / c))
        },
        "means the wrong way round",
        "The divergence was averaged over the components and added up over the images. It is the other way round: a sum over \
         components, a mean over the batch.",
    ),
    (
        |g| g.kl(|m| m, |s| s.exp() - 1.0),
        "half forgotten",
        "Twice too large at log σ²: the half before the bracket stays at this gradient. At the mean it meets the 2 of the square.",
    ),
    (
        |g| g.kl(|m| 2.0 * m, |s| s.exp() - 1.0),
        "half forgotten",
        "Twice too large: the half before the bracket is missing. At the mean it meets the 2 of the square, at log σ² it stays.",
    ),
    (
        |g| g.kl(|m| 2.0 * m, kl_slope),
        "two at the mean",
        "Twice too large at the mean: the half before the bracket meets the 2 of the square there.",
    ),
    (
        |g| g.kl(|m| 0.5 * m, kl_slope),
        "half at the mean",
        "Half of it at the mean: the half before the bracket meets the 2 of the square there.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (1.0 - (-s).exp())),
        "at the variance",
        "This is the slope at σ². The network gives log σ²: multiply by the derivative of its exponential.",
    ),
    (
        |g| g.kl(|m| m, |s| (s / 2.0).exp() - (-s / 2.0).exp()),
        "at sigma",
        "This is the slope at σ. The network gives log σ²: σ is its exponential, halved before.",
    ),
    (
        |g| g.kl(|m| m, |s| (2.0 * s).exp() - 1.0),
        "log σ",
        "The second input was taken for log σ. It is log σ², so that its exponential is the variance.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * ((2.0 * s).exp() - 1.0)),
        "log σ",
        "The second input was taken for log σ. It is log σ², so that its exponential is the variance.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * ((s / 2.0).exp() - 1.0)),
        "σ for the variance",
        "σ stands where σ² should: the exponential of log σ² is the variance.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (1.0 - 1.0 / s)),
        "the variance",
        "The second input was taken for the variance. It is its logarithm.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s - 1.0)),
        "the variance",
        "log σ² stands where σ² should: take its exponential.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s.exp() - s)),
        "slope of the logarithm",
        "log σ² stands where its own derivative should. The derivative of -log σ² in log σ² is -1.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s.exp() - s - 1.0)),
        "the divergence for its slope",
        "This is what log σ² adds to the divergence itself. Its derivative is asked for.",
    ),
    (
        |g| g.kl(|m| 0.5 * m * m, |s| 0.5 * (s.exp() - s - 1.0)),
        "the divergence for its slope",
        "These are the terms of the divergence itself. Their derivatives are asked for.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * s.exp()),
        "the one forgotten",
        "The -1, the derivative of -log σ², is missing: at σ = 1 the slope is 0.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s.exp() - 2.0)),
        "the one counted twice",
        "The derivative of a constant is 0: the -1 of the bracket goes, and the other -1 is that of -log σ².",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (1.0 - s.exp())),
        "sign",
        "The sign at log σ² is turned: descending this drives σ away from 1.",
    ),
    (
        |g| g.kl(|m| -m, |s| 0.5 * (1.0 - s.exp())),
        "sign",
        "Both signs are turned: this is the gradient of the bound, which is climbed. The divergence is descended.",
    ),
    (
        |g| g.kl(|m| -m, kl_slope),
        "sign",
        "The sign at the means is turned: descending this drives them away from 0.",
    ),
    (
        |g| two((g.mu.clone(), g.log_var.mapv(kl_slope) / g.images())),
        "summed over the batch",
        "B times too large at the means: the divergence is a mean over the images.",
    ),
    (
        |g| two((&g.mu / g.images(), g.log_var.mapv(kl_slope))),
        "summed over the batch",
        "B times too large at log σ²: the divergence is a mean over the images.",
    ),
    (
        |g| {
            let mut out = g.kl(|m| m, kl_slope);
            out.reverse();
            out
        },
        "order of the results",
        "Both are right, in the other order: the means come first.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s.exp() + 1.0)),
        "sign of the one",
        "1 is added. It is the derivative of -log σ², which is -1: at σ = 1 the slope is 0.",
    ),
    (
        |g| g.kl(|m| m, |s| 0.5 * (s.exp() - 1.0) * s.exp()),
        "chain rule twice",
        "The bracket was multiplied by σ². The slope at log σ² is ½ (σ² - 1) already.",
    ),
    (
        |g| g.kl(|_| 1.0, kl_slope),
        "slope of the square",
        "The gradient at the means is 1 / B. The slope of μ²/2 is μ.",
    ),
    (
        |g| g.kl(|m| m - 1.0, kl_slope),
        "towards 1",
        "The means are drawn to 1. The prior's mean is 0.",
    ),
];

pub fn gaussian_kl_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Slopes,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § A Gaussian posterior, equation 7.2",
        results: &["the gradient at the means", "the gradient at log σ²"],
        right: |g: &Gaussians| g.kl(|m| m, kl_slope),
        suspects: DIVERGENCES,
        terms: none,
        others: none,
        numbers: Gaussians::numbers,
        tolerance: 1e-10,
    };
    exercise.judge(&gaussians(30.0), |g| two(candidate(&g.mu, &g.log_var)))
}

type ReparameteriseBackward =
    fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Slopes;

const SAMPLED: &[Suspect<Gaussians>] = &[
    (
        |g| two((&g.d_z * 0.0, &g.d_z * 0.0)),
        "no slope",
        "The sample was taken for a constant. The noise is one; the mean that is added to it is not.",
    ),
    (
        |g| two((g.d_z.clone(), &g.d_z * 0.0)),
        "no slope in the width",
        "No gradient at log σ²: then the noise never learns its size. It scales the noise, so it has a slope.",
    ),
    (
        |g| g.back(|s, e| (s / 2.0).exp() * e),
        "half forgotten",
        "Twice too large: σ is the exponential of *half* of log σ², and the half comes out.",
    ),
    (
        |g| g.back(|_, e| e),
        "at sigma",
        "This is the gradient at σ. The network gives log σ²: multiply by the derivative of σ there.",
    ),
    (
        |g| g.back(|s, _| 0.5 * (s / 2.0).exp()),
        "noise forgotten",
        "The noise is missing: σ multiplies it, so it stands in the derivative.",
    ),
    (
        |g| g.back(|s, _| (s / 2.0).exp()),
        "noise forgotten",
        "The noise is missing: σ multiplies it, so it stands in the derivative. And so is the half of log σ², which comes out.",
    ),
    (
        |g| g.back(|s, e| 0.5 * (-s / 2.0).exp() * e),
        "at the variance",
        "This is the gradient at σ². The network gives log σ²: multiply by σ², the derivative of its exponential.",
    ),
    (
        |g| g.back(|s, e| 0.5 * s.exp() * e),
        "variance for σ",
        "σ² stands where σ should: σ is the exponential of half of log σ².",
    ),
    (
        |g| g.back(|s, e| s.exp() * e),
        "log σ",
        "The second input was taken for log σ. It is log σ²: σ is the exponential of half of it, and the half comes out.",
    ),
    (
        |g| g.back(|s, e| 0.5 * s * e),
        "exponential forgotten",
        "log σ² stands where σ should: σ is the exponential of half of it.",
    ),
    (
        |g| g.back(|s, e| 0.25 * (s / 2.0).exp() * e),
        "half twice",
        "Half of it: the half comes out of the exponential once.",
    ),
    (
        |g| g.back(|s, e| 0.5 * s.exp().sqrt() * e),
        "overflow",
        "Where log σ² is 1,000 it is not a finite number: the variance is infinite there, and its root too. σ is the exponential of half \
         of log σ².",
    ),
    (
        |g| g.back(|s, e| s.exp() / (2.0 * s.exp().sqrt()) * e),
        "overflow",
        "Where log σ² is ±1,000 it is not a number: the variance is infinite or 0 there, and then divided by its root. The quotient is σ, \
         the exponential of half of log σ².",
    ),
    (
        |g| {
            let d = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            two((&g.d_z * &g.noise, d[1].clone()))
        },
        "noise at the mean",
        "The gradient at the means was multiplied by the noise. The mean is added as it is, and so the gradient at z is handed to it.",
    ),
    (
        |g| {
            let d = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            let sigma = g.log_var.mapv(|s| (s / 2.0).exp());
            two((&g.d_z * &sigma, d[1].clone()))
        },
        "σ at the mean",
        "The gradient at the means was multiplied by σ. The mean is added as it is, and so the gradient at z is handed to it.",
    ),
    (
        |g| {
            let mut out = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            out.reverse();
            out
        },
        "order of the results",
        "Both are right, in the other order: the means come first.",
    ),
    (
        |g| {
            let mut slope = g.log_var.mapv(|s| 0.5 * (s / 2.0).exp());
            slope *= &g.noise;
            two((g.d_z.clone(), slope))
        },
        "gradient at z forgotten",
        "This is the slope of z in log σ². By the chain rule it is multiplied by the gradient at z.",
    ),
    (
        |g| {
            let b = g.images();
            let d = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            vec![&d[0] / b, &d[1] / b]
        },
        "divided by the batch",
        "Both were divided by B. The gradient at z is one of a mean over the batch already.",
    ),
    (
        |g| {
            let mut slope = g.log_var.mapv(|s| 0.5 * (s / 2.0).exp());
            slope *= &g.noise;
            two((g.d_z.clone(), &g.d_z + &slope))
        },
        "added",
        "The gradient at z was added to the slope. By the chain rule they are multiplied.",
    ),
    (
        |g| g.back(|s, e| -0.5 * (s / 2.0).exp() * e),
        "sign",
        "The sign at log σ² is turned. A larger σ stretches the noise: the slope has its sign.",
    ),
    (
        |g| g.back(|s, e| 0.5 * (s / 2.0).exp() * e * e),
        "noise squared",
        "The noise is there twice. z holds it once.",
    ),
    (
        |g| g.back(|s, e| 0.5 * (s / 4.0).exp() * e),
        "half twice",
        "σ is the exponential of *half* of log σ². Yours has a quarter of it there.",
    ),
    (
        |g| g.back(|s, e| 0.5 * s.exp() * (s / 2.0).exp() * e),
        "σ cubed",
        "σ² is multiplied on. The derivative of exp(log σ² / 2) in log σ² is half of itself.",
    ),
    (
        |g| {
            let d = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            let sum = |a: &ndarray::ArrayD<f64>| {
                a.sum_axis(Axis(0)).insert_axis(Axis(0))
            };
            vec![d[0].clone(), sum(&d[1])]
        },
        "summed over the batch",
        "The gradient at log σ² was added up over the batch. Each image has its own.",
    ),
    (
        |g| {
            let d = g.back(|s, e| 0.5 * (s / 2.0).exp() * e);
            vec![&d[0] * 0.0, d[1].clone()]
        },
        "no slope at the mean",
        "No gradient at the means. A mean is added as it is: the gradient at z is handed to it.",
    ),
];

pub fn reparameterise_backward(
    candidate: ReparameteriseBackward,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § A sample with a slope, equation 7.3",
        results: &["the gradient at the means", "the gradient at log σ²"],
        right: |g: &Gaussians| g.back(|s, e| 0.5 * (s / 2.0).exp() * e),
        suspects: SAMPLED,
        terms: none,
        others: none,
        numbers: Gaussians::numbers,
        tolerance: 1e-10,
    };
    exercise.judge(&gaussians(1000.0), |g| {
        two(candidate(&g.d_z, &g.log_var, &g.noise))
    })
}

type StackLookup =
    fn(&Array2<f64>, &[Array2<f64>]) -> (Array2<usize>, Array2<f64>);

/// Latents and their codebooks; for a way back also β.
#[derive(Clone)]
struct Stack {
    z_e: Array2<f64>,
    codebooks: Vec<Array2<f64>>,
    beta: f64,
}

/// Six latents: two that are 0 in part, one between two codes, two far away.
fn stack(levels: usize) -> Stack {
    let z_e = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [-1.4, 0.9],
        [2.1, 1.3],
        [1000.0, -1000.0],
        [-1000.0, 0.4]
    ];
    let mut codebooks = vec![
        array![[2.0, 0.0], [0.0, 0.0], [-1.0, 1.0], [900.0, -900.0]],
        array![[0.5, 0.5], [-0.5, 0.2], [80.0, -80.0]],
        array![
            [0.1, 0.1],
            [-0.2, 0.0],
            [0.0, 0.3],
            [0.3, -0.1],
            [15.0, -15.0]
        ],
    ];
    codebooks.truncate(levels);
    Stack { z_e, codebooks, beta: 0.25 }
}

/// One latent of three components, and three levels of two and three vectors.
fn short_stack() -> Stack {
    let codebooks = vec![
        array![[1.0, 0.0, 2.0], [-1.0, 0.5, 1.0]],
        array![[0.2, -0.4, 0.1], [0.6, 0.3, -0.5], [0.0, 0.0, 0.0]],
        array![[-0.1, 0.2, 0.05], [0.25, 0.1, -0.2]],
    ];
    Stack { z_e: array![[0.4, 0.7, 1.8]], codebooks, beta: 2.0 }
}

fn stacks() -> [(&'static str, Stack); 5] {
    let empty = Stack { z_e: Array2::zeros((0, 2)), ..stack(2) };
    [
        ("three codebooks", stack(3)),
        ("one codebook", stack(1)),
        ("one latent", short_stack()),
        ("no codebook", stack(0)),
        ("no latent", empty),
    ]
}

fn nearest(z_e: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    codebook_lookup::plain::nearest(z_e, codebook).expect("finite numbers")
}

fn numbers(indices: &[usize]) -> Array1<f64> {
    indices.iter().map(|k| *k as f64).collect()
}

impl Stack {
    fn with_beta(&self, beta: f64) -> Self {
        Self { beta, ..self.clone() }
    }

    /// The codes and vectors of several levels, where `next` says what the next one looks up, of the latent, what this one
    /// looked up, and its vector.
    fn levels(
        &self,
        next: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
    ) -> (Array2<f64>, Vec<Array2<f64>>) {
        let (z_e, codebooks) = (&self.z_e, &self.codebooks);
        let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
        let (mut at, mut vectors) = (z_e.clone(), Vec::new());
        for (n, e) in codebooks.iter().enumerate() {
            let indices = nearest(&at, e);
            vectors.push(e.select(Axis(0), &indices));
            at = next(z_e, &at, &vectors[n]);
            codes.column_mut(n).assign(&numbers(&indices));
        }
        (codes, vectors)
    }

    fn right(&self) -> (Array2<f64>, Vec<Array2<f64>>) {
        self.levels(|_, at, e| at - e)
    }

    fn total(&self, vectors: &[Array2<f64>]) -> Array2<f64> {
        vectors.iter().fold(&self.z_e * 0.0, |sum, e| sum + e)
    }

    /// The codes and the sum of their vectors.
    fn found(
        &self,
        next: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
    ) -> Out {
        let (codes, vectors) = self.levels(next);
        two((codes, self.total(&vectors)))
    }

    /// The right codes, and this in place of the sum.
    fn with(&self, of: fn(&Self, &[Array2<f64>]) -> Array2<f64>) -> Out {
        let (codes, vectors) = self.right();
        two((codes, of(self, &vectors)))
    }

    /// What is left after so many levels.
    fn after(&self, vectors: &[Array2<f64>], n: usize) -> Array2<f64> {
        &self.z_e - &self.total(&vectors[..n])
    }

    /// The sum over levels of pulls, by 2β / (N C).
    fn pulls(
        &self,
        of: fn(&Self, &[Array2<f64>], usize) -> Array2<f64>,
    ) -> Out {
        let (_, vectors) = self.right();
        let pulls = (0..vectors.len()).map(|n| of(self, &vectors, n));
        let pulls: Vec<_> = pulls.collect();
        let terms = self.z_e.len().max(1) as f64;
        one(self.total(&pulls) * (2.0 * self.beta / terms))
    }
}

const ONE_AFTER_ANOTHER: &[Suspect<Stack>] = &[
    (
        |s| s.found(|z, _, _| z.clone()),
        "the latent each time",
        "Each level looked up the latent itself. The first vector is in the sum already: the second level is asked for what is left, \
         and so on.",
    ),
    (
        |s| s.found(|_, _, e| e.clone()),
        "the vector again",
        "A level looked up the vector of the one before it, in place of what that vector missed.",
    ),
    (
        |s| s.found(|z, _, e| z - e),
        "less the last alone",
        "From the third level on, what was looked up is the latent less the last vector. All vectors before have to be taken off, not \
         the last alone.",
    ),
    (
        |s| s.found(|_, at, e| at + e),
        "added, not taken off",
        "A level's vector was added to what is left. It is taken off.",
    ),
    (
        |s| s.found(|_, at, e| e - at),
        "the vector less what it was for",
        "What is left has its sign turned: it is what was looked up less the vector, not the vector less it.",
    ),
    (
        |s| s.with(|s, e| e.last().cloned().unwrap_or(&s.z_e * 0.0)),
        "the last vector",
        "This is the vector of the last level. The decoder receives the sum of all.",
    ),
    (
        |s| s.with(|s, e| e.first().cloned().unwrap_or(&s.z_e * 0.0)),
        "the first vector",
        "This is the vector of the first level. The decoder receives the sum of all.",
    ),
    (
        |s| s.with(|s, e| &s.z_e - &s.total(e)),
        "what is left",
        "This is what is left in the end. The decoder receives what was taken off: the sum.",
    ),
    (
        |s| s.with(|s, e| s.total(e) - &s.z_e),
        "what is left",
        "This is what is left in the end, with its sign turned. The decoder receives what was taken off: the sum.",
    ),
    (
        |s| s.with(|s, _| s.z_e.clone()),
        "the latent",
        "This is the latent. The decoder receives the sum of the vectors that were found.",
    ),
    (
        |s| s.with(|s, e| s.total(e) / e.len().max(1) as f64),
        "mean for sum",
        "This is the mean of the vectors. They add up.",
    ),
    (
        |s| s.with(|s, e| s.total(&e[..e.len().saturating_sub(1)])),
        "all but the last",
        "The vector of the last level is missing in the sum.",
    ),
    (
        |s| s.with(|s, e| s.total(e.get(1..).unwrap_or(&[]))),
        "all but the first",
        "The vector of the first level is missing in the sum.",
    ),
    (
        |s| {
            let (codes, vectors) = s.right();
            two((codes.reversed_axes(), s.total(&vectors)))
        },
        "transposed",
        "The codes are right and lie the wrong way: a row for each latent, a column for each level.",
    ),
    (
        |s| {
            let mut back = s.codebooks.clone();
            back.reverse();
            let other = Stack { z_e: s.z_e.clone(), codebooks: back, ..*s };
            other.found(|_, at, e| at - e)
        },
        "the last codebook first",
        "The codebooks were taken from the last to the first.",
    ),
    (
        |s| {
            let mut back = s.codebooks.clone();
            back.reverse();
            let other = Stack { z_e: s.z_e.clone(), codebooks: back, ..*s };
            let (mut codes, vectors) = other.right();
            codes.invert_axis(Axis(1));
            two((codes, s.total(&vectors)))
        },
        "the last codebook first",
        "The codebooks were taken from the last to the first.",
    ),
    (
        |s| {
            let (mut codes, vectors) = s.right();
            codes.invert_axis(Axis(1));
            two((codes, s.total(&vectors)))
        },
        "columns in the other order",
        "The codes of the last level stand first.",
    ),
    (
        |s| {
            let Some(first) = s.codebooks.first() else {
                return two((
                    Array2::<f64>::zeros((s.z_e.nrows(), 0)),
                    &s.z_e * 0.0,
                ));
            };
            let same = s.codebooks.iter().map(|_| first.clone()).collect();
            let other = Stack { z_e: s.z_e.clone(), codebooks: same, ..*s };
            other.found(|_, at, e| at - e)
        },
        "the first codebook each time",
        "Every level looked up in the first codebook. Each has its own.",
    ),
    (
        |s| {
            let (codes, vectors) = s.right();
            let mut same = codes.clone();
            for l in 0..codes.ncols() {
                same.column_mut(l).assign(&codes.column(0));
            }
            two((same, s.total(&vectors)))
        },
        "one column for all",
        "The codes of the first level stand in each column.",
    ),
    (
        |s| s.with(|s, e| s.total(e) + &s.z_e),
        "the latent besides",
        "The latent is in the sum. The decoder receives the vectors alone.",
    ),
    (
        |s| {
            let (mut at, mut sum) = (s.z_e.clone(), &s.z_e * 0.0);
            let mut codes = Array2::zeros((at.nrows(), s.codebooks.len()));
            for (e, mut column) in s.codebooks.iter().zip(codes.columns_mut())
            {
                let indices = nearest(&at, e);
                column.assign(&numbers(&indices));
                sum += &e.select(Axis(0), &indices);
                at -= &sum;
            }
            two((codes, sum))
        },
        "the sum taken off again",
        "At each level the sum of all vectors so far was taken off what was left. What is left lacks the earlier ones already: take off \
         this level's alone, or the sum off the latent.",
    ),
    (
        |s| {
            let (mut at, mut sum) = (s.z_e.clone(), &s.z_e * 0.0);
            let mut codes = Array2::zeros((at.nrows(), s.codebooks.len()));
            for (n, e) in s.codebooks.iter().enumerate() {
                let indices = nearest(&at, e);
                codes.column_mut(n).assign(&numbers(&indices));
                let vectors = e.select(Axis(0), &indices);
                if n == 0 {
                    at -= &vectors;
                }
                sum += &vectors;
            }
            two((codes, sum))
        },
        "the first taken off alone",
        "From the third level on, what was looked up lacks the first vector alone. All vectors before have to be taken off.",
    ),
];

pub fn residual_lookup(candidate: StackLookup) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § What is left over, equation 7.16",
        results: &["the codes", "the sum of the vectors"],
        right: |s: &Stack| s.found(|_, at, e| at - e),
        suspects: ONE_AFTER_ANOTHER,
        terms: none,
        others: none,
        numbers: none,
        tolerance: 1e-10,
    };
    exercise.judge(&stacks(), |s| {
        let (codes, z_q) = candidate(&s.z_e, &s.codebooks);
        two((codes.mapv(|k| k as f64), z_q))
    })
}

type ResidualBackward =
    fn(&Array2<f64>, &[Array2<f64>], &Array2<usize>, f64) -> Array2<f64>;

const PULLS: &[Suspect<Stack>] = &[
    (
        |s| {
            s.pulls(|s, e, n| match n + 1 == e.len() {
                true => s.after(e, n + 1),
                false => &s.z_e * 0.0,
            })
        },
        "the total alone",
        "This pulls to the sum of all levels alone. Each level has a commitment term of its own, or the first ones have no latents that \
         stay near them.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| match n {
                0 => s.after(e, 1),
                _ => &s.z_e * 0.0,
            })
        },
        "the first alone",
        "This pulls to the vector of the first level alone. Each level has a commitment term of its own.",
    ),
    (
        |s| s.pulls(|s, e, n| &s.z_e - &e[n]),
        "each against the latent",
        "Each level's vector was compared with the whole latent. A later level stands for what is left, so that is what its term \
         compares it with.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n) - s.total(e)),
        "each against the total",
        "What is left for a level was compared with the sum of all vectors. Compare it with the vector of that level.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) / e.len() as f64),
        "mean over levels",
        "L times too small: the terms of the levels add up.",
    ),
    (
        |s| s.pulls(|s, e, n| -s.after(e, n + 1)),
        "away",
        "The sign is turned: descending this drives the latents away from their codes.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) / s.beta),
        "weight forgotten",
        "This is the gradient for β = 1.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) / 2.0),
        "two forgotten",
        "Half of it: the slope of a square has a factor 2.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) * s.z_e.ncols() as f64),
        "mean over rows",
        "C times too large: the mean is over all N·C elements, not over the N rows.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) * s.z_e.len() as f64),
        "sum for mean",
        "N·C times too large: the loss is the mean over all N·C elements.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n)),
        "before it is taken off",
        "What was left *for* each level was added up, before its vector was taken off. The pull is what the level misses: what is left \
         behind it.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| match n {
                0 => s.after(e, 1),
                _ => s.after(e, n - 1) - &e[n],
            })
        },
        "one level behind",
        "A level's vector was compared with what was left for the level before it.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| match n {
                0 => s.after(e, 1),
                _ => &s.z_e - &e[n - 1] - &e[n],
            })
        },
        "less the last alone",
        "From the third level on, what is left is the latent less *all* vectors before, not the last alone.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| match n + 1 == e.len() {
                true => &s.z_e * 0.0,
                false => s.after(e, n + 1),
            })
        },
        "all but the last",
        "The last level's pull is missing.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| match n {
                0 => &s.z_e * 0.0,
                _ => s.after(e, n + 1),
            })
        },
        "all but the first",
        "The first level's pull is missing.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) * (n + 1) as f64),
        "through all levels",
        "Each level's pull is counted once for each level up to it. The vectors are inside sg: a term's derivative in z is 2 (z - ẑ), \
         once.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) * (e.len() - n) as f64),
        "added on from level to level",
        "What was added up so far was added again at each level.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) * s.beta.powi(n as i32)),
        "β to a power",
        "A later level's term has a power of β. Each level's has β once.",
    ),
    (
        |s| s.pulls(|s, e, n| &s.z_e + s.total(&e[..n + 1])),
        "added, not taken off",
        "The vectors were added to the latent. They are taken off.",
    ),
    (
        |s| {
            s.pulls(|s, e, n| {
                let last = n + 1 == e.len();
                s.after(e, n + 1) * if last { 2.0 } else { 1.0 }
            })
        },
        "the last twice",
        "The last level's pull is there twice.",
    ),
    (
        |s| s.pulls(|_, e, n| e[n].clone()),
        "the vectors",
        "The vectors were added up. A pull is what is left behind a level.",
    ),
    (
        |s| s.pulls(|s, e, n| s.after(e, n + 1) / (n + 1) as f64),
        "weighted by level",
        "The n-th level's pull was divided by n. They all count alike.",
    ),
    (
        |s| {
            let mut left = s.z_e.clone();
            let (codes, mut pull) = (s.right().0, &s.z_e * 0.0);
            for column in codes.columns() {
                let e = &s.codebooks[0];
                let of = |k: &f64| *k as usize % e.nrows();
                let indices: Vec<_> = column.iter().map(of).collect();
                left -= &e.select(Axis(0), &indices);
                pull += &left;
            }
            one(pull * (2.0 * s.beta / s.z_e.len() as f64))
        },
        "the first codebook each time",
        "The vectors of all levels came from the first codebook.",
    ),
];

pub fn residual_backward(
    candidate: ResidualBackward,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § What is left over, equation 7.17",
        results: &["the gradient"],
        right: |s: &Stack| s.pulls(|s, e, n| s.after(e, n + 1)),
        suspects: PULLS,
        terms: none,
        others: |s| in_place_of("β", s.beta, |beta| s.with_beta(beta)),
        numbers: |s| {
            let (n, c) = s.z_e.dim();
            vec![
                ("β", s.beta),
                ("N", n as f64),
                ("C", c as f64),
                ("L", s.codebooks.len() as f64),
            ]
        },
        tolerance: 1e-10,
    };
    let [three, one_level, alone, ..] = stacks();
    let two_levels =
        ("two codebooks, β = 1.5", Stack { beta: 1.5, ..stack(2) });
    exercise.judge(&[three, two_levels, one_level, alone], |s| {
        let codes = s.right().0.mapv(|k| k as usize);
        one(candidate(&s.z_e, &s.codebooks, &codes, s.beta))
    })
}

/// Five latents of six components, cut in two; four cut in three; one that is whole.
fn parts() -> [(&'static str, Stack); 4] {
    let two = Stack {
        z_e: array![
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [1.0, -2.0, 0.0, 0.3, 2.2, -1.0],
            [-1000.0, 3.0, 0.5, -0.2, 1000.0, 0.0],
            [0.9, 1.9, 3.1, -1.1, 0.1, 0.8],
            [2.0, -0.4, 1.0, 0.6, -0.7, -2.5]
        ],
        codebooks: vec![
            array![[1.0, 2.0, 3.0], [-1.0, 0.0, 0.5], [2.0, -1.0, 1.0]],
            array![
                [0.0, 2.0, -1.0],
                [-1.0, 0.0, 1.0],
                [0.5, -1.0, -2.0],
                [0.0, 900.0, 0.0]
            ],
        ],
        beta: 1.0,
    };
    let three = Stack {
        z_e: array![
            [0.3, 1.2, -0.8, 0.1, 2.0, -1.5],
            [-0.9, 0.4, 1.1, 0.6, -0.2, 0.0],
            [1.6, -1.0, 0.2, -1.3, 0.5, 0.9],
            [0.0, 0.0, 1.0, 1.0, -1.0, -1.0]
        ],
        codebooks: vec![
            array![
                [0.0, 1.0],
                [1.5, -1.0],
                [-1.0, 0.5],
                [0.2, 0.1],
                [3.0, 3.0]
            ],
            array![[-1.0, 0.0], [1.0, 1.0], [0.3, -1.2], [0.0, 0.2]],
            array![[2.0, -1.0], [0.0, 0.0], [0.4, 1.1]],
        ],
        beta: 1.0,
    };
    let whole = Stack {
        z_e: array![[0.4, -0.3], [1.0, 0.0], [-2.0, 0.7]],
        codebooks: vec![array![
            [0.0, 0.0],
            [1.0, -0.5],
            [-1.0, 1.0],
            [5.0, 5.0]
        ]],
        beta: 1.0,
    };
    let alone = Stack {
        z_e: array![[0.7, -1.1]],
        codebooks: vec![array![[0.0], [1.0], [0.6]], array![[-1.0], [2.0]]],
        beta: 1.0,
    };
    [
        ("two parts of three components", two),
        ("three parts of two components", three),
        ("one part, the latent as it is", whole),
        ("one latent, two parts of one component", alone),
    ]
}

impl Stack {
    /// The parts that are made of the columns `from(g, c)`, looked up in the `which(g)`-th codebook, their vectors written to
    /// the columns `to(g, c)`. Both have the number of parts and their width for a first argument.
    fn cut(
        &self,
        from: fn((usize, usize), usize, usize) -> usize,
        to: fn((usize, usize), usize, usize) -> usize,
        which: fn(usize, usize) -> usize,
    ) -> Out {
        let (z_e, parts) = (&self.z_e, self.codebooks.len());
        let width = z_e.ncols() / parts;
        let mut codes = Array2::zeros((z_e.nrows(), parts));
        let mut z_q = z_e * 0.0;
        for g in 0..parts {
            let e = &self.codebooks[which(parts, g)];
            let of = |c| from((parts, width), g, c);
            let columns: Vec<_> = (0..width).map(of).collect();
            let indices = nearest(&z_e.select(Axis(1), &columns), e);
            for c in 0..width {
                let column = e.column(c).select(Axis(0), &indices);
                z_q.column_mut(to((parts, width), g, c)).assign(&column);
            }
            codes.column_mut(g).assign(&numbers(&indices));
        }
        two((codes, z_q))
    }
}

fn in_pieces((_, width): (usize, usize), g: usize, c: usize) -> usize {
    width * g + c
}

fn mixed((parts, _): (usize, usize), g: usize, c: usize) -> usize {
    parts * c + g
}

fn backwards((parts, width): (usize, usize), g: usize, c: usize) -> usize {
    width * (parts - 1 - g) + c
}

fn its_own(_: usize, g: usize) -> usize {
    g
}

const SIDE_BY_SIDE: &[Suspect<Stack>] = &[
    (
        |s| s.cut(mixed, mixed, its_own),
        "interleaved",
        "Every second component went to the same part. The first C / G components are the first part, as they stand.",
    ),
    (
        |s| s.cut(|_, _, c| c, in_pieces, its_own),
        "the first part each time",
        "Every codebook was shown the first components. The second begins where the first ends.",
    ),
    (
        |s| s.cut(in_pieces, in_pieces, |_, _| 0),
        "the first codebook each time",
        "Every part was looked up in the first codebook. Each part has its own.",
    ),
    (
        |s| s.cut(in_pieces, in_pieces, |parts, g| parts - 1 - g),
        "codebooks in the other order",
        "The last codebook was taken for the first part.",
    ),
    (
        |s| s.cut(in_pieces, mixed, its_own),
        "put back interleaved",
        "The parts were cut in one order and put together in another: the vectors belong where their parts came from.",
    ),
    (
        |s| s.cut(in_pieces, backwards, its_own),
        "put back in the other order",
        "The last part's vector was put first: the vectors belong where their parts came from.",
    ),
    (
        |s| s.cut(backwards, in_pieces, its_own),
        "parts in the other order",
        "The last components were taken for the first part.",
    ),
    (
        |s| s.cut(backwards, backwards, its_own),
        "parts in the other order",
        "The last components were taken for the first part.",
    ),
    (
        |s| s.cut(in_pieces, |_, _, c| c, its_own),
        "over each other",
        "The vectors of all parts were written to the first components, each over the one before.",
    ),
    (
        |s| {
            let mut out = s.cut(in_pieces, in_pieces, its_own);
            out[0] = out[0].clone().reversed_axes();
            out
        },
        "transposed",
        "The codes are right and lie the wrong way: a row for each latent, a column for each part.",
    ),
    (
        |s| {
            let mut out = s.cut(in_pieces, in_pieces, its_own);
            out[0].invert_axis(Axis(1));
            out
        },
        "columns in the other order",
        "The codes of the last part stand first.",
    ),
    (
        |s| {
            let mut out = s.cut(in_pieces, in_pieces, its_own);
            out[1] = s.z_e.clone().into_dyn();
            out
        },
        "the latent",
        "The codes are right, and the latent itself is handed on. What is found takes its place.",
    ),
    (
        |s| {
            let mut out = s.cut(in_pieces, in_pieces, its_own);
            out[1] = s.z_e.clone().into_dyn() - &out[1];
            out
        },
        "what is left",
        "This is the latent less the vectors. The decoder receives the vectors themselves.",
    ),
    (
        |s| s.cut(in_pieces, in_pieces, |parts, g| (g + 1) % parts),
        "the next codebook",
        "Each part was looked up in the codebook of the next.",
    ),
    (
        |s| s.cut(in_pieces, in_pieces, |parts, _| parts - 1),
        "the last codebook each time",
        "Every part was looked up in the last codebook. Each part has its own.",
    ),
    (
        |s| {
            let mut out = s.cut(in_pieces, in_pieces, its_own);
            let mut before = 0.0;
            for (g, e) in s.codebooks.iter().enumerate() {
                let mut column = out[0].index_axis_mut(Axis(1), g);
                column += before;
                before += e.nrows() as f64;
            }
            out
        },
        "numbered through",
        "The codes are numbered through all codebooks. Each codebook's begin at 0.",
    ),
];

pub fn product_lookup(candidate: StackLookup) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 7, § Side by side, equation 7.18",
        results: &["the codes", "the vectors"],
        right: |s: &Stack| s.cut(in_pieces, in_pieces, its_own),
        suspects: SIDE_BY_SIDE,
        terms: none,
        others: none,
        numbers: none,
        tolerance: 1e-10,
    };
    exercise.judge(&parts(), |s| {
        let (codes, z_q) = candidate(&s.z_e, &s.codebooks);
        two((codes.mapv(|k| k as f64), z_q))
    })
}

/// A codebook, the batches that it learns from, γ, the threshold, and a seed.
struct Training {
    start: Array2<f64>,
    batches: Vec<Array2<f64>>,
    gamma: f64,
    threshold: f64,
}

impl Training {
    fn rng(&self) -> ChaCha8Rng {
        rng_at(7, self.batches.len() as u64)
    }
}

/// A few batches of unequal size, one of them empty; with zeros, ties and large numbers.
fn a_few_batches() -> Training {
    let start = array![
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1000.0, -1000.0, 0.0],
        [5.0, 5.0, 5.0]
    ];
    let batches = vec![
        array![
            [0.5, 0.0, 0.0],
            [0.1, -0.2, 0.3],
            [1.5, 0.2, 0.0],
            [0.9, 0.0, 0.4],
            [900.0, -1000.0, 1.0]
        ],
        array![[2.0, 0.5, -0.5]],
        Array2::zeros((0, 3)),
        array![
            [0.0, 0.0, 0.0],
            [1.2, 0.1, -0.3],
            [-0.7, 0.4, 0.2],
            [2.2, 0.0, 0.1],
            [0.3, 0.3, 0.3],
            [1.0, -1.0, 0.6],
            [-0.1, 0.0, -0.4]
        ],
        array![[0.4, 0.4, 0.1], [2.1, 0.3, 0.0]],
        array![[0.2, 0.1, 0.0], [1.1, 0.0, 0.2], [3.0, 3.0, 3.0]],
        array![[0.0, 0.5, 0.0], [2.5, 2.5, 2.0], [1.0, 0.0, 0.0]],
    ];
    Training { start, batches, gamma: 0.8, threshold: 0.3 }
}

/// Six clouds of points on a circle, each more frequent than the one before.
fn clouds(n: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut points = Array2::zeros((n, 2));
    for mut point in points.rows_mut() {
        let mut at = rng.random_range(0..21);
        let mut cloud = 0;
        while at > cloud {
            cloud += 1;
            at -= cloud;
        }
        let (y, x) = f64::from(cloud).sin_cos();
        let mut near = || rng.random_range(-0.1..0.1);
        point.assign(&array![2.0 * x + near(), 2.0 * y + near()]);
    }
    points
}

/// One code begins among the clouds, five far from them.
fn from_far() -> Training {
    let rng = &mut rng_at(7, 0);
    let mut start = Array2::from_shape_fn((6, 2), |(k, c)| {
        10.0 + k as f64 + 0.5 * c as f64
    });
    start.row_mut(2).assign(&array![0.1, 0.0]);
    let batches = (0..40).map(|n| clouds(18 + n % 7, rng)).collect();
    Training { start, batches, gamma: 0.9, threshold: 0.4 }
}

/// A code that no latent chooses, until its count is 0, which it is at the last batch.
fn faded() -> Training {
    let (mut batches, mut count, gamma) = (Vec::new(), 1.0, 0.01);
    while count > 0.0 {
        batches.push(array![[0.5, 0.0], [1.0, -1.0], [0.0, 0.0]]);
        count *= gamma;
    }
    let start = array![[0.0, 0.0], [-3.0, 4.0], [1.0, 1.0]];
    Training { start, batches, gamma, threshold: 0.0 }
}

/// Mistakes in such a training.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slip {
    AveragesKept,
    AveragesKeptByAll,
    CountedAsNothing,
    NeverRevived,
    DeadInOneBatch,
    RevivedTooSoon,
    SharesSwapped,
    EmptyAverages,
    MismatchedStart,
    TheFirstCodebook,
    OnlyTheChosenDecay,
    VectorsAveraged,
    CountKept,
    SumKept,
    CountIsTheThreshold,
    MeansForSums,
    OldCounts,
    AddedWhole,
    SumsAddedWhole,
    DeadByShare,
    BatchByBatch,
    NeverMoved,
    CountsDropped,
    FromTheLast,
    DividedByNothing,
}

/// All of them but the last, which shows where a count has faded alone.
const SLIPS: [(Slip, &str, &str); 24] = [
    (
        Slip::AveragesKept,
        "averages kept",
        "A code that started again kept its old averages: as soon as a latent chooses it, they pull it back to where it was dead. \
         Its count and its sum start again with it.",
    ),
    (
        Slip::AveragesKeptByAll,
        "averages kept",
        "A code that started again kept its old averages, and at the next batch it is their ratio again: back where it was dead. \
         Its count and its sum start again with it.",
    ),
    (
        Slip::CountedAsNothing,
        "counted as nothing",
        "A code that started again has the count 0: then it is below the threshold at once, and starts again at nearly every batch. \
         It stands for one latent, count 1.",
    ),
    (
        Slip::NeverRevived,
        "never revived",
        "No code started again. What no latent chooses stays where it is, for good.",
    ),
    (
        Slip::DeadInOneBatch,
        "dead in one batch",
        "The counts of one batch said who is dead. A rare code is missing from many a batch; the averaged count knows better.",
    ),
    (
        Slip::RevivedTooSoon,
        "revived too soon",
        "Codes started again before this batch was counted. First look up and average, then see who is dead.",
    ),
    (
        Slip::SharesSwapped,
        "shares swapped",
        "γ and 1 - γ are swapped: γ is what is kept of the old.",
    ),
    (
        Slip::EmptyAverages,
        "empty averages",
        "Counts and sums begin at 0. Here each code begins as if it stood for one latent: count 1, and its own vector for a sum.",
    ),
    (
        Slip::MismatchedStart,
        "mismatched start",
        "Counts begin at 0 and sums at the codebook: the first ratio throws a code far out. With the sums at the codebook, the \
         counts begin at 1.",
    ),
    (
        Slip::TheFirstCodebook,
        "the first codebook",
        "Latents were looked up in the codebook that came in. They choose among the codes as they are now.",
    ),
    (
        Slip::OnlyTheChosenDecay,
        "only the chosen decay",
        "A code that no latent chose kept its count, so it never looks dead. Its averages decay like the others; their ratio, and so \
         the vector, stays.",
    ),
    (
        Slip::VectorsAveraged,
        "vectors averaged",
        "The vectors were averaged with the means of a batch, so that a batch in which one latent chose a code weighs as much as one \
         in which a hundred did. Average counts and sums, then divide.",
    ),
    (
        Slip::CountKept,
        "count kept",
        "A code that started again has a new sum and its old count, below the threshold: its ratio lies far out. It stands for one \
         latent, count 1.",
    ),
    (
        Slip::SumKept,
        "sum kept",
        "A code that started again has the count 1 and its old sum: as soon as a latent chooses it, it is drawn to where it was dead. Its \
         sum is its own vector.",
    ),
    (
        Slip::CountIsTheThreshold,
        "count of the threshold",
        "A code that started again has the threshold for a count. It stands for one latent, count 1.",
    ),
    (
        Slip::MeansForSums,
        "means for sums",
        "The mean of a code's latents went into the sums. It is their sum; the count divides it.",
    ),
    (
        Slip::OldCounts,
        "old counts",
        "The new sums were divided by the counts of before the batch. Average both, then divide.",
    ),
    (
        Slip::AddedWhole,
        "all of the batch",
        "The batch is added whole. Both averages take 1 - γ of it.",
    ),
    (
        Slip::SumsAddedWhole,
        "all of the batch",
        "The sums add the batch whole. They take 1 - γ of it, as the counts do.",
    ),
    (
        Slip::DeadByShare,
        "dead in one batch",
        "The shares in one batch said who is dead. It is the averaged count that is compared with the threshold.",
    ),
    (
        Slip::BatchByBatch,
        "averages anew in each batch",
        "Counts and sums begin anew in each batch, so that the codebook forgets what was before. They stand before the loop.",
    ),
    (
        Slip::NeverMoved,
        "never moved",
        "No code moved but by starting again. One that latents chose becomes its sum over its count.",
    ),
    (
        Slip::CountsDropped,
        "counts dropped",
        "The averaged counts were set to 0 after the batch: then every code looks dead.",
    ),
    (
        Slip::FromTheLast,
        "the last batch first",
        "The batches were taken from the last to the first.",
    ),
];

/// The codebook after such a training, with a slip or without.
fn kept_alive(training: &Training, slip: Option<Slip>) -> Array2<f64> {
    let is = |one: Slip| slip == Some(one);
    let Training { start, batches, gamma, threshold } = training;
    let (rng, k) = (&mut training.rng(), start.nrows());
    let mut codebook = start.clone();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), start.clone());
    if is(Slip::EmptyAverages) || is(Slip::MismatchedStart) {
        counts.fill(0.0);
    }
    if is(Slip::EmptyAverages) {
        sums.fill(0.0);
    }
    let keep = if is(Slip::SharesSwapped) { 1.0 - gamma } else { *gamma };
    let again = |codes: Vec<usize>,
                 e: &Array2<f64>,
                 counts: &mut Array1<f64>,
                 sums: &mut Array2<f64>| {
        let kept = is(Slip::AveragesKept) || is(Slip::AveragesKeptByAll);
        let share = if is(Slip::CountedAsNothing) { 0.0 } else { 1.0 };
        for k in codes.into_iter().filter(|_| !kept) {
            if !is(Slip::CountKept) {
                let low = is(Slip::CountIsTheThreshold);
                counts[k] = if low { *threshold } else { share };
            }
            if !is(Slip::SumKept) {
                sums.row_mut(k).assign(&(&e.row(k) * share));
            }
        }
    };
    let order: Vec<_> = match is(Slip::FromTheLast) {
        true => batches.iter().rev().collect(),
        false => batches.iter().collect(),
    };
    for z_e in order {
        if is(Slip::BatchByBatch) {
            counts.fill(1.0);
            sums.assign(&codebook);
        }
        if is(Slip::RevivedTooSoon) {
            let found = revive(&mut codebook, &counts, z_e, *threshold, rng);
            again(found, &codebook, &mut counts, &mut sums);
        }
        let first = is(Slip::TheFirstCodebook);
        let indices = nearest(z_e, if first { start } else { &codebook });
        let n = usage(&indices, k).mapv(|n| n as f64); // [K]
        let mut sum = gather_backward(z_e, &indices, k); // [K, C]
        if is(Slip::MeansForSums) {
            sum /= &n.mapv(|n: f64| n.max(1.0)).insert_axis(Axis(1));
        }
        let (before, add) = (
            counts.clone(),
            match is(Slip::AddedWhole) {
                true => 1.0,
                false => 1.0 - keep,
            },
        );
        for k in 0..k {
            if is(Slip::OnlyTheChosenDecay) && n[k] == 0.0 {
                continue;
            }
            counts[k] = keep * counts[k] + add * n[k];
            let old = &sums.row(k) * keep;
            let whole = is(Slip::SumsAddedWhole);
            let add = if whole { 1.0 } else { add };
            sums.row_mut(k).assign(&(old + &sum.row(k) * add));
            let all =
                is(Slip::DividedByNothing) || is(Slip::AveragesKeptByAll);
            if (all || n[k] > 0.0) && !is(Slip::NeverMoved) {
                let ratio = match is(Slip::VectorsAveraged) {
                    true => {
                        let mean = &sum.row(k) / n[k];
                        &codebook.row(k) * keep + mean * (1.0 - keep)
                    }
                    false if is(Slip::OldCounts) => &sums.row(k) / before[k],
                    false => &sums.row(k) / counts[k],
                };
                codebook.row_mut(k).assign(&ratio);
            }
        }
        if is(Slip::NeverRevived) || is(Slip::RevivedTooSoon) {
            continue;
        }
        if is(Slip::CountsDropped) {
            counts.fill(0.0);
        }
        let by = match () {
            _ if is(Slip::DeadInOneBatch) => n,
            _ if is(Slip::DeadByShare) => n / z_e.nrows().max(1) as f64,
            _ => counts.clone(),
        };
        let found = revive(&mut codebook, &by, z_e, *threshold, rng);
        again(found, &codebook, &mut counts, &mut sums);
    }
    codebook
}

/// Whether two codebooks are the same, as far as a rounding error goes; what is no number equals what is none.
fn same(a: &Array2<f64>, b: &Array2<f64>) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || (a.is_nan() && b.is_nan())
            || (a - b).abs() <= 1e-9 * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// Perplexity and mean squared distance of many points under a codebook, if it is one.
fn seen(codebook: &Array2<f64>) -> Option<(f64, f64)> {
    let points = clouds(2_000, &mut rng_at(7, 1));
    let found = codebook_lookup::plain::nearest(&points, codebook).ok()?;
    let far = &points - &codebook.select(Axis(0), &found);
    let error = far.mapv(|v| v * v).sum() / 2_000.0;
    Some((evenly(&usage(&found, codebook.nrows())), error))
}

type KeepsAlive =
    fn(Array2<f64>, &[Array2<f64>], f64, f64, &mut ChaCha8Rng) -> Array2<f64>;

pub fn keep_alive(candidate: KeepsAlive) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § Keeping codes alive, and equation 7.11";
    let came = |training: &Training| {
        let Training { start, batches, gamma, threshold } = training;
        let rng = &mut training.rng();
        candidate(start.clone(), batches, *gamma, *threshold, rng)
    };
    let trainings = [a_few_batches(), from_far()];
    let all: Vec<_> = trainings.iter().map(came).collect();
    let agrees = |slip| {
        let right = trainings.iter().map(|t| kept_alive(t, slip));
        right.zip(&all).all(|(right, came)| same(&right, came))
    };
    if !agrees(None) {
        let right = kept_alive(&trainings[1], None);
        let ends = match (seen(&all[1]), seen(&right)) {
            (Some((p, e)), Some((q, f))) => format!(
                " On six clouds of points, five of six codes begin far away. After 40 batches yours have a perplexity of {p:.2} \
                 and a mean squared distance of {e:.3}; it should be {q:.2} and {f:.3}."
            ),
            _ => String::new(),
        };
        let mut known = SLIPS.into_iter();
        let (name, what) = known
            .find(|(slip, ..)| agrees(Some(*slip)))
            .map(|(_, name, what)| (name, what))
            .unwrap_or(("value", "The codebook is wrong."));
        let told = Diagnosis::new(name, format!("{what}{ends}"), SEE);
        for (training, came) in trainings.iter().zip(&all) {
            let right = kept_alive(training, None);
            let known = match right.shape() == came.shape() {
                true => vec![(came.clone(), told.clone())],
                false => vec![], // its shape is what is wrong
            };
            judge(&right, came, 1e-9, known, told.clone())?;
        }
        return Err(told);
    }
    let training = faded();
    let came = came(&training);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let right = kept_alive(&training, None);
    let nothing = kept_alive(&training, Some(Slip::DividedByNothing));
    if !same(&right, &came) && same(&nothing, &came) {
        let divided = told(
            "divided by nothing",
            "A code that no latent chose was divided by its count all the same. Both averages fade, and in the end it is divided by 0. \
             Where no latent chose a code, leave it as it is.",
        );
        return Err(divided.with(format!("{right:.5}"), format!("{came:.5}")));
    }
    judge(
        &right,
        &came,
        1e-9,
        vec![],
        told(
            "a faded count",
            "It goes wrong where a code's count has faded to 0: no latent chose it in any batch.",
        ),
    )
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NoCommitment => "no commitment",
        Cause::HeavyCommitment => "heavy commitment",
        Cause::TooLate => "too late",
        Cause::FrozenCodebook => "frozen codebook",
        Cause::DetachedEncoder => "detached encoder",
        Cause::FarStart => "far start",
        Cause::EagerRevival => "eager revival",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NoCommitment => {
            "Without commitment the latents run ahead of their codes, step after step, and the codes, which do learn, run after them."
        }
        Cause::HeavyCommitment => {
            "Under a β a hundred times as large the latents stay close to their codes; the decoder's gradient still comes through, \
             only weaker."
        }
        Cause::TooLate => {
            "If the codebook term is taken too late, no code moves at all, and the latents are driven away from the codes that they \
             chose."
        }
        Cause::FrozenCodebook => {
            "If the codebook is frozen, no code moves, and the commitment term still holds the latents near it."
        }
        Cause::DetachedEncoder => {
            "If the encoder hears of no picture, the commitment term alone moves it: the latents sink into their codes and shrink \
             together, whatever the decoder would need."
        }
        Cause::FarStart => {
            "From a start far out few codes are in use, the others stay where they are; those in use learn, and so does the encoder."
        }
        Cause::EagerRevival => {
            "If every code below a fair share starts again, about half of them do at each step: they come into use, and never to rest."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 3]) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § What goes wrong and § Keeping codes alive";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 6])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS)));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 6])
    };
    for ((run, right), came) in
        ["A", "B", "C"].iter().zip(SHOWN).zip(candidate())
    {
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
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

/// Why the latent and the code of exercise 7.14 are as far apart as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// Both terms pull the two together, until they meet.
    TheyMeet,
    /// The pull of the commitment term is as large as the decoder's.
    TheCommitmentHolds,
    /// A balance is one of gradients, whatever the step sizes.
    TheStepsDivideOut,
    /// Both go on at one pace.
    TheCodeFollows,
    /// The latent leaves its code behind.
    ItRunsAway,
}

/// How far the latent and its code are apart after so many steps, and how far the latent has come.
fn walk(beta: f64, eta_code: f64, steps: usize) -> (f64, f64) {
    let (mut z, mut e) = (array![[1.0]], array![[0.6]]);
    for _ in 0..steps {
        let mean = Reduction::Mean;
        let d_e = codebook_loss_backward(&z, &e, &[0], mean);
        let d_z = at_the_latent(array![[-0.3]], &z, &e, beta, mean);
        z.scaled_add(-0.1, &d_z);
        e.scaled_add(-eta_code, &d_e);
    }
    (z[[0, 0]] - e[[0, 0]], z[[0, 0]])
}

pub fn follows(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § Three terms, three receivers, equations 7.7 and 7.9";
    let (here, way) = walk(0.25, 0.01, 2_000);
    let (still, _) = walk(0.25, 0.0, 2_000);
    let (as_fast, _) = walk(0.25, 0.1, 2_000);
    let (free, far) = walk(0.0, 0.01, 2_000);
    let (distance, because) = candidate();
    let right = (distance - here).abs() <= 0.02 * here;
    let came = match right {
        true => "The number came: they go on",
        false => "They go on",
    };
    let told = |name, what: String| {
        let what = format!("{came} at a distance of {here:.3}. {what}");
        Err(Diagnosis::new(name, what, SEE).with(
            format!("{here:.3}"),
            format!("{distance:.3}, {because:?}"),
        ))
    };
    match because {
        Because::TheyMeet => told(
            "they meet",
            "Where they meet, neither term pulls, and the decoder's gradient still does: the latent goes ahead again.".into(),
        ),
        Because::TheCommitmentHolds => told(
            "the commitment holds",
            format!(
                "That is so if the code stands still: with a step size of 0 for it, the distance comes to {still:.2}. But a code that is \
                 so far from its latent moves, and then the latent goes on too: after 2,000 steps it is at {way:.0}."
            ),
        ),
        Because::TheStepsDivideOut => told(
            "the steps divide out",
            format!(
                "That would be a point at which both gradients are 0, and there is none: at the code it is 0 only where they meet. Both go \
                 on, and step sizes say how fast. With 0.1 for both, the distance comes to {as_fast:.2}."
            ),
        ),
        Because::ItRunsAway => told(
            "it runs away",
            format!(
                "It does run, and is at {way:.0} after 2,000 steps; but the farther ahead it is, the faster its code follows. Even \
                 with β = 0 the distance comes to {free:.2}, with the latent at {far:.0}."
            ),
        ),
        Because::TheCodeFollows if !right => {
            let near = |to: f64| (distance - to).abs() <= 0.02 * to;
            let what = match distance {
                _ if near(still) => format!(
                    "The reason is right, and {still:.2} is where the latent would stop. It goes on, as fast as its code does."
                ),
                _ if near(as_fast) => format!(
                    "The reason is right, and {as_fast:.2} is the distance if both step sizes were alike. The code's is 0.01."
                ),
                _ if near(free) => format!(
                    "The reason is right, and {free:.2} is the distance without a commitment term. With β = 0.25 the latent is held too."
                ),
                _ if near(6.0 / 7.0) => "The reason is right. Its number has lost the 2 of both squares: the pulls are 2β d and 2 d."
                    .into(),
                _ => "The reason is right. Its number: the latent goes 0.1 times (0.3 − 2β d) in a step, the code 0.01 times 2 d. Let \
                      them be equal."
                    .into(),
            };
            told("a reason without its number", what)
        }
        Because::TheCodeFollows => Ok(()),
    }
}
