//! The experiments of chapter 6.

pub mod ledger;

use anyhow::Context;
use codebook_lookup::plain::{
    assemble, distortion, gather, kmeans_plus_plus, lloyd_step, nearest,
    patches, squared_distances,
};
use datasets::toy::{Density, GaussianMixture};
use datasets::{Batches, Digits, PixelRange, Split};
use dfdx::prelude::{Backward, Device, PutTape, SplitTape, Trace};
use gradients::compare::worst;
use gradients::plain::{
    Activation, AdamConfig, Mlp, mse, mse_backward, softmax,
};
use lab::{Axis, ChaCha8Rng, Cost, ImageGrid, Lab, Plot, Within, panels};
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis as Dim, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};

use crate::on_dfdx;
use crate::plain::{
    Levels, bracket, descend, gumbel_noise, gumbel_softmax,
    gumbel_softmax_backward, rotation_backward, smoothed_loss,
    smoothed_loss_backward, straight_through, straight_through_backward,
};
use crate::training::{Autoencoder, Past, Training, in_room};

/// The experiments of chapter 6.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.experiment("difference", Cost::Seconds, differences_of_a_lookup)?;
    lab.experiment("equal", Cost::Seconds, two_equal_gradients)?;
    lab.experiment("stairs", Cost::Seconds, stairs_and_their_average)?;
    lab.experiment("field", Cost::Seconds, two_fields_of_arrows)?;
    lab.experiment("hover", Cost::Seconds, between_two_codes)?;
    lab.experiment("plane", Cost::Seconds, encoder_in_the_plane)?;
    lab.experiment("gumbel", Cost::Seconds, temperatures)?;
    lab.experiment("rotation", Cost::Seconds, arrows_that_turn)?;
    lab.experiment("patches", Cost::Seconds, digits_in_codes)?;
    Ok(())
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// Seven codes in the plane.
fn seven_codes() -> Array2<f64> {
    array![
        [-0.9, -0.7],
        [0.1, -0.95],
        [0.95, -0.45],
        [-0.35, 0.1],
        [0.55, 0.35],
        [-0.95, 0.75],
        [0.25, 1.05]
    ] // [7, 2]
}

