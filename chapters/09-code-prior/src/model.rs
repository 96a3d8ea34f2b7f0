//! The whole model: embeddings, blocks, logits; its gradient has its own
//! type.

use gan::plain::in_halves;
use gradients::plain::{
    Activation, Layer, Mlp, Parameters, cross_entropy,
    cross_entropy_backward, init_layer, linear, linear_backward, real,
};
use ndarray::{
    Array1, Array2, ArrayView, ArrayViewMut, Axis, IxDyn, NdFloat, s,
};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::{
    embed, embed_backward, flat, heads, heads_backward, nats_by_place,
    normalise, normalise_backward, shift_right, shift_right_from,
    start_tokens,
};

/// Codes or sizes that do not fit.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum PriorError {
    /// A model without codes, places, columns or heads.
    #[error("{name}: expected at least 1, found 0")]
    Nothing {
        /// What there is none of.
        name: &'static str,
    },
    /// Columns that cannot be shared out.
    #[error(
        "expected a width that {heads} heads share evenly, found {width}"
    )]
    Heads {
        /// W.
        width: usize,
        /// H.
        heads: usize,
    },
    /// A code beyond the codebook.
    #[error(
        "image {row}, place {place}: expected a code below {codes}, found \
         {found}"
    )]
    Code {
        /// Counted from 0.
        row: usize,
        /// Counted from 0.
        place: usize,
        /// K.
        codes: usize,
        /// The code.
        found: usize,
    },
    /// More codes to an image than there are places, or fewer.
    #[error("expected {expected} codes to an image, found {found}")]
    Places {
        /// T.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// Places of a map that has no sides.
    #[error("expected places that fill a square, found {0}")]
    NotSquare(usize),
    /// A temperature below 0, or none.
    #[error("expected a finite temperature of at least 0, found {0}")]
    Temperature(f64),
    /// Nothing is left to draw from.
    #[error("top-k: expected at least 1 code, found 0")]
    TopK,
    /// No share.
    #[error("top-p: expected more than 0 and at most 1, found {0}")]
    TopP(f64),
    /// A class beyond those that a model has learnt.
    #[error("expected a class below {classes}, found {found}")]
    Class {
        /// How many there are.
        classes: usize,
        /// The class.
        found: usize,
    },
    /// A class for a model that knows none.
    #[error(
        "class {0}: this prior was trained without labels and knows no \
         classes"
    )]
    NoClasses(usize),
    /// More labels than images, or fewer.
    #[error("expected a label for each of {images} images, found {labels}")]
    Labels {
        /// Code maps.
        images: usize,
        /// Labels.
        labels: usize,
    },
}

/// The sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// K, the codes of the codebook.
    pub codes: usize,
    /// T, the places of a code map.
    pub places: usize,
    /// W, the columns of a row.
    pub width: usize,
    /// H, the heads of a block.
    pub heads: usize,
    /// L, the blocks.
    pub blocks: usize,
    /// The classes that have a start token of their own; 0: none has.
    pub classes: usize,
}

impl Sizes {
    /// Rows of the table of embeddings: a row for each code, one for the
    /// start when the class is not known, and one for each class.
    pub fn rows(self) -> usize {
        self.codes + 1 + self.classes
    }

    /// That there is a class, or none, for each of some images, and that
    /// the model knows it.
    ///
    /// # Errors
    /// There is not, or it does not.
    pub fn check_classes(
        self,
        images: usize,
        classes: &[Option<usize>],
    ) -> Result<(), PriorError> {
        let labels = classes.len();
        if labels != images {
            return Err(PriorError::Labels { images, labels });
        }
        classes.iter().flatten().try_for_each(|&y| self.check_class(y))
    }

    /// That a class is one of those that have a start token.
    ///
    /// # Errors
    /// It is not.
    pub fn check_class(self, found: usize) -> Result<(), PriorError> {
        match self.classes {
            0 => Err(PriorError::NoClasses(found)),
            classes if found < classes => Ok(()),
            classes => Err(PriorError::Class { classes, found }),
        }
    }

    /// Sizes that a model can have.
    ///
    /// # Errors
    /// One is 0, or the heads do not share the width evenly.
    pub fn check(&self) -> Result<(), PriorError> {
        for (name, size) in [
            ("codes", self.codes),
            ("places", self.places),
            ("width", self.width),
            ("heads", self.heads),
        ] {
            if size == 0 {
                return Err(PriorError::Nothing { name });
            }
        }
        let Self { width, heads, .. } = *self;
        match width % heads {
            0 => Ok(()),
            _ => Err(PriorError::Heads { width, heads }),
        }
    }

