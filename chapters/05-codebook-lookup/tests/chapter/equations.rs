//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use codebook_lookup::cells::borders;
use codebook_lookup::ledger::{reference, reference_indices};
use codebook_lookup::plain::{
    assemble, bits_per_image, check, cluster_means, distortion,
    distortion_backward, entropy, gather, gather_backward, kmeans_plus_plus,
    lloyd_step, nearest, nearest_by_cosine, nearest_by_definition,
    nearest_by_product, normalize_rows, normalize_rows_backward, patches,
    rounding, squared_distance, squared_distances,
    squared_distances_backward, usage,
};
use gradients::plain::{numeric_gradient, real};
use lab::rng_at;
use ndarray::{Array1, Array2, Array3, Axis, NdFloat, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::collection::vec;
use proptest::prelude::*;

/// What a coordinate can be: of one size, whole and so full of ties, far from the origin, tiny, huge.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain,
    Whole,
    Far,
    Tiny,
    Huge,
}

fn coordinate<F: NdFloat>(kind: Kind, v: f64) -> F {
    let range = |f: F| f.to_f64().expect("a float");
    real(match kind {
        Kind::Plain => v,
        Kind::Whole => v.round(),
        Kind::Far => 1000.0 + v / 100.0,
        Kind::Tiny => v * range(F::min_positive_value()).powf(0.55),
        Kind::Huge => v * range(F::max_value()).powf(0.52),
    })
}

/// Latents and a codebook of one width. Some latents lie on a codebook vector, and some vectors are there twice.
fn lookup<F: NdFloat>() -> impl Strategy<Value = (Array2<F>, Array2<F>)> {
    use Kind::*;
    let kind = prop_oneof![
        Just(Plain),
        Just(Whole),
        Just(Far),
        Just(Tiny),
        Just(Huge)
    ];
    let sizes = (1_usize..12, 1_usize..40, 1_usize..9);
    (kind, sizes).prop_flat_map(|(kind, (n, k, c))| {
        let numbers = |count| vec(-2.5_f64..2.5, count);
        let copies = vec((0..k, 0..k), 0..4);
        let data = (numbers(n * c), numbers(k * c), copies);
        data.prop_map(move |(z, e, copies)| {
            let matrix = |rows, v: Vec<f64>| {
                let v = v.into_iter().map(|v| coordinate(kind, v)).collect();
                Array2::from_shape_vec((rows, c), v).unwrap()
            };
            let (mut z, mut e) = (matrix(n, z), matrix(k, e));
            for (from, to) in copies {
                let row = e.row(from).to_owned();
                e.row_mut(to).assign(&row);
                z.row_mut(to % n).assign(&row);
            }
            (z, e)
        })
    })
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let mut rng = rng_at(15, stream);
    Array2::random_using((rows, columns), StandardNormal, &mut rng)
}

