//! One place after another on a device, with keys and values kept there.

use dfdx::prelude::*;
use gradients::on_dfdx::{Matrix, Number, number};
use lab::array;
use ndarray::Array2;

use super::{Block, Prior, codes_on};
use crate::model::Sizes;
use crate::sampling::Draws;

// ANCHOR: cache
/// Of every head of every sequence the query at one place, or the keys or
/// the values at `t` places. `[N·H, t, D]`
type Heads<E, D> = Tensor<(usize, usize, usize), E, D>;

/// `N` sequences of which the first places are known: how many, and for each
/// block the keys and the values there.
pub struct Cache<E: Number, D: Device<E>> {
    place: usize,
    blocks: Vec<Option<[Heads<E, D>; 2]>>,
}

impl<E: Number, D: Device<E>> Block<E, D> {
    /// Eq. 9.9 for the next place alone: its key and value join those kept,
    /// and its query looks at all of them. `[N, W]`
    fn next(
        &self,
        x: Matrix<E, D>, // [N, W]
        kept: &mut Option<[Heads<E, D>; 2]>,
        h: usize,
    ) -> Matrix<E, D> {
        let (n, w) = *x.shape();
        let qkv = self.project(x.clone()); // [N, W] each
        let here = qkv.map(|x| x.reshape_like(&(n * h, 1, w / h)));
        let [q, k, v] = here; // [N·H, 1, D]
        let (k, v) = match kept.take() {
            None => (k, v),
            Some([ks, vs]) => {
                let k = (ks, k).concat_along(Axis::<1>); // [N·H, t, D]
                (k, (vs, v).concat_along(Axis::<1>))
            }
        };
        let y = one_query(q, &k, &v).reshape_like(&(n, w)); // [N, W]
        *kept = Some([k, v]);
        self.think(x + self.out.forward(y))
    }
}

/// Eq. 9.6 for one query. `[N·H, 1, D]`
fn one_query<E: Number, D: Device<E>>(
    q: Heads<E, D>,  // [N·H, 1, D]
    k: &Heads<E, D>, // [N·H, t, D]
    v: &Heads<E, D>, // [N·H, t, D]
) -> Heads<E, D> {
    let scale = number::<E>((q.shape().2 as f64).sqrt().recip());
    let k = k.clone().permute::<_, Axes3<0, 2, 1>>(); // [N·H, D, t]
    let s = (q * scale).matmul(k); // [N·H, 1, t]
    s.softmax::<Axis<2>>().matmul(v.clone()) // [N·H, 1, D]
}
// ANCHOR_END: cache

impl<E: Number, D: Device<E>> Draws for Prior<E, D> {
    type Number = E;
    type Cache = Cache<E, D>;

    fn sizes(&self) -> Sizes {
        Sizes {
            codes: self.head.b.shape().0,
            places: self.positions.shape().0,
            width: self.table.shape().1,
            heads: self.heads,
            blocks: self.blocks.len(),
            classes: self.table.shape().0 - 1 - self.head.b.shape().0,
        }
    }

    fn cache(&self, _: usize) -> Cache<E, D> {
        let none = |_| None;
        Cache { place: 0, blocks: self.blocks.iter().map(none).collect() }
    }

    // ANCHOR: next
    fn next(&self, cache: &mut Cache<E, D>, last: &[usize]) -> Array2<E> {
        let dev = self.table.device();
        let x = self.table.clone().gather(codes_on(dev, last)); // [N, W]
        let here = dev.tensor(cache.place);
        let here = self.positions.clone().select(here); // [W]
        let shape = *x.shape();
        let mut x = x + here.broadcast_like::<_, Axis<0>>(&shape); // [N, W]
        for (block, kept) in self.blocks.iter().zip(&mut cache.blocks) {
            x = block.next(x, kept, self.heads); // [N, W]
        }
        cache.place += 1;
        array(&self.head.forward(self.norm.forward(x))) // [N, K]
    }
    // ANCHOR_END: next
}
