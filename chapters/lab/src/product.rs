//! The one place where a matrix product is computed.

use gemm::Parallelism;
use ndarray::{ArrayView2, ArrayViewMut2, NdFloat};

/// `c ← beta c + alpha a b`, of `a`, `[M, N]`, `b`, `[N, O]`, and `c`, `[M, O]`, on the thread that calls it. With a `beta`
/// of 0 what was in `c` does not matter. Does what ndarray's `general_mat_mul` does, by the crate `gemm`, which rearranges
/// less of its operands beforehand and so is faster where they are small.
///
/// # Panics
/// The shapes do not fit.
#[allow(unsafe_code)]
pub fn mat_mul<F: NdFloat>(
    alpha: F,
    a: &ArrayView2<F>,
    b: &ArrayView2<F>,
    beta: F,
    c: &mut ArrayViewMut2<F>,
) {
    let ((m, n), (rows, o)) = (a.dim(), b.dim());
    assert!(
        rows == n && c.dim() == (m, o),
        "[{m}, {n}] times [{rows}, {o}] into {:?}",
        c.shape()
    );
    let strides = |s: &[isize]| (s[1], s[0]);
    let (a_columns, a_rows) = strides(a.strides());
    let (b_columns, b_rows) = strides(b.strides());
    let (c_columns, c_rows) = strides(c.strides());
    // An operand that lies in order is read where it is, however often.
    gemm::set_lhs_packing_threshold_single_thread(usize::MAX);
    // SAFETY: a view's pointer, shape and strides describe elements that may be read through it, those of a mutable one
    // elements that nobody else sees and that do not overlap; the shapes fit, as asserted above.
    unsafe {
        gemm::gemm(
            m,
            o,
            n,
            c.as_mut_ptr(),
            c_columns,
            c_rows,
            !beta.is_zero(),
            a.as_ptr(),
            a_columns,
            a_rows,
            b.as_ptr(),
            b_columns,
            b_rows,
            beta,
            alpha,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;
    use ndarray::linalg::general_mat_mul;
    use ndarray::{Array2, s};
    use proptest::prelude::*;

    use super::mat_mul;

    fn numbers(shape: (usize, usize), seed: usize) -> Array2<f64> {
        Array2::from_shape_fn(shape, |(i, j)| {
            ((7 * i + 13 * j + seed) as f64).sin()
        })
    }

    proptest! {
        /// Transposed, reversed, with gaps between the rows, and empty.
        #[test]
        fn agrees_with_ndarray(
            m in 0_usize..40, n in 0_usize..40, o in 0_usize..40, layout in 0..16, beta in -1..2,
        ) {
            let (a, b) = (numbers((2 * m, n + 3), 1), numbers((o, n), 2));
            let mut a = a.slice(s![..;2, 2..n + 2]);
            let mut b = b.view().reversed_axes();
            if layout & 1 == 1 { a.invert_axis(ndarray::Axis(0)) }
            if layout & 2 == 2 { b.invert_axis(ndarray::Axis(1)) }
            let mut c = numbers((o, m + 2), 3);
            let mut expected = c.clone();
            let at = s![.., 1..m + 1];
            let turned = |c| -> ndarray::ArrayViewMut2<'_, f64> { c };
            let mut into = turned(c.slice_mut(at)).reversed_axes();
            let mut wanted = turned(expected.slice_mut(at)).reversed_axes();
            let (alpha, beta) = (1.5, f64::from(beta) / 2.0);
            mat_mul(alpha, &a, &b, beta, &mut into);
            general_mat_mul(alpha, &a, &b, beta, &mut wanted);
            assert_abs_diff_eq!(c, expected, epsilon = 1e-12);
        }
    }

    #[test]
    fn what_is_not_kept_may_be_anything() {
        let a = numbers((5, 4), 0);
        let mut c = Array2::from_elem((5, 5), f64::NAN);
        mat_mul(1.0, &a.view(), &a.t(), 0.0, &mut c.view_mut());
        assert_abs_diff_eq!(c, a.dot(&a.t()), epsilon = 1e-12);
    }

    #[test]
    #[should_panic(expected = "[2, 3] times [4, 5] into [2, 5]")]
    fn shapes_have_to_fit() {
        let (a, b) = (numbers((2, 3), 0), numbers((4, 5), 0));
        let mut c = numbers((2, 5), 0);
        mat_mul(1.0, &a.view(), &b.view(), 0.0, &mut c.view_mut());
    }
}
