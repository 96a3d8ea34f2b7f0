//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{
    BITS, bits_per_image as bits_of, embed, embed_backward, flat,
    shift_right as shifted,
};
use code_prior::sampling::{How, sample};
use code_prior::training::Config;
use gradients::plain::{
    Adam, AdamConfig, Parameters, cross_entropy, cross_entropy_backward,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, Axis, array, s};
use ndarray_rand::rand::Rng;

/// Queries, keys and values of four places.
fn head() -> [Array2<f64>; 3] {
    [
        array![[0.5, -1.0], [1.5, 0.3], [-0.7, 0.9], [0.2, 1.1]],
        array![[1.0, 0.4], [-0.6, 0.8], [0.3, -1.2], [0.9, 0.7]],
        array![[0.2, 1.0], [-1.0, 0.5], [0.6, -0.3], [1.4, 0.1]],
    ]
}

/// Softmax along the rows, over the places that `may(i, j)` admits.
fn shares(
    s: &Array2<f64>,
    may: impl Fn(usize, usize) -> bool,
) -> Array2<f64> {
    let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
        if may(i, j) { s[[i, j]].exp() } else { 0.0 }
    });
    let sums = e.sum_axis(Axis(1)).mapv(|v| v.max(1e-300));
    e / sums.insert_axis(Axis(1))
}

pub fn causal_weights(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Attention, causally, equation 9.6";
    let [q, k, _] = head();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let s = q.dot(&k.t()) / 2.0_f64.sqrt();
    let right = shares(&s, |i, j| j <= i);
    let all = shares(&s, |_, _| true);
    let cut = Array2::from_shape_fn(all.dim(), |(i, j)| {
        if j <= i { all[[i, j]] } else { 0.0 }
    });
    let turned = shares(&s.t().to_owned(), |i, j| j >= i);
    judge(
        &right,
        &candidate(&q, &k),
        1e-10,
        vec![
            (
                all,
                told(
                    "no mask",
                    "Every place sees every other one, its future as well. In training the model then reads the answer; \
                     in drawing there is no future to read.",
                ),
            ),
            (
                shares(&s, |i, j| j <= i + 1),
                told(
                    "one too many",
                    "Each place sees the one after it, and in there is the very code it has to say. The loss falls to \
                     nothing and the samples are noise.",
                ),
            ),
            (
                shares(&s, |i, j| j >= i),
                told(
                    "wrong side",
                    "Each place sees itself and what comes later. Row i asks, column j answers: j > i is the future.",
                ),
            ),
            (
                shares(&s, |i, j| j < i),
                told(
                    "not itself",
                    "A place may look at itself: its row holds the code *before* it. Without it the first place sees \
                     nothing at all.",
                ),
            ),
            (
                shares(&(&s * 2.0_f64.sqrt()), |i, j| j <= i),
                told(
                    "no root",
                    "The products were not divided by the root of D. The wider the head, the larger its scores, and the \
                     softmax picks one place alone.",
                ),
            ),
            (
                cut,
                told(
                    "masked after the softmax",
                    "The later places were removed after the softmax: rows no longer sum to 1, and the future still \
                     counts in their denominators.",
                ),
            ),
            (
                turned.t().to_owned(),
                told(
                    "columns",
                    "The columns sum to 1. Each row is one place's question, and its weights are what has to sum to 1.",
                ),
            ),
        ],
        told("value", "The weights are wrong."),
    )
}

pub fn shift_right(
    candidate: fn(&Array2<usize>, usize) -> Array2<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § What is known at a place, equation 9.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let numbers = |a: Array2<usize>| a.mapv(|v| v as f64);
    let codes = array![[3, 1, 2], [2, 0, 1]];
    judge(
        &array![[5.0, 3.0, 1.0], [5.0, 2.0, 0.0]],
        &numbers(candidate(&codes, 5)),
        0.0,
        vec![
            (
                numbers(codes.clone()),
                told(
                    "no shift",
                    "The input is the target. The model learns to copy, its loss goes to 0, and drawing cannot begin: \
                     there is nothing to copy.",
                ),
            ),
            (
                array![[1.0, 2.0, 5.0], [0.0, 1.0, 5.0]],
                told(
                    "to the left",
                    "Each place sees the code *after* it, which is the future.",
                ),
            ),
            (
                array![[0.0, 3.0, 1.0], [0.0, 2.0, 0.0]],
                told(
                    "code 0 as the start",
                    "Code 0 is a code like the others. The start needs a number of its own, or the model cannot tell \
                     where it is.",
                ),
            ),
            (
                array![[2.0, 3.0, 1.0], [1.0, 2.0, 0.0]],
                told(
                    "round and round",
                    "The last code came in at the front: the first place sees the end.",
                ),
            ),
            (
                array![[5.0, 3.0, 1.0], [2.0, 2.0, 0.0]],
                told(
                    "across images",
                    "The last code of one image became the start of the next. Each row of the batch is a sequence of \
                     its own.",
                ),
            ),
        ],
        told("value", "The inputs are wrong."),
    )
}

type AttentionBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> [Array2<f64>; 3];

pub fn attention_backward(
    candidate: AttentionBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Attention, causally, equation 9.8";
    let [q, k, v] = head();
    let d_y = array![[0.3, -0.2], [0.8, 0.1], [-0.5, 0.6], [0.2, 0.9]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let root = 2.0_f64.sqrt();
    let p = shares(&(q.dot(&k.t()) / root), |i, j| j <= i);
    let [d_q, d_k, d_v] = candidate(&q, &k, &v, &p, &d_y);
    judge(
        &p.t().dot(&d_y),
        &d_v,
        1e-10,
        vec![(
            p.dot(&d_y),
            told(
                "values not transposed",
                "A value collects from the places that looked at it: down a column of the weights, not along a row.",
            ),
        )],
        told("values", "The gradient at the values is wrong."),
    )?;
    let d_p = d_y.dot(&v.t());
    let means = (&p * &d_p).sum_axis(Axis(1)).insert_axis(Axis(1));
    let d_s = &p * &(&d_p - &means) / root;
    let one_by_one = &p * &(1.0 - &p) * &d_p / root;
    judge(
        &d_s.dot(&k),
        &d_q,
        1e-10,
        vec![
            (
                one_by_one.dot(&k),
                told(
                    "element by element",
                    "p (1 - p) is the slope of one weight in its own score. Raising a score lowers all the other weights \
                     of its row, too.",
                ),
            ),
            (
                d_p.dot(&k) / root,
                told(
                    "softmax forgotten",
                    "The gradient at the weights was taken for the gradient at the scores.",
                ),
            ),
            (
                d_s.dot(&k) * root,
                told(
                    "root forgotten",
                    "The scores were divided by the root of D on the way in, so their gradient is on the way back.",
                ),
            ),
        ],
        told("queries", "The gradient at the queries is wrong."),
    )?;
    judge(
        &d_s.t().dot(&q),
        &d_k,
        1e-10,
        vec![(
            d_s.dot(&q),
            told(
                "keys not transposed",
                "A key collects from every place that asked it: down a column of the scores' gradient.",
            ),
        )],
        told("keys", "The gradient at the keys is wrong."),
    )
}

type NormaliseBackward =
    fn(&Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

pub fn normalise_backward(
    candidate: NormaliseBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Rows of one size, equation 9.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let x_hat = array![[1.0, -1.0, 1.0, -1.0], [1.5, 0.1, -1.3, -0.3]];
    let scale = array![2.0, 0.5];
    let d = array![[0.4, 0.1, -0.6, 0.3], [1.0, -0.2, 0.7, 0.1]];
    let column = |x: Array1<f64>| x.insert_axis(Axis(1));
    let mean = |x: &Array2<f64>| column(x.sum_axis(Axis(1)) / 4.0);
    let (moved, along) = (mean(&d), mean(&(&d * &x_hat)));
    let scale_of = column(scale.clone());
    let over = |x: &Array2<f64>| x.sum_axis(Axis(0)) / 2.0;
    judge(
        &((&d - &moved - &x_hat * &along) * &scale_of),
        &candidate(&x_hat, &scale, &d),
        1e-10,
        vec![
            (
                &d * &scale_of,
                told(
                    "statistics held fixed",
                    "Mean and scale were taken for constants. They are made of the same row, and move with it.",
                ),
            ),
            (
                (&d - &moved) * &scale_of,
                told(
                    "stretch forgotten",
                    "Only the mean was taken out. Stretching a row changes nothing either.",
                ),
            ),
            (
                (&d - &x_hat * &along) * &scale_of,
                told(
                    "move forgotten",
                    "Only the stretch was taken out. Moving a row as a whole changes nothing either.",
                ),
            ),
            (
                (&d - &over(&d) - &x_hat * &over(&(&d * &x_hat))) * &scale_of,
                told(
                    "over the batch",
                    "The means are over the batch, as in batch normalisation. Here each row stands for itself.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn bits_per_image(
    candidate: fn(&Array2<f64>, &Array2<usize>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Bits, equation 9.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let logits = array![
        [0.0, 1.0, -1.0],
        [0.5, 0.5, 2.0],
        [1.0, 0.0, 0.3],
        [-0.5, 0.7, 0.1],
        [2.0, 0.2, 0.4],
        [0.0, 0.0, 1.0]
    ];
    let codes = array![[1, 2, 0], [0, 0, 2]]; // 2 images of 3 places
    let e = logits.mapv(f64::exp);
    let p = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    let turned = &e / &e.sum_axis(Axis(0));
    let nats = |p: &Array2<f64>| -> f64 {
        let all = p.rows().into_iter().zip(&codes);
        all.map(|(row, &code)| -row[code].ln()).sum()
    };
    let (ln_2, total) = (2.0_f64.ln(), nats(&p));
    let entropy = -p.mapv(|p| p * p.log2()).sum() / 2.0;
    judge_number(
        total / 2.0 / ln_2,
        candidate(&logits, &codes),
        1e-10,
        vec![
            (
                total / 6.0 / ln_2,
                told(
                    "mean over places",
                    "This is what one code costs on average. An image costs the sum over its places.",
                ),
            ),
            (
                total / 2.0,
                told(
                    "nats",
                    "This is in nats. A bit is ln 2 nats, so there are more bits than nats.",
                ),
            ),
            (
                total / 2.0 * ln_2,
                told(
                    "wrong way round",
                    "Nats were multiplied by ln 2. A bit is the smaller unit: divide.",
                ),
            ),
            (
                total / ln_2,
                told(
                    "summed over images",
                    "This is what all images cost together. It has to be averaged over them.",
                ),
            ),
            (
                nats(&turned) / 2.0 / ln_2,
                told(
                    "softmax over the places",
                    "The softmax ran down the columns. At each place the K codes share one probability: along a row.",
                ),
            ),
            (
                entropy,
                told(
                    "the codes were not looked at",
                    "This is the model's own entropy: what its samples would cost. The codes that are there may cost \
                     more.",
                ),
            ),
        ],
        told("value", "The bits are wrong."),
    )
}

pub fn tempered(
    candidate: fn(&Array1<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Drawing, equation 9.14";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let softmax = |s: Array1<f64>| {
        let e = s.mapv(f64::exp);
        &e / e.sum()
    };
    let (logits, t) = (array![1.0, 2.5, -0.5, 0.8], 0.5);
    let one = softmax(logits.clone());
    judge(
        &softmax(&logits / t),
        &candidate(&logits, t),
        1e-10,
        vec![
            (
                softmax(&logits * t),
                told(
                    "multiplied",
                    "The logits were multiplied: colder became hotter. A temperature divides.",
                ),
            ),
            (
                one.clone(),
                told(
                    "divided too late",
                    "Dividing *probabilities* by one number and normalising gives the same probabilities again.",
                ),
            ),
            (
                softmax(&one / t),
                told(
                    "softmax twice",
                    "The temperature belongs to the logits; here the softmax of a softmax was taken, which is nearly \
                     flat.",
                ),
            ),
            (
                one.mapv(|p| p.powf(1.0 / t)),
                told(
                    "not normalised",
                    "Powers of probabilities are right in their proportions, and no longer sum to 1.",
                ),
            ),
        ],
        told("value", "The probabilities are wrong."),
    )?;
    let p = candidate(&array![1000.0, 999.0], 0.5);
    let expected = softmax(array![2.0, 0.0]);
    if p.iter().any(|v| v.is_nan()) {
        let what = "The exponential of a large logit is infinite. Take the largest logit out first; the probabilities \
                    stay the same.";
        let told = told("overflow", what);
        return Err(told.with(format!("{expected:.5}"), format!("{p:.5}")));
    }
    judge(&expected, &p, 1e-10, vec![], told("value", "They are wrong."))
}

type OneQuery = fn(
    &Array1<f64>,
    &Array1<f64>,
    &Array1<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> Array1<f64>;

pub fn one_query(candidate: OneQuery) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Nothing twice, equation 9.15";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let [q, k, v] = head();
    let s = q.dot(&k.t()) / 2.0_f64.sqrt();
    let last = |p: Array2<f64>| p.row(3).dot(&v); // [D]
    let before = |x: &Array2<f64>| x.slice(ndarray::s![..3, ..]).to_owned();
    let came = candidate(
        &q.row(3).to_owned(),
        &k.row(3).to_owned(),
        &v.row(3).to_owned(),
        &before(&k),
        &before(&v),
    );
    judge(
        &last(shares(&s, |i, j| j <= i)),
        &came,
        1e-10,
        vec![
            (
                last(shares(&s, |i, j| j < i)),
                told(
                    "not itself",
                    "The newest place was left out. Its own row holds the code just drawn, the nearest there is.",
                ),
            ),
            (
                v.row(3).to_owned(),
                told(
                    "nothing kept",
                    "Only the newest value came out: what was kept was not looked at.",
                ),
            ),
            (
                last(shares(&(&s * 2.0_f64.sqrt()), |i, j| j <= i)),
                told(
                    "no root",
                    "The products were not divided by the root of D, as they were in training.",
                ),
            ),
            (
                last(shares(&(k.dot(&k.t()) / 2.0_f64.sqrt()), |i, j| {
                    j <= i
                })),
                told(
                    "key for query",
                    "The newest key asked in place of the query.",
                ),
            ),
        ],
        told("value", "The output is wrong."),
    )
}

pub fn in_units(candidate: fn(&[f64]) -> Vec<u32>) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § A digit in ten bytes, equation 9.17";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // All of these are exact in f64; the largest is neither first nor last.
    let p = [0.1875, 0.0, 0.4375, 0.15625, 0.0, 0.15625, 0.0625];
    let one = f64::from(1 << 24);
    let shared = one - p.len() as f64;
    let each =
        |unit: &dyn Fn(f64) -> f64| p.map(|p| unit(p).floor()).to_vec();
    let plus = |mut units: Vec<f64>, at: usize| {
        units[at] += one - units.iter().sum::<f64>();
        Array1::from(units)
    };
    let right = || each(&|p| 1.0 + shared * p);
    let numbers = |units: Vec<u32>| Array1::from(units).mapv(f64::from);
    judge(
        &plus(right(), 2),
        &numbers(candidate(&p)),
        0.0,
        vec![
            (
                each(&|p| (one * p).round().max(1.0)).into(),
                told(
                    "rounded",
                    "Rounded one by one, and the rare ones raised to 1: the sum is not 2²⁴. The coder would cut a piece \
                     from its interval that is not there.",
                ),
            ),
            (
                plus(each(&|p| one * p), 2),
                told(
                    "impossible codes",
                    "A code of small probability has 0 units: its share of the interval is empty, and a map that has it \
                     cannot be written.",
                ),
            ),
            (
                plus(right(), 0),
                told(
                    "rest to the first",
                    "What is left over went to the first code. The largest feels it least: there it is the smallest \
                     part of what it has.",
                ),
            ),
            (
                plus(right(), p.len() - 1),
                told(
                    "rest to the last",
                    "What is left over went to the last code. The largest feels it least: there it is the smallest part \
                     of what it has.",
                ),
            ),
            (
                right().into(),
                told(
                    "rest forgotten",
                    "Rounding down leaves some units over, and nobody has got them: the sum is below 2²⁴.",
                ),
            ),
            (
                each(&|p| 1.0 + one * p).into(),
                told(
                    "no room",
                    "One unit for each code came on top of 2²⁴ that were shared out already. Share out 2²⁴ - K.",
                ),
            ),
        ],
        told("value", "The units are wrong."),
    )?;
    judge(
        &Array1::from(vec![1.0, one - 1.0]),
        &numbers(candidate(&[0.0, 1.0])),
        0.0,
        vec![],
        told("two codes", "Of two codes, one has all the probability."),
    )
}

pub fn mask(
    candidate: fn(usize, usize, bool) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § A PixelCNN, for comparison, equation 9.20";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // 5 × 5 places of 3 channels, then 3 × 3 of 2, with the own place and without.
    for (size, c, own) in
        [(5, 3, false), (5, 3, true), (3, 2, false), (3, 2, true)]
    {
        let (middle, half) = (size / 2, size * size / 2);
        let before = half + usize::from(own);
        let came = candidate(size, c, own);
        if came.len() != size * size * c {
            let what = "There are not as many rows as the weights have: each place of the kernel has a row for each of \
                        its C channels, and its mask holds for all of them.";
            let rows = |n: usize| format!("{n} rows");
            let told = told("channels", what);
            return Err(told.with(rows(size * size * c), rows(came.len())));
        }
        let ones = |may: &dyn Fn(usize, usize) -> bool| {
            Array1::from_shape_fn(size * size * c, |row| {
                let tap = row / c;
                f64::from(may(tap / size, tap % size))
            })
        };
        let at = |i: usize, j: usize| i * size + j;
        let itself = |i, j| (i, j) == (middle, middle);
        judge(
            &ones(&|i, j| at(i, j) < before),
            &came,
            0.0,
            vec![
                (
                    ones(&|i, j| at(i, j) <= half),
                    told(
                        "its own code",
                        "The first layer sees the code that it has to guess. Its loss goes to 0, and its samples are rubble: \
                         only when `own` may the middle be used.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) < half),
                    told(
                        "never itself",
                        "With `own` the middle may be used: behind the first layer it holds what came before, not the answer.",
                    ),
                ),
                (
                    ones(&|i, j| {
                        i < middle || i == middle && (own || j != middle)
                    }),
                    told(
                        "the whole row",
                        "Places to the right in the same line are seen. They come later.",
                    ),
                ),
                (
                    ones(&|i, j| i < middle || own && itself(i, j)),
                    told(
                        "nothing to the left",
                        "What stands to the left in the same line comes before as well.",
                    ),
                ),
                (
                    ones(&|i, j| {
                        i <= middle && j <= middle && (own || !itself(i, j))
                    }),
                    told(
                        "above on the right",
                        "The lines above come before as a whole, also what stands to the right there.",
                    ),
                ),
                (
                    ones(&|i, j| j * size + i < before),
                    told(
                        "column by column",
                        "This is the order of columns. Maps are read line by line.",
                    ),
                ),
                (
                    Array1::from_shape_fn(size * size * c, |row| {
                        f64::from(row % (size * size) < before)
                    }),
                    told(
                        "channels first",
                        "The rows are place by place, and the C channels of a place stand together.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) > half || own && itself(i, j)),
                    told(
                        "wrong side",
                        "What comes later is kept, and what comes before is masked.",
                    ),
                ),
            ],
            told("value", "The mask is wrong."),
        )?;
    }
    Ok(())
}

/// A prior, batches of code maps, how; to the bits an image of each batch.
type Trains = fn(&mut Prior<f64>, &[Array2<usize>], &Config) -> Vec<f64>;

/// What can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    NoShift,
    ToTheLeft,
    CodeForStart,
    EmbeddingsStand,
    TableStands,
    PositionsStand,
    RowsOfTargets,
    Nats,
    OfACode,
    OfABatch,
    Uphill,
    SumForMean,
    LastPlaceAlone,
    CountedFromOne,
    StepStays,
    AdamAnew,
    BitsBehindTheStep,
    FirstBatchAgain,
    ConstantsForgotten,
    NothingMoves,
}

const SLIPS: [(Slip, &str, &str); 20] = [
    (
        Slip::NoShift,
        "no shift",
        "Each place sees its own code. The bits fall to nothing, and what has been learnt is to copy: there is nothing to copy when it draws.",
    ),
    (
        Slip::ToTheLeft,
        "to the left",
        "Each place sees the code after it, which is the future. `shift_right` shows it the code before.",
    ),
    (
        Slip::CodeForStart,
        "code 0 as the start",
        "The start token was code 0, a code like the others. It has a row of its own, number K, which is `prior.codes()`.",
    ),
    (
        Slip::EmbeddingsStand,
        "embeddings stand still",
        "The table and the positions have not moved: `backward_rows` leaves their gradients at 0. `embed_backward` gives both, of the \
         gradient at the rows.",
    ),
    (
        Slip::TableStands,
        "the table stands still",
        "The positions move, and the table of embeddings does not. `embed_backward` gives the gradients of both.",
    ),
    (
        Slip::PositionsStand,
        "positions stand still",
        "The table of embeddings moves, and the positions do not. `embed_backward` gives the gradients of both.",
    ),
    (
        Slip::RowsOfTargets,
        "rows of the targets",
        "The gradient at a place went to the row of the code that was to be guessed there. It goes to the row that was taken: that of what was \
         *seen*.",
    ),
    (
        Slip::Nats,
        "nats",
        "What is learnt is right. What came back is in nats; `BITS` are in a nat.",
    ),
    (
        Slip::OfACode,
        "of a code",
        "What is learnt is right. What came back is what one code costs; an image has T of them.",
    ),
    (
        Slip::OfABatch,
        "of a batch",
        "What is learnt is right. What came back is what all images of the batch cost together.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The prior climbs its loss. `cross_entropy_backward` gives the gradient of the loss, and `step` goes against it by itself.",
    ),
    (
        Slip::SumForMean,
        "sum for mean",
        "The gradient is that of the sum over all places; the loss is their mean.",
    ),
    (
        Slip::LastPlaceAlone,
        "the last place alone",
        "Only the guess at the last place was scored. One pass makes T guesses of each map, and each has a target.",
    ),
    (
        Slip::CountedFromOne,
        "counted from one",
        "The steps were counted from 1. `config.lr` counts from 0: the first step is that of n = 0.",
    ),
    (
        Slip::StepStays,
        "the step size stays",
        "The step size stayed at that of `config.adam`, which is the largest. Set `adam.config.lr` before each step.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each step, so that its running means begin at zero again. Make it once, before the loop.",
    ),
    (
        Slip::BitsBehindTheStep,
        "bits behind the step",
        "What is learnt is right. The bits that came back are those behind each step; asked for are those before it.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step saw the first batch.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made of `config.adam`.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The bits are right, and the prior that came has not moved. Was a copy trained?",
    ),
];

fn run(
    start: &Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
    slip: Slip,
) -> (Prior<f64>, Vec<f64>) {
    let constants = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config.adam,
    };
    let (mut prior, mut bits) = (start.clone(), Vec::new());
    let mut adam = Adam::new(&prior, constants);
    for (n, own) in batches.iter().enumerate() {
        let codes =
            if slip == Slip::FirstBatchAgain { &batches[0] } else { own };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&prior, constants);
        }
        adam.config.lr = match slip {
            Slip::CountedFromOne => config.lr(n as u64 + 1),
            Slip::StepStays => constants.lr,
            _ => config.lr(n as u64),
        };
        let (nats, d) = learnt(&prior, codes, slip);
        adam.step(&mut prior, &d);
        let nats = match slip {
            Slip::BitsBehindTheStep => learnt(&prior, codes, slip).0,
            _ => nats,
        };
        let places = codes.ncols() as f64;
        bits.push(match slip {
            Slip::Nats => nats * places,
            Slip::OfACode => nats * BITS,
            Slip::OfABatch => nats * BITS * codes.len() as f64,
            _ => nats * BITS * places,
        });
    }
    match slip {
        Slip::NothingMoves => (start.clone(), bits),
        _ => (prior, bits),
    }
}

/// The loss in nats, and the gradient of a step.
fn learnt(
    prior: &Prior<f64>,
    codes: &Array2<usize>,
    slip: Slip,
) -> (f64, Prior<f64>) {
    let (t, k) = (codes.ncols(), prior.codes());
    let seen = match slip {
        Slip::NoShift => codes.clone(),
        Slip::ToTheLeft => {
            let mut seen = Array2::from_elem(codes.dim(), k);
            seen.slice_mut(s![.., ..t - 1]).assign(&codes.slice(s![.., 1..]));
            seen
        }
        Slip::CodeForStart => shifted(codes, 0),
        _ => shifted(codes, k),
    };
    let pass =
        prior.forward_rows(embed(&prior.table, &prior.positions, &seen));
    let targets = flat(codes);
    let mut loss = cross_entropy(&pass.logits, &targets);
    let mut d_logits = cross_entropy_backward(&pass.logits, &targets);
    match slip {
        Slip::Uphill => d_logits *= -1.0,
        Slip::SumForMean => d_logits *= codes.len() as f64,
        Slip::LastPlaceAlone => {
            let ends = pass.logits.slice(s![t - 1..; t, ..]).to_owned();
            let there = codes.column(t - 1).to_vec();
            loss = cross_entropy(&ends, &there);
            d_logits.fill(0.0);
            d_logits
                .slice_mut(s![t - 1..; t, ..])
                .assign(&cross_entropy_backward(&ends, &there));
        }
        _ => {}
    }
    let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
    let to = if slip == Slip::RowsOfTargets { codes } else { &seen };
    let sizes = (prior.table.nrows(), prior.places());
    let (table, positions) = embed_backward(&d_x, to, sizes);
    if !matches!(slip, Slip::EmbeddingsStand | Slip::TableStands) {
        d.table = table;
    }
    if !matches!(slip, Slip::EmbeddingsStand | Slip::PositionsStand) {
        d.positions = positions;
    }
    (loss, d)
}

/// The bits, and then every number of the prior.
fn laid((prior, bits): &(Prior<f64>, Vec<f64>)) -> Array1<f64> {
    let parameters = prior.parameters();
    let parameters = parameters.iter().flat_map(|p| p.iter());
    bits.iter().chain(parameters).copied().collect()
}

/// What differs first of two trainings: the bits, or a row of what was learnt.
fn first_difference(
    (right, bits): &(Prior<f64>, Vec<f64>),
    (came, yours): &(Prior<f64>, Vec<f64>),
) -> [String; 2] {
    let differs = |(a, b): (&f64, &f64)| {
        let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        !near // a NaN differs from everything
    };
    if bits.iter().zip(yours).any(differs) {
        return [bits, yours].map(|b| match b.len() {
            0..=6 => format!("bits an image {b:.5?}"),
            _ => format!("bits an image {:.5?} …", &b[..6]),
        });
    }
    let all = right.parameters().into_iter().zip(came.parameters());
    for (n, (a, b)) in all.enumerate() {
        let name = match n {
            0 => "the table".to_string(),
            1 => "the positions".to_string(),
            n => format!("parameter {n} of the prior"),
        };
        let rows = a.outer_iter().zip(b.outer_iter()).enumerate();
        for (row, (a, b)) in rows {
            if a.iter().zip(&b).any(differs) {
                let row = format!("row {row} of {name}");
                return [a, b].map(|v| format!("{row} {v:.5}"));
            }
        }
    }
    [String::new(), String::new()]
}

/// By how much numbers are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    (right.len() > 1 && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// Maps whose second half repeats the first.
fn doubled(
    maps: usize,
    places: usize,
    codes: usize,
    stream: u64,
) -> Array2<usize> {
    let rng = &mut rng_at(99, stream);
    let mut all =
        Array2::from_shape_fn((maps, places), |_| rng.random_range(0..codes));
    let half = places.div_ceil(2);
    let first = all.slice(s![.., ..places - half]).to_owned();
    all.slice_mut(s![.., half..]).assign(&first);
    all
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Training, and equations 9.2, 9.3 and 9.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let sizes = |codes, places, blocks, classes| Sizes {
        codes,
        places,
        width: 8,
        heads: 2,
        blocks,
        classes,
    };
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let config = |sizes, batches: &[_], adam| Config {
        sizes,
        batch: 3,
        steps: batches.len() as u64,
        warm_up: 2,
        adam,
    };
    let few = vec![
        array![[4, 0, 0, 2], [1, 1, 3, 0], [0, 0, 0, 0]],
        array![[2, 4, 4, 4]],
        array![[3, 0, 1, 2], [4, 3, 2, 1]],
    ];
    let other = vec![doubled(2, 5, 3, 0), doubled(4, 5, 3, 1)];
    let long: Vec<_> = (0..60).map(|n| doubled(8, 6, 4, 10 + n)).collect();
    let usual = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let cases = [
        (sizes(5, 4, 1, 0), few, adam, 0.0),
        (sizes(3, 5, 2, 4), other, adam, 1000.0),
        (sizes(2, 3, 0, 0), vec![], adam, 0.0),
        (sizes(4, 6, 1, 0), long, usual, 0.0),
    ];
    for (n, (sizes, batches, adam, sure)) in cases.into_iter().enumerate() {
        let start = Prior::new(sizes, &mut rng_at(98, n as u64));
        let mut start = start.unwrap_or_else(|e| panic!("{e}"));
        start.head.b[1] = sure; // of one code, before anything is learnt
        let config = config(sizes, &batches, adam);
        let mut mine = start.clone();
        let bits = candidate(&mut mine, &batches, &config);
        let came = (mine, bits);
        if came.1.len() != batches.len() {
            let count = |n: usize| format!("{n} numbers");
            let what =
                "There is one number for each batch, that before its step.";
            return Err(told("how many numbers", what)
                .with(count(batches.len()), count(came.1.len())));
        }
        let right = run(&start, &batches, &config, Slip::None);
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = run(&start, &batches, &config, slip);
            (laid(&wrong), told(name, what))
        });
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your bits are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 60 => told(
                "long training",
                "Few batches are right, and 60 are not.",
            ),
            None => told("value", "The bits or the prior are wrong."),
        };
        // Sixty steps make a little rounding larger.
        let near = if batches.len() == 60 { 1e-5 } else { 1e-9 };
        let suspects = suspects.collect();
        let judged =
            judge(&laid(&right), &laid(&came), near, suspects, otherwise);
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}

/// What exercise 9.11 asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Bits an image of what is drawn at temperature ½.
    pub cold: f64,
    /// Of what is drawn by top-2.
    pub cut: f64,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Why {
    DrawnByOnePaidByTheOther,
    PaidAsDrawn,
    HalfTheLogitsHalfTheBits,
    TheModelIsTheSame,
    OnlyTheLikeliest,
}

/// What 2,000 maps that are drawn so cost the prior of exercise 9.11, in bits an image, and the shares of the three codes in
/// them, in percent.
fn drawn(how: How) -> (f64, [f64; 3]) {
    let sizes = Sizes {
        codes: 3,
        places: 49,
        width: 2,
        heads: 1,
        blocks: 0,
        classes: 0,
    };
    let prior = Prior::<f64>::new(sizes, &mut rng_at(9, 11));
    let mut prior = prior.unwrap_or_else(|e| panic!("{e}"));
    prior.head.w.fill(0.0);
    prior.head.b = array![0.5, 0.25, 0.25].mapv_into(f64::ln);
    let maps = sample(&prior, 2000, how, 1);
    let maps = maps.unwrap_or_else(|e| panic!("{e}"));
    let nats = prior.nats(&maps).unwrap_or_else(|e| panic!("{e}"));
    let share = |k: usize| {
        let n = maps.iter().filter(|code| **code == k).count();
        100.0 * n as f64 / maps.len() as f64
    };
    (bits_of(&nats), [0, 1, 2].map(share))
}

pub fn colder(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Cutting the tail, equations 9.11, 9.14 and 9.19";
    type Drawn = (f64, [f64; 3]);
    /// Drawn once, however many answers are looked at.
    static ALL: LazyLock<[Drawn; 4]> = LazyLock::new(|| {
        let top_2 = How { top_k: Some(2), ..How::from(1.0) };
        [How::from(1.0), How::from(0.5), top_2, How::from(0.0)].map(drawn)
    });
    let [(usual, _), (cold, shares), (cut, kept), (coldest, _)] = *ALL;
    let yours = candidate();
    let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * b;
    let both = |times: f64| {
        near(yours.cold, times * cold) && near(yours.cut, times * cut)
    };
    let right = both(1.0);
    let came = format!(
        "2,000 maps drawn at temperature ½ cost {cold:.1} bits in the mean, by top-2 {cut:.1}{}.",
        if right { ", as you say" } else { "" }
    );
    let told = |name, what: String| {
        let yours = format!(
            "{:.1} and {:.1}, {:?}",
            yours.cold, yours.cut, yours.why
        );
        let told = Diagnosis::new(name, format!("{came} {what}"), SEE);
        Err(told.with(format!("{cold:.1} and {cut:.1}"), yours))
    };
    match yours.why {
        Why::DrawnByOnePaidByTheOther if right => Ok(()),
        Why::DrawnByOnePaidByTheOther if both(1.0 / 49.0) => told(
            "of a code",
            "The reason is right, and your numbers are those of one code. An image has 49.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther if both(2.0_f64.ln()) => told(
            "nats",
            "The reason is right, and your numbers are in nats: a bit is a factor of two.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther => told(
            "a reason without its numbers",
            format!(
                "The reason is right. At temperature ½ the three codes came in {:.0}, {:.0} and {:.0} of a hundred places, by top-2 in \
                 {:.0}, {:.0} and {:.0}: what is drawn adds up to 1, in either case. A code costs 1, 2 and 2 bits.",
                shares[0], shares[1], shares[2], kept[0], kept[1], kept[2]
            ),
        ),
        Why::PaidAsDrawn => {
            let entropy = |shares: [f64; 3]| {
                let bits = shares.map(|p| match p / 100.0 {
                    p if p > 0.0 => -p * p.log2(),
                    _ => 0.0,
                });
                49.0 * bits.iter().sum::<f64>()
            };
            told(
                "paid as drawn",
                format!(
                    "The entropies of what they were drawn from are {:.1} and {:.1} bits: so much they would cost a model that knew how they \
                     were drawn. The prior does not. Whenever it meets code 1 it asks 2 bits.",
                    entropy(shares),
                    entropy(kept)
                ),
            )
        }
        Why::HalfTheLogitsHalfTheBits => told(
            "half the bits",
            format!(
                "Half of {usual:.1} would be {:.1}, and the least that a map can cost is 49 bits, when all of it is code 0. The \
                 temperature changes how often a code comes, not what the prior asks for it.",
                usual / 2.0
            ),
        ),
        Why::TheModelIsTheSame => told(
            "the model is the same",
            format!(
                "The prior is the same, and so are its prices; drawn as it says, its maps cost {usual:.1}. But these are other maps: code 0, \
                 the cheap one, came in {:.0} of a hundred places at temperature ½ and in {:.0} by top-2, where it comes in 50.",
                shares[0], kept[0]
            ),
        ),
        Why::OnlyTheLikeliest => told(
            "only the likeliest",
            format!(
                "That is temperature 0, where all is code 0, and a map costs {coldest:.1} bits. At ½ a third of the places still have \
                 another code, and of two codes the second is drawn too."
            ),
        ),
    }
}
