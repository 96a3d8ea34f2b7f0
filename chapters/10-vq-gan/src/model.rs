//! Encoder, codebook and decoder: pictures to codes and back.

use std::path::Path;

use codebook_lookup::plain::{LookupError, gather};
use gradients::model::{restore_parameters, save_parameters};
use gradients::plain::{Activation, Mlp, init_layer, real};
use lab::{Checkpoint, CheckpointError, rng_at};
use ndarray::{Array2, Axis, NdFloat, s};
use ndarray_rand::rand::Rng;
use stability::net::{Map, Net, layer};
use vq_vae::model::activations;
use vq_vae::rate::choose;

use crate::plain::{Coder, Contrast, Form};

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Of the pictures.
    pub form: Form,
    /// Codebook vectors, K.
    pub codes: usize,
    /// Components of a latent, D.
    pub width: usize,
    /// Channels inside encoder and decoder, C.
    pub channels: usize,
    /// Lines and columns of a patch, which becomes one place of the grid.
    pub patch: usize,
    /// Residual convolutions of either half.
    pub blocks: usize,
    /// What stands between grid and pixels.
    pub ends: Ends,
}

/// What stands between the grid of codes and the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Space to depth, and back: each place draws its own patch.
    Patches,
    /// Convolutions of 4 × 4 with stride 2, whose windows overlap.
    Windows,
}

impl Default for Sizes {
    // ANCHOR: sizes
    /// Those of the page.
    fn default() -> Self {
        let form = Form { side: 32, channels: 3 };
        Self {
            form,
            codes: 256,
            width: 16,
            channels: 64,
            patch: 4,
            blocks: 3,
            ends: Ends::Windows,
        }
    }
    // ANCHOR_END: sizes
}

impl Sizes {
    /// Lines and columns of the grid, S.
    pub fn side(self) -> usize {
        self.form.side / self.patch.max(1)
    }

    /// Codes of a picture, S².
    pub fn places(self) -> usize {
        self.side() * self.side()
    }

    // ANCHOR: ends
    /// The encoder's end and the decoder's: as many halvings of the side,
    /// and doublings, as make a place of a patch.
    fn end_layers<F: NdFloat>(self, rng: &mut impl Rng) -> [Net<F>; 2] {
        let Sizes { form, channels, patch, ends, .. } = self;
        let (leaky, linear) =
            (Activation::LeakyRelu(0.2), Activation::Identity);
        let halvings = match ends {
            Ends::Patches => 0,
            Ends::Windows => patch.ilog2(),
        };
        let at = |n| match n {
            0 => form.channels,
            n if n == halvings => channels,
            _ => channels / 2,
        };
        let mut down = Vec::new();
        let mut up = Vec::new();
        for n in 0..halvings {
            let side = form.side >> n;
            let map = Map::Down { side };
            down.push(layer(map, (at(n), at(n + 1)), leaky, rng));
            let map = Map::Up { side: side / 2 };
            let then = if n == 0 { linear } else { leaky };
            up.push(layer(map, (at(n + 1), at(n)), then, rng));
        }
        up.reverse();
        [down, up].map(|layers| Net { layers })
    }
    // ANCHOR_END: ends

    /// Numbers in a patch.
    pub fn patch_numbers(self) -> usize {
        self.patch * self.patch * self.form.channels
    }
}

/// Why pictures have no codes, or codes no picture.
#[derive(Debug, thiserror::Error)]
pub enum VqGanError {
    /// The lookup has no answer.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Rows of another length.
    #[error("expected {what} in rows of {expected}, found rows of {found}")]
    Row {
        /// `pictures` or `codes`.
        what: &'static str,
        /// Numbers in a row.
        expected: usize,
        /// Numbers in a row.
        found: usize,
    },
    /// A pixel that is no number. A ReLU would hide it.
    #[error(
        "picture {picture}, number {at}: expected a finite number, found {found}"
    )]
    Pixel {
        /// Counted from 0.
        picture: usize,
        /// Counted from 0.
        at: usize,
        /// What is there.
        found: f64,
    },
    /// A code beyond the codebook.
    #[error(
        "picture {picture}, place {place}: expected a code below {codes}, found {found}"
    )]
    Code {
        /// Counted from 0.
        picture: usize,
        /// Counted from 0.
        place: usize,
        /// Codebook vectors.
        codes: usize,
        /// The code.
        found: usize,
    },
    /// It is no checkpoint, or one of something else.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

// ANCHOR: model
/// What turns pictures into codes and codes into pictures; nothing in it
/// says whether a discriminator was there when it was trained.
#[derive(Clone, Debug, PartialEq)]
pub struct VqGan<F> {
    /// Its sizes.
    pub sizes: Sizes,
    /// What it sees and draws is of this contrast.
    pub contrast: Contrast,
    /// patch²·3 → C → … → C → D, eq. 8.5.
    pub encoder: Coder<F>,
    /// `[K, D]`.
    pub codebook: Array2<F>,
    /// D → C → … → C → patch²·3.
    pub decoder: Coder<F>,
}
// ANCHOR_END: model

