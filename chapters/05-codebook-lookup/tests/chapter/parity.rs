//! Hand gradients against finite differences, dfdx and PyTorch; dfdx's lookups against the plain ones.

use codebook_lookup::{ledger, on_dfdx, plain};
use dfdx::prelude::*;
use lab::{Against, array, rng_at, tensor};
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3 * 6);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
    lookups_agree(&dev);
}

/// Where the one of each row stands.
fn places(chosen: &Array2<f32>) -> Vec<usize> {
    let place = |row: ndarray::ArrayView1<f32>| {
        assert_eq!(row.iter().filter(|v| **v == 1.0).count(), 1);
        assert_eq!(row.sum(), 1.0, "the rest is 0");
        row.iter().position(|v| *v == 1.0).unwrap()
    };
    chosen.rows().into_iter().map(place).collect()
}

fn lookups_agree<D: Device<f32>>(dev: &D) {
    let whole = Uniform::new_inclusive(-2_i32, 2).unwrap();
    for seed in 0..20 {
        let mut rng = rng_at(31, seed);
        let (n, k, c) = (60, 1 + 7 * seed as usize, 1 + seed as usize % 4);
        let mut integers = |rows| {
            Array2::random_using((rows, c), whole, &mut rng)
                .mapv(|v| v as f32)
        };
        let (z, e) = (integers(n), integers(k));
        let right = plain::nearest_by_definition(&z, &e);
        let (on_dev, codebook) =
            (tensor(dev, &z, z.dim()), tensor(dev, &e, e.dim()));
        let chosen = on_dfdx::nearest(on_dev.clone(), &codebook);
        assert_eq!(places(&array(&chosen)), right, "on the device");
        let host = on_dfdx::nearest_on_host(on_dev, &codebook);
        assert_eq!(host, right, "on the host");
        let z_q = plain::gather(&e, &right);
        let rows = on_dfdx::gather_chosen(codebook.clone(), chosen);
        assert_eq!(array(&rows), z_q, "by one-hot rows");
        assert_eq!(array(&on_dfdx::gather(codebook, &right)), z_q);
    }
}

#[test]
fn lookups_agree_ties_included() {
    lookups_agree(&Cpu::default());
}

#[test]
fn lookups_of_latents_without_ties_agree() {
    let normal = |rows, stream| -> Array2<f64> {
        let mut rng = rng_at(32, stream);
        Array2::random_using((rows, 8), StandardNormal, &mut rng)
    };
    let (z, e) = (normal(300, 0), normal(64, 1));
    let right = plain::nearest(&z, &e).unwrap();
    let dev = Cpu::default();
    let (z, e) = (tensor(&dev, &z, z.dim()), tensor(&dev, &e, e.dim()));
    assert_eq!(on_dfdx::nearest_on_host(z.clone(), &e), right);
    let chosen = array(&on_dfdx::nearest(z, &e)).mapv(|v| v as f32);
    assert_eq!(places(&chosen), right);
}

/// Both ways of fetching rows send the same gradient to the codebook, that of the plain room.
#[test]
fn both_gathers_scatter_the_same_gradient() {
    let dev = Cpu::default();
    let e = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let w = array![[1.0, -1.0], [2.0, 0.5], [4.0, 8.0], [0.0, 1.0]];
    let indices = [2, 0, 2, 2];
    let expected = plain::gather_backward(&w, &indices, 3);
    let codebook = tensor(&dev, &e, (3_usize, 2_usize));
    let weights = tensor(&dev, &w, (4_usize, 2_usize));
    let rows = on_dfdx::gather(codebook.leaky_trace(), &indices);
    let gradients = (rows * weights.clone()).sum().backward();
    assert_eq!(array(&gradients.get(&codebook)), expected);
    let one_hot = gradients::plain::one_hot::<f64>(&indices, 3);
    let chosen = tensor(&dev, &one_hot, (4_usize, 3_usize));
    let rows = on_dfdx::gather_chosen(codebook.leaky_trace(), chosen);
    let gradients = (rows * weights).sum().backward();
    assert_eq!(array(&gradients.get(&codebook)), expected);
}

#[test]
fn one_code_equal_codes_and_no_number() {
    let dev = Cpu::default();
    let chosen = |z: &Array2<f32>, e: &Array2<f32>| {
        let [z, e] = [z, e].map(|x| tensor(&dev, x, x.dim()));
        array(&on_dfdx::nearest(z, &e))
    };
    let z = array![[0.5, -1.0], [3.0, 0.0]];
    assert_eq!(places(&chosen(&z, &array![[9.0, 9.0]])), [0, 0]);
    let equal = array![[7.0, 7.0], [0.5, -1.0], [0.5, -1.0], [0.5, -1.0]];
    assert_eq!(places(&chosen(&z, &equal)), [1, 1]);
    let no_number = array![[f32::NAN, 0.0]];
    assert_eq!(chosen(&no_number, &equal).sum(), 0.0, "no code is nearest");
}

/// Far from the origin the device's distances round, and it has no referee: what it picks is nearly as near.
#[test]
fn an_offset_costs_the_device_some_indices_and_little_distance() {
    let normal = |rows, stream| -> Array2<f32> {
        let mut rng = rng_at(33, stream);
        Array2::random_using((rows, 16), StandardNormal, &mut rng)
    };
    for (offset, share, worse) in [(0.0, 1.0, 1.0001), (100.0, 0.9, 1.01)] {
        let (z, e) = (normal(500, 0) + offset, normal(64, 1) + offset);
        let right = plain::nearest(&z, &e).unwrap();
        let dev = Cpu::default();
        let [on_z, on_e] = [&z, &e].map(|x| tensor(&dev, x, x.dim()));
        let found = places(&array(&on_dfdx::nearest(on_z, &on_e)));
        let same = found.iter().zip(&right).filter(|(a, b)| a == b).count();
        assert!(same as f64 >= share * 500.0, "{same} at {offset}");
        let far = |indices: &[usize]| {
            plain::distortion(&z, &plain::gather(&e, indices))
        };
        assert!(far(&found) <= worse * far(&right), "at {offset}");
    }
}

#[test]
fn means_of_clusters_agree_and_unchosen_codes_stay() {
    let dev = Cpu::default();
    let normal = |rows, stream| -> Array2<f64> {
        let mut rng = rng_at(34, stream);
        Array2::random_using((rows, 3), StandardNormal, &mut rng)
    };
    let (z, mut e) = (normal(50, 0), normal(7, 1));
    e.row_mut(4).fill(100.0); // nobody's nearest
    let indices = plain::nearest(&z, &e).unwrap();
    let expected = plain::cluster_means(&z, &indices, &e);
    let [on_z, on_e] = [&z, &e].map(|x| tensor(&dev, x, x.dim()));
    let chosen = on_dfdx::nearest(on_z.clone(), &on_e);
    let means = array(&on_dfdx::cluster_means(on_z, &chosen, on_e));
    assert!(lab::max_rel_err(&means, &expected) < 1e-12);
    assert_eq!(means.row(4), e.row(4));
}
