//! The one place where a matrix product is computed.

use std::mem::MaybeUninit;

use gemm::Parallelism;
use ndarray::{
    Array2, ArrayView2, ArrayViewMut2, Axis, CowArray, Ix2, NdFloat,
};
use rayon::prelude::*;

// ANCHOR: product
/// The matrix product of `a`, `[M, N]`, and `b`, `[N, O]`. `[M, O]`
///
/// The kernel reads `b` by rows. Where it lies in columns, as a transposed
/// matrix does, it is copied into order; or, if these are fewer numbers, `a`
/// and the result are, as `a b` is also the transpose of `bᵀ aᵀ`.
///
/// # Panics
/// The shapes do not fit.
pub fn product<F: NdFloat>(a: ArrayView2<F>, b: ArrayView2<F>) -> Array2<F> {
    let ((m, n), o) = (a.dim(), b.ncols());
    if !in_columns(&b) || n * o <= m * (n + o) {
        return in_parts(a, in_rows(b).view()); // [M, O]
    }
    let c = in_parts(b.reversed_axes(), in_rows(a.reversed_axes()).view());
    in_rows(c.t()).into_owned() // [M, O]
}

/// Multiplications from which a second thread is worth waking.
const WORTH_TWO: usize = 1 << 21;

/// A large product is cut along its longer side, and the parts are shared out
/// between all threads. Into how many its size decides, not the number of
/// threads, so the result is the same with any.
#[allow(unsafe_code)]
fn in_parts<F: NdFloat>(a: ArrayView2<F>, b: ArrayView2<F>) -> Array2<F> {
    let (m, o) = (a.nrows(), b.ncols());
    let mut c = Array2::uninit((m, o)); // [M, O], not zeroed first
    let size = part(m.max(o), m * o * a.ncols());
    if size >= m.max(o) {
        write(&a, &b, c.view_mut());
    } else if m >= o {
        let parts = c.axis_chunks_iter_mut(Axis(0), size).into_par_iter();
        let parts = parts.zip(a.axis_chunks_iter(Axis(0), size));
        parts.for_each(|(c, a)| write(&a, &b, c));
    } else {
        let parts = c.axis_chunks_iter_mut(Axis(1), size).into_par_iter();
        let parts = parts.zip(b.axis_chunks_iter(Axis(1), size));
        parts.for_each(|(c, b)| write(&a, &b, c));
    }
    // SAFETY: `write` writes every element, and all of them are in a part.
    unsafe { c.assume_init() }
}

/// How much of a side goes into a part: all of it, or a half, or less where
/// that leaves each part four million multiplications and 64 of the side.
/// There are 2, 4, 8 or 16 parts, which 2 or 4 threads share evenly.
fn part(side: usize, work: usize) -> usize {
    match work < WORTH_TWO {
        true => side,
        false => {
            let parts = (work / (2 * WORTH_TWO)).min(side / 64);
            side.div_ceil(1 << parts.clamp(2, 16).ilog2())
        }
    }
}
// ANCHOR_END: product

fn in_columns<F: NdFloat>(x: &ArrayView2<F>) -> bool {
    !x.is_standard_layout() && x.t().is_standard_layout()
}

/// The same matrix, copied if it lies in columns.
fn in_rows<F: NdFloat>(x: ArrayView2<'_, F>) -> CowArray<'_, F, Ix2> {
    if in_columns(&x)
        && let Some(columns) = x.t().to_slice()
    {
        let mut rows = vec![F::zero(); x.len()];
        transpose::transpose(columns, &mut rows, x.nrows(), x.ncols());
        if let Ok(rows) = Array2::from_shape_vec(x.dim(), rows) {
            return rows.into();
        }
    }
    x.into()
}

/// `c = a b`, every element of it.
#[allow(unsafe_code)]
fn write<F: NdFloat>(
    a: &ArrayView2<F>,
    b: &ArrayView2<F>,
    mut c: ArrayViewMut2<MaybeUninit<F>>,
) {
    assert_fit(a, b, c.dim());
    let strides = [c.strides()[0], c.strides()[1]];
    // SAFETY: the shapes fit, and with a beta of 0 nothing is read from `c`.
    unsafe {
        kernel(F::one(), a, b, F::zero(), c.as_mut_ptr().cast(), strides);
    }
}

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
    assert_fit(a, b, c.dim());
    let strides = [c.strides()[0], c.strides()[1]];
    // SAFETY: the shapes fit; every element of a mutable view may be read and written, and nobody else sees it.
    unsafe { kernel(alpha, a, b, beta, c.as_mut_ptr(), strides) }
}