/// Of chapter 0's weights, here, as in chapter 8.
const SMALL: f64 = 0.4;

/// Pictures that are encoded or decoded at a time.
const AT_A_TIME: usize = 128;

impl<F: NdFloat> VqGan<F> {
    /// Random weights as in chapter 8, and a codebook of zeros.
    pub fn new(sizes: Sizes, contrast: Contrast, rng: &mut impl Rng) -> Self {
        let Sizes { codes, width, channels, blocks, .. } = sizes;
        let mut half = |inputs, outputs| {
            let of = |n| match n {
                0 => (inputs, channels),
                n if n <= blocks => (9 * channels, channels),
                _ => (channels, outputs),
            };
            let layers = activations(blocks).into_iter().enumerate();
            let layers = layers.map(|(n, activation)| {
                let (i, o) = of(n);
                let mut layer = init_layer(i, o, activation, rng);
                layer.w.mapv_inplace(|w| w * real(SMALL)); // latents too
                layer
            });
            Mlp { layers: layers.collect() }
        };
        let at_end = match sizes.ends {
            Ends::Patches => sizes.patch_numbers(),
            Ends::Windows => channels,
        };
        let (encoder, decoder) = (half(at_end, width), half(width, at_end));
        let [into, out] = sizes.end_layers(rng);
        let encoder = Coder { half: encoder, end: into };
        let decoder = Coder { half: decoder, end: out };
        let codebook = Array2::zeros((codes, width)); // [K, D]
        Self { sizes, contrast, encoder, codebook, decoder }
    }

    /// The number of codes, K.
    pub fn codes(&self) -> usize {
        self.codebook.nrows()
    }

    // ANCHOR: use
    /// The latents of pictures `[N, H·W·C]` in [0, 1]. `[N · S², D]`
    ///
    /// # Errors
    /// The pictures have another form, or a number is not finite.
    pub fn latents(&self, x: &Array2<F>) -> Result<Array2<F>, VqGanError> {
        self.check_pixels(x)?;
        let Sizes { form, width, patch, .. } = self.sizes;
        let places = self.sizes.places();
        let mut z = Array2::zeros((x.nrows() * places, width)); // [N·S², D]
        for (n, x) in x.axis_chunks_iter(Axis(0), AT_A_TIME).enumerate() {
            let of = (form, patch);
            let y = self
                .encoder
                .encode(&self.contrast.apply(x.to_owned()), of)
                .half
                .y; // [·, D]
            let start = n * AT_A_TIME * places;
            z.slice_mut(s![start..start + y.nrows(), ..]).assign(&y);
        }
        Ok(z)
    }

    /// The codes of pictures `[N, H·W·C]` in [0, 1]. `[N, S²]`
    ///
    /// # Errors
    /// As for [`VqGan::latents`], or a latent is not finite.
    pub fn encode(&self, x: &Array2<F>) -> Result<Array2<usize>, VqGanError> {
        let indices = choose(&self.latents(x)?, &self.codebook, None)?;
        let shape = (x.nrows(), self.sizes.places());
        Ok(Array2::from_shape_vec(shape, indices).expect("one for a place"))
    }

    /// The pictures of latents `[N · S², D]`, clamped to [0, 1].
    /// `[N, H·W·C]`
    ///
    /// # Errors
    /// The latents have another width, or do not fill whole pictures.
    pub fn draw(&self, z_q: &Array2<F>) -> Result<Array2<F>, VqGanError> {
        let Sizes { form, width, patch, .. } = self.sizes;
        expect_rows("latents", width, z_q.ncols())?;
        let places = self.sizes.places();
        let left = z_q.nrows() % places;
        if left != 0 {
            let (what, expected) = ("a picture's latents", places);
            return Err(VqGanError::Row { what, expected, found: left });
        }
        let shape = (z_q.nrows() / places, form.numbers());
        let mut x = Array2::zeros(shape); // [N, H·W·C]
        let parts = z_q.axis_chunks_iter(Axis(0), AT_A_TIME * places);
        for (n, z_q) in parts.enumerate() {
            let mut made =
                self.decoder.decode(&z_q.to_owned(), (form, patch));
            let y = made.end.pop().expect("a picture"); // [·, H·W·C]
            let start = n * AT_A_TIME;
            x.slice_mut(s![start..start + y.nrows(), ..]).assign(&y);
        }
        Ok(self.contrast.undo(x))
    }

    /// The pictures of codes `[N, S²]`. `[N, H·W·C]`
    ///
    /// # Errors
    /// There are not S² codes in a row, or one is not below K.
    pub fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<F>, VqGanError> {
        self.check_codes(codes)?;
        let indices: Vec<usize> = codes.iter().copied().collect();
        self.draw(&gather(&self.codebook, &indices))
    }
    // ANCHOR_END: use

    /// Pictures, encoded and decoded. `[N, H·W·C]`
    ///
    /// # Errors
    /// As for [`VqGan::encode`].
    pub fn reconstruct(
        &self,
        x: &Array2<F>,
    ) -> Result<Array2<F>, VqGanError> {
        self.decode(&self.encode(x)?)
    }

