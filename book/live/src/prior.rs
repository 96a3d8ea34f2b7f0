//! Chapter 9's prior draws a digit, code by code.

use code_prior::model::{self, Prior};
use code_prior::plain::{
    BITS, embed, nats_by_place, shift_right_from, start_tokens, tempered,
};
use code_prior::sampling::{Cache, How};
use code_prior::training;
use ndarray::{Array1, Array2, Axis, s};
use vq_vae::model::VqVae;

use crate::growing::Growing;
use crate::{Answer, Demo, LiveError, Numbers, unknown, weights};

/// Pixels of an image.
const PIXELS: usize = 28 * 28;
/// Rows of codes that are given of a digit that is to be completed, of seven.
const ROWS: usize = 4;
/// Codes that are shown of those that may come.
const LIKELY: usize = 5;

/// The models, if they have been read, and a digit.
#[derive(Default)]
pub(crate) struct Drawing(Option<(Models, Option<Digit>)>);

struct Models {
    tokeniser: VqVae<f32>,
    prior: Prior<f32>,
    /// The codes of blank paper. `[1, T]`
    blank: Array2<usize>,
}

struct Digit {
    map: Growing<Cache<f32>>,
    how: How,
    seed: u64,
}

impl Demo for Drawing {
    /// - `new seed class temperature n pixels…`: begins a digit and draws so many codes; the class is 0 to 9, or 10 if it is
    ///   not told. With the pixels of an image, its upper part is given.
    /// - `step n`: draws so many codes more, or as many as are left.
    /// - `view place`: the digit, and what was known, seen and likely at that place; 49 stands for the last that is drawn.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        let (models, digit) = match &mut self.0 {
            Some(read) => read,
            none => none.insert((Models::load()?, None)),
        };
        if what == "new" {
            *digit = Some(models.begin(of)?);
            return Ok(Vec::new());
        }
        let digit = digit.as_mut().ok_or_else(|| {
            LiveError::new("there is no digit yet: ask `prior.new`")
        })?;
        match what {
            "step" => {
                digit.draw(&models.prior, of.whole(0, 100)?)?;
                Ok(Vec::new())
            }
            "view" => models.view(digit, of),
            _ => Err(unknown(&format!("prior.{what}"))),
        }
    }
}

impl Models {
    fn load() -> Result<Self, LiveError> {
        let tokeniser = vq_vae::model::load(&weights::place("tokeniser"));
        let tokeniser = tokeniser.map_err(LiveError::new)?;
        let prior = training::load(&weights::place("prior"));
        let prior = prior.map_err(LiveError::new)?;
        let paper = Array2::zeros((1, PIXELS));
        let blank = tokeniser.encode(&paper).map_err(LiveError::new)?;
        Ok(Self { tokeniser, prior, blank })
    }

    fn begin(&self, of: Numbers) -> Result<Digit, LiveError> {
        let sizes = self.prior.sizes();
        let class = of.whole(1, sizes.classes as u64)? as usize;
        let class = Some(class).filter(|class| *class < sizes.classes);
        let how = How { class, ..of.at(2)?.into() };
        how.check(sizes).map_err(LiveError::new)?;
        let given = match of.from(4) {
            [] => Array2::zeros((1, 0)),
            pixels => self.upper_codes(pixels)?,
        };
        let map = Growing::new(&self.prior, given);
        let mut digit = Digit { map, how, seed: of.whole(0, 1 << 32)? };
        digit.draw(&self.prior, of.whole(3, 100)?)?;
        Ok(digit)
    }

    /// The codes of the upper part; the rest is blank before anything is encoded. `[1, G]`
    fn upper_codes(
        &self,
        pixels: &[f64],
    ) -> Result<Array2<usize>, LiveError> {
        let sizes = self.tokeniser.sizes;
        let given = ROWS * sizes.side() * sizes.patch * sizes.patch;
        let pixel = |n: usize| match pixels.get(n).filter(|_| n < given) {
            Some(v) => v.clamp(0.0, 1.0) as f32,
            None => 0.0,
        };
        let x = Array2::from_shape_fn((1, PIXELS), |(_, n)| pixel(n));
        let codes = self.tokeniser.encode(&x).map_err(LiveError::new)?;
        Ok(codes.slice(s![.., ..ROWS * sizes.side()]).to_owned())
    }

