//! Encoder, codebook and decoder: images to codes and back.

use std::path::Path;

use codebook_lookup::plain::{LookupError, gather};
use gradients::model::{load_layers, save_parameters};
use gradients::plain::{Activation, Mlp, Parameters, init_layer, real};
use lab::{Checkpoint, CheckpointError, Expecting};
use md5::{Digest, Md5};
use ndarray::{Array2, Axis, NdFloat, s};
use ndarray_rand::rand::Rng;

use crate::plain::{IMAGE, depth_to_space, half, space_to_depth};
use crate::rate::choose;

/// The sizes of a VQ-VAE of 28 × 28 images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Codebook vectors, K.
    pub codes: usize,
    /// Components of a latent, D.
    pub width: usize,
    /// Channels inside encoder and decoder, C.
    pub channels: usize,
    /// Lines and columns of a patch, which becomes one place of the grid: 2, 4, 7 or 14.
    pub patch: usize,
    /// Residual convolutions of either half.
    pub blocks: usize,
}

impl Default for Sizes {
    // ANCHOR: sizes
    /// Those of the page.
    fn default() -> Self {
        Self { codes: 512, width: 16, channels: 64, patch: 4, blocks: 3 }
    }
    // ANCHOR_END: sizes
}

impl Sizes {
    /// Lines and columns of the grid, S.
    pub fn side(self) -> usize {
        IMAGE / self.patch.max(1)
    }

    /// Codes of an image, S².
    pub fn places(self) -> usize {
        self.side() * self.side()
    }
}