fn uniform(
    n: usize,
    reach: f64,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Array2<f64>> {
    let box_ = Uniform::new(-reach, reach)?;
    Ok(Array2::random_using((n, 2), box_, rng)) // [N, 2]
}

/// Central differences of the lookup: how far the code jumps, over 2h, for each latent and direction.
fn jumps(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    h: f64,
) -> anyhow::Result<Vec<f64>> {
    let mut sizes = Vec::new();
    for axis in 0..z.ncols() {
        let moved = |by: f64| {
            let mut z = z.clone();
            z.column_mut(axis).mapv_inplace(|v| v + by);
            straight_through(&z, codebook)
        };
        let jump = moved(h)?.z_q - moved(-h)?.z_q; // [N, 2]
        let size = |row: ArrayView1<f64>| row.dot(&row).sqrt() / (2.0 * h);
        sizes.extend(jump.rows().into_iter().map(size));
    }
    Ok(sizes)
}

/// The lookup's finite differences: where they are not zero, and what they are there.
fn differences_of_a_lookup(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = seven_codes();
    let n = lab.by_scale(2_000, 40_000, 400_000);
    let z = uniform(n, 1.3, &mut lab.rng("difference"))?;
    let few = z.slice(s![..1000, ..]).to_owned(); // [1000, 2]
    let at_random = worst(jumps(&few, &codebook, 1e-6)?);
    lab.result(
        "finite_difference_of_lookup_max_abs",
        at_random,
        Within::Exactly,
    )?;
    lab.result("finite_difference_points", 1000.0, Within::Exactly)?;
    let middle = (&codebook.row(0) + &codebook.row(1)) * 0.5; // [2]
    let middle = middle.insert_axis(Dim(0)); // [1, 2]
    for (name, h) in [("1e-3", 1e-3), ("1e-6", 1e-6)] {
        let at_border = worst(jumps(&middle, &codebook, h)?);
        lab.result(
            &format!("finite_difference_at_border_{name}"),
            at_border,
            Within::Relative(1e-6),
        )?;
    }
    let (mut shares, mut sizes) = (vec![], vec![]);
    for step in -8..=0 {
        let h = 10_f64.powf(f64::from(step) * 0.5);
        let all = jumps(&z, &codebook, h)?;
        let hit: Vec<f64> =
            all.iter().copied().filter(|v| *v > 0.0).collect();
        shares.push((h, hit.len() as f64 / all.len() as f64));
        sizes.push((h, hit.iter().sum::<f64>() / hit.len() as f64));
    }
    let share = Plot::new("how often it is not 0")
        .x("step h", Axis::Log)
        .y("share of points", Axis::Log)
        .line("", shares.clone())
        .colour(0)
        .points("", shares);
    let size = Plot::new("its size where it is not 0")
        .x("step h", Axis::Log)
        .y("mean length", Axis::Log)
        .colour(1)
        .line("", sizes.clone())
        .colour(1)
        .points("", sizes);
    lab.figure("difference", &panels(&[share, size], 2)?)
}

/// The gradients at both ends of the lookup, in both rooms; and the bracket's rounding.
fn two_equal_gradients(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("equal");
    let decoder = Mlp::<f64>::new(
        &[4, 16, 16],
        Activation::Tanh,
        Activation::Identity,
        &mut rng,
    );
    let mut normal = |rows, columns| {
        Array2::random_using((rows, columns), StandardNormal, &mut rng)
    };
    let (z_e, codebook, x) = (normal(256, 4), normal(32, 4), normal(256, 16));
    let z_q = straight_through(&z_e, &codebook)?.z_q; // [256, 4]
    let made = decoder.forward(&z_q);
    let d_y = mse_backward(&made[made.len() - 1], &x); // [256, 16]
    let (d_z_q, _) = decoder.backward(&made, d_y); // [256, 4]
    let d_z_e = straight_through_backward(d_z_q.clone()); // [256, 4]
    let apart = |a: &Array2<f64>, b: &Array2<f64>| {
        worst((a - b).iter().map(|v| v.abs()))
    };
    lab.result(
        "encoder_minus_decoder_grad_max_abs",
        apart(&d_z_e, &d_z_q),
        Within::Exactly,
    )?;
    let largest = worst(d_z_q.iter().map(|v| v.abs()));
    lab.result("decoder_grad_max_abs", largest, Within::Relative(1e-6))?;

    let other: anyhow::Result<[Array2<f64>; 3]> =
        lab::on_device!(lab.device(), |dev| {
            Ok(both_ends_on_dfdx(&dev, &decoder, [&z_e, &z_q, &x]))
        });
    let [at_z_e, at_z_st, unstopped] = other?;
    lab.result(
        "dfdx_encoder_minus_decoder_grad_max_abs",
        apart(&at_z_e, &at_z_st),
        Within::Exactly,
    )?;
    lab.result(
        "dfdx_against_plain_max_abs",
        apart(&at_z_e, &d_z_e),
        Within::Limit(1e-6),
    )?;
    lab.result(
        "unstopped_encoder_grad_max_abs",
        worst(unstopped.iter().map(|v| v.abs())),
        Within::Exactly,
    )?;

    for (name, length) in [("near", 1.0), ("far", 1e7)] {
        let z_e = lab::to_f32(&(&z_e * length));
        let z_q = lab::to_f32(&z_q);
        let wrong = (bracket(&z_e, &z_q) - &z_q).mapv(f64::from);
        let error = worst(wrong.iter().map(|v| v.abs()));
        lab.result(
            &format!("bracket_f32_max_abs_err_{name}"),
            error,
            Within::Factor(4.0),
        )?;
    }
    Ok(())
}

/// The gradients at `z_e`, at `z_st`, and at `z_e` when the stop is forgotten.
fn both_ends_on_dfdx<D: Device<f64>>(
    dev: &D,
    decoder: &Mlp<f64>,
    [z_e, z_q, x]: [&Array2<f64>; 3],
) -> [Array2<f64>; 3] {
    let decoder = gradients::compare::OnDevice::new(dev, decoder);
    let [z_e, z_q, x] = [z_e, z_q, x].map(|a| lab::tensor(dev, a, a.dim()));
    let z_st = on_dfdx::straight_through(z_e.leaky_trace(), z_q.clone());
    let (z_st, tape) = z_st.split_tape();
    let y = decoder.forward(z_st.clone().put_tape(tape));
    let found = gradients::on_dfdx::mse(y, x.clone()).backward();
    let wrong = on_dfdx::unstopped(z_e.leaky_trace(), z_q);
    let lost = gradients::on_dfdx::mse(decoder.forward(wrong), x).backward();
    [found.get(&z_e), found.get(&z_st), lost.get(&z_e)]
        .map(|g| lab::array(&g))
}

/// Points on a line as a column `[N, 1]`, in the middle of N cells.
fn line(from: f64, to: f64, n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 1), |(i, _)| {
        from + (to - from) * (i as f64 + 0.5) / n as f64
    })
}

fn over(x: &Array2<f64>, y: ArrayView1<f64>) -> Vec<(f64, f64)> {
    x.column(0).iter().copied().zip(y.iter().copied()).collect()
}

