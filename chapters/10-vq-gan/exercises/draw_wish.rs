//! Exercise 10.9 (§ A prior that takes a wish): a map for a wish.
#![allow(unused_variables, unused_imports, clippy::todo)]

use code_prior::plain::tempered;
use code_prior::sampling::Draws;
use vq_gan::plain::guide;

use crate::checks::Taught;

/// The codes of one map for `class`, as many as `u` has numbers, place by
/// place. Two copies of the prior go through the same codes, and one of them
/// has not heard the wish. At each place equation 10.9 is made of both, with
/// `scale` for γ, then tempered, above 0, and a code is drawn by the place's
/// own number in `u`, from 0 to 1: the first code that has more probability
/// than that, together with all codes before it. Logits may be as large as
/// 1,000.
pub fn draw_wish(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    todo!(
        "Exercise 10.9 (§ A prior that takes a wish): `prior.cache(1)` knows \
         nothing of one map, and `prior.next(&mut cache, &[last])` gives the \
         logits of its next place. How many caches does it take, and with \
         which start tokens do they begin? What do both hear next?"
    )
}
