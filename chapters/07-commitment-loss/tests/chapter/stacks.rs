//! Every quantiser behind the trait: one of many is the one, prefixes, checkpoints, bad input, and gradients.

use approx::assert_abs_diff_eq;
use codebook_lookup::plain::{LookupError, normalize_rows};
use commitment_loss::alternatives::{Cosine, Signs, Turned};
use commitment_loss::bottleneck::{Bottleneck, Kept};
use commitment_loss::plain::{CommitmentError, commitment_loss};
use commitment_loss::product::Product;
use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use commitment_loss::residual::Residual;
use gradients::plain::{AdamConfig, numeric_gradient};
use lab::{Checkpoint, rng_at};
use ndarray::{Array2, NdFloat, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use straight_through::plain::Levels;

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(21, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

fn normal_f32(rows: usize, columns: usize, stream: u64) -> Array2<f32> {
    normal(rows, columns, stream).mapv(|v| v as f32)
}

fn settings(learning: Learning) -> Settings {
    Settings {
        learning,
        revival: Some(Revival { threshold: 0.3 }),
        usage_decay: 0.8,
        ..Settings::default()
    }
}

const WAYS: [Learning; 2] = [
    Learning::Ema { gamma: 0.9, debias: true },
    Learning::Gradient {
        adam: AdamConfig { lr: 1e-2, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
        weight: 1.0,
    },
];

/// Six steps of a quantiser; what it said at each.
fn go<F: NdFloat>(
    of: &mut dyn Bottleneck<F>,
    batch: impl Fn(u64) -> Array2<F>,
    steps: std::ops::Range<u64>,
) -> Vec<Array2<F>> {
    let mut said = Vec::new();
    for t in steps {
        let z = batch(t);
        let found = of.quantize(&z).unwrap();
        let d_z_q = batch(100 + t);
        said.push(of.encoder_gradient(&z, &found, d_z_q));
        said.push(found.z_q.clone());
        said.push(Array2::from_elem((1, 1), found.loss));
        assert_eq!(of.vectors(&found.codes), found.z_q, "codes say it all");
        let levels = of.levels();
        assert_eq!(found.codes.ncols(), levels.len());
        for (codes, k) in found.codes.columns().into_iter().zip(levels) {
            assert!(codes.iter().all(|code| *code < k));
        }
        of.learn(&z, &found, &mut rng_at(22, t)).unwrap();
    }
    said
}

#[test]
fn one_level_and_one_part_are_the_quantizer_bit_for_bit() {
    for way in WAYS {
        let mut e = normal(6, 3, 0);
        e.row_mut(2).fill(40.0); // it has to start again
        let mut one = Quantizer::new(e, settings(way)).unwrap();
        let mut level = Residual::new(vec![one.clone()]).unwrap();
        let mut part = Product::new(vec![one.clone()]).unwrap();
        let batch = |t| normal(20, 3, 1 + t);
        let said = go(&mut one, batch, 0..6);
        assert_eq!(go(&mut level, batch, 0..6), said);
        assert_eq!(go(&mut part, batch, 0..6), said);
        assert_eq!(level, Residual::new(vec![one.clone()]).unwrap());
        assert_eq!(part, Product::new(vec![one]).unwrap());
    }
}

#[test]
fn the_first_levels_are_a_description_by_themselves() {
    let z = normal(30, 4, 50);
    let rng = &mut rng_at(23, 0);
    let k = [4, 3, 5];
    let of = Residual::from_latents(&z, &k, 5, settings(WAYS[0]), rng);
    let of = of.unwrap();
    assert_eq!(of.levels(), k);
    let codes = of.quantize(&z).unwrap().codes;
    let first = |l: usize| of.vectors(&codes.slice(s![.., ..l]).to_owned());
    assert_eq!(first(0), Array2::<f64>::zeros((30, 4)), "no level, nothing");
    let lost = [0, 1, 2, 3].map(|l| (&z - &first(l)).mapv(|v| v * v).sum());
    assert!(lost.windows(2).all(|l| l[1] < 0.9 * l[0]), "{lost:?}");
}

/// Each level's codebook learns from its own residual: at the means of what was left it stands still.
#[test]
fn a_level_learns_from_what_was_left_for_it() {
    let still = Learning::Ema { gamma: 0.5, debias: true };
    let settings = Settings { learning: still, ..Settings::default() };
    let list = |e| Quantizer::new(e, settings).unwrap();
    let levels =
        vec![list(array![[0.0], [10.0]]), list(array![[-1.0], [1.0]])];
    let mut of = Residual::new(levels).unwrap();
    let z = array![[-1.0], [1.0], [9.0], [11.0]];
    let found = of.quantize(&z).unwrap();
    assert_eq!(found.codes, array![[0, 0], [0, 1], [1, 0], [1, 1]]);
    assert_eq!((found.z_q.clone(), found.loss), (z.clone(), 0.25));
    let before = of.clone();
    for t in 0..5 {
        of.learn(&z, &found, &mut rng_at(1, t)).unwrap();
    }
    let codes = array![[0, 0], [1, 1]];
    assert_eq!(of.vectors(&codes), before.vectors(&codes));
}

fn all() -> Vec<Box<dyn Kept>> {
    let z = normal_f32(60, 6, 0);
    let rng = &mut rng_at(24, 0);
    let ema = settings(WAYS[0]);
    let (adam, levels) =
        (AdamConfig::default(), Levels::new(&[3, 4, 2, 5, 2, 3]));
    vec![
        Box::new(Quantizer::from_latents(&z, 8, 2, ema, rng).unwrap()),
        Box::new(
            Residual::from_latents(&z, &[4, 4], 2, settings(WAYS[1]), rng)
                .unwrap(),
        ),
        Box::new(Product::from_latents(&z, &[4, 3], 2, ema, rng).unwrap()),
        Box::new(Cosine::from_latents(&z, 8, 2, ema, rng).unwrap()),
        Box::new(Signs { width: 6, settings: ema }),
        Box::new(Turned::from_latents(&z, 8, adam, ema, rng).unwrap()),
        Box::new(levels.unwrap()),
    ]
}

#[test]
fn what_goes_on_from_a_checkpoint_ends_where_it_would_have() {
    let batch = |t| normal_f32(30, 6, 10 + t);
    let (mut firsts, mut seconds) = (all(), all());
    for (n, (whole, second)) in
        firsts.iter_mut().zip(&mut seconds).enumerate()
    {
        go::<f32>(&mut **whole, batch, 0..4);
        let mut checkpoint = Checkpoint::default();
        whole.save("q", &mut checkpoint);
        second.restore("q", &checkpoint).unwrap();
        let on = go::<f32>(&mut **whole, batch, 4..8);
        assert_eq!(go::<f32>(&mut **second, batch, 4..8), on, "{n}");
        for (m, other) in all().iter_mut().enumerate() {
            let taken = other.restore("q", &checkpoint).is_ok();
            // The directions of a list are kept as the list is.
            let alike =
                |a, b| a == b || (a == 0 && b == 3) || (a == 3 && b == 0);
            assert_eq!(taken, alike(n, m), "{n} in place of {m}");
        }
    }
}

#[test]
fn stacks_of_another_size_are_refused_and_nothing_changes() {
    let z = normal_f32(60, 6, 0);
    let of = |k: &[usize], stream| {
        let rng = &mut rng_at(25, stream);
        Residual::from_latents(&z, k, 1, settings(WAYS[0]), rng).unwrap()
    };
    let mut checkpoint = Checkpoint::default();
    of(&[4, 4], 0).save("q", &mut checkpoint);
    for k in [&[4][..], &[4, 4, 4], &[4, 5]] {
        let mut other = of(k, 1);
        let before = other.clone();
        assert!(other.restore("q", &checkpoint).is_err(), "{k:?}");
        assert_eq!(other, before);
    }
}

#[test]
fn what_does_not_fit_says_which_and_why() {
    let ema = Settings::default();
    let list = |k, c| Quantizer::new(normal(k, c, 0), ema).unwrap();
    assert_eq!(
        Residual::<f64>::new(vec![]).unwrap_err(),
        CommitmentError::NoQuantizer
    );
    assert_eq!(
        Product::<f64>::new(vec![]).unwrap_err().to_string(),
        "expected at least one quantiser, found none"
    );
    let width = |expected, found| LookupError::Width { expected, found };
    let uneven = Residual::new(vec![list(3, 4), list(3, 2)]);
    assert_eq!(uneven.unwrap_err(), width(4, 2).into());
    let rng = &mut rng_at(26, 0);
    let thirds =
        Product::from_latents(&normal(9, 4, 0), &[2; 3], 1, ema, rng);
    assert_eq!(
        thirds.unwrap_err().to_string(),
        "expected latents that can be cut into 3 parts of equal width, \
         found 4 components"
    );
    let mut product = Product::new(vec![list(3, 4), list(3, 2)]).unwrap();
    let wide = normal(5, 7, 0);
    assert_eq!(product.quantize(&wide).unwrap_err(), width(6, 7).into());
    let found = product.quantize(&normal(5, 6, 0)).unwrap();
    let rng = &mut rng_at(26, 1);
    assert_eq!(
        product.learn(&wide, &found, rng).unwrap_err(),
        width(6, 7).into()
    );
    let few = normal(4, 6, 0);
    assert_eq!(
        product.learn(&few, &found, rng).unwrap_err(),
        CommitmentError::Indices { latents: 4, found: 5 }
    );
    let nan = array![[0.0_f32, f32::NAN, 0.0, 0.0, 0.0, 0.0]];
    for (n, of) in all().iter().enumerate() {
        assert!(of.quantize(&nan).is_err(), "{n}");
        assert!(of.quantize(&normal_f32(2, 9, 0)).is_err(), "{n}");
        let none = of.quantize(&normal_f32(0, 6, 0)).unwrap();
        assert_eq!(none.z_q.dim(), (0, 6), "{n}");
        assert_eq!(none.codes.dim(), (0, of.levels().len()), "{n}");
    }
}

#[test]
fn signs_are_a_number() {
    let of = Signs { width: 3, settings: Settings::default() };
    let z = array![[0.5, -0.1, 2.0], [-1.0, 0.0, -9.0], [1.0, 1.0, 1.0]];
    let found = of.quantize(&z).unwrap();
    assert_eq!(found.codes, array![[0b101], [0], [7]]);
    assert_eq!(
        found.z_q,
        array![[1.0, -1.0, 1.0], [-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]
    );
    assert_eq!(Bottleneck::<f64>::levels(&of), [8]);
}

/// By direction: a latent's length changes nothing, and its pull is across, not along.
#[test]
fn a_code_by_direction_knows_no_length() {
    let rng = &mut rng_at(27, 0);
    let z = normal(40, 3, 5);
    let of =
        Cosine::from_latents(&z, 6, 3, Settings::default(), rng).unwrap();
    let found = of.quantize(&z).unwrap();
    assert_eq!(of.quantize(&(&z * 8.0)).unwrap().codes, found.codes);
    assert_abs_diff_eq!(
        normalize_rows(&found.z_q),
        found.z_q,
        epsilon = 1e-12
    );
    let d_z_q = normal(40, 3, 6);
    let whole = |z: &Array2<f64>| {
        let z = normalize_rows(z);
        let term = commitment_loss(&z, &found.z_q, 0.25, Default::default());
        term + (z * &d_z_q).sum()
    };
    assert_abs_diff_eq!(
        of.encoder_gradient(&z, &found, d_z_q.clone()),
        numeric_gradient(whole, &z, 1e-5),
        epsilon = 1e-6
    );
}

/// One matrix moves every code, those too that no latent chose.
#[test]
fn a_turned_list_moves_as_one_and_comes_closer() {
    let rng = &mut rng_at(28, 0);
    let mut z = normal(60, 3, 7) * 0.2;
    z.column_mut(0).mapv_inplace(|v| 1.0 + v);
    let config = AdamConfig { lr: 1e-2, ..AdamConfig::default() };
    let ema = Settings::default();
    let mut of = Turned::from_latents(&z, 5, config, ema, rng).unwrap();
    let start = of.codebook();
    let mut losses = Vec::new();
    for t in 0..200 {
        let found = of.quantize(&z).unwrap();
        losses.push(found.loss);
        of.learn(&z, &found, &mut rng_at(29, t)).unwrap();
    }
    assert!(losses[199] < 0.7 * losses[0], "{} {}", losses[0], losses[199]);
    let moved = (of.codebook() - start)
        .map_axis(ndarray::Axis(1), |row| row.dot(&row));
    assert!(moved.iter().all(|m| *m > 1e-4), "{moved}");
}
