//! Chapter 6's two arrows in the plane: straight-through's, and that of the smoothed loss.

use codebook_lookup::cosine::normalize_rows;
use codebook_lookup::plain::gather;
use gradients::plain::{mse, mse_backward};
use ndarray::{Array1, Array2, Axis, array};
use straight_through::plain::{
    smoothed_loss, smoothed_loss_backward, straight_through,
    straight_through_backward,
};

use crate::codes::{cells, drawn_borders, flat, lattice};
use crate::{Answer, Demo, LiveError, Numbers, unknown};

/// Half the side of the square that is shown.
const REACH: f64 = 1.3;
/// Places on a side of the square that have arrows.
const ARROWS: usize = 13;
/// Places on a side of the square that are looked up, to shade the cells.
const PLACES: usize = 130;
/// Places on a side whose smoothed loss is computed.
const SMOOTH: usize = 26;

/// A codebook, an aim and the noise, once they are set.
#[derive(Default)]
pub(crate) struct Arrow(Option<Loss>);

/// The loss, half the squared distance of the code from an aim, and that under noise.
struct Loss {
    codebook: Array2<f64>, // [K, 2]
    aim: Array2<f64>,      // [1, 2]
    s: f64,
    /// All that the noise can reach, `[M, 2]`, and the losses there, `[M]`.
    places: Array2<f64>,
    losses: Array1<f64>,
}

impl Demo for Arrow {
    /// - `set noise x y`: the noise, 0.05 to 1, and the aim.
    /// - `cells`: codes, `[k, 2]`, the borders of their cells, `[b, 4]`, and the code of each place, the lowest row first.
    /// - `losses`: the loss of each code. `smooth`: the loss under noise on a coarser grid.
    /// - `field`: places, `[n, 2]`, both gradients there, and the cosine of the angle between them.
    /// - `at x y`: both gradients and the cosine at one place; its code, its loss, and that under noise.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        if what == "set" {
            self.0 = Some(Loss::new(of)?);
            return Ok(Vec::new());
        }
        let loss = self.0.as_ref().ok_or_else(|| {
            LiveError::new("there is no loss yet: ask `arrow.set`")
        })?;
        match what {
            "cells" => loss.cells(),
            "losses" => Ok(vec![flat(&loss.of_codes().insert_axis(Axis(0)))]),
            "smooth" => Ok(vec![loss.smoothed(&lattice(REACH, SMOOTH))?]),
            "field" => {
                let z = lattice(REACH, ARROWS); // [N, 2]
                let mut answer = loss.both(&z)?;
                answer.insert(0, flat(&z));
                Ok(answer)
            }
            "at" => loss.at(&array![[of.at(0)?, of.at(1)?]]),
            _ => Err(unknown(&format!("arrow.{what}"))),
        }
    }
}

impl Loss {
    /// The setting of chapter 6's experiment `field`.
    fn new(of: Numbers) -> Result<Self, LiveError> {
        let s = of.at(0)?.clamp(0.05, 1.0);
        let aim = [of.at(1)?, of.at(2)?].map(|v| v.clamp(-REACH, REACH));
        let codebook = array![
            [-0.9, -0.7],
            [0.1, -0.95],
            [0.95, -0.45],
            [-0.35, 0.1],
            [0.55, 0.35],
            [-0.95, 0.75],
            [0.25, 1.05]
        ]; // [7, 2]
        let reach = REACH + 5.0 * s;
        let places = lattice(reach, (reach * 8.0 / s).ceil() as usize);
        let mut loss = Self {
            codebook,
            aim: array![aim],
            s,
            places,
            losses: Array1::zeros(0),
        };
        let coded = straight_through(&loss.places, &loss.codebook);
        let indices = coded.map_err(LiveError::new)?.indices;
        loss.losses = loss.of_codes().select(Axis(0), &indices); // [M]
        Ok(loss)
    }

    /// The loss of each code: the mean of two squares is half their sum. `[K]`
    fn of_codes(&self) -> Array1<f64> {
        let codes = self.codebook.axis_chunks_iter(Axis(0), 1);
        codes.map(|code| mse(&code.to_owned(), &self.aim)).collect()
    }

    /// Its gradient at each code. `[K, 2]`
    fn slopes(&self) -> Array2<f64> {
        let mut slopes = self.codebook.clone();
        for mut row in slopes.axis_chunks_iter_mut(Axis(0), 1) {
            let slope = mse_backward(&row.to_owned(), &self.aim); // [1, 2]
            row.assign(&slope);
        }
        slopes
    }

    fn cells(&self) -> Result<Answer, LiveError> {
        let all = cells(&self.codebook, REACH, PLACES)?;
        let borders = drawn_borders(&self.codebook, REACH);
        Ok(vec![flat(&self.codebook), borders, all])
    }

    /// The loss under noise. `[N]`
    fn smoothed(&self, z: &Array2<f64>) -> Result<Vec<f32>, LiveError> {
        let mut all = Vec::with_capacity(z.nrows());
        for few in z.axis_chunks_iter(Axis(0), 8) {
            let (few, places) = (few.to_owned(), &self.places);
            let loss = smoothed_loss(&few, self.s, places, &self.losses);
            all.extend(loss.map_err(LiveError::new)?.mapv(|v| v as f32));
        }
        Ok(all)
    }

    /// Straight-through's gradients, `[N, 2]`, those of the smoothed loss, `[N, 2]`, and the cosines, `[N]`.
    fn both(&self, z: &Array2<f64>) -> Result<Answer, LiveError> {
        let coded = straight_through(z, &self.codebook);
        let indices = coded.map_err(LiveError::new)?.indices; // [N]
        let d_z_q = gather(&self.slopes(), &indices); // [N, 2]
        let straight = straight_through_backward(d_z_q); // [N, 2]
        let mut smooth = Array2::zeros(z.raw_dim()); // [N, 2]
        let rows = smooth.axis_chunks_iter_mut(Axis(0), 8);
        for (few, mut d) in z.axis_chunks_iter(Axis(0), 8).zip(rows) {
            let (few, places) = (few.to_owned(), &self.places);
            let found =
                smoothed_loss_backward(&few, self.s, places, &self.losses);
            d.assign(&found.map_err(LiveError::new)?);
        }
        let cosines = normalize_rows(&straight) * normalize_rows(&smooth);
        let cosines = cosines.sum_axis(Axis(1)).insert_axis(Axis(0));
        Ok(vec![flat(&straight), flat(&smooth), flat(&cosines)])
    }

    fn at(&self, z: &Array2<f64>) -> Result<Answer, LiveError> {
        let mut answer = self.both(z)?;
        let coded = straight_through(z, &self.codebook);
        let code = coded.map_err(LiveError::new)?.indices[0];
        let loss = self.of_codes()[code] as f32;
        answer.push(vec![code as f32, loss, self.smoothed(z)?[0]]);
        Ok(answer)
    }
}
