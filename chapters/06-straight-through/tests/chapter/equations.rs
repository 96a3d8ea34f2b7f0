//! One test, at least, for every numbered equation of the page.

use std::f64::consts::PI;

use approx::assert_abs_diff_eq;
use codebook_lookup::plain::{squared_distance, squared_distances};
use dfdx::prelude::{Backward, PutTape, SplitTape, Trace};
use gradients::compare::OnDevice;
use gradients::plain::{numeric_gradient, softmax};
use lab::rng_at;
use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;
use straight_through::ledger::{reference, reference_networks};
use straight_through::on_dfdx;
use straight_through::plain::{
    Levels, bracket, descend, finite_scalar, finite_scalar_backward,
    gumbel_noise, gumbel_softmax, gumbel_softmax_backward, rotate,
    rotation_backward, score_gradient, smoothed_loss, smoothed_loss_backward,
    straight_through, straight_through_backward,
};

fn normal(shape: (usize, usize), stream: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(6, stream))
}

/// Rows of `c` numbers.
fn rows(
    count: std::ops::Range<usize>,
    c: usize,
) -> impl Strategy<Value = Array2<f64>> {
    let row = proptest::collection::vec(-2.0_f64..2.0, c);
    proptest::collection::vec(row, count).prop_map(move |rows| {
        let n = rows.len();
        Array2::from_shape_vec((n, c), rows.concat()).unwrap()
    })
}

/// Latents and a codebook of one width.
fn latents() -> impl Strategy<Value = (Array2<f64>, Array2<f64>)> {
    (1_usize..5).prop_flat_map(|c| (rows(1..5, c), rows(2..7, c)))
}

/// Three arrays of one shape.
fn triples() -> impl Strategy<Value = [Array2<f64>; 3]> {
    (1_usize..5, 1_usize..5).prop_flat_map(|(n, c)| {
        let one = || rows(n..n + 1, c);
        (one(), one(), one()).prop_map(|(a, b, c)| [a, b, c])
    })
}

fn length(v: ArrayView1<f64>) -> f64 {
    v.dot(&v).sqrt()
}

/// How much farther the second nearest code is, for the latent nearest to a border.
fn margin(z: &Array2<f64>, codebook: &Array2<f64>) -> f64 {
    let to_border = |z: ArrayView1<f64>| {
        let distance = |e| squared_distance(z, e).sqrt();
        let mut all: Vec<f64> =
            codebook.rows().into_iter().map(distance).collect();
        all.sort_by(f64::total_cmp);
        all[1] - all[0]
    };
    z.rows().into_iter().map(to_border).fold(f64::INFINITY, f64::min)
}