    /// The image `[784]`, blank where nothing is drawn; the codes `[t]`; what each costs, in bits `[t]`; the weights with which
    /// each head of each block looks from the place, at the start and at the codes before, `[L·H, place + 1]`; the likeliest
    /// codes there, `[5]`, their probabilities, `[5]`, and what the image would be with each, `[5, 784]`; last, the place, how
    /// many codes are given, the heads of a block, and the probability with which the place's own code was drawn, if it has
    /// one.
    fn view(&self, digit: &Digit, of: Numbers) -> Result<Answer, LiveError> {
        let drawn = &digit.map.codes; // [1, t]
        let (t, places) = (drawn.ncols(), self.prior.places());
        let place = match of.whole(0, places as u64)? as usize {
            place if place < places => place.min(t).min(places - 1),
            _ => t.saturating_sub(1),
        };
        let mut codes = self.blank.clone(); // [1, T]
        codes.slice_mut(s![.., ..t]).assign(drawn);
        let pass = self.pass(&codes, digit.how.class);
        let bits = nats_by_place(&pass.logits, &codes) * BITS; // [1, T]
        let p = tempered(pass.logits.row(place), digit.how.temperature); // [K]
        let likely = likeliest(&p);
        let own = if place < t { p[codes[[0, place]]] } else { 0.0 };
        let said = [place, digit.map.given(), self.prior.heads];
        let said = said.into_iter().map(|v| v as f32);
        let (image, others) = self.images(&codes, place, &likely)?;
        Ok(vec![
            image,
            drawn.iter().map(|&v| v as f32).collect(),
            bits.iter().take(t).map(|&v| v as f32).collect(),
            looks(&pass, place),
            likely.iter().map(|&v| v as f32).collect(),
            likely.iter().map(|&k| p[k] as f32).collect(),
            others,
            said.chain([own as f32]).collect(),
        ])
    }

    /// The image of some codes, and those with others at one place. `[784]`, `[n, 784]`
    fn images(
        &self,
        codes: &Array2<usize>, // [1, T]
        place: usize,
        others: &[usize],
    ) -> Result<(Vec<f32>, Vec<f32>), LiveError> {
        let mut all = codes.select(Axis(0), &vec![0; 1 + others.len()]);
        for (n, other) in others.iter().enumerate() {
            all[[1 + n, place]] = *other;
        }
        let x = self.tokeniser.decode(&all).map_err(LiveError::new)?;
        let mut image: Vec<f32> = x.into_iter().collect();
        let others = image.split_off(PIXELS);
        Ok((image, others))
    }

    /// The whole forward pass, with the class told or not.
    fn pass(
        &self,
        codes: &Array2<usize>, // [1, T]
        class: Option<usize>,
    ) -> model::Pass<f32> {
        let Prior { table, positions, .. } = &self.prior;
        let starts = start_tokens(&[class], self.prior.codes()); // [1]
        let seen = shift_right_from(codes, &starts); // [1, T]
        self.prior.forward_rows(embed(table, positions, &seen))
    }
}

impl Digit {
    fn draw(&mut self, prior: &Prior<f32>, n: u64) -> Result<(), LiveError> {
        let Self { map, how, seed } = self;
        let mut steps = (0..n).map(|_| map.step(prior, *how, *seed));
        steps.try_for_each(|step| step).map_err(LiveError::new)
    }
}

/// Where each head of each block looks from a place. `[L·H, place + 1]`
fn looks(pass: &model::Pass<f32>, place: usize) -> Vec<f32> {
    let heads = pass.weights().flatten();
    let row = |p: &Array2<f32>| p.slice(s![place, ..=place]).to_vec();
    heads.flat_map(row).collect()
}

/// The numbers of the likeliest codes, the likeliest first.
fn likeliest(p: &Array1<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
    order.truncate(LIKELY);
    order
}
