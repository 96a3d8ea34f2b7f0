//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, Axis, array};

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