/// A lookup on a line, and its average under noise: the stairs become the ramp that straight-through pretends.
fn stairs_and_their_average(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = Array2::from_shape_fn((13, 1), |(k, _)| k as f64 - 6.0);
    let places = line(-6.5, 6.5, lab.by_scale(1_300, 5_200, 13_000));
    let stairs = straight_through(&places, &codebook)?.z_q; // [M, 1]
    let stairs = stairs.column(0).to_owned(); // [M]
    let z = line(-2.5, 2.5, 201); // [201, 1]
    let mut values = Plot::new("the lookup")
        .x("z", Axis::Linear)
        .y("code", Axis::Linear)
        .x_range(-2.5, 2.5)
        .y_range(-2.6, 2.6);
    let fine = line(-2.5, 2.5, 2001);
    let at_fine = straight_through(&fine, &codebook)?.z_q;
    values = values
        .line("q(z)", over(&fine, at_fine.column(0)))
        .colour(3)
        .dashed("what is pretended", [(-2.5, -2.5), (2.5, 2.5)]);
    let mut slopes = Plot::new("its slope")
        .x("z", Axis::Linear)
        .y("slope", Axis::Linear)
        .x_range(-2.5, 2.5)
        .y_range(-0.2, 4.2)
        .colour(3)
        .dashed("1", [(-2.5, 1.0), (2.5, 1.0)]);
    for (n, s) in [0.1, 0.25, 0.5].into_iter().enumerate() {
        let smooth = smoothed_loss(&z, s, &places, &stairs)?; // [201]
        let slope = smoothed_loss_backward(&z, s, &places, &stairs)?; // [201, 1]
        let slope = slope.column(0); // [201]
        let ends = [f64::min, f64::max]
            .map(|pick| slope.iter().copied().reduce(pick).unwrap_or(0.0));
        for (name, end) in ["min", "max"].into_iter().zip(ends) {
            lab.result(
                &format!("smoothed_slope_{name}_at_{s}"),
                end,
                Within::Absolute(1e-3),
            )?;
        }
        let colour = [1, 4, 2][n];
        let label = format!("noise {s}");
        if n < 2 {
            values =
                values.colour(colour).line(&label, over(&z, smooth.view()));
        }
        slopes = slopes.colour(colour).line(&label, over(&z, slope));
    }
    lab.figure("stairs", &panels(&[values, slopes], 1)?)
}

/// A grid of points in the plane, `side` × `side`, in the middle of its cells. `[side², 2]`
fn lattice(reach: f64, side: usize) -> Array2<f64> {
    let place = |n: usize| reach * ((2 * n + 1) as f64 / side as f64 - 1.0);
    Array2::from_shape_fn((side * side, 2), |(n, axis)| {
        place(if axis == 0 { n % side } else { n / side })
    })
}

/// The borders between cells inside a square, from point to point.
fn borders(codebook: &Array2<f64>, reach: f64) -> Vec<[(f64, f64); 2]> {
    let mut found = Vec::new();
    for (i, a) in codebook.rows().into_iter().enumerate() {
        for (j, b) in codebook.rows().into_iter().enumerate().skip(i + 1) {
            let middle = (&a + &b) * 0.5; // [2]
            let along = array![a[1] - b[1], b[0] - a[0]]; // [2]
            let (mut from, mut to) = (-1e3_f64, 1e3_f64);
            // Keeps the t where `at + slope t` is not negative.
            let mut keep = |at: f64, slope: f64| match slope {
                0.0 => to = if at < 0.0 { from } else { to },
                s if s > 0.0 => from = from.max(-at / s),
                s => to = to.min(-at / s),
            };
            for axis in 0..2 {
                keep(reach - middle[axis], -along[axis]);
                keep(reach + middle[axis], along[axis]);
            }
            for (k, c) in codebook.rows().into_iter().enumerate() {
                if k != i && k != j {
                    let apart = &c - &a; // [2]
                    let at = c.dot(&c) - a.dot(&a) - 2.0 * middle.dot(&apart);
                    keep(at, -2.0 * along.dot(&apart));
                }
            }
            if from < to {
                let point = |t: f64| {
                    (middle[0] + t * along[0], middle[1] + t * along[1])
                };
                found.push([point(from), point(to)]);
            }
        }
    }
    found
}

/// A square with the cells of a codebook, their codes as points.
fn cells(plot: Plot, codebook: &Array2<f64>, reach: f64) -> Plot {
    let mut plot = plot
        .x("", Axis::Linear)
        .y("", Axis::Linear)
        .x_range(-reach, reach)
        .y_range(-reach, reach)
        .square();
    for border in borders(codebook, reach) {
        plot = plot.colour(5).line("", border);
    }
    plot.colour(1).points("code", points(codebook))
}

fn points(x: &Array2<f64>) -> Vec<(f64, f64)> {
    x.rows().into_iter().map(|r| (r[0], r[1])).collect()
}

