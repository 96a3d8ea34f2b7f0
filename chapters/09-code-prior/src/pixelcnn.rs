//! A PixelCNN over code maps (van den Oord and others, 2016): masked
//! convolutions where the transformer has attention.

mod training;

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
use vq_vae::plain::{conv, conv_backward};

pub use self::training::{Learns, Training, in_room};
use crate::model::{PriorError, Sizes, check_codes, nats_by_batch};
use crate::plain::{embed, embed_backward, flat, nats_by_place};
use crate::sampling::Draws;

// ANCHOR: mask
/// Which of its nine places a 3 × 3 kernel may look at. Read line by line,
/// four of them come before the place in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// The four before it: for codes, of which its own is the answer.
    A = 4,
    /// It as well: for what the layers above have made of those before.
    B = 5,
}

impl Mask {
    /// Eq. 9.20: weights whose rows are the nine places in order, C of each,
    /// with zeros where the kernel may not look. `[9C, O]`
    pub fn of<F: NdFloat>(self, w: &Array2<F>) -> Array2<F> {
        let (mut w, c) = (w.clone(), w.nrows() / 9); // [9C, O]
        w.slice_mut(s![self as usize * c.., ..]).fill(F::zero());
        w
    }
}

/// Eq. 9.20: chapter 8's convolution with a masked weight. `[N, O]`
pub fn masked_conv<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    Layer { w, b, .. }: &Layer<F>,
    (mask, side): (Mask, usize),
) -> Array2<F> {
    conv(x, &mask.of(w), b, side) // [N, O]
}

/// Its gradients at `x`, and at the weights, which are masked once more:
/// what is not used has no slope.
pub fn masked_conv_backward<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    layer: &Layer<F>,
    d_y: &Array2<F>, // [N, O]
    (mask, side): (Mask, usize),
) -> (Array2<F>, Layer<F>) {
    let w = mask.of(&layer.w); // [9C, O]
    let (d_x, d_w, b) = conv_backward(x, &w, d_y, side);
    (d_x, Layer { w: mask.of(&d_w), b, ..*layer })
}
// ANCHOR_END: mask

/// A PixelCNN over code maps. Its gradient has the same type.
#[derive(Clone, Debug, PartialEq)]
pub struct PixelCnn<F> {
    /// A vector for each code. `[K, C]`
    pub table: Array2<F>,
    /// A vector for each place. `[T, C]`
    pub positions: Array2<F>,
    /// The first convolution, those of the blocks, and a linear layer to the
    /// logits.
    pub net: Mlp<F>,
    /// Of the first convolution: A. (B is a mistake to be made on purpose.)
    pub first: Mask,
}

/// What the backward pass needs.
pub struct Pass<F> {
    x: Array2<F>,
    a: Vec<Array2<F>>,
    /// `[B·T, K]`
    pub logits: Array2<F>,
}

impl<F: NdFloat> PixelCnn<F> {
    /// K.
    pub fn codes(&self) -> usize {
        self.table.nrows()
    }

    /// T.
    pub fn places(&self) -> usize {
        self.positions.nrows()
    }

    fn side(&self) -> usize {
        self.places().isqrt()
    }

    /// The first convolution, those of the blocks, and the last layer.
    fn parts(&self) -> (&Layer<F>, &[Layer<F>], &Layer<F>) {
        match &self.net.layers[..] {
            [first, blocks @ .., last] => (first, blocks, last),
            _ => panic!("a PixelCNN has a first layer and a last"),
        }
    }

    // ANCHOR: rows
    /// Eq. 9.21: from embedded codes `[B·T, C]` to logits. Only the first
    /// convolution sees codes, so only its mask leaves out the middle.
    pub fn forward_rows(&self, x: Array2<F>) -> Pass<F> {
        let ((first, blocks, last), side) = (self.parts(), self.side());
        let relu = Activation::Relu;
        let mut h = masked_conv(&x, first, (self.first, side)); // [B·T, C]
        let mut a = vec![relu.forward(h.clone())]; // [B·T, C]
        for block in blocks {
            h += &masked_conv(&a[a.len() - 1], block, (Mask::B, side));
            a.push(relu.forward(h.clone())); // [B·T, C]
        }
        let logits = linear(&a[a.len() - 1], &last.w, &last.b); // [B·T, K]
        Pass { x, a, logits }
    }