    /// The shape of every parameter, in the order of [`Parameters`].
    pub fn shapes(self) -> impl Iterator<Item = Vec<usize>> {
        let Self { codes, places, width: w, blocks, .. } = self;
        let layer = |i, o| [vec![i, o], vec![o]];
        let norm = [vec![w], vec![w]];
        let [up, down] = [layer(w, 4 * w), layer(4 * w, w)];
        let attention = std::iter::repeat_n(layer(w, w), 4).flatten();
        let block = norm.clone().into_iter().chain(attention);
        let block = block.chain(norm.clone()).chain(up).chain(down);
        let first = [vec![self.rows(), w], vec![places, w]];
        let blocks = (0..blocks).flat_map(move |_| block.clone());
        first.into_iter().chain(blocks).chain(norm).chain(layer(w, codes))
    }
}

// ANCHOR: affine
/// A layer normalisation with a gain and a bias for each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Norm<F> {
    /// `[W]`
    pub gain: Array1<F>,
    /// `[W]`
    pub bias: Array1<F>,
}

/// What its backward pass needs: Eq. 9.4's two results.
pub type Normed<F> = (Array2<F>, Array1<F>);

// ANCHOR: gain
impl<F: NdFloat> Norm<F> {
    /// Eq. 9.4, then the gain and the bias. `[N, W]`
    pub fn forward(&self, x: &Array2<F>) -> (Normed<F>, Array2<F>) {
        let (x_hat, scale) = normalise(x); // [N, W], [N]
        let y = &x_hat * &self.gain + &self.bias; // [N, W]
        ((x_hat, scale), y)
    }

    /// The gradients at the input, the gain and the bias.
    pub fn backward(
        &self,
        (x_hat, scale): &Normed<F>,
        d_y: Array2<F>, // [N, W]
    ) -> (Array2<F>, Norm<F>) {
        let bias = d_y.sum_axis(Axis(0)); // [W]
        let gain = (&d_y * x_hat).sum_axis(Axis(0)); // [W]
        let d_x = normalise_backward(x_hat, scale, d_y * &self.gain);
        (d_x, Norm { gain, bias })
    }
}
// ANCHOR_END: gain
// ANCHOR_END: affine

/// One block: attention, then a small network at each place.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<F> {
    /// Before the attention.
    pub norm_1: Norm<F>,
    /// Queries, keys and values, `[W, W]` each.
    pub qkv: [Layer<F>; 3],
    /// After the heads, `[W, W]`.
    pub out: Layer<F>,
    /// Before the network.
    pub norm_2: Norm<F>,
    /// W → 4 W → W.
    pub mlp: Mlp<F>,
}

/// What a block's backward pass needs.
pub struct BlockPass<F> {
    normed_1: Normed<F>,
    a: Array2<F>,
    qkv: [Array2<F>; 3],
    p: Vec<Array2<F>>,
    y: Array2<F>,
    normed_2: Normed<F>,
    hidden: Vec<Array2<F>>,
}

// ANCHOR: block
impl<F: NdFloat> Block<F> {
    /// Eq. 9.9: each half reads a normalised copy of the rows `[B·T, W]` and
    /// adds what it found.
    pub fn forward(
        &self,
        x: Array2<F>, // [B·T, W]
        (t, h): (usize, usize),
    ) -> (BlockPass<F>, Array2<F>) {
        let (normed_1, a) = self.norm_1.forward(&x); // [B·T, W]
        let qkv = self.qkv.each_ref().map(|l| linear(&a, &l.w, &l.b));
        let (p, y) = heads(qkv.each_ref(), t, h); // [B·T, W]
        let x = x + linear(&y, &self.out.w, &self.out.b); // [B·T, W]
        let (normed_2, b) = self.norm_2.forward(&x); // [B·T, W]
        let hidden = self.mlp.forward(&b);
        let x = x + &hidden[hidden.len() - 1]; // [B·T, W]
        (BlockPass { normed_1, a, qkv, p, y, normed_2, hidden }, x)
    }