/// Arrows of one length along rows of `d`, downhill.
fn downhill(
    z: &Array2<f64>,
    d: &Array2<f64>,
    length: f64,
) -> Vec<(f64, f64)> {
    let arrow = |(z, d): (ArrayView1<f64>, ArrayView1<f64>)| {
        let scale = length / d.dot(&d).sqrt().max(f64::MIN_POSITIVE);
        [(z[0], z[1]), (z[0] - scale * d[0], z[1] - scale * d[1])]
    };
    z.rows().into_iter().zip(d.rows()).flat_map(arrow).collect()
}

/// Half the squared distance of each code from an aim, and its gradient.
fn aimed(z_q: &Array2<f64>, aim: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
    let d = z_q - aim; // [N, 2]
    (d.map_axis(Dim(1), |r| 0.5 * r.dot(&r)), d)
}

/// The two gradients at latents, straight-through's and that of the loss smoothed by noise `s`; and both losses.
struct BothWays {
    straight: Array2<f64>,
    smooth: Array2<f64>,
    sharp_loss: Array1<f64>,
    smooth_loss: Array1<f64>,
}

fn both_ways(
    z: &Array2<f64>,
    s: f64,
    codebook: &Array2<f64>,
    aim: &Array1<f64>,
) -> anyhow::Result<BothWays> {
    let reach = 1.3 + 5.0 * s;
    let places = lattice(reach, (reach * 8.0 / s).ceil() as usize); // [M, 2]
    let (losses, _) = aimed(&straight_through(&places, codebook)?.z_q, aim);
    let (sharp_loss, d_z_q) = aimed(&straight_through(z, codebook)?.z_q, aim);
    let mut smooth = Array2::zeros(z.raw_dim()); // [N, 2]
    let mut smooth_loss = Vec::with_capacity(z.nrows());
    for (z, mut d) in z
        .axis_chunks_iter(Dim(0), 8)
        .zip(smooth.axis_chunks_iter_mut(Dim(0), 8))
    {
        let z = z.to_owned(); // [8, 2]
        smooth_loss.extend(smoothed_loss(&z, s, &places, &losses)?);
        d.assign(&smoothed_loss_backward(&z, s, &places, &losses)?);
    }
    let straight = straight_through_backward(d_z_q);
    let smooth_loss = Array1::from_vec(smooth_loss);
    Ok(BothWays { straight, smooth, sharp_loss, smooth_loss })
}

/// The angles between rows, in degrees.
fn angles(a: &Array2<f64>, b: &Array2<f64>) -> Vec<f64> {
    let angle = |(a, b): (ArrayView1<f64>, ArrayView1<f64>)| {
        let cosine = a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt();
        cosine.clamp(-1.0, 1.0).acos().to_degrees()
    };
    a.rows().into_iter().zip(b.rows()).map(angle).collect()
}

/// Straight-through's arrows over the cells, beside those of the smoothed loss.
fn two_fields_of_arrows(lab: &mut Lab) -> anyhow::Result<()> {
    let (codebook, aim) = (seven_codes(), array![-0.05, -0.2]);
    let z = lattice(1.3, lab.by_scale(10, 30, 80));
    for (s, main) in [(0.1, false), (0.2, true), (0.4, false), (0.8, false)] {
        let both = both_ways(&z, s, &codebook, &aim)?;
        let angles = angles(&both.straight, &both.smooth);
        let n = angles.len() as f64;
        let mean = angles.iter().sum::<f64>() / n;
        let uphill = angles.iter().filter(|a| **a > 90.0).count() as f64 / n;
        let mut record = |name: &str, value, tolerance| {
            let at = if main { String::new() } else { format!("_at_{s}") };
            lab.result(
                &format!("ste_bias_{name}{at}"),
                value,
                Within::Absolute(tolerance),
            )
        };
        record("mean_angle", mean, 0.5)?;
        record("share_uphill", uphill, 0.005)?;
    }
    let few = lattice(1.3, 13); // [169, 2]
    let arrows = both_ways(&few, 0.2, &codebook, &aim)?;
    let wrong: Vec<(f64, f64)> = angles(&arrows.straight, &arrows.smooth)
        .into_iter()
        .zip(points(&few))
        .filter_map(|(angle, z)| (angle > 90.0).then_some(z))
        .collect();
    let side = lab.by_scale(20, 52, 52);
    let land = both_ways(&lattice(1.3, side), 0.2, &codebook, &aim)?;
    let highest = worst(land.sharp_loss.iter().copied());
    let panel = |title: &str, loss: &Array1<f64>, d: &Array2<f64>| {
        let loss = loss / highest; // [side²]
        let loss = loss.into_shape_with_order((side, side));
        let loss = loss.expect("a square of places"); // [side, side]
        let span = (-1.3, 1.3);
        let plot = Plot::new(title).colour(4).shade(&loss, span, span);
        cells(plot, &codebook, 1.3)
            .colour(2)
            .points("aim", [(aim[0], aim[1])])
            .colour(0)
            .arrows("", downhill(&few, d, 0.13))
    };
    let left = panel("straight-through", &land.sharp_loss, &arrows.straight)
        .colour(3)
        .points("uphill", wrong);
    let right = panel("smoothed loss", &land.smooth_loss, &arrows.smooth);
    lab.figure("field", &panels(&[left, right], 1)?)
}