    fn check_codes(&self, codes: &Array2<usize>) -> Result<(), VqGanError> {
        expect_rows("codes", self.sizes.places(), codes.ncols())?;
        let k = self.codes();
        let beyond = codes.indexed_iter().find(|(_, code)| **code >= k);
        beyond.map_or(Ok(()), |((picture, place), &found)| {
            Err(VqGanError::Code { picture, place, codes: k, found })
        })
    }

    fn check_pixels(&self, x: &Array2<F>) -> Result<(), VqGanError> {
        expect_rows("pictures", self.sizes.form.numbers(), x.ncols())?;
        let bad = x.indexed_iter().find(|(_, v)| !v.is_finite());
        bad.map_or(Ok(()), |((picture, at), v)| {
            let found = v.to_f64().unwrap_or(f64::NAN);
            Err(VqGanError::Pixel { picture, at, found })
        })
    }
}

fn expect_rows(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), VqGanError> {
    match expected == found {
        true => Ok(()),
        false => Err(VqGanError::Row { what, expected, found }),
    }
}

impl VqGan<f32> {
    /// Puts the network into a checkpoint, in the same places as a training run does.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        save_parameters("encoder", &self.encoder, checkpoint);
        save_parameters("decoder", &self.decoder, checkpoint);
        checkpoint.put("quantizer.codebook", &self.codebook);
        let Sizes { form, patch, blocks, ends, .. } = self.sizes;
        let notes = [
            ("side", form.side),
            ("channels", form.channels),
            ("patch", patch),
            ("blocks", blocks),
            ("windows", usize::from(ends == Ends::Windows)),
        ];
        for (name, value) in notes {
            checkpoint.note(&format!("picture.{name}"), value);
        }
        let Contrast { mean, deviation } = self.contrast;
        let contrast = ndarray::arr1(&[mean, deviation]);
        checkpoint.put("picture.contrast", &contrast);
    }

    /// The network of a checkpoint; its sizes are those of the arrays.
    ///
    /// # Errors
    /// The checkpoint is of something else.
    pub fn of_checkpoint(
        checkpoint: &Checkpoint,
    ) -> Result<Self, CheckpointError> {
        let from = checkpoint.expecting("a VQ-GAN");
        let noted = |name| from.number(&format!("picture.{name}"));
        let form =
            Form { side: noted("side")?, channels: noted("channels")? };
        let codebook: Array2<f32> = from.of_rank("quantizer.codebook")?;
        let first: Array2<f32> = from.of_rank("encoder.parameter.0")?;
        let ends = match noted("windows")? {
            0 => Ends::Patches,
            1 => Ends::Windows,
            n => return Err(from.refuse(format!("`picture.windows` = {n}"))),
        };
        let sizes = Sizes {
            form,
            codes: codebook.nrows(),
            width: codebook.ncols(),
            channels: first.ncols(),
            patch: noted("patch")?,
            blocks: noted("blocks")?,
            ends,
        };
        let refused = || {
            from.refuse(format!("parts that do not fit together: {sizes:?}"))
        };
        // What the weights take is known to be no more than what is there.
        let Sizes { width, channels, blocks, .. } = sizes;
        let at_end = || match ends {
            Ends::Patches => sizes.patch_numbers(),
            Ends::Windows => channels,
        };
        let has = |n: usize, shape: [usize; 2]| {
            let name = format!("encoder.parameter.{}", 2 * n);
            from.shape(&name, &shape).is_ok()
        };
        let fits = sizes.possible()
            && first.dim() == (at_end(), channels)
            && (1..=blocks).all(|n| has(n, [9 * channels, channels]))
            && has(blocks + 1, [channels, width]);
        if !fits {
            return Err(refused());
        }
        let of = checkpoint.get("picture.contrast", &[2])?;
        let [mean, deviation] = [0, 1].map(|n| of[[n]]);
        if deviation <= 0.0 {
            return Err(from.refuse("pictures without contrast"));
        }
        let contrast = Contrast { mean, deviation };
        let mut found = Self::new(sizes, contrast, &mut rng_at(0, 0));
        restore_parameters("encoder", &mut found.encoder, checkpoint)?;
        restore_parameters("decoder", &mut found.decoder, checkpoint)?;
        found.codebook = codebook;
        Ok(found)
    }
}

impl Sizes {
    /// Whether there are networks of such sizes.
    pub fn possible(self) -> bool {
        let Sizes { form, codes, width, channels, patch, blocks, ends } =
            self;
        let some = [codes, width, channels, patch, form.side, blocks];
        [1, 3].contains(&form.channels)
            && !some.contains(&0)
            && form.side <= LARGEST
            && form.side.is_multiple_of(patch)
            && (ends == Ends::Patches
                || patch.is_power_of_two() && patch > 1 && channels > 1)
    }
}

/// A picture of more pixels on a side is refused.
const LARGEST: usize = 1 << 12;

/// The network in a checkpoint file.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load(path: &Path) -> Result<VqGan<f32>, VqGanError> {
    Ok(VqGan::of_checkpoint(&Checkpoint::load(path)?)?)
}