    /// The gradients at the rows and at every parameter. A sum hands its
    /// gradient to both its parts.
    pub fn backward(
        &self,
        pass: &BlockPass<F>,
        d_x: Array2<F>, // [B·T, W]
        t: usize,
    ) -> (Array2<F>, Block<F>) {
        let (d_b, mlp) = self.mlp.backward(&pass.hidden, d_x.clone());
        let (d, norm_2) = self.norm_2.backward(&pass.normed_2, d_b);
        let d_x = d_x + d; // [B·T, W]
        let (d_y, w, b) = linear_backward(&pass.y, &self.out.w, &d_x);
        let out = Layer { w, b, ..self.out };
        let d = heads_backward(pass.qkv.each_ref(), &pass.p, &d_y, t);
        let mut d_a = Array2::zeros(d_x.raw_dim()); // [B·T, W]
        let qkv = [0, 1, 2].map(|n| {
            let layer = &self.qkv[n];
            let (d, w, b) = linear_backward(&pass.a, &layer.w, &d[n]);
            d_a += &d;
            Layer { w, b, activation: layer.activation }
        });
        let (d, norm_1) = self.norm_1.backward(&pass.normed_1, d_a);
        (d_x + d, Block { norm_1, qkv, out, norm_2, mlp })
    }
}
// ANCHOR_END: block

/// A causal transformer over code maps. Its gradient has the same type.
#[derive(Clone, Debug, PartialEq)]
pub struct Prior<F> {
    /// A vector for each code, one for the start, and one for the start of
    /// each class. `[K + 1 + classes, W]`
    pub table: Array2<F>,
    /// A vector for each place. `[T, W]`
    pub positions: Array2<F>,
    /// In order.
    pub blocks: Vec<Block<F>>,
    /// Before the logits.
    pub norm: Norm<F>,
    /// `[W, K]`
    pub head: Layer<F>,
    /// H.
    pub heads: usize,
}

/// What the backward pass needs.
pub struct Pass<F> {
    blocks: Vec<BlockPass<F>>,
    normed: Normed<F>,
    last: Array2<F>,
    /// `[B·T, K]`
    pub logits: Array2<F>,
}

impl<F> Pass<F> {
    /// The weights `[T, T]` of every head of every image, for each block.
    pub fn weights(&self) -> impl Iterator<Item = &[Array2<F>]> {
        self.blocks.iter().map(|block| &block.p[..])
    }
}

impl<F: NdFloat> Prior<F> {
    /// K.
    pub fn codes(&self) -> usize {
        self.head.b.len()
    }

    /// T.
    pub fn places(&self) -> usize {
        self.positions.nrows()
    }

