//! What a causal transformer is made of, in plain ndarray, every backward
//! pass below its forward pass. A batch of B sequences of T places is a
//! matrix with one row for each place, `[B·T, W]`.

use codebook_lookup::plain::{gather, gather_backward};
use gradients::plain::{product, real};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, NdFloat, s};
use rayon::prelude::*;

// ANCHOR: shift
/// Eq. 9.2: what is known at each place: the code before it. At the first
/// place it is a start token, which has the number `k`. `[B, T]`
pub fn shift_right(codes: &Array2<usize>, k: usize) -> Array2<usize> {
    let mut seen = Array2::from_elem(codes.raw_dim(), k); // [B, T]
    let last = codes.ncols().saturating_sub(1);
    seen.slice_mut(s![.., 1..]).assign(&codes.slice(s![.., ..last]));
    seen
}
// ANCHOR_END: shift

// ANCHOR: starts
/// Eq. 9.18: the start token of each image: row K of the table where the
/// class is not known, row K + 1 + y where it is y. `[B]`
pub fn start_tokens(classes: &[Option<usize>], k: usize) -> Vec<usize> {
    let token = |class: &Option<usize>| class.map_or(k, |y| k + 1 + y);
    classes.iter().map(token).collect()
}

/// Eq. 9.2, each image with a start token of its own. `[B, T]`
///
/// # Panics
/// There is not one for each image.
pub fn shift_right_from(
    codes: &Array2<usize>, // [B, T]
    starts: &[usize],      // [B]
) -> Array2<usize> {
    let mut seen = shift_right(codes, 0); // [B, T]
    let first = seen.columns_mut().into_iter().take(1).flatten();
    assert_eq!(starts.len(), codes.nrows(), "a start for each image");
    first.zip(starts).for_each(|(first, &start)| *first = start);
    seen
}
// ANCHOR_END: starts

// ANCHOR: embed
/// Eq. 9.3: a vector for what is known plus a vector for where. `[B·T, W]`
///
/// # Panics
/// There is no such row, or there are more places than positions.
pub fn embed<F: NdFloat>(
    table: &Array2<F>,     // [rows, W]
    positions: &Array2<F>, // [T, W]
    seen: &Array2<usize>,  // [B, T]
) -> Array2<F> {
    let (known, places) = (flat(seen), places(seen)); // [B·T], [B·T]
    gather(table, &known) + gather(positions, &places) // [B·T, W]
}

/// Its gradients: a row collects from wherever it was taken.
/// `[rows, W]`, `[T, W]`
pub fn embed_backward<F: NdFloat>(
    d_x: &Array2<F>,      // [B·T, W]
    seen: &Array2<usize>, // [B, T]
    (rows, t): (usize, usize),
) -> (Array2<F>, Array2<F>) {
    let d_table = gather_backward(d_x, &flat(seen), rows); // [rows, W]
    (d_table, gather_backward(d_x, &places(seen), t)) // [T, W]
}
// ANCHOR_END: embed

/// Row by row. `[B·T]`
pub fn flat(codes: &Array2<usize>) -> Vec<usize> {
    codes.iter().copied().collect()
}

/// The place of each row. `[B·T]`
pub fn places(codes: &Array2<usize>) -> Vec<usize> {
    (0..codes.nrows()).flat_map(|_| 0..codes.ncols()).collect()
}

// ANCHOR: norm
/// Keeps the division finite where a row is constant.
pub const EPS: f64 = 1e-5;

/// Eq. 9.4: each row with mean 0 and variance 1, and what it was divided
/// by, as a factor. `[N, W]`, `[N]`
pub fn normalise<F: NdFloat>(x: &Array2<F>) -> (Array2<F>, Array1<F>) {
    let w = real::<F>(x.ncols() as f64);
    let mut x_hat = x.as_standard_layout().into_owned(); // [N, W]
    let mut scale = Array1::zeros(x.nrows()); // [N]
    for (mut row, scale) in x_hat.rows_mut().into_iter().zip(&mut scale) {
        let mean = row.sum() / w;
        row.mapv_inplace(|v| v - mean);
        let variance = row.dot(&row) / w;
        *scale = (variance + real(EPS)).sqrt().recip();
        row *= *scale;
    }
    (x_hat, scale)
}

