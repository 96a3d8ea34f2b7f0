//! What is written to be read, and what is written to be fast, give the same numbers.

use approx::assert_abs_diff_eq;
use gradients::plain::{
    AdamConfig, adam_step, adam_step_fast, product, product_as_defined,
};
use ndarray::{Array, Array2, ArrayD, Axis, IxDyn};
use proptest::prelude::*;

fn numbers(shape: (usize, usize), seed: usize) -> Array2<f64> {
    Array::from_shape_fn(shape, |(i, j)| {
        ((7 * i + 13 * j + seed) as f64).sin()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_product_is_what_it_is_defined_to_be(
        m in 0_usize..200, n in 0_usize..60, o in 0_usize..200,
    ) {
        let (a, b) = (numbers((m, n), 1), numbers((o, n), 2));
        let fast = product(a.view(), b.t());
        let defined = product_as_defined(a.view(), b.t());
        assert_abs_diff_eq!(fast, defined, epsilon = 1e-12);
    }

    /// To the bit, in one piece and not, for more numbers than a thread takes at a time.
    #[test]
    fn a_fast_step_of_adam_is_the_step(
        rows in 0_usize..300, columns in 1_usize..300, turned: bool, t in 1_u64..9,
    ) {
        let of = |seed| -> ArrayD<f64> { numbers((rows, columns), seed).into_dyn() };
        let (mut theta, mut g, mut m, mut v) = (of(1), of(2), of(3), of(4).mapv(f64::abs));
        let axes = if turned { [1, 0] } else { [0, 1] };
        for array in [&mut theta, &mut g, &mut m, &mut v] {
            *array = array.clone().permuted_axes(IxDyn(&axes));
        }
        if turned {
            m = m.as_standard_layout().into_owned(); // one of them lies otherwise
        }
        let config = AdamConfig::default();
        let (mut expected, mut m_2, mut v_2) = (theta.clone(), m.clone(), v.clone());
        adam_step(&mut expected.view_mut(), &g.view(), &mut m_2, &mut v_2, t, config);
        adam_step_fast(&mut theta.view_mut(), &g.view(), &mut m, &mut v, t, config);
        prop_assert_eq!(theta.len_of(Axis(0)), expected.len_of(Axis(0)));
        prop_assert_eq!((theta, m, v), (expected, m_2, v_2));
    }
}
