//! Digits from a variational autoencoder and from codes: a part of the experiment `collapse`, whose networks these are.

use codebook_lookup::plain::assemble;
use lab::{ImageGrid, Lab};
use ndarray::{Array2, Array3, Axis, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::run::trial::{self, Case, EMA, K};
use crate::run::vae_trial::{Data, rebuild};
use crate::vae::{Vae, WIDTH};

/// Rows of digits: as they are, from the collapsed model, from the cured one, from codes; drawn from the prior, drawn
/// from codes that are all as likely.
pub fn pictures(
    lab: &mut Lab,
    data: &Data,
    collapsed: &Vae,
    cured: &Vae,
) -> anyhow::Result<()> {
    let patches = trial::Data::load(lab)?;
    let codes = trial::train(lab, &patches, Case::new(EMA, 0.25), 1)?.now;
    let digits = &patches.digits; // [12, 28, 28]
    let n = digits.dim().0;
    let x = data.held_out.slice(s![..n, ..]).to_owned(); // [12, 784]
    let rng = &mut lab.rng("prior");
    let z = Array2::random_using((n, WIDTH), StandardNormal, rng); // [12, C]
    let chosen: Vec<usize> =
        (0..49 * n).map(|_| rng.random_range(0..K)).collect();
    let e = codes.quantizer.codebook().select(Axis(0), &chosen); // [12 · 49, C]
    let drawn = assemble(&codes.decoder.output(&e), (28, 28));
    let rows = [
        digits.clone(),
        images(&rebuild(collapsed, &x))?,
        images(&rebuild(cured, &x))?,
        trial::rebuild(&codes, digits)?,
        images(&cured.decoder.output(&z))?,
        drawn,
    ];
    let mut grid = ImageGrid::new(n);
    for images in &rows {
        images.outer_iter().for_each(|image| grid.push(image, 0.0, 1.0));
    }
    lab.image("vae", &grid)
}

fn images(x: &Array2<f32>) -> anyhow::Result<Array3<f32>> {
    Ok(x.to_shape((x.nrows(), 28, 28))?.to_owned())
}