/// Eq. 9.5: what moves a row as a whole, or stretches it, changes nothing;
/// so both are taken out of the gradient. `[N, W]`
pub fn normalise_backward<F: NdFloat>(
    x_hat: &Array2<F>, // [N, W]
    scale: &Array1<F>, // [N]
    d_x_hat: Array2<F>,
) -> Array2<F> {
    let w = real::<F>(x_hat.ncols() as f64);
    let mut d_x = d_x_hat; // [N, W]
    let rows = d_x.rows_mut().into_iter().zip(x_hat.rows());
    for ((mut d, x_hat), &scale) in rows.zip(scale) {
        let (moved, stretched) = (d.sum() / w, d.dot(&x_hat) / w);
        d.zip_mut_with(&x_hat, |d, &x| {
            *d = scale * (*d - moved - x * stretched);
        });
    }
    d_x
}
// ANCHOR_END: norm

// ANCHOR: attention
/// Eq. 9.6: one head. Each place asks with its query, every place up to it
/// answers with its key, and the values are averaged by how well they fit.
/// Gives the weights `[T, T]` and the averages `[T, D]`.
pub fn attention<F: NdFloat>(
    q: ArrayView2<F>, // [T, D]
    k: ArrayView2<F>, // [T, D]
    v: ArrayView2<F>, // [T, D]
) -> (Array2<F>, Array2<F>) {
    let mut p = product(q, k.t()); // [T, T]
    let scale = root_of_width(q);
    for (i, mut row) in p.rows_mut().into_iter().enumerate() {
        row.slice_mut(s![i + 1..]).fill(F::zero()); // later places
        softmax_of(row.slice_mut(s![..=i]).as_slice_mut(), scale);
    }
    let y = product(p.view(), v); // [T, D]
    (p, y)
}

/// Eq. 9.8: its gradients at queries, keys and values. `[T, D]` each
pub fn attention_backward<F: NdFloat>(
    (q, k, v): (ArrayView2<F>, ArrayView2<F>, ArrayView2<F>), // [T, D]
    p: &Array2<F>,                                            // [T, T]
    d_y: ArrayView2<F>,                                       // [T, D]
) -> [Array2<F>; 3] {
    let d_v = product(p.t(), d_y); // [T, D]
    let mut d_s = product(d_y, v.t()); // [T, T]
    for (mut d, p) in d_s.rows_mut().into_iter().zip(p.rows()) {
        let mean = d.dot(&p); // of d, weighted by p
        d.zip_mut_with(&p, |d, &p| *d = p * (*d - mean));
    }
    d_s *= root_of_width(q);
    let d_q = product(d_s.view(), k); // [T, D]
    let d_k = product(d_s.t(), q); // [T, D]
    [d_q, d_k, d_v]
}
// ANCHOR_END: attention

// ANCHOR: softmax_of
/// Eq. 9.7: `1 / √D`.
fn root_of_width<F: NdFloat>(q: ArrayView2<F>) -> F {
    real::<F>(q.ncols() as f64).sqrt().recip()
}

/// The softmax of `scale` times some scores, in place.
fn softmax_of<F: NdFloat>(scores: Option<&mut [F]>, scale: F) {
    let scores = scores.expect("a row of a product is in one piece");
    let larger = |a: F, b: &F| if *b > a { *b } else { a };
    let largest = scores.iter().fold(F::neg_infinity(), larger);
    let mut sum = F::zero();
    for s in scores.iter_mut() {
        *s = ((*s - largest) * scale).exp();
        sum += *s;
    }
    scores.iter_mut().for_each(|s| *s /= sum);
}
// ANCHOR_END: softmax_of

/// The part of `x`, `[T, W]`, that belongs to one of `h` heads. `[T, W/H]`
fn head_of<F>(
    x: ArrayView2<'_, F>,
    h: usize,
    head: usize,
) -> ArrayView2<'_, F> {
    let d = x.ncols() / h;
    x.slice_move(s![.., head * d..(head + 1) * d])
}

/// Sequence number `n`, of `t` places. `[T, W]`
fn sequence<F>(x: &Array2<F>, t: usize, n: usize) -> ArrayView2<'_, F> {
    x.slice(s![n * t..(n + 1) * t, ..])
}