/// Two codes, an aim between them, and a latent that descends.
fn between_two_codes(lab: &mut Lab) -> anyhow::Result<()> {
    let (codebook, aim) = (array![[-1.0], [1.0]], -0.2);
    let steps = lab.by_scale(2_000, 20_000, 20_000);
    let start = array![[-0.9]];
    let path = descend(start, &codebook, 0.02, steps, |z_q| z_q - aim)?;
    let loss = |z_q: f64| 0.5 * (z_q - aim).powi(2);
    let codes: Vec<f64> = path.iter().map(|(_, q)| q.z_q[[0, 0]]).collect();
    let late = &codes[codes.len() / 2..];
    let mean = |f: &dyn Fn(f64) -> f64| {
        late.iter().map(|z_q| f(*z_q)).sum::<f64>() / late.len() as f64
    };
    let results = [
        ("aim", aim, 0.0),
        ("mean_z_q", mean(&|z_q| z_q), 1e-3),
        ("share_at_worse_code", mean(&|z_q| f64::from(z_q > 0.0)), 1e-3),
        ("mean_loss", mean(&loss), 1e-3),
        ("best_loss", loss(-1.0), 1e-12),
        ("first_loss", loss(codes[0]), 1e-12),
    ];
    for (name, value, tolerance) in results {
        lab.result(
            &format!("hover_{name}"),
            value,
            Within::Absolute(tolerance),
        )?;
    }
    let shown = path.iter().take(200).enumerate();
    let (z, l): (Vec<_>, Vec<_>) = shown
        .map(|(n, (z, q))| {
            let n = n as f64;
            ((n, z[[0, 0]]), (n, loss(q.z_q[[0, 0]])))
        })
        .unzip();
    let latent = Plot::new("latent")
        .x("step", Axis::Linear)
        .y("z", Axis::Linear)
        .y_range(-1.1, 0.5)
        .line("", z)
        .horizontal("border", 0.0)
        .horizontal("aim", aim);
    let recent = |n: usize| {
        let from = n.saturating_sub(20);
        let sum: f64 = l[from..=n].iter().map(|p| p.1).sum();
        (n as f64, sum / (n - from + 1) as f64)
    };
    let recent: Vec<_> = (0..l.len()).map(recent).collect();
    let losses = Plot::new("loss of its code")
        .x("step", Axis::Linear)
        .y("loss", Axis::Linear)
        .y_range(0.0, 0.8)
        .colour(4)
        .points("each step", l)
        .colour(1)
        .line("mean of 20", recent)
        .horizontal("the better code", loss(-1.0));
    lab.figure("hover", &panels(&[latent, losses], 2)?)
}

/// Mean squared error over the variance, and how many codes are used.
fn quality(
    now: &Autoencoder,
    x: &Array2<f32>,
) -> anyhow::Result<(f64, usize)> {
    let y = now.reconstruct(x)?; // [N, X]
    let used: std::collections::BTreeSet<usize> =
        now.quantize(x)?.indices.into_iter().collect();
    Ok((f64::from(mse(&y, x)) / variance(x), used.len()))
}

/// The variance of all numbers of an array.
fn variance(x: &Array2<f32>) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    x.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n
}