fn to_f64(x: &Array2<f32>) -> Array2<f64> {
    x.mapv(f64::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn eq_5_3_the_tiles_are_exact_in_f32((z, e) in lookup::<f32>()) {
        prop_assert_eq!(nearest(&z, &e).unwrap(), nearest_by_definition(&z, &e));
    }

    #[test]
    fn eq_5_3_the_tiles_are_exact_in_f64((z, e) in lookup::<f64>()) {
        prop_assert_eq!(nearest(&z, &e).unwrap(), nearest_by_definition(&z, &e));
    }
}

proptest! {
    #[test]
    fn eq_5_1_none_is_nearer_and_none_before_as_near((z, e) in lookup::<f64>()) {
        for (z, k) in z.rows().into_iter().zip(nearest_by_definition(&z, &e)) {
            let d = |k| squared_distance(z, e.row(k));
            prop_assert!((0..e.nrows()).all(|j| d(k) <= d(j)));
            prop_assert!((0..k).all(|j| d(j) > d(k)) || d(k).is_infinite());
        }
    }

    #[test]
    fn eq_5_2_expanded(a in vec(-3.0_f64..3.0, 12), b in vec(-3.0_f64..3.0, 15)) {
        let z = Array2::from_shape_vec((4, 3), a).unwrap();
        let e = Array2::from_shape_vec((5, 3), b).unwrap();
        let d = squared_distances(&z, &e);
        for ((n, k), d) in d.indexed_iter() {
            prop_assert!((d - squared_distance(z.row(n), e.row(k))).abs() < 1e-12);
        }
        let w = Array2::from_shape_fn((4, 5), |(n, k)| (n * 5 + k) as f64 - 8.5);
        let (d_z, d_e) = squared_distances_backward(&z, &e, &w);
        let of = |z: &Array2<f64>, e: &Array2<f64>| (squared_distances(z, e) * &w).sum();
        assert_abs_diff_eq!(d_z, numeric_gradient(|z| of(z, &e), &z, 1e-5), epsilon = 1e-6);
        assert_abs_diff_eq!(d_e, numeric_gradient(|e| of(&z, e), &e, 1e-5), epsilon = 1e-6);
    }

    #[test]
    fn eq_5_4_rounding_stays_within_the_bound((z, e) in lookup::<f32>()) {
        let length = |x: ndarray::ArrayView1<f32>| f64::from(x.dot(&x)).sqrt();
        let longest = e.rows().into_iter().map(length).fold(0.0, f64::max);
        prop_assume!(longest < 1e18);
        let halves = e.map_axis(Axis(1), |e| e.dot(&e) * 0.5);
        let found = halves - z.dot(&e.t());
        let (z64, e64) = (to_f64(&z), to_f64(&e));
        let exact = e64.map_axis(Axis(1), |e| e.dot(&e) * 0.5) - z64.dot(&e64.t());
        let off = to_f64(&found) - exact;
        for (n, off) in off.rows().into_iter().enumerate() {
            let reach = length(z.row(n)) + longest;
            prop_assume!(reach < 1e18);
            let bound = f64::from(rounding(z.ncols(), reach as f32));
            let range = off.iter().fold((0.0, 0.0), |(a, b): (f64, f64), &v| (a.min(v), b.max(v)));
            prop_assert!(range.1 - range.0 <= bound, "{:e} {:e}", range.1 - range.0, bound);
        }
    }

    #[test]
    fn eq_5_5_gather_and_its_gradient(e in vec(-3.0_f64..3.0, 12), indices in vec(0_usize..4, 1..9)) {
        let e = Array2::from_shape_vec((4, 3), e).unwrap();
        let z_q = gather(&e, &indices);
        for (row, &k) in z_q.rows().into_iter().zip(&indices) {
            prop_assert_eq!(row, e.row(k));
        }
        let w = Array2::from_shape_fn(z_q.dim(), |(n, c)| (3 * n + c) as f64 - 4.0);
        let slope = numeric_gradient(|e| (gather(e, &indices) * &w).sum(), &e, 1e-5);
        assert_abs_diff_eq!(gather_backward(&w, &indices, 4), slope, epsilon = 1e-7);
    }

    #[test]
    fn eq_5_6_distortion_and_its_gradient((z, e) in lookup::<f64>()) {
        prop_assume!(z.iter().chain(&e).all(|v| v.abs() < 3.0));
        let z_q = gather(&e, &nearest(&z, &e).unwrap());
        let slope = numeric_gradient(|z_q| distortion(&z, z_q), &z_q, 1e-5);
        assert_abs_diff_eq!(distortion_backward(&z, &z_q), slope, epsilon = 1e-8);
        // No other assignment has a lower one.
        let least: f64 = z.rows().into_iter()
            .map(|z| e.rows().into_iter().map(|e| squared_distance(z, e)).fold(f64::MAX, f64::min))
            .sum();
        prop_assert!((distortion(&z, &z_q) - least / z.nrows() as f64).abs() < 1e-12);
    }

    #[test]
    fn eq_5_7_distortion_never_rises((z, e) in lookup::<f64>()) {
        prop_assume!(z.iter().chain(&e).all(|v| v.abs() < 2000.0));
        let (mut codebook, mut last) = (e, f64::INFINITY);
        for _ in 0..6 {
            let (next, before) = lloyd_step(&z, &codebook).unwrap();
            prop_assert!(before <= last + 1e-9, "{} {}", before, last);
            (codebook, last) = (next, before);
        }
    }

    #[test]
    fn eq_5_7_no_place_beats_the_mean((z, e) in lookup::<f64>(), nudge in -0.5_f64..0.5) {
        prop_assume!(z.iter().chain(&e).all(|v| v.abs() < 3.0));
        let indices = nearest(&z, &e).unwrap();
        let means = cluster_means(&z, &indices, &e);
        let of = |codebook: &Array2<f64>| distortion(&z, &gather(codebook, &indices));
        prop_assert!(of(&means) <= of(&(&means + nudge)) + 1e-12);
        // So the gradient of the distortion vanishes there.
        let z_q = gather(&means, &indices);
        let slope = gather_backward(&distortion_backward(&z, &z_q), &indices, means.nrows());
        prop_assert!(slope.iter().all(|v| v.abs() < 1e-12));
    }

    #[test]
    fn eq_5_9_entropy_is_between_none_and_all_alike(counts in vec(0_usize..50, 1..20)) {
        let counts = Array1::from(counts);
        let h = entropy(&counts);
        prop_assert!((0.0..=(counts.len() as f64).ln() + 1e-12).contains(&h));
    }

    #[test]
    fn eq_5_11_length_does_not_matter((z, e) in lookup::<f64>(), scale in 0.01_f64..100.0) {
        prop_assume!(z.iter().chain(&e).all(|v| v.abs() < 3.0));
        let (y, u) = (normalize_rows(&z), normalize_rows(&e));
        let d = squared_distances(&y, &u);
        for ((n, k), d) in d.indexed_iter() {
            if y.row(n).dot(&y.row(n)) > 0.5 && u.row(k).dot(&u.row(k)) > 0.5 {
                prop_assert!((d - (2.0 - 2.0 * y.row(n).dot(&u.row(k)))).abs() < 1e-12);
            }
        }
        let indices = nearest_by_cosine(&z, &e).unwrap();
        let scaled = nearest_by_cosine(&(&z * scale), &e).unwrap();
        for (n, (a, b)) in indices.into_iter().zip(scaled).enumerate() {
            // Another index only where rounding moved a tie.
            prop_assert!((d[[n, a]] - d[[n, b]]).abs() < 1e-12);
        }
    }

    #[test]
    fn patches_and_back(n in 1_usize..4, down in 1_usize..4, across in 1_usize..4, size in 1_usize..5) {
        let shape = (n, down * size, across * size);
        let images = Array3::from_shape_fn(shape, |(n, y, x)| (n * 10_000 + y * 100 + x) as f64);
        let cut = patches(&images, size);
        prop_assert_eq!(cut.dim(), (n * down * across, size * size));
        let last = cut.row(cut.nrows() - 1);
        prop_assert_eq!(last[last.len() - 1], images[[n - 1, shape.1 - 1, shape.2 - 1]]);
        prop_assert_eq!(assemble(&cut, (shape.1, shape.2)), images);
    }

    #[test]
    fn borders_are_as_near_to_both_and_to_none_more(e in vec(-1.0_f64..1.0, 4..20)) {
        let e = Array2::from_shape_vec((e.len() / 2, 2), e[..e.len() / 2 * 2].to_vec()).unwrap();
        let all = borders(&e, 3.0);
        for border in &all {
            let [a, b] = border.ends;
            let middle = array![(a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0];
            let d: Vec<f64> = e.rows().into_iter().map(|e| squared_distance(middle.view(), e)).collect();
            prop_assert!((d[border.between.0] - d[border.between.1]).abs() < 1e-9);
            prop_assert!(d.iter().all(|other| *other >= d[border.between.0] - 1e-9));
        }
        for border in all {
            let Some([a, b]) = border.clipped((-0.5, 0.5), (-0.4, 0.4)) else { continue };
            let [from, to] = border.ends;
            for p in [a, b] {
                prop_assert!(p.0.abs() < 0.5 + 1e-9 && p.1.abs() < 0.4 + 1e-9);
                let across = (p.0 - from.0) * (to.1 - from.1) - (p.1 - from.1) * (to.0 - from.0);
                prop_assert!(across.abs() < 1e-9, "on the line");
            }
        }
    }
}

#[test]
fn eq_5_1_by_hand_with_ties() {
    let codebook = array![[0.0, 0.0], [2.0, 0.0], [2.0, 0.0], [0.0, 2.0]];
    let z =
        array![[0.4, 0.3], [1.9, 0.0], [1.0, 0.0], [1.0, 1.0], [9.0, 9.0]];
    let right = vec![0, 1, 0, 0, 1];
    assert_eq!(nearest_by_definition(&z, &codebook), right);
    assert_eq!(nearest_by_product(&z, &codebook), right);
    assert_eq!(nearest(&z, &codebook).unwrap(), right);
}

#[test]
fn eq_5_2_and_the_indices_agree_with_the_reference() {
    let mut values = reference().unwrap();
    let (z, e) =
        (values.matrix("z").unwrap(), values.matrix("codebook").unwrap());
    let d = values.matrix("distances/d").unwrap();
    assert_abs_diff_eq!(squared_distances(&z, &e), d, epsilon = 1e-12);
    let indices = reference_indices(&mut values, "indices").unwrap();
    assert_eq!(nearest(&z, &e).unwrap(), indices);
    assert_eq!(nearest_by_definition(&z, &e), indices);
    assert_eq!(nearest_by_product(&z, &e), indices);
    assert_eq!(gather(&e, &indices), values.matrix("z_q").unwrap());
}

/// The first number that is none is named by its place among all latents, whichever tile it is in.
#[test]
fn eq_5_3_a_number_that_is_none_is_named_in_any_tile() {
    let (mut z, e) = (normal(1000, 7, 0), normal(83, 7, 1));
    z[[930, 2]] = f64::NAN;
    z[[700, 5]] = f64::INFINITY;
    let said = nearest(&z, &e).unwrap_err().to_string();
    assert!(said.contains("row 700, component 5"), "{said}");
    assert_eq!(nearest(&z, &e), Err(check(&z, &e).unwrap_err()));
}

/// More latents than fit into a tile, a codebook that is no multiple of sixteen, and none at all.
#[test]
fn eq_5_3_over_several_tiles() {
    let (z, e) = (normal(1000, 7, 0), normal(83, 7, 1));
    assert_eq!(nearest(&z, &e).unwrap(), nearest_by_definition(&z, &e));
    let (z, e) = (z.mapv(|v| v as f32), e.mapv(|v| v as f32));
    assert_eq!(nearest(&z, &e).unwrap(), nearest_by_definition(&z, &e));
    let whole = |x: &Array2<f32>| x.mapv(f32::round);
    let (z, e) = (whole(&z), whole(&e));
    assert_eq!(nearest(&z, &e).unwrap(), nearest_by_definition(&z, &e));
    // Columns first in memory.
    let turned = z.t().as_standard_layout().into_owned();
    let z_by_columns = turned.t().to_owned();
    assert_eq!(
        nearest(&z_by_columns, &e).unwrap(),
        nearest_by_definition(&z, &e)
    );
    let none = Array2::<f32>::zeros((0, 7));
    assert_eq!(nearest(&none, &e), Ok(vec![]));
}

/// Far from the origin the expanded form picks wrongly in f32, and the tiles do not.
#[test]
fn eq_5_4_where_rounding_decides_the_definition_does() {
    let noise =
        |rows, stream| normal(rows, 16, stream).mapv(|v| 1000.0 + v as f32);
    let (z, e) = (noise(500, 2), noise(64, 3));
    let right = nearest_by_definition(&z, &e);
    let differs = |indices: &[usize]| {
        indices.iter().zip(&right).filter(|(a, b)| a != b).count()
    };
    assert!(differs(&nearest_by_product(&z, &e)) > 50);
    assert_eq!(differs(&nearest(&z, &e).unwrap()), 0);
    // In f64, or nearer to the origin, the expanded form picks rightly too.
    let in_f64 = (to_f64(&z), to_f64(&e));
    assert_eq!(nearest_by_product(&in_f64.0, &in_f64.1), right);
    let home = e.mean_axis(Axis(0)).unwrap();
    assert_eq!(differs(&nearest_by_product(&(&z - &home), &(&e - &home))), 0);
    // The bound is 2.4e-6 for sixteen products of lengths that add up to one.
    assert_abs_diff_eq!(
        rounding(16, 1.0_f32),
        20.0 * f32::EPSILON,
        epsilon = 1e-9
    );
}

#[test]
fn eq_5_6_and_the_means_agree_with_the_reference() {
    let mut values = reference().unwrap();
    let (z, e) =
        (values.matrix("z").unwrap(), values.matrix("codebook").unwrap());
    let indices = reference_indices(&mut values, "indices").unwrap();
    let loss = values.scalar("distortion/loss").unwrap();
    let (means, before) = lloyd_step(&z, &e).unwrap();
    assert_abs_diff_eq!(before, loss, epsilon = 1e-13);
    let expected = values.matrix("lloyd/means").unwrap();
    assert_abs_diff_eq!(means, expected, epsilon = 1e-13);
    let counts = values.vector("usage/counts").unwrap();
    assert_eq!(usage(&indices, 7).mapv(|n| n as f64), counts);
    let expected = values.scalar("usage/entropy").unwrap();
    assert_abs_diff_eq!(
        entropy(&usage(&indices, 7)),
        expected,
        epsilon = 1e-12
    );
    assert_eq!(
        distortion(&Array2::<f64>::zeros((0, 3)), &Array2::zeros((0, 3))),
        0.0
    );
}

#[test]
fn eq_5_7_an_unused_vector_stays() {
    let z = array![[1.0], [3.0]];
    let means = cluster_means(&z, &[1, 1], &array![[7.0], [0.0]]);
    assert_eq!(means, array![[7.0], [2.0]]);
}

/// Of many starts of two vectors, each pair as often as the equation says.
#[test]
fn eq_5_8_drawn_by_squared_distance() {
    let z = array![[0.0], [1.0], [3.0]];
    let runs = 6000;
    let mut pairs = [[0.0; 3]; 3];
    for seed in 0..runs {
        let start = kmeans_plus_plus(&z, 2, &mut rng_at(seed, 0)).unwrap();
        let place = |v: f64| z.iter().position(|&w| w == v).unwrap();
        pairs[place(start[[0, 0]])][place(start[[1, 0]])] += 1.0;
    }
    for (a, row) in pairs.iter().enumerate() {
        let weight = |b: usize| (z[[a, 0]] - z[[b, 0]]).powi(2);
        let total: f64 = (0..3).map(weight).sum();
        for (b, &seen) in row.iter().enumerate() {
            let share = weight(b) / total / 3.0;
            // Four standard deviations of a count.
            let sigma = (share * (1.0 - share) / runs as f64).sqrt();
            assert!(
                (seen / runs as f64 - share).abs() <= 4.0 * sigma,
                "{a} then {b}: {seen}"
            );
        }
    }
}

#[test]
fn eq_5_8_copies_are_chosen_last() {
    let z = array![[0.0], [0.0], [5.0], [0.0], [9.0]];
    for seed in 0..20 {
        let start = kmeans_plus_plus(&z, 3, &mut rng_at(seed, 0)).unwrap();
        let mut places: Vec<f64> = start.iter().copied().collect();
        places.sort_by(f64::total_cmp);
        assert_eq!(places, [0.0, 5.0, 9.0]);
        // With more vectors than different latents, the copies fill up.
        let all = kmeans_plus_plus(&z, 5, &mut rng_at(seed, 0)).unwrap();
        assert_eq!(all.iter().filter(|v| **v == 0.0).count(), 3);
    }
}

#[test]
fn eq_5_9_known_values() {
    assert_eq!(entropy(&array![7, 0, 0]), 0.0);
    assert_eq!(entropy(&array![0, 0]), 0.0);
    assert_abs_diff_eq!(
        entropy(&array![3, 3, 3, 3]),
        4.0_f64.ln(),
        epsilon = 1e-15
    );
}

#[test]
fn eq_5_10_bits_of_an_image() {
    // Half, a quarter, an eighth, an eighth: codes of 1, 2, 3 and 3 bits.
    let [uniform, coded] = bits_per_image(&array![4, 2, 1, 1], 49);
    assert_abs_diff_eq!(uniform, 98.0, epsilon = 1e-12);
    assert_abs_diff_eq!(coded, 49.0 * 1.75, epsilon = 1e-12);
    let [uniform, coded] = bits_per_image(&Array1::from_elem(128, 5), 49);
    assert_abs_diff_eq!(uniform, 343.0, epsilon = 1e-11);
    assert_abs_diff_eq!(coded, 343.0, epsilon = 1e-11);
}

#[test]
fn eq_5_11_cosine_agrees_with_the_reference() {
    let mut values = reference().unwrap();
    let (z, e) =
        (values.matrix("z").unwrap(), values.matrix("codebook").unwrap());
    let right = reference_indices(&mut values, "cosine/indices").unwrap();
    assert_eq!(nearest_by_cosine(&z, &e).unwrap(), right);
    assert_ne!(nearest(&z, &e).unwrap(), right, "the two differ here");
}

#[test]
fn eq_5_11_directions_of_any_length() {
    for scale in [1.0_f32, 1e-30, 1e30] {
        let y = normalize_rows(&(array![[3.0, 4.0], [0.0, 0.0]] * scale));
        assert_abs_diff_eq!(
            y,
            array![[0.6, 0.8], [0.0, 0.0]],
            epsilon = 1e-6
        );
    }
    let d = normalize_rows_backward(
        &array![[3.0, 4.0], [0.0, 0.0]],
        &array![[3.0, 4.0], [1.0, 1.0]],
    );
    // Along the row nothing changes; a row of zeros has no direction to turn.
    assert_abs_diff_eq!(d, array![[0.0, 0.0], [0.0, 0.0]], epsilon = 1e-15);
}

#[test]
fn patches_agree_with_the_reference() {
    let mut values = reference().unwrap();
    let images = values.matrix("images").unwrap();
    let images = images.to_shape((3, 8, 8)).unwrap().into_owned();
    assert_eq!(patches(&images, 4), values.matrix("patches/cut").unwrap());
}