/// One view for each sequence, to be written to. `[T, W]` each
fn sequences<F>(x: &mut Array2<F>, t: usize) -> Vec<ArrayViewMut2<'_, F>> {
    x.axis_chunks_iter_mut(Axis(0), t).collect()
}

// ANCHOR: heads
/// Eq. 9.6 for `h` heads in each sequence of `t` places: every head has its
/// own W/H columns. The sequences are shared out between the threads.
/// Gives the weights of every head and the averages `[B·T, W]`.
pub fn heads<F: NdFloat>(
    [q, k, v]: [&Array2<F>; 3], // [B·T, W]
    t: usize,
    h: usize,
) -> (Vec<Array2<F>>, Array2<F>) {
    let mut y = Array2::zeros(q.raw_dim()); // [B·T, W]
    let one = |(n, mut y): (usize, ArrayViewMut2<F>)| {
        let [q, k, v] = [q, k, v].map(|x| sequence(x, t, n)); // [T, W]
        let weights = (0..h).map(|head| {
            let [q, k, v] = [q, k, v].map(|x| head_of(x, h, head));
            let (p, averages) = attention(q, k, v); // [T, T], [T, W/H]
            let d = averages.ncols();
            y.slice_mut(s![.., head * d..(head + 1) * d]).assign(&averages);
            p
        });
        weights.collect::<Vec<_>>()
    };
    let all = sequences(&mut y, t).into_par_iter().enumerate();
    let p: Vec<Vec<Array2<F>>> = all.map(one).collect();
    (p.into_iter().flatten().collect(), y)
}
// ANCHOR_END: heads

// ANCHOR: heads_backward
/// Its gradients at queries, keys and values. `[B·T, W]` each
pub fn heads_backward<F: NdFloat>(
    [q, k, v]: [&Array2<F>; 3], // [B·T, W]
    p: &[Array2<F>],            // [T, T] each
    d_y: &Array2<F>,            // [B·T, W]
    t: usize,
) -> [Array2<F>; 3] {
    let h = p.len() * t / q.nrows().max(1);
    let mut d = [0, 1, 2].map(|_| Array2::zeros(q.raw_dim())); // [B·T, W]
    let one = |(n, into): (usize, [ArrayViewMut2<F>; 3])| {
        let [q, k, v, d_y] = [q, k, v, d_y].map(|x| sequence(x, t, n));
        let mut into = into; // [T, W] each
        for head in 0..h {
            let [q, k, v, d_y] = [q, k, v, d_y].map(|x| head_of(x, h, head));
            let p = &p[n * h + head];
            let parts = attention_backward((q, k, v), p, d_y);
            for (into, part) in into.iter_mut().zip(parts) {
                let w = part.ncols();
                into.slice_mut(s![.., head * w..(head + 1) * w])
                    .assign(&part);
            }
        }
    };
    let [d_q, d_k, d_v] = d.each_mut().map(|d| sequences(d, t));
    let all = d_q.into_iter().zip(d_k).zip(d_v);
    let all: Vec<_> = all.map(|((q, k), v)| [q, k, v]).collect();
    all.into_par_iter().enumerate().for_each(one);
    d
}
// ANCHOR_END: heads_backward

// ANCHOR: bits
/// Bits in a nat, `1 / ln 2`.
pub const BITS: f64 = std::f64::consts::LOG2_E;

/// The nats that each code costs, `-ln p(c_i | c_<i)`. `[B, T]`
pub fn nats_by_place<F: NdFloat>(
    logits: &Array2<F>,    // [B·T, K]
    codes: &Array2<usize>, // [B, T]
) -> Array2<f64> {
    let mut nats = Array2::zeros(codes.raw_dim()); // [B, T]
    let rows = logits.rows().into_iter().zip(codes);
    for (nats, (row, &code)) in nats.iter_mut().zip(rows) {
        let largest = row.fold(F::neg_infinity(), |a, &b| a.max(b));
        let sum = row.fold(F::zero(), |a, &v| a + (v - largest).exp());
        *nats = double(largest + sum.ln() - row[code]);
    }
    nats
}

/// Eq. 9.11: bits an image: summed over the places of an image, averaged
/// over images.
pub fn bits_per_image(nats: &Array2<f64>) -> f64 {
    nats.sum() * BITS / nats.nrows().max(1) as f64
}
// ANCHOR_END: bits