/// An encoder learns to use a codebook that stands still.
fn encoder_in_the_plane(lab: &mut Lab) -> anyhow::Result<()> {
    let data = GaussianMixture::ring_of_8(0.1)?;
    let mut rng = lab.rng("plane");
    let codebook: Array2<f32> =
        Array2::random_using((8, 2), StandardNormal, &mut rng);
    let unseen = data.sample(2_000, &mut rng).mapv(|v| v as f32); // [2000, 2]
    let steps: u64 = lab.by_scale(100, 1000, 5000);
    let every = (steps as usize / 50).max(1);
    let early = lab.by_scale(60, 100, 100);
    let shown = unseen.slice(s![..190, ..]).to_owned(); // [190, 2]
    let mut errors = Plot::new("error")
        .x("step", Axis::Linear)
        .y("MSE / variance, unseen", Axis::Linear)
        .y_range(0.0, 1.2);
    let mut lengths = Plot::new("length of the latents")
        .x("step", Axis::Linear)
        .y("root mean square", Axis::Log);
    let mut pictures = Vec::new();
    let cases = [
        ("without", "encoder told nothing", Past::Nothing),
        ("straight_through", "straight-through", Past::StraightThrough),
    ];
    for (name, label, past) in cases {
        let (data, seed) = (data.clone(), lab.seed());
        let draw = move |step| {
            let x = data.sample(128, &mut lab::rng_at(seed, step));
            x.mapv(|v| v as f32) // [128, 2]
        };
        let config = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
        let mut training = Training::new(
            [2, 32, 2],
            codebook.clone(),
            past,
            config,
            &mut lab.rng("plane-networks"),
            draw,
        );
        training.recipe.steps = steps;
        let mut training = in_room(lab, training)?;
        let history = lab.train_and_observe(
            &format!("plane-{name}"),
            (0..=steps).step_by(every),
            &mut training,
            |training| {
                let now = training.now();
                let error = quality(&now, &unseen).map_or(f64::NAN, |q| q.0);
                let z_e = now.encoder.output(&shown); // [190, 2]
                let mut seen = vec![error as f32, root_mean_square(&z_e)];
                seen.extend(z_e);
                seen
            },
        )?;
        let curve = |which: usize| {
            let point = move |(step, seen): &(u64, Vec<f32>)| {
                (*step as f64, f64::from(seen[which]))
            };
            history.iter().map(point).collect::<Vec<_>>()
        };
        errors = errors.line(label, curve(0));
        lengths = lengths.line(label, curve(1));
        let (error, used) = quality(&training.now(), &unseen)?;
        lab.result(
            &format!("plane_mse_over_variance_{name}"),
            error,
            Within::Absolute(0.1),
        )?;
        lab.result(
            &format!("plane_codes_used_{name}"),
            used as f64,
            Within::Absolute(1.0),
        )?;
        let length = curve(1)[curve(1).len() - 1].1;
        lab.result(
            &format!("plane_latent_length_{name}"),
            length,
            Within::Factor(2.0),
        )?;
        let at_early = history.iter().find(|(step, _)| *step == early);
        let (_, seen) = at_early.context("an early look")?;
        let z_e = seen[2..].chunks(2).map(|z| (z[0].into(), z[1].into()));
        let plot = cells(Plot::new(label), &codebook.mapv(f64::from), 3.0)
            .colour(0)
            .points("latent", z_e);
        pictures.push(plot);
    }
    lab.result("plane_steps", steps as f64, Within::Exactly)?;
    lab.result("plane_early_steps", early as f64, Within::Exactly)?;
    let floor = 0.01 / variance(&unseen);
    lab.result("plane_floor", floor, Within::Relative(1e-3))?;
    let length = f64::from(root_mean_square(&codebook));
    lab.result("plane_code_length", length, Within::Relative(1e-6))?;
    lab.figure("plane", &panels(&pictures, 2)?)?;
    let errors = errors.horizontal("spread of a cluster", floor);
    let lengths = lengths.horizontal("codes", length);
    lab.figure("plane_loss", &panels(&[errors, lengths], 2)?)
}

/// The root of the mean squared length of rows.
fn root_mean_square(x: &Array2<f32>) -> f32 {
    (x.mapv(|v| v * v).sum() / x.nrows() as f32).sqrt()
}