    /// K, T, W, H, L and the classes.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            codes: self.codes(),
            places: self.places(),
            width: self.table.ncols(),
            heads: self.heads,
            blocks: self.blocks.len(),
            classes: self.table.nrows() - 1 - self.codes(),
        }
    }

    // ANCHOR: rows
    /// From embedded rows `[B·T, W]` to logits.
    pub fn forward_rows(&self, x: Array2<F>) -> Pass<F> {
        let (mut x, mut blocks) = (x, Vec::new());
        for block in &self.blocks {
            let (pass, y) = block.forward(x, (self.places(), self.heads));
            blocks.push(pass);
            x = y; // [B·T, W]
        }
        let (normed, last) = self.norm.forward(&x); // [B·T, W]
        let logits = linear(&last, &self.head.w, &self.head.b); // [B·T, K]
        Pass { blocks, normed, last, logits }
    }

    /// The gradients at the rows `[B·T, W]` and, but for those of the
    /// embeddings, at every parameter.
    pub fn backward_rows(
        &self,
        pass: &Pass<F>,
        d_logits: &Array2<F>, // [B·T, K]
    ) -> (Array2<F>, Prior<F>) {
        let (d, w, b) = linear_backward(&pass.last, &self.head.w, d_logits);
        let head = Layer { w, b, ..self.head };
        let (mut d_x, norm) = self.norm.backward(&pass.normed, d);
        let mut blocks = Vec::new();
        for (block, pass) in self.blocks.iter().zip(&pass.blocks).rev() {
            let (d, d_block) = block.backward(pass, d_x, self.places());
            blocks.push(d_block);
            d_x = d; // [B·T, W]
        }
        blocks.reverse();
        let [table, positions] = [&self.table, &self.positions]
            .map(|p| Array2::zeros(p.raw_dim()));
        let heads = self.heads;
        (d_x, Prior { table, positions, blocks, norm, head, heads })
    }
    // ANCHOR_END: rows

    /// Every code is below K, and there are T to an image.
    ///
    /// # Errors
    /// They are not.
    pub fn check(&self, codes: &Array2<usize>) -> Result<(), PriorError> {
        let (expected, found) = (self.places(), codes.ncols());
        if expected != found {
            return Err(PriorError::Places { expected, found });
        }
        check_codes(codes, self.codes())
    }

    /// The logits at every place. `[B·T, K]`
    ///
    /// # Errors
    /// A code is not below K, or there are not T to an image.
    pub fn forward(
        &self,
        codes: &Array2<usize>, // [B, T]
    ) -> Result<Pass<F>, PriorError> {
        self.check(codes)?;
        let seen = shift_right(codes, self.codes()); // [B, T]
        let x = embed(&self.table, &self.positions, &seen); // [B·T, W]
        Ok(self.forward_rows(x))
    }

    // ANCHOR: loss
    /// Eq. 9.11: the mean over all places of `-ln p(c_i | c_<i)`, in nats,
    /// and its gradient at every parameter.
    ///
    /// # Errors
    /// As for `forward`.
    pub fn loss_and_gradient(
        &self,
        codes: &Array2<usize>, // [B, T]
    ) -> Result<(F, Prior<F>), PriorError> {
        self.check(codes)?;
        Ok(self.learn(&shift_right(codes, self.codes()), codes))
    }

    /// The same for what is `seen` at each place, whatever that is.
    fn learn(
        &self,
        seen: &Array2<usize>,  // [B, T]
        codes: &Array2<usize>, // [B, T]
    ) -> (F, Prior<F>) {
        let x = embed(&self.table, &self.positions, seen); // [B·T, W]
        let pass = self.forward_rows(x);
        let targets = flat(codes); // [B·T]
        let loss = cross_entropy(&pass.logits, &targets);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = self.backward_rows(&pass, &d_logits);
        let sizes = (self.table.nrows(), self.places());
        (d.table, d.positions) = embed_backward(&d_x, seen, sizes);
        (loss, d)
    }
    // ANCHOR_END: loss

    /// The same, half of the maps a thread.
    pub fn learn_in_halves(
        &self,
        seen: &Array2<usize>,  // [B, T]
        codes: &Array2<usize>, // [B, T]
    ) -> (F, Prior<F>) {
        in_halves(codes.nrows(), |maps| {
            let half = |x: &Array2<usize>| {
                x.slice(s![maps.clone(), ..]).to_owned() // [B/2, T]
            };
            self.learn(&half(seen), &half(codes))
        })
    }

    /// The nats that each code costs when the class is not known. `[N, T]`
    ///
    /// # Errors
    /// As for `forward`.
    pub fn nats(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f64>, PriorError> {
        self.nats_given(codes, &vec![None; codes.nrows()])
    }

    /// The same for images of known classes, or of some. `[N, T]`
    ///
    /// # Errors
    /// As for `forward`, or a class is not one of the model's, or there is
    /// not one for each image.
    pub fn nats_given(
        &self,
        codes: &Array2<usize>,     // [N, T]
        classes: &[Option<usize>], // [N]
    ) -> Result<Array2<f64>, PriorError> {
        self.check(codes)?;
        self.sizes().check_classes(codes.nrows(), classes)?;
        Ok(nats_by_batch(codes, |from, codes| {
            let classes = &classes[from..from + codes.nrows()]; // [BATCH]
            let starts = start_tokens(classes, self.codes()); // [BATCH]
            let seen = shift_right_from(codes, &starts); // [BATCH, T]
            let x = embed(&self.table, &self.positions, &seen);
            nats_by_place(&self.forward_rows(x).logits, codes)
        }))
    }
}

/// The parameters of a model as views, borrowed or mutably borrowed, in one order for both.
macro_rules! in_order {
    ($model:expr, $view:ident, $iter:ident, $each:ident, $mlp:ident) => {{
        let mut all = vec![
            $model.table.$view().into_dyn(),
            $model.positions.$view().into_dyn(),
        ];
        for block in $model.blocks.$iter() {
            all.push(block.norm_1.gain.$view().into_dyn());
            all.push(block.norm_1.bias.$view().into_dyn());
            for layer in block.qkv.$each() {
                all.push(layer.w.$view().into_dyn());
                all.push(layer.b.$view().into_dyn());
            }
            all.push(block.out.w.$view().into_dyn());
            all.push(block.out.b.$view().into_dyn());
            all.push(block.norm_2.gain.$view().into_dyn());
            all.push(block.norm_2.bias.$view().into_dyn());
            all.extend(block.mlp.$mlp());
        }
        all.push($model.norm.gain.$view().into_dyn());
        all.push($model.norm.bias.$view().into_dyn());
        all.push($model.head.w.$view().into_dyn());
        all.push($model.head.b.$view().into_dyn());
        all
    }};
}