fn double<F: NdFloat>(v: F) -> f64 {
    v.to_f64().expect("floats are f64 or fit into one")
}

// ANCHOR: baselines
/// How often each of K codes comes at each place, with one count more for
/// all, so that nothing is impossible: a share. `[T, K]`
pub fn shares_by_place(codes: &Array2<usize>, k: usize) -> Array2<f64> {
    let (n, t) = codes.dim();
    let mut shares = Array2::from_elem((t, k), 1.0 / k as f64); // [T, K]
    for row in codes.rows() {
        row.iter().enumerate().for_each(|(i, &c)| shares[[i, c]] += 1.0);
    }
    shares / (n as f64 + 1.0)
}

/// Eq. 9.12: bits an image under fixed shares, `[T, K]`; the same at every
/// place if there is one row.
pub fn bits_under(shares: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    let bits = |((_, i), &c): ((usize, usize), &usize)| {
        -shares[[i.min(shares.nrows() - 1), c]].log2()
    };
    let total: f64 = codes.indexed_iter().map(bits).sum();
    total / codes.nrows() as f64
}
// ANCHOR_END: baselines

// ANCHOR: temperature
/// Eq. 9.14: the probabilities of one row of logits at a temperature; at 0
/// the likeliest code has all of it. `[K]`
pub fn tempered<F: NdFloat>(
    logits: ndarray::ArrayView1<F>, // [K]
    temperature: f64,
) -> Array1<f64> {
    let s = logits.mapv(double); // [K]
    let largest = s.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let p = s.mapv(|v| match temperature > 0.0 {
        true => ((v - largest) / temperature).exp(),
        false => f64::from(v == largest),
    }); // [K]
    let sum = p.sum();
    p / sum
}
// ANCHOR_END: temperature

// ANCHOR: tail
/// The codes from the likeliest on; of equals the lower number first. `[K]`
fn by_likelihood(p: &Array1<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a])); // keeps equals in order
    order
}

/// Eq. 9.19: the probabilities of the codes that stay, which share what
/// the others had. `[K]`
fn keep(p: Array1<f64>, stay: &[usize]) -> Array1<f64> {
    if stay.len() == p.len() {
        return p; // nothing is cut, nothing is rounded
    }
    let mut kept = Array1::zeros(p.len()); // [K]
    stay.iter().for_each(|&k| kept[k] = p[k]);
    let sum = kept.sum();
    kept / sum
}

/// The `most` likeliest codes stay, and never fewer than one. `[K]`
pub fn top_k(p: Array1<f64>, most: usize) -> Array1<f64> {
    let order = by_likelihood(&p); // [K]
    let stay = most.max(1).min(p.len());
    keep(p, &order[..stay])
}

/// The fewest of the likeliest codes stay that have at least the
/// probability `share` together; at 1 all do. `[K]`
pub fn top_p(p: Array1<f64>, share: f64) -> Array1<f64> {
    let (order, mut before) = (by_likelihood(&p), 0.0); // [K]
    let needed = |&&k: &&usize| {
        let needed = before < share || share >= 1.0;
        before += p[k];
        needed
    };
    let stay = order.iter().take_while(needed).count().max(1);
    keep(p, &order[..stay.min(order.len())])
}
// ANCHOR_END: tail

// ANCHOR: sharpness
/// Eq. 9.16: how much of the energy of images `[N, H·H]` is in the steps
/// from a pixel to the next one on its right and below.
pub fn sharpness(x: &Array2<f32>, h: usize) -> f64 {
    let (mut steps, mut energy) = (0.0, 0.0);
    for row in x.rows() {
        let at = |i: usize, j: usize| f64::from(row[i * h + j]);
        for (i, j) in (0..h).flat_map(|i| (0..h).map(move |j| (i, j))) {
            let right = if j + 1 < h { at(i, j + 1) - at(i, j) } else { 0.0 };
            let below = if i + 1 < h { at(i + 1, j) - at(i, j) } else { 0.0 };
            steps += right * right + below * below;
            energy += at(i, j) * at(i, j);
        }
    }
    steps / energy.max(f64::MIN_POSITIVE)
}
// ANCHOR_END: sharpness