/// The gradient of Gumbel-softmax against temperature: how wrong on average, how noisy, and how mixed the mixture is.
fn temperatures(lab: &mut Lab) -> anyhow::Result<()> {
    let (codebook, aim) = (seven_codes(), array![-0.05, -0.2]);
    let latents = uniform(8, 1.0, &mut lab.rng("gumbel"))?; // [8, 2]
    let draws = lab.by_scale(500, 10_000, 100_000);
    let (losses, _) = aimed(&codebook, &aim); // [7]
    let mut bias = Vec::new();
    let (mut noise_of, mut chance, mut entropy) = (vec![], vec![], vec![]);
    for step in -6..=6 {
        let tau = 10_f64.powf(f64::from(step) / 4.0);
        let (mut off, mut spread, mut size, mut mixed) = (0.0, 0.0, 0.0, 0.0);
        for z in latents.rows() {
            let z = z.insert_axis(Dim(0)); // [1, 2]
            let p = softmax(&-squared_distances(&z.to_owned(), &codebook)); // [1, 7]
            let mean = p.dot(&losses)[0];
            let exact = (p * (&losses - mean)).dot(&codebook) * 2.0; // [1, 2]

            let z = z.broadcast((draws, 2)).expect("rows").to_owned(); // [draws, 2]
            let mut rng = lab.rng("gumbel-noise");
            let noise = gumbel_noise((draws, 7), &mut rng); // [draws, 7]
            let soft = gumbel_softmax(&z, &codebook, &noise, tau)?;
            let (_, d_z_q) = aimed(&soft.z_q, &aim); // [draws, 2]
            let (d_z, _) =
                gumbel_softmax_backward(&z, &codebook, &soft.p, tau, &d_z_q);
            let mean = d_z.sum_axis(Dim(0)) / draws as f64; // [2]
            let squares = |v: &Array2<f64>| v.mapv(|v| v * v).sum();
            off += squares(&(&exact - &mean));
            spread += squares(&(&d_z - &mean)) / draws as f64;
            size += squares(&exact);
            let terms =
                soft.p.mapv(|p| if p > 0.0 { -p * p.ln() } else { 0.0 });
            mixed += terms.sum() / draws as f64;
        }
        let (off, spread) = ((off / size).sqrt(), (spread / size).sqrt());
        bias.push((tau, off));
        noise_of.push((tau, spread));
        chance.push((tau, spread / (draws as f64).sqrt()));
        entropy.push((tau, mixed / latents.nrows() as f64));
    }
    for (name, n) in [("cold", 0), ("at_1", 6), ("hot", 12)] {
        lab.result(
            &format!("gumbel_bias_{name}"),
            bias[n].1,
            Within::Factor(3.0),
        )?;
        lab.result(
            &format!("gumbel_noise_{name}"),
            noise_of[n].1,
            Within::Factor(1.5),
        )?;
        lab.result(
            &format!("gumbel_entropy_{name}"),
            entropy[n].1,
            Within::Absolute(0.05),
        )?;
    }
    lab.result("gumbel_temperature_cold", bias[0].0, Within::Relative(1e-9))?;
    lab.result("gumbel_temperature_hot", bias[12].0, Within::Relative(1e-9))?;
    let errors = Plot::new("error of the gradient")
        .x("temperature", Axis::Log)
        .y("relative to its length", Axis::Log)
        .line("bias", bias)
        .line("noise", noise_of)
        .colour(0)
        .dashed("bias by chance", chance);
    let entropy = Plot::new("entropy of the mixture")
        .x("temperature", Axis::Log)
        .y("nats", Axis::Linear)
        .y_range(0.0, 2.2)
        .colour(2)
        .line("", entropy)
        .horizontal("log 7", 7.0_f64.ln());
    lab.figure("gumbel", &panels(&[errors, entropy], 2)?)
}

/// One gradient at the codes, as it arrives at latents all over the plane: straight-through and turned.
fn arrows_that_turn(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = array![[0.9, 0.2], [-0.3, 0.8], [-0.5, -0.7]];
    let z = lattice(1.3, 14); // [196, 2]
    let z_q = straight_through(&z, &codebook)?.z_q; // [196, 2]
    let d_z_q = Array2::from_shape_fn(z.dim(), |(_, c)| [0.0, -1.0][c]); // [196, 2]
    let straight = straight_through_backward(d_z_q.clone());
    let turned = rotation_backward(&z, &z_q, d_z_q.clone()); // [196, 2]
    let lengths = turned.map_axis(Dim(1), |r| r.dot(&r).sqrt()); // [196]
    let ratio = Array1::from_shape_fn(z.nrows(), |n| {
        let length = |x: &Array2<f64>| x.row(n).dot(&x.row(n)).sqrt();
        length(&z_q) / length(&z)
    }); // [196]
    let apart = worst((&lengths - &ratio).iter().map(|v| v.abs()));
    lab.result("rotation_length_max_abs_err", apart, Within::Limit(1e-12))?;
    let mean = angles(&straight, &turned).iter().sum::<f64>() / 196.0;
    lab.result("rotation_mean_turn", mean, Within::Absolute(0.5))?;
    // Arrows are drawn as long as the gradient, up to a limit.
    let drawn = |d: &Array2<f64>| -> Vec<(f64, f64)> {
        let arrow = |(z, d): (ArrayView1<f64>, ArrayView1<f64>)| {
            let scale = 0.09 * (2.0 / d.dot(&d).sqrt()).min(1.0);
            [(z[0], z[1]), (z[0] - scale * d[0], z[1] - scale * d[1])]
        };
        z.rows().into_iter().zip(d.rows()).flat_map(arrow).collect()
    };
    let plots = [("straight-through", straight), ("turned", turned)];
    let plots = plots.map(|(title, d)| {
        cells(Plot::new(title), &codebook, 1.3)
            .colour(0)
            .arrows("", drawn(&d))
    });
    lab.figure("rotation", &panels(&plots, 2)?)
}

/// The first digits of a split, `most` or as many as there are, with pixels from 0 to 1; enough for so many patches.
/// `[N, 28, 28]`
fn images(
    lab: &Lab,
    split: Split,
    patches: usize,
    most: usize,
) -> anyhow::Result<Array3<f32>> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    digits.at_least(patches.div_ceil(49))?;
    digits.varied(most)?;
    let rows: Vec<usize> = (0..digits.len().min(most)).collect();
    let pixels = digits.pixels::<f32>(&rows, PixelRange::Unit); // [N, 784]
    Ok(pixels.into_shape_with_order((rows.len(), 28, 28))?)
}

