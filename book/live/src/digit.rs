//! Chapter 8's compressor: a drawing as codes and bytes, and back.

use codebook_lookup::plain::squared_distances;
use ndarray::{Array2, s};
use vq_vae::coding::{Compressor, HEADER};
use vq_vae::model::Sizes;
use vq_vae::plain::{IMAGE, mse_over_variance};

use crate::{Answer, Demo, LiveError, Numbers, unknown, weights};

/// Codes that are offered for a place.
const OFFERED: usize = 12;

/// The compressor, once it is read, and what it is at work on.
#[derive(Default)]
pub(crate) struct Digit(Option<Work>);

struct Work {
    compressor: Compressor,
    /// The drawing. `[1, 784]`
    x: Array2<f32>,
    /// The codes that the encoder chose. `[S²]`
    chosen: Vec<usize>,
    /// Those that the reader has left of them, or put in their place. `[S²]`
    map: Vec<usize>,
}

impl Demo for Digit {
    /// - `new`: reads the compressor. The number of codes, places on a side of the grid, bytes of a header.
    /// - `draw pixels`: compresses 784 pixels in [0, 1].
    /// - `put place code`: another code at a place. `back`: all codes as the encoder chose them.
    /// - `offers place how`: some codes for a place: 0, those that were counted most often there; 1, those nearest to the latent.
    ///
    /// `draw`, `put` and `back` give what [`Work::view`] does.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        if what == "new" {
            let work = self.0.insert(Work::new()?);
            let Sizes { codes, .. } = work.compressor.model.sizes;
            let side = work.compressor.model.sizes.side();
            return Ok(vec![vec![codes as f32, side as f32, HEADER as f32]]);
        }
        let work = self.0.as_mut().ok_or_else(|| {
            LiveError::new("there is no compressor yet: ask `digit.new`")
        })?;
        match what {
            "draw" => work.draw(of.from(0))?,
            "put" => {
                let place = work.place(of)?;
                work.map[place] = of.whole(1, work.last_code())? as usize;
            }
            "back" => work.map.clone_from(&work.chosen),
            "offers" => return work.offers(work.place(of)?, of.whole(1, 1)?),
            _ => return Err(unknown(&format!("digit.{what}"))),
        }
        work.view()
    }
}

impl Work {
    /// The compressor of the page, and no drawing.
    fn new() -> Result<Self, LiveError> {
        let compressor = Compressor::load(&weights::place("compressor"))
            .map_err(LiveError::new)?;
        let x = Array2::zeros((1, IMAGE * IMAGE));
        let mut work =
            Self { compressor, x, chosen: Vec::new(), map: Vec::new() };
        let x = work.x.clone();
        work.encode(x)?;
        Ok(work)
    }

    fn place(&self, of: Numbers) -> Result<usize, LiveError> {
        Ok(of.whole(0, self.map.len() as u64 - 1)? as usize)
    }

    fn last_code(&self) -> u64 {
        self.compressor.model.codes() as u64 - 1
    }

    fn draw(&mut self, pixels: &[f64]) -> Result<(), LiveError> {
        let pixels = pixels.iter().map(|v| v.clamp(0.0, 1.0) as f32);
        let pixels: Vec<f32> = pixels.collect();
        let shape = (1, pixels.len());
        let x =
            Array2::from_shape_vec(shape, pixels).map_err(LiveError::new)?;
        self.encode(x)
    }

    fn encode(&mut self, x: Array2<f32>) -> Result<(), LiveError> {
        let codes = self.compressor.model.encode(&x); // [1, S²]
        self.chosen = codes.map_err(LiveError::new)?.into_iter().collect();
        self.map.clone_from(&self.chosen);
        self.x = x;
        Ok(())
    }

    /// The image of each of some maps. `[n, 784]`
    fn images(&self, maps: Vec<usize>) -> Result<Array2<f32>, LiveError> {
        let places = self.map.len();
        let shape = (maps.len() / places, places);
        let maps =
            Array2::from_shape_vec(shape, maps).map_err(LiveError::new)?;
        self.compressor.model.decode(&maps).map_err(LiveError::new)
    }

    /// Bits of the code at a place, eq. 8.11.
    fn bits(&self, map: &[usize], place: usize) -> f64 {
        let tables = &self.compressor.tables;
        tables.bits(&map[..=place]) - tables.bits(&map[..place])
    }

    /// The codes that the encoder chose, those that are there now, the bits of each of them, the picture that comes back of
    /// them; the bytes of the file, bits of all codes, the error (eq. 8.9), which is no number where the drawing is of one
    /// colour; last, the picture that comes back of the encoder's codes.
    fn view(&self) -> Result<Answer, LiveError> {
        let Self { compressor, x, chosen, map } = self;
        let file = compressor.pack(map).map_err(LiveError::new)?;
        let again = compressor.unpack(&file).map_err(LiveError::new)?;
        let both = [again, chosen.clone()].concat();
        let images = self.images(both)?; // [2, 784]
        let row = |n: usize| images.slice(s![n..=n, ..]).to_owned();
        let (image, untouched) = (row(0), row(1)); // [1, 784] each
        let error = mse_over_variance(x, &image);
        let bits = (0..map.len()).map(|place| self.bits(map, place) as f32);
        let all = compressor.tables.bits(map);
        Ok(vec![
            numbers(chosen),
            numbers(map),
            bits.collect(),
            image.into_iter().collect(),
            vec![file.len() as f32, all as f32, error as f32],
            untouched.into_iter().collect(),
        ])
    }

    /// Some codes for a place, first the encoder's own; what each costs there, in bits, and the image with it there.
    fn offers(&self, place: usize, how: u64) -> Result<Answer, LiveError> {
        let with = |code| {
            let mut map = self.map.clone();
            map[place] = code;
            map
        };
        let codes = 0..self.compressor.model.codes();
        let bits: Vec<f64> =
            codes.map(|code| self.bits(&with(code), place)).collect(); // [K]
        let mut rank = match how {
            0 => bits.clone(),
            _ => self.distances(place)?,
        };
        rank[self.chosen[place]] = f64::NEG_INFINITY;
        let codes = smallest(&rank);
        let maps = codes.iter().flat_map(|code| with(*code)).collect();
        let images = self.images(maps)?; // [n, 784]
        let bits = codes.iter().map(|code| bits[*code] as f32).collect();
        Ok(vec![numbers(&codes), bits, images.into_iter().collect()])
    }

    /// How far each code is from the latent at a place. `[K]`
    fn distances(&self, place: usize) -> Result<Vec<f64>, LiveError> {
        let model = &self.compressor.model;
        let z = model.latents(&self.x).map_err(LiveError::new)?; // [S², D]
        let z = z.slice(s![place..=place, ..]).to_owned();
        let d = squared_distances(&z, &model.codebook); // [1, K]
        Ok(d.iter().map(|v| f64::from(*v)).collect())
    }
}

/// Which of them are the smallest, in that order.
fn smallest(of: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..of.len()).collect();
    order.sort_by(|a, b| of[*a].total_cmp(&of[*b]));
    order.truncate(OFFERED);
    order
}

fn numbers(of: &[usize]) -> Vec<f32> {
    of.iter().map(|v| *v as f32).collect()
}
