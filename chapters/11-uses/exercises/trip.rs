//! Exercise 11.7 (§ Style): one trip there and back.
#![allow(unused_variables, unused_imports, clippy::todo)]

use gradients::plain::last;
use ndarray::Array2;
use stability::net::Net;
use uses::cycle::Trip;
use vq_gan::plain::opinion;

/// Half of equation 11.9: pictures `x` of one artist, `[B, P]`, B and P at
/// least 1, are translated by `there`, and what came of them by `back`. A
/// generator says what is *added* to a picture. The discriminator `d` sees
/// what was made there.
///
/// Gives the two terms, the cycle's before λ, the pictures that were made
/// there, and the gradient of adversarial + λ · cycle at both generators. The
/// slope of |v| at 0 is 0; of that, beware: `0.0_f64.signum()` is 1.
pub fn trip(
    [there, back]: [&Net<f64>; 2],
    d: &Net<f64>,
    x: &Array2<f64>,
    lambda: f64,
) -> Trip<f64> {
    todo!(
        "Exercise 11.7 (§ Style): forward, there and home, with what each \
         generator adds. Then back from home: in how many ways did what was \
         made there get home, and who else looked at it? `opinion` gives the \
         discriminator's loss and its gradient at the pictures it saw"
    )
}