fn assert_fit<F>(a: &ArrayView2<F>, b: &ArrayView2<F>, c: (usize, usize)) {
    let ((m, n), (rows, o)) = (a.dim(), b.dim());
    assert!(
        rows == n && c == (m, o),
        "[{m}, {n}] times [{rows}, {o}] into [{}, {}]",
        c.0,
        c.1
    );
}

/// # Safety
/// The shapes fit, with `c` and its strides as of a view of `[M, O]` whose elements do not overlap and may be written, and
/// read if `beta` is not 0.
#[allow(unsafe_code)]
unsafe fn kernel<F: NdFloat>(
    alpha: F,
    a: &ArrayView2<F>,
    b: &ArrayView2<F>,
    beta: F,
    c: *mut F,
    c_strides: [isize; 2],
) {
    let ((m, n), o) = (a.dim(), b.ncols());
    let strides = |s: &[isize]| (s[1], s[0]);
    let (a_columns, a_rows) = strides(a.strides());
    let (b_columns, b_rows) = strides(b.strides());
    let (c_columns, c_rows) = strides(&c_strides);
    // An operand that lies in order is read where it is, however often.
    gemm::set_lhs_packing_threshold_single_thread(usize::MAX);
    gemm::set_rhs_packing_threshold(usize::MAX);
    // SAFETY: a view's pointer, shape and strides describe elements that may be read through it; for `c` the caller says so.
    unsafe {
        gemm::gemm(
            m,
            o,
            n,
            c,
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

    use super::{mat_mul, product};

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

    fn side() -> impl Strategy<Value = usize> {
        prop_oneof![0_usize..40, 128_usize..160] // small ones are not cut
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Cut or not, whichever of the factors lies in columns, whichever side is turned.
        #[test]
        fn a_product_agrees_with_ndarray(
            m in side(), n in side(), o in side(), a_turned: bool, b_turned: bool,
        ) {
            let (a, b) = (numbers((m, n), 1), numbers((n, o), 2));
            let in_columns = |x: &Array2<f64>| x.t().as_standard_layout().into_owned().reversed_axes();
            let expected = a.dot(&b);
            let a = if a_turned { in_columns(&a) } else { a };
            let b = if b_turned { in_columns(&b) } else { b };
            assert_abs_diff_eq!(product(a.view(), b.view()), expected, epsilon = 1e-12);
        }
    }

    #[test]
    fn two_threads_share_the_parts_evenly() {
        let parts =
            |side: usize, work| side.div_ceil(super::part(side, work));
        let million = 1 << 20;
        let found = [(96, 1), (96, 3), (784, 12), (784, 27), (100, 999)]
            .map(|(side, millions)| parts(side, millions * million));
        assert_eq!(found, [1, 2, 2, 4, 2]);
        assert_eq!(parts(784, 999 * million), 8);
        assert_eq!(parts(6272, 9999 * million), 16);
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let shapes = [(64, 784, 512), (1152, 300, 128), (130, 129, 1025)];
        for (m, n, o) in shapes {
            let (a, b) = (numbers((m, n), 1), numbers((n, o), 2));
            let with = |threads| {
                let pool = rayon::ThreadPoolBuilder::new();
                let pool = pool.num_threads(threads).build().unwrap();
                pool.install(|| product(a.view(), b.view()))
            };
            let one = with(1);
            assert!(super::part(m.max(o), m * n * o) < m.max(o), "it is cut");
            for threads in [2, 3, 8] {
                assert_eq!(with(threads), one, "{threads} threads");
            }
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