/// Why images have no codes, or codes no image.
#[derive(Debug, thiserror::Error)]
pub enum VqVaeError {
    /// The lookup has no answer.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// Rows of another length.
    #[error("expected {what} in rows of {expected}, found rows of {found}")]
    Row {
        /// `images` or `codes`.
        what: &'static str,
        /// Numbers in a row.
        expected: usize,
        /// Numbers in a row.
        found: usize,
    },
    /// A pixel that is no number. A ReLU would hide it.
    #[error(
        "image {image}, pixel {pixel}: expected a finite number, found {found}"
    )]
    Pixel {
        /// Counted from 0.
        image: usize,
        /// Counted from 0.
        pixel: usize,
        /// What is there.
        found: f64,
    },
    /// A code beyond the codebook.
    #[error(
        "image {image}, place {place}: expected a code below {codes}, found {found}"
    )]
    Code {
        /// Counted from 0.
        image: usize,
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
/// A VQ-VAE of 28 × 28 images.
#[derive(Clone, Debug, PartialEq)]
pub struct VqVae<F> {
    /// Its sizes.
    pub sizes: Sizes,
    /// patch² → C → … → C → D, eq. 8.5.
    pub encoder: Mlp<F>,
    /// `[K, D]`.
    pub codebook: Array2<F>,
    /// What a code costs at each place, eq. 8.12, if it costs anything.
    /// `[S², K]`
    pub prices: Option<Array2<F>>,
    /// D → C → … → C → patch².
    pub decoder: Mlp<F>,
}
// ANCHOR_END: model

/// Of chapter 0's weights, here. Large latents make the commitment term shout down the reconstruction.
const SMALL: f64 = 0.4;

/// Images that are encoded or decoded at a time.
const AT_A_TIME: usize = 128;

impl<F: NdFloat> VqVae<F> {
    /// Random weights, smaller than chapter 0's, and a codebook of zeros.
    pub fn new(sizes: Sizes, rng: &mut impl Rng) -> Self {
        let Sizes { codes, width, channels, patch, blocks } = sizes;
        let (relu, none) = (Activation::Relu, Activation::Identity);
        let mut half = |inputs, outputs| {
            let mut layers = vec![init_layer(inputs, channels, relu, rng)];
            layers.extend(
                (0..blocks)
                    .map(|_| init_layer(9 * channels, channels, relu, rng)),
            );
            layers.push(init_layer(channels, outputs, none, rng));
            for layer in &mut layers {
                layer.w.mapv_inplace(|w| w * real(SMALL)); // latents too
            }
            Mlp { layers }
        };
        let encoder = half(patch * patch, width);
        let decoder = half(width, patch * patch);
        let codebook = Array2::zeros((codes, width)); // [K, D]
        Self { sizes, encoder, codebook, prices: None, decoder }
    }

    /// The number of codes, K.
    pub fn codes(&self) -> usize {
        self.codebook.nrows()
    }

    // ANCHOR: use
    /// The latents of images `[N, 784]` with pixels in [0, 1].
    /// `[N · S², D]`
    ///
    /// # Errors
    /// The images have not 784 pixels, or one is not finite.
    pub fn latents(&self, x: &Array2<F>) -> Result<Array2<F>, VqVaeError> {
        check_pixels(x)?;
        let Sizes { width, patch, .. } = self.sizes;
        let (side, places) = (self.sizes.side(), self.sizes.places());
        let mut z = Array2::zeros((x.nrows() * places, width)); // [N·S², D]
        let parts = x.axis_chunks_iter(Axis(0), AT_A_TIME);
        for (n, x) in parts.enumerate() {
            let rows = space_to_depth(&x.to_owned(), patch);
            let y = half(&self.encoder, rows, side).y; // [·, D]
            let start = n * AT_A_TIME * places;
            z.slice_mut(s![start..start + y.nrows(), ..]).assign(&y);
        }
        Ok(z)
    }

    /// The codes of images `[N, 784]` with pixels in [0, 1]. `[N, S²]`
    ///
    /// # Errors
    /// The images have not 784 pixels, or a latent is not finite.
    pub fn encode(&self, x: &Array2<F>) -> Result<Array2<usize>, VqVaeError> {
        let (z, prices) = (self.latents(x)?, self.prices.as_ref());
        let indices = choose(&z, &self.codebook, prices)?;
        let shape = (x.nrows(), self.sizes.places());
        Ok(Array2::from_shape_vec(shape, indices).expect("one for a place"))
    }

    /// The images of latents `[N · S², D]`, clamped to [0, 1]. `[N, 784]`
    ///
    /// # Errors
    /// The latents have another width, or do not fill whole images.
    pub fn draw(&self, z_q: &Array2<F>) -> Result<Array2<F>, VqVaeError> {
        expect_rows("latents", self.sizes.width, z_q.ncols())?;
        let (side, places) = (self.sizes.side(), self.sizes.places());
        let left = z_q.nrows() % places;
        if left != 0 {
            let (what, expected) = ("an image's latents", places);
            return Err(VqVaeError::Row { what, expected, found: left });
        }
        let shape = (z_q.nrows() / places, IMAGE * IMAGE);
        let mut x = Array2::zeros(shape); // [N, 784]
        let parts = z_q.axis_chunks_iter(Axis(0), AT_A_TIME * places);
        for (n, z_q) in parts.enumerate() {
            let y = half(&self.decoder, z_q.to_owned(), side).y;
            let y = depth_to_space(&y); // [·, 784]
            let start = n * AT_A_TIME;
            x.slice_mut(s![start..start + y.nrows(), ..]).assign(&y);
        }
        Ok(x.mapv_into(|v| v.max(F::zero()).min(F::one())))
    }

    /// The images of codes `[N, S²]`. `[N, 784]`
    ///
    /// # Errors
    /// There are not S² codes in a row, or one is not below K.
    pub fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<F>, VqVaeError> {
        self.check(codes)?;
        let indices: Vec<usize> = codes.iter().copied().collect();
        self.draw(&gather(&self.codebook, &indices))
    }
    // ANCHOR_END: use

    /// Images, encoded and decoded. `[N, 784]`
    ///
    /// # Errors
    /// As for [`VqVae::encode`].
    pub fn reconstruct(
        &self,
        x: &Array2<F>,
    ) -> Result<Array2<F>, VqVaeError> {
        self.decode(&self.encode(x)?)
    }

    fn check(&self, codes: &Array2<usize>) -> Result<(), VqVaeError> {
        expect_rows("codes", self.sizes.places(), codes.ncols())?;
        let k = self.codes();
        let beyond = codes.indexed_iter().find(|(_, code)| **code >= k);
        beyond.map_or(Ok(()), |((image, place), &found)| {
            Err(VqVaeError::Code { image, place, codes: k, found })
        })
    }
}

fn check_pixels<F: NdFloat>(x: &Array2<F>) -> Result<(), VqVaeError> {
    expect_rows("images", IMAGE * IMAGE, x.ncols())?;
    let bad = x.indexed_iter().find(|(_, v)| !v.is_finite());
    bad.map_or(Ok(()), |((image, pixel), v)| {
        let found = v.to_f64().unwrap_or(f64::NAN);
        Err(VqVaeError::Pixel { image, pixel, found })
    })
}

fn expect_rows(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), VqVaeError> {
    match expected == found {
        true => Ok(()),
        false => Err(VqVaeError::Row { what, expected, found }),
    }
}

/// What follows each layer of either half.
pub fn activations(blocks: usize) -> Vec<Activation> {
    let mut all = vec![Activation::Relu; blocks + 1];
    all.push(Activation::Identity);
    all
}

impl VqVae<f32> {
    /// A digest of its weights, of which [`VqVae::fingerprint`] and the header of a compressed file are parts.
    pub fn digest(&self) -> Md5 {
        let mut digest = Md5::new();
        let mut add = |v: &f32| digest.update(v.to_le_bytes());
        for net in [&self.encoder, &self.decoder] {
            net.parameters().iter().for_each(|p| p.iter().for_each(&mut add));
        }
        self.codebook.iter().for_each(&mut add);
        self.prices.iter().flatten().for_each(add);
        digest
    }

    /// Whose codes are these? 16 hexadecimal digits that another network does not share.
    pub fn fingerprint(&self) -> String {
        let digest = self.digest().finalize();
        digest[..8].iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Puts the network into a checkpoint, in the same places as a training run does.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        save_parameters("encoder", &self.encoder, checkpoint);
        save_parameters("decoder", &self.decoder, checkpoint);
        checkpoint.put("quantizer.codebook", &self.codebook);
        if let Some(prices) = &self.prices {
            checkpoint.put(PRICES, prices);
        }
    }

    /// The network of a checkpoint; its sizes are those of the arrays.
    ///
    /// # Errors
    /// The checkpoint is of something else.
    pub fn of_checkpoint(
        checkpoint: &Checkpoint,
    ) -> Result<Self, CheckpointError> {
        let from = checkpoint.expecting("a VQ-VAE of 28 × 28 images");
        let codebook: Array2<f32> = from.of_rank("quantizer.codebook")?;
        let blocks = blocks_of(from, "encoder");
        if blocks != blocks_of(from, "decoder") {
            return Err(from.refuse("halves of different depth"));
        }
        let half = |name| load_layers(from, name, &activations(blocks));
        let (encoder, decoder) = (half("encoder")?, half("decoder")?);
        let priced = from.array(PRICES).ok();
        if priced.is_none() && from.array("rate.shares").is_ok() {
            return Err(from.refuse("codes that had prices, and no `prices`"));
        }
        let prices = priced.map(|_| from.of_rank(PRICES)).transpose()?;
        let (pixels, channels) = encoder.layers[0].w.dim();
        let (codes, width) = codebook.dim();
        let patch = pixels.isqrt();
        let sizes = Sizes { codes, width, channels, patch, blocks };
        let found = Self { sizes, encoder, codebook, prices, decoder };
        match found.fits() {
            true => Ok(found),
            false => Err(from.refuse(format!(
                "parts that do not fit together: {sizes:?}"
            ))),
        }
    }

    fn fits(&self) -> bool {
        let Sizes { codes, width, channels, patch, .. } = self.sizes;
        let pixels = patch * patch;
        if codes == 0 || width == 0 || channels == 0 || patch == 0 {
            return false;
        }
        let widths = |net: &Mlp<f32>, inputs, outputs| {
            let last = net.layers.len() - 1;
            net.layers.iter().enumerate().all(|(n, layer)| {
                let i = if n == 0 { inputs } else { 9 * channels };
                let i = if n == last { channels } else { i };
                let o = if n == last { outputs } else { channels };
                layer.w.dim() == (i, o) && layer.b.len() == o
            })
        };
        let prices = self.prices.as_ref();
        let table = (self.sizes.places(), codes);
        IMAGE.is_multiple_of(patch)
            && prices.is_none_or(|p| {
                p.dim() == table && p.iter().all(|v| *v >= 0.0)
            })
            && widths(&self.encoder, pixels, width)
            && widths(&self.decoder, width, pixels)
    }
}

/// What the prices are called in a checkpoint.
pub(crate) const PRICES: &str = "prices";

/// How many residual convolutions a half of a checkpoint has: of its arrays two belong to each layer, and two layers are none.
fn blocks_of(from: Expecting, name: &str) -> usize {
    let there =
        |n: &usize| from.array(&format!("{name}.parameter.{n}")).is_ok();
    ((0..).take_while(there).count() / 2).saturating_sub(2)
}

/// The VQ-VAE in a checkpoint file.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load(path: &Path) -> Result<VqVae<f32>, VqVaeError> {
    Ok(VqVae::of_checkpoint(&Checkpoint::load(path)?)?)
}
