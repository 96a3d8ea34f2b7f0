//! Chapter 5's k-means of patches of 4 × 4, its codes coded by place as the network's are: a part of the experiment `rate`.

use codebook_lookup::plain::{
    assemble, gather, kmeans_plus_plus, lloyd_step, nearest,
};
use lab::{Claim, Lab, Within};
use ndarray::Array2;
use rayon::prelude::*;

use crate::measures::Curve;
use crate::plain::{IMAGE, space_to_depth};
use crate::run::setting::{Data, file_bits, seams, tables};
use crate::run::short::{SEEDS, every};

const PATCH: usize = 4;

pub const CODES: [usize; 9] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// How many codes, on how many images, in how many steps.
fn scale(lab: &Lab) -> (&'static [usize], usize, usize) {
    (
        &CODES[..lab.by_scale(3, CODES.len(), CODES.len())],
        lab.by_scale(50, 5000, 60_000),
        lab.by_scale(2, 12, 30),
    )
}

/// The curve of each seed.
pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<[Curve; SEEDS]> {
    let mut curves = [const { Curve::new() }; SEEDS];
    let (codes, images, steps) = scale(lab);
    lab.result("patches_train_images", images as f64, Within::Exactly)?;
    lab.result("patches_lloyd_steps", steps as f64, Within::Exactly)?;
    for &k in codes {
        let mut found = [const { Vec::new() }; 3];
        for (curve, judged) in curves.iter_mut().zip(lists(lab, data, k)?) {
            curve.push((judged[1], judged[0]));
            found.iter_mut().zip(judged).for_each(|(all, v)| all.push(v));
        }
        note(lab, k, &found)?;
    }
    Ok(curves)
}

/// The same curves as far as `most` codes, and nothing recorded.
pub fn curves(
    lab: &Lab,
    data: &Data,
    most: usize,
) -> anyhow::Result<[Curve; SEEDS]> {
    let mut curves = [const { Curve::new() }; SEEDS];
    for &k in scale(lab).0.iter().filter(|k| **k <= most) {
        for (curve, judged) in curves.iter_mut().zip(lists(lab, data, k)?) {
            curve.push((judged[1], judged[0]));
        }
    }
    Ok(curves)
}

/// A list of `k` patches for each seed, judged.
fn lists(lab: &Lab, data: &Data, k: usize) -> anyhow::Result<Vec<[f64; 3]>> {
    let (codes, images, steps) = scale(lab);
    data.train.at_least(codes[codes.len() - 1] / 8)?; // many a patch is blank
    let train = space_to_depth(&data.learnt(images), PATCH); // [49 · images, 16]
    let seeds = (1..=SEEDS).into_par_iter().map(|seed| {
        let rng = &mut lab.rng(&format!("patches-{k}-{seed}"));
        let mut codebook = kmeans_plus_plus(&train, k, rng)?; // [K, 16]
        for _ in 0..steps {
            codebook = lloyd_step(&train, &codebook)?.0;
        }
        judge(data, &codebook)
    });
    seeds.collect()
}

fn note(
    lab: &mut Lab,
    k: usize,
    [error, bits, seams]: &[Vec<f64>; 3],
) -> anyhow::Result<()> {
    let name = |what| format!("patches_{k}_{what}");
    let within = Within::Factor(1.1);
    lab.over_seeds(&name("mse_over_variance"), error, within)?;
    lab.over_seeds(&name("bits"), bits, within)?;
    lab.over_seeds(&name("seams"), seams, within)?;
    let uniform = 49.0 * (k as f64).log2();
    lab.result(&name("bits_uniform"), uniform, Within::Absolute(1e-9))
}

/// The error of the test digits, their bits by place, and how much of it lies in seams.
fn judge(data: &Data, codebook: &Array2<f32>) -> anyhow::Result<[f64; 3]> {
    let encode = |x: &Array2<f32>| {
        let codes = nearest(&space_to_depth(x, PATCH), codebook)?;
        Ok(Array2::from_shape_vec((x.nrows(), 49), codes)?) // [N, 49]
    };
    let codes = encode(&data.test)?;
    let tables = tables(data, codebook.nrows(), encode)?;
    let flat: Vec<usize> = codes.iter().copied().collect();
    let images = assemble(&gather(codebook, &flat), (IMAGE, IMAGE)); // [N, 28, 28]
    let y = images.into_shape_with_order(data.test.dim())?; // [N, 784]
    Ok([
        data.unexplained(&data.test, &y),
        file_bits(&tables, &codes)?,
        seams(&data.test, &y, PATCH),
    ])
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let all = |k: &usize, what: &str| every(&format!("patches_{k}_{what}"));
    let in_order = |what: &str| {
        let side = |codes: &[usize]| {
            codes.iter().flat_map(|k| all(k, what)).collect::<Vec<_>>()
        };
        (side(&CODES[..CODES.len() - 1]), side(&CODES[1..]))
    };
    let (error, bits) = (in_order("mse_over_variance"), in_order("bits"));
    vec![
        ("more_patches_less_error", Claim::Less(error.1, error.0)),
        ("more_patches_more_bits", Claim::Less(bits.0, bits.1)),
        (
            "chapter_5_on_the_same_digits",
            Claim::equal(
                0.002,
                "patches_128_mse_over_variance",
                "codebook-lookup/patch_mse_over_variance_all_digits",
                "codebook-lookup/patch_mse_over_variance_few_digits",
            ),
        ),
    ]
}