proptest! {
    #[test]
    fn eq_6_1_the_lookup_is_flat_away_from_borders((z, codebook) in latents()) {
        prop_assume!(margin(&z, &codebook) > 1e-4);
        let along = normal(z.dim(), 1);
        let f = |z: &Array2<f64>| (straight_through(z, &codebook).unwrap().z_q * &along).sum();
        let slope = numeric_gradient(f, &z, 1e-6);
        prop_assert!(slope.iter().all(|d| *d == 0.0));
    }

    #[test]
    fn eq_6_2_the_value_is_the_nearest_code((z, codebook) in latents()) {
        let coded = straight_through(&z, &codebook).unwrap();
        for (n, z) in z.rows().into_iter().enumerate() {
            let to = squared_distance(z, coded.z_q.row(n));
            prop_assert!(codebook.rows().into_iter().all(|e| to <= squared_distance(z, e)));
            prop_assert_eq!(coded.z_q.row(n), codebook.row(coded.indices[n]));
        }
        assert_abs_diff_eq!(bracket(&z, &coded.z_q), coded.z_q, epsilon = 1e-14);
    }

    #[test]
    fn eq_6_3_the_gradient_is_handed_on_bit_for_bit(d in rows(1..6, 3)) {
        prop_assert_eq!(straight_through_backward(d.clone()), d);
    }

    #[test]
    fn eq_6_5_slope_of_the_smoothed_loss(z in rows(1..4, 2), places in rows(3..30, 2), s in 0.3_f64..2.0) {
        let losses = normal((places.nrows(), 1), 2).column(0).to_owned();
        let f = |z: &Array2<f64>| smoothed_loss(z, s, &places, &losses).unwrap().sum();
        let d_z = smoothed_loss_backward(&z, s, &places, &losses).unwrap();
        assert_abs_diff_eq!(d_z, numeric_gradient(f, &z, 1e-5), epsilon = 1e-6);
    }

    #[test]
    fn eq_6_8_shares_sum_to_one((z, codebook) in latents(), tau in 0.05_f64..5.0) {
        let noise = gumbel_noise((z.nrows(), codebook.nrows()), &mut rng_at(3, 1));
        let mixed = gumbel_softmax(&z, &codebook, &noise, tau).unwrap();
        assert_abs_diff_eq!(mixed.p.sum_axis(Axis(1)), Array1::ones(z.nrows()), epsilon = 1e-12);
        prop_assert_eq!(mixed.z_q, mixed.p.dot(&codebook));
    }

    #[test]
    fn eq_6_9_both_gradients_of_gumbel_softmax((z, codebook) in latents(), tau in 0.5_f64..3.0) {
        let noise = gumbel_noise((z.nrows(), codebook.nrows()), &mut rng_at(3, 2));
        let d_z_q = normal(z.dim(), 3);
        let f = |z: &Array2<f64>, e: &Array2<f64>| {
            (gumbel_softmax(z, e, &noise, tau).unwrap().z_q * &d_z_q).sum()
        };
        let p = gumbel_softmax(&z, &codebook, &noise, tau).unwrap().p;
        let (d_z, d_codebook) = gumbel_softmax_backward(&z, &codebook, &p, tau, &d_z_q);
        assert_abs_diff_eq!(d_z, numeric_gradient(|z| f(z, &codebook), &z, 1e-5), epsilon = 1e-5);
        assert_abs_diff_eq!(d_codebook, numeric_gradient(|e| f(&z, e), &codebook, 1e-5), epsilon = 1e-5);
    }

    #[test]
    fn eq_6_10_z_becomes_e_and_lengths_keep_their_ratio([z, e, x] in triples()) {
        assert_abs_diff_eq!(rotate(&z, &e, &z), e, epsilon = 1e-6);
        let y = rotate(&z, &e, &x);
        for n in 0..z.nrows() {
            let [z, e, x, y] = [&z, &e, &x, &y].map(|a| a.row(n));
            let half = length((&z / length(z) + &e / length(e)).view());
            if length(z) > 0.1 && half > 0.1 {
                let scale = length(e) / length(z);
                prop_assert!((length(y) - scale * length(x)).abs() < 1e-9 * (1.0 + scale));
            }
        }
    }

    #[test]
    fn eq_6_11_backward_is_the_transpose_and_keeps_the_angle([z, e, x] in triples()) {
        let d = normal(z.dim(), 4);
        let d_x = rotation_backward(&z, &e, d.clone());
        // Where there is no turn, `rotate` moves and does not turn: its derivative is still the identity.
        let moved = rotate(&z, &e, &(&x * 0.0));
        let forward = ((rotate(&z, &e, &x) - moved) * &d).sum();
        let size = 1.0 + forward.abs() + rotate(&z, &e, &x).mapv(f64::abs).sum();
        prop_assert!((forward - (x * &d_x).sum()).abs() < 1e-9 * size);
        for n in 0..z.nrows() {
            let [z, e, d, d_x] = [&z, &e, &d, &d_x].map(|a| a.row(n));
            let half = length((&z / length(z) + &e / length(e)).view());
            if length(z) > 0.1 && length(e) > 0.1 && half > 0.1 {
                let before = d_x.dot(&z) / (length(d_x) * length(z));
                let after = d.dot(&e) / (length(d) * length(e));
                prop_assert!((before - after).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn eq_6_12_each_component_takes_one_of_its_levels(z in rows(1..20, 3)) {
        let sizes = [2, 5, 4];
        let coded = finite_scalar(&(z.clone() * 3.0), &Levels::new(&sizes).unwrap()).unwrap();
        for ((_, c), v) in coded.z_q.indexed_iter() {
            let level = (v + 1.0) / 2.0 * (sizes[c] - 1) as f64;
            prop_assert!((level - level.round()).abs() < 1e-12 && v.abs() <= 1.0);
        }
        let apart = &coded.z_q - &z.mapv(|v| (3.0 * v).tanh());
        for ((_, c), v) in apart.indexed_iter() {
            prop_assert!(v.abs() <= 1.0 / (sizes[c] - 1) as f64 + 1e-12, "at most half a step");
        }
    }

    #[test]
    fn eq_6_13_the_squeeze_has_a_gradient_and_the_rounding_has_none(z in rows(1..6, 3)) {
        let d = normal(z.dim(), 5);
        let squeezed = |z: &Array2<f64>| (z.mapv(f64::tanh) * &d).sum();
        let d_z = finite_scalar_backward(&z, d.clone());
        assert_abs_diff_eq!(d_z, numeric_gradient(squeezed, &z, 1e-5), epsilon = 1e-8);
    }

    #[test]
    fn eq_6_14_the_index_names_the_code(z in rows(1..20, 3)) {
        let levels = Levels::new(&[3, 2, 6]).unwrap();
        let coded = finite_scalar(&(z * 2.0), &levels).unwrap();
        let codebook = levels.codebook::<f64>();
        prop_assert_eq!(codebook.select(Axis(0), &coded.indices), coded.z_q);
    }
}

#[test]
fn eq_6_1_at_a_border_it_has_no_limit() {
    let codebook = array![[-1.0], [1.0]];
    let at = |z: f64| {
        straight_through(&array![[z]], &codebook).unwrap().z_q[[0, 0]]
    };
    for h in [1e-1, 1e-3, 1e-6] {
        assert_abs_diff_eq!(
            (at(h) - at(-h)) / (2.0 * h),
            1.0 / h,
            epsilon = 1e-9
        );
    }
}

#[test]
fn eq_6_3_on_dfdx_both_ends_have_one_gradient() {
    let mut values = reference().unwrap();
    let (_, decoder) = reference_networks(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(&format!("through/{name}"));
    let [z_e, z_q, x] = ["z_e", "z_q", "x"].map(|name| m(name).unwrap());
    let dev = dfdx::tensor::Cpu::default();
    let decoder = OnDevice::new(&dev, &decoder);
    let [z_e, z_q, x] = [z_e, z_q, x].map(|a| lab::tensor(&dev, &a, a.dim()));
    let z_st = on_dfdx::straight_through(z_e.leaky_trace(), z_q);
    let (z_st, tape) = z_st.split_tape();
    let y = decoder.forward(z_st.clone().put_tape(tape));
    let found = gradients::on_dfdx::mse(y, x).backward();
    let [at_z_e, at_z_st] =
        [found.get(&z_e), found.get(&z_st)].map(|g| lab::array(&g));
    assert_eq!(at_z_e, at_z_st);
    assert!(at_z_e.iter().all(|d| *d != 0.0));
}

#[test]
fn eq_6_4_known_averages() {
    let codebook = array![[-1.0], [1.0]];
    let places = Array2::from_shape_fn((40_000, 1), |(n, _)| {
        (n as f64 + 0.5) / 2_000.0 - 10.0
    });
    let z_q = straight_through(&places, &codebook).unwrap().z_q;
    let losses = z_q.column(0).mapv(|e| if e > 0.0 { 5.0 } else { 1.0 });
    // At a border half of the noise falls on either side; one s away from it, a share of 0.8413.
    let z = array![[0.0], [0.7], [-0.7]];
    let value = smoothed_loss(&z, 0.7, &places, &losses).unwrap();
    let share = 0.841_344_746_068_543;
    let right = array![3.0, 1.0 + 4.0 * share, 5.0 - 4.0 * share];
    assert_abs_diff_eq!(value, right, epsilon = 1e-6);
    let sharp = smoothed_loss(&array![[0.5]], 0.01, &places, &losses);
    assert_abs_diff_eq!(sharp.unwrap(), array![5.0], epsilon = 1e-12);
}

#[test]
fn eq_6_5_losses_and_noise_alone_give_the_gradient() {
    let codebook = array![[-0.8, 0.1], [0.7, -0.4], [0.2, 0.9]];
    let loss = |z: &Array2<f64>| {
        let z_q = straight_through(z, &codebook).unwrap().z_q;
        z_q.map_axis(Axis(1), |e| e[0] * e[0] + 2.0 * e[1]) // [M]
    };
    let (z, s, side) = (array![[0.1, 0.2]], 0.5, 400);
    let place = |n: usize| (n as f64 + 0.5) / 50.0 - 4.0;
    let places = Array2::from_shape_fn((side * side, 2), |(n, axis)| {
        place(if axis == 0 { n % side } else { n / side })
    });
    let exact =
        smoothed_loss_backward(&z, s, &places, &loss(&places)).unwrap();
    let noise = normal((400_000, 2), 6);
    let losses = loss(&(&noise * s + &z));
    let estimate = score_gradient(&losses, &noise, s);
    assert_abs_diff_eq!(estimate, exact.row(0).to_owned(), epsilon = 0.02);
    assert!(length(exact.row(0)) > 0.2);
}

/// Codes on a line, 1 apart: the slope of the smoothed lookup, in closed form and by quadrature.
#[test]
fn eq_6_6_on_an_even_grid_the_slope_goes_to_one() {
    let codebook = Array2::from_shape_fn((17, 1), |(k, _)| k as f64 - 8.0);
    let places = Array2::from_shape_fn((16_000, 1), |(n, _)| {
        (n as f64 + 0.5) / 1_000.0 - 8.0
    });
    let z_q = straight_through(&places, &codebook).unwrap().z_q;
    let z_q = z_q.column(0).to_owned();
    let z = array![[0.0], [0.2], [0.5], [-0.35]];
    for s in [0.2, 0.35, 0.5, 1.0] {
        let formula = z.mapv(|z| {
            let term = |m: i32| {
                let m = f64::from(m);
                let wave = (2.0 * PI * m * (z - 0.5)).cos();
                2.0 * wave * (-2.0 * (PI * m * s).powi(2)).exp()
            };
            1.0 + (1..20).map(term).sum::<f64>()
        });
        let slope = smoothed_loss_backward(&z, s, &places, &z_q).unwrap();
        assert_abs_diff_eq!(slope, formula, epsilon = 1e-5);
        let worst = 2.0 * (-2.0 * (PI * s).powi(2)).exp();
        assert!(slope.iter().all(|v| (v - 1.0).abs() < worst * 1.1 + 1e-6));
    }
}

/// In the plane, for a linear loss: the gradient of the smoothed loss is the straight-through gradient.
#[test]
fn eq_6_6_an_even_grid_and_a_linear_loss_leave_no_bias() {
    let codebook = Array2::from_shape_fn((121, 2), |(k, axis)| {
        (if axis == 0 { k % 11 } else { k / 11 }) as f64 - 5.0
    });
    let places = Array2::from_shape_fn((250_000, 2), |(n, axis)| {
        let n = if axis == 0 { n % 500 } else { n / 500 };
        (n as f64 + 0.5) / 50.0 - 5.0
    });
    let g = array![0.7, -1.3];
    let losses = straight_through(&places, &codebook).unwrap().z_q.dot(&g);
    let z = array![[0.1, 0.3], [-0.45, 0.0]];
    let d_z = smoothed_loss_backward(&z, 0.7, &places, &losses).unwrap();
    for d in d_z.rows() {
        assert_abs_diff_eq!(d.to_owned(), g, epsilon = 1e-3);
    }
}

#[test]
fn eq_6_7_the_mean_gradient_is_what_the_latent_moved() {
    let codebook = normal((5, 3), 7);
    let (aim, lr, steps) = (array![[0.1, -0.2, 0.3]], 0.05, 400);
    let start = normal((2, 3), 8);
    let path = descend(start.clone(), &codebook, lr, steps, |z_q| z_q - &aim)
        .unwrap();
    let sum = path[..steps]
        .iter()
        .fold(Array2::<f64>::zeros((2, 3)), |sum, (_, q)| {
            sum + &q.z_q - &aim
        });
    let moved = (&start - &path[steps].0) / lr;
    assert_abs_diff_eq!(sum, moved, epsilon = 1e-9);
}

#[test]
fn eq_6_7_between_two_codes_the_mean_code_is_the_aim() {
    let codebook = array![[-1.0], [1.0]];
    let steps = 5_000;
    let path =
        descend(array![[-0.9]], &codebook, 0.02, steps, |z_q| z_q + 0.2)
            .unwrap();
    let late = &path[1_000..];
    let mean = late.iter().map(|(_, q)| q.z_q[[0, 0]]).sum::<f64>()
        / late.len() as f64;
    assert!((mean + 0.2).abs() < 0.01, "{mean}");
    let loss = |z_q: f64| 0.5 * (z_q + 0.2) * (z_q + 0.2);
    let losses = late.iter().map(|(_, q)| loss(q.z_q[[0, 0]]));
    let mean = losses.sum::<f64>() / late.len() as f64;
    assert!(mean > 1.4 * loss(-1.0), "staying would have been better");
    assert!(late.iter().all(|(z, _)| z[[0, 0]].abs() < 0.03));
}

#[test]
fn eq_6_8_cold_it_draws_and_hot_it_averages() {
    let codebook = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.5]];
    let draws = 40_000;
    let z = array![[0.3, 0.4]].broadcast((draws, 2)).unwrap().to_owned();
    let noise = gumbel_noise((draws, 3), &mut rng_at(6, 9));
    let cold = gumbel_softmax(&z, &codebook, &noise, 1e-4).unwrap();
    let counts = cold.p.sum_axis(Axis(0)) / draws as f64;
    let first = z.slice(ndarray::s![..1, ..]).to_owned();
    let shares = softmax(&-squared_distances(&first, &codebook));
    assert_abs_diff_eq!(counts, shares.row(0).to_owned(), epsilon = 0.01);
    let hot = gumbel_softmax(&z, &codebook, &noise, 1e6).unwrap();
    let third = Array2::from_elem((draws, 3), 1.0 / 3.0);
    assert_abs_diff_eq!(hot.p, third, epsilon = 1e-4);
}

#[test]
fn eq_6_10_without_a_plane_there_is_no_turn() {
    let e = array![[1.0, -2.0], [1.0, -2.0], [0.0, 0.0]];
    let z = array![[-0.5, 1.0], [0.0, 0.0], [0.3, 0.4]]; // opposite, zero, to zero
    assert_abs_diff_eq!(rotate(&z, &e, &z), e, epsilon = 1e-15);
    let d = normal((3, 2), 10);
    assert_eq!(rotation_backward(&z, &e, d.clone()), d);
    // Just beside the opposite direction there is one, and it is finite.
    let z: Array2<f64> =
        array![[-0.5, 1.001], [1e-200, 1e-200], [-0.5, 1.0 + 1e-12]];
    let e = array![[1.0, -2.0], [1.0, -2.0], [1.0, -2.0]];
    assert!(rotate(&z, &e, &z).iter().all(|v| v.is_finite()));
}

#[test]
fn eq_6_14_every_code_is_reached_once() {
    let levels = Levels::new(&[4, 3, 2]).unwrap();
    let codebook = levels.codebook::<f64>();
    assert_eq!((levels.codes(), codebook.dim()), (24, (24, 3)));
    // A latent whose squeezed value is nearly the code.
    let z = codebook.mapv(|v| (0.999 * v).atanh());
    let coded = finite_scalar(&z, &levels).unwrap();
    assert_eq!(coded.indices, (0..24).collect::<Vec<_>>());
    assert_eq!(coded.z_q, codebook);
}