    /// The gradients at the rows `[B·T, C]` and, but for those of the
    /// embeddings, at every parameter.
    pub fn backward_rows(
        &self,
        Pass { x, a, .. }: &Pass<F>,
        d_logits: &Array2<F>, // [B·T, K]
    ) -> (Array2<F>, PixelCnn<F>) {
        let ((first, blocks, last), side) = (self.parts(), self.side());
        let (relu, r) = (Activation::Relu, &a[a.len() - 1]);
        let (d_r, w, b) = linear_backward(r, &last.w, d_logits);
        let mut layers = vec![Layer { w, b, ..*last }];
        let mut d_h = relu.backward(r, d_r); // [B·T, C]
        for (a, block) in a.iter().zip(blocks).rev() {
            let kind = (Mask::B, side);
            let (d_a, d) = masked_conv_backward(a, block, &d_h, kind);
            layers.push(d);
            d_h += &relu.backward(a, d_a); // [B·T, C]
        }
        let kind = (self.first, side);
        let (d_x, d) = masked_conv_backward(x, first, &d_h, kind);
        layers.push(d);
        layers.reverse();
        let [table, positions] = [&self.table, &self.positions]
            .map(|p| Array2::zeros(p.raw_dim()));
        let net = Mlp { layers };
        (d_x, PixelCnn { table, positions, net, first: self.first })
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

    // ANCHOR: loss
    /// Eq. 9.11 and its gradient at every parameter. Nothing is shifted:
    /// each place holds its own code, and the mask hides it.
    ///
    /// # Errors
    /// A code is not below K, or there are not T to an image.
    pub fn loss_and_gradient(
        &self,
        codes: &Array2<usize>, // [B, T]
    ) -> Result<(F, PixelCnn<F>), PriorError> {
        self.check(codes)?;
        let pass = self.forward_rows(self.embed(codes));
        let targets = flat(codes); // [B·T]
        let loss = cross_entropy(&pass.logits, &targets);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = self.backward_rows(&pass, &d_logits);
        let sizes = (self.codes(), self.places());
        (d.table, d.positions) = embed_backward(&d_x, codes, sizes);
        Ok((loss, d))
    }
    // ANCHOR_END: loss

    /// Eq. 9.3, of codes that are not shifted. `[B·T, C]`
    fn embed(&self, codes: &Array2<usize>) -> Array2<F> {
        embed(&self.table, &self.positions, codes)
    }

    /// The nats that each code costs. `[N, T]`
    ///
    /// # Errors
    /// As for `loss_and_gradient`.
    pub fn nats(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f64>, PriorError> {
        self.check(codes)?;
        Ok(nats_by_batch(codes, |_, codes| {
            nats_by_place(&self.forward_rows(self.embed(codes)).logits, codes)
        }))
    }
}

// ANCHOR: draws
/// Code maps of which the first places are drawn.
pub struct Drawn {
    place: usize,
    codes: Array2<usize>, // [N, T]
}

impl<F: NdFloat> Draws for PixelCnn<F> {
    type Number = F;
    type Cache = Drawn;

    fn sizes(&self) -> Sizes {
        Sizes {
            codes: self.codes(),
            places: self.places(),
            width: self.table.ncols(),
            heads: 1,
            blocks: self.net.layers.len().saturating_sub(2),
            classes: 0,
        }
    }

    fn cache(&self, n: usize) -> Drawn {
        Drawn { place: 0, codes: Array2::zeros((n, self.places())) }
    }

    /// Nothing is kept: each place asks for a pass over the whole map.
    fn next(&self, drawn: &mut Drawn, last: &[usize]) -> Array2<F> {
        let at = drawn.place;
        if let Some(before) = at.checked_sub(1) {
            let last = Array1::from(last.to_vec()); // [N]
            drawn.codes.column_mut(before).assign(&last);
        }
        drawn.place += 1;
        let pass = self.forward_rows(self.embed(&drawn.codes));
        let rows = s![at..;self.places(), ..];
        pass.logits.slice(rows).to_owned() // [N, K]
    }
}
// ANCHOR_END: draws

impl<F> Parameters<F> for PixelCnn<F> {
    /// In the order of the forward pass.
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>> {
        let tables = [&self.table, &self.positions];
        let tables = tables.into_iter().map(|p| p.view().into_dyn());
        tables.chain(self.net.parameters()).collect()
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>> {
        let Self { table, positions, net, .. } = self;
        let tables = [table, positions].into_iter();
        let tables = tables.map(|p| p.view_mut().into_dyn());
        tables.chain(net.parameters_mut()).collect()
    }
}

/// The standard deviation of the first embeddings.
const SMALL: f64 = 0.5;

impl<F: NdFloat> PixelCnn<F> {
    /// A model that has not been trained: chapter 0's layers, as wide as
    /// what their masks leave of them, and smaller ones where a block adds
    /// to its rows. Of the sizes, heads and classes do not matter.
    ///
    /// # Errors
    /// A size is 0, or the places fill no square.
    pub fn new(sizes: Sizes, rng: &mut impl Rng) -> Result<Self, PriorError> {
        let Sizes { codes, places, width, blocks, .. } = sizes;
        Sizes { heads: 1, ..sizes }.check()?;
        if places.isqrt().pow(2) != places {
            return Err(PriorError::NotSquare(places));
        }
        let mut normal = |rows: usize| {
            let x = Array2::random_using((rows, width), StandardNormal, rng);
            x.mapv(|v: f64| real::<F>(SMALL * v)) // [rows, C]
        };
        let (table, positions) = (normal(codes), normal(places));
        let relu = Activation::Relu;
        let mut masked = |mask: Mask, shrink: f64| {
            let mut layer = init_layer(9 * width, width, relu, rng);
            let live = 9.0 / f64::from(mask as u8);
            layer.w = mask.of(&layer.w) * real::<F>(live.sqrt() * shrink);
            layer
        };
        let shrink = (2.0 * blocks.max(1) as f64).sqrt().recip();
        let mut layers = vec![masked(Mask::A, 1.0)];
        layers.extend((0..blocks).map(|_| masked(Mask::B, shrink)));
        layers.push(init_layer(width, codes, Activation::Identity, rng));
        let net = Mlp { layers };
        Ok(Self { table, positions, net, first: Mask::A })
    }

    /// A mistake: the first convolution sees the code that is asked for.
    pub fn that_sees_its_answer(mut self) -> Self {
        self.first = Mask::B;
        self
    }

    /// How many numbers are learnt: of the convolutions, what the masks
    /// leave.
    pub fn size(&self) -> usize {
        let all = self.parameters().iter().map(|p| p.len()).sum::<usize>();
        let (first, blocks, _) = self.parts();
        let hidden = |layer: &Layer<F>, mask: Mask| {
            layer.w.len() / 9 * (9 - mask as usize)
        };
        let hidden_first = hidden(first, self.first);
        let in_blocks = blocks.iter().map(|b| hidden(b, Mask::B));
        all - hidden_first - in_blocks.sum::<usize>()
    }
}

/// The largest entry of the Jacobian of the logits at each place, down, by
/// the row of each place, across. `[T, T]`
pub fn jacobian(
    net: &PixelCnn<f64>,
    x: &Array2<f64>, // [T, C]
) -> Array2<f64> {
    let pass = net.forward_rows(x.clone());
    let (places, codes) = pass.logits.dim();
    let mut largest = Array2::zeros((places, places)); // [T, T]
    for (i, k) in (0..places).flat_map(|i| (0..codes).map(move |k| (i, k))) {
        let mut d_logits = Array2::zeros((places, codes)); // [T, K]
        d_logits[[i, k]] = 1.0;
        let (d_x, _) = net.backward_rows(&pass, &d_logits); // [T, C]
        for (j, row) in d_x.axis_iter(Axis(0)).enumerate() {
            let here = row.fold(0.0_f64, |m, v| m.max(v.abs()));
            largest[[i, j]] = here.max(largest[[i, j]]);
        }
    }
    largest
}