/// Patches of digits through five bottlenecks of 64 codes.
fn digits_in_codes(lab: &mut Lab) -> anyhow::Result<()> {
    let levels = Levels::new(&[4, 4, 4])?;
    let k = levels.codes();
    let (batch, most) = (512, lab.by_scale(200, 4_000, 20_000));
    let seen = patches(&images(lab, Split::Train, batch, most)?, 4); // [N, 16]
    let most = lab.by_scale(100, 1_000, 10_000);
    let test_images = images(lab, Split::Test, k, most)?; // [N', 28, 28]
    let unseen = patches(&test_images, 4); // [N', 16]
    let steps: u64 = lab.by_scale(40, 1000, 10_000);
    lab.result("patch_codes", k as f64, Within::Exactly)?;
    lab.result("patch_steps", steps as f64, Within::Exactly)?;
    lab.result("patch_images", (seen.nrows() / 49) as f64, Within::Exactly)?;

    // What any 64 patches could do: Lloyd's, on the pixels.
    let some = seen.slice(s![..seen.nrows().min(20_000), ..]).to_owned();
    let mut table = kmeans_plus_plus(&some, k, &mut lab.rng("lloyd"))?; // [64, 16]
    for _ in 0..lab.by_scale(3, 20, 50) {
        table = lloyd_step(&some, &table)?.0;
    }
    let coded = gather(&table, &nearest(&unseen, &table)?); // [N', 16]
    let floor = distortion(&unseen, &coded) / 16.0 / variance(&unseen);
    lab.result(
        "patch_mse_over_variance_lloyd",
        floor,
        Within::Relative(0.05),
    )?;

    let cases = [
        ("without", "encoder told nothing", Past::Nothing),
        ("straight_through", "straight-through", Past::StraightThrough),
        ("rotation", "rotation trick", Past::Rotation),
        ("gumbel", "Gumbel-softmax", Past::Gumbel(2.0, 0.5)),
        ("fsq", "finite scalar", Past::FiniteScalar(levels.clone())),
    ];
    let shown: Vec<usize> = (0..test_images.dim().0.min(10)).collect();
    let originals = test_images.select(Dim(0), &shown); // [10, 28, 28]
    let mut grid = ImageGrid::new(shown.len()).zoom(3);
    let mut add = |images: &Array3<f32>| {
        images.outer_iter().for_each(|i| grid.push(i, 0.0, 1.0));
    };
    add(&originals);
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("MSE / variance on unseen digits", Axis::Linear)
        .y_range(0.0, 0.8);
    let probe = unseen.slice(s![..unseen.nrows().min(4_900), ..]).to_owned();
    for (name, label, past) in cases {
        let batches = Batches::new(seen.nrows(), batch, lab.seed())?;
        let (mut batches, seen) = (batches, seen.clone());
        let draw = move |step| seen.select(Dim(0), &batches.batch(step)); // [512, 16]
        let config = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
        let codebook = match &past {
            Past::FiniteScalar(levels) => levels.codebook(),
            _ => Array2::zeros((k, 3)), // until there are latents
        };
        let grown = !matches!(past, Past::FiniteScalar(_));
        let mut rng = lab.rng("patch-networks");
        let mut training = Training::new(
            [16, 32, 3],
            codebook,
            past,
            config,
            &mut rng,
            draw,
        );
        if grown {
            let z_e = training.encoder.net.output(&probe); // [4900, 3]
            training.set_codebook(kmeans_plus_plus(&z_e, k, &mut rng)?);
        }
        (training.recipe.keep, training.recipe.steps) = (0.9, steps);
        let mut training = in_room(lab, training)?;
        let every = (steps as usize / 25).max(1);
        let history = lab.train_and_observe(
            &format!("patches-{name}"),
            (0..=steps).step_by(every),
            &mut training,
            |training| match quality(&training.now(), &probe) {
                Ok((error, _)) => vec![error as f32],
                Err(_) => vec![f32::NAN],
            },
        )?;
        let curve = history.iter().map(|(n, v)| (*n as f64, f64::from(v[0])));
        plot = plot.line(label, curve);
        let now = training.now();
        let (error, used) = quality(&now, &unseen)?;
        lab.result(
            &format!("patch_mse_over_variance_{name}"),
            error,
            Within::Relative(0.15),
        )?;
        lab.result(
            &format!("patch_codes_used_{name}"),
            used as f64,
            Within::Absolute(12.0),
        )?;
        let made = now.reconstruct(&patches(&originals, 4))?; // [490, 16]
        add(&assemble(&made, (28, 28)));
    }
    lab.image("patches", &grid)?;
    let plot = plot.horizontal("64 patches of Lloyd's", floor);
    lab.figure("patch_loss", &plot.svg()?)
}