/// The standard deviation of the first embeddings.
const SMALL: f64 = 0.1;

/// Sequences that are looked at in one go when nothing is learnt.
pub const BATCH: usize = 128;

/// The nats that each code costs, by the nats that those of at most
/// [`BATCH`] maps cost, of which the first has the number given. `[N, T]`
pub(crate) fn nats_by_batch(
    codes: &Array2<usize>, // [N, T]
    of: impl Fn(usize, &Array2<usize>) -> Array2<f64>,
) -> Array2<f64> {
    let mut nats = Array2::zeros(codes.raw_dim()); // [N, T]
    let parts = codes.axis_chunks_iter(Axis(0), BATCH);
    let into = nats.axis_chunks_iter_mut(Axis(0), BATCH);
    for (n, (codes, mut nats)) in parts.zip(into).enumerate() {
        nats.assign(&of(n * BATCH, &codes.to_owned())); // [BATCH, T]
    }
    nats
}

/// Every code is below K.
///
/// # Errors
/// One is not.
pub fn check_codes(
    codes: &Array2<usize>,
    k: usize,
) -> Result<(), PriorError> {
    let beyond = codes.indexed_iter().find(|(_, c)| **c >= k);
    beyond.map_or(Ok(()), |((row, place), &found)| {
        Err(PriorError::Code { row, place, codes: k, found })
    })
}

impl<F> Parameters<F> for Prior<F> {
    /// In the order of the forward pass.
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>> {
        in_order!(self, view, iter, each_ref, parameters)
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>> {
        in_order!(self, view_mut, iter_mut, each_mut, parameters_mut)
    }
}

impl<F: NdFloat> Prior<F> {
    /// A model that has not been trained: small embeddings, the layers of
    /// chapter 0, and smaller ones where a block adds to its rows, so that
    /// L blocks add up to no more than one.
    ///
    /// # Errors
    /// The sizes do not fit together.
    pub fn new(sizes: Sizes, rng: &mut impl Rng) -> Result<Self, PriorError> {
        sizes.check()?;
        let Sizes { codes, places, width, heads, blocks, .. } = sizes;
        let mut normal = |rows: usize| {
            let x = Array2::random_using((rows, width), StandardNormal, rng);
            x.mapv(|v: f64| real::<F>(SMALL * v)) // [rows, W]
        };
        let (table, positions) = (normal(sizes.rows()), normal(places));
        let norm =
            || Norm { gain: Array1::ones(width), bias: Array1::zeros(width) };
        let (plain, relu) = (Activation::Identity, Activation::Relu);
        let shrink = real::<F>((2.0 * blocks.max(1) as f64).sqrt().recip());
        let blocks = (0..blocks).map(|_| {
            let qkv = [0, 1, 2].map(|_| init_layer(width, width, plain, rng));
            let mut out = init_layer(width, width, plain, rng);
            let widths = [width, 4 * width, width];
            let mut mlp = Mlp::new(&widths, relu, plain, rng);
            out.w *= shrink;
            mlp.layers[1].w *= shrink;
            Block { norm_1: norm(), qkv, out, norm_2: norm(), mlp }
        });
        let blocks = blocks.collect();
        let head = init_layer(width, codes, plain, rng);
        Ok(Self { table, positions, blocks, norm: norm(), head, heads })
    }

    /// How many numbers are learnt.
    pub fn size(&self) -> usize {
        self.parameters().iter().map(|p| p.len()).sum()
    }

    /// Multiplications and additions of one image's forward pass: T rows
    /// through every matrix, and what attention does between the rows.
    pub fn multiply_adds(&self) -> usize {
        let Sizes { codes, places, width, blocks, .. } = self.sizes();
        let rows = blocks * 12 * width * width + width * codes;
        let between = blocks * 2 * width * places.div_ceil(2);
        places * (rows + between)
    }
}
