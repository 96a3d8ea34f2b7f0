//! The ledger: for each function, how far its hand gradient is from what it is compared with.

use ndarray::{ArrayBase, Data, Dimension};

/// What a hand gradient is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The central finite difference in f64.
    FiniteDifference,
    /// dfdx's autodiff in f64 on the CPU.
    DfdxCpu,
    /// dfdx's autodiff in f64 on CUDA.
    DfdxCuda,
    /// Reference values made with PyTorch in f64.
    Reference,
}

impl Against {
    /// The name of the ledger's column.
    pub fn column(self) -> &'static str {
        match self {
            Against::FiniteDifference => "finite_difference",
            Against::DfdxCpu => "dfdx_cpu",
            Against::DfdxCuda => "dfdx_cuda",
            Against::Reference => "reference",
        }
    }

    /// The largest relative error that passes. A central difference in f64 keeps about ten digits; f64 against f64
    /// differs by the order of summation, and on a GPU by its library's own exponentials.
    pub fn limit(self) -> f64 {
        match self {
            Against::FiniteDifference => 1e-6,
            Against::DfdxCpu | Against::Reference => 1e-10,
            Against::DfdxCuda => 1e-4,
        }
    }
}

/// One entry of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The function.
    pub function: &'static str,
    /// What it was compared with.
    pub against: Against,
    /// The largest relative error over all outputs and gradients.
    pub error: f64,
}

impl Row {
    /// The name of this entry among the results.
    pub fn name(&self) -> String {
        format!("ledger/{}/{}", self.function, self.against.column())
    }

    /// Whether the error is small enough.
    pub fn passes(&self) -> bool {
        self.error <= self.against.limit()
    }
}

/// The three rows of a function, from its errors against the finite difference, dfdx on the device of the column
/// `dfdx`, and the reference.
pub fn three_rows(
    function: &'static str,
    dfdx: Against,
    errors: [f64; 3],
) -> [Row; 3] {
    let against = [Against::FiniteDifference, dfdx, Against::Reference];
    [0, 1, 2].map(|n| Row { function, against: against[n], error: errors[n] })
}

/// The experiment that fills a chapter's ledger: its `rows` on the CPU, and on CUDA when that is the lab's device.
#[macro_export]
macro_rules! fill_ledger {
    ($lab:expr, $rows:path) => {{
        let cpu = ::dfdx::tensor::Cpu::default();
        $lab.ledger(&$rows(&cpu, $crate::Against::DfdxCpu)?)?;
        if $lab.device() != $crate::Device::Cpu {
            let cuda = $crate::Against::DfdxCuda;
            let rows: ::anyhow::Result<Vec<$crate::Row>> =
                $crate::on_device!($lab.device(), |dev| $rows(&dev, cuda));
            let mut rows = rows?;
            rows.retain(|row| row.against == cuda);
            $lab.ledger(&rows)?;
        }
        Ok(())
    }};
}

/// The largest `|a - b|` over the largest `|b|`: one scale for the whole array, so that an entry that happens to be
/// near zero is not blamed for the rounding of its neighbours. NaN when any element is.
///
/// # Panics
/// The shapes differ.
pub fn max_rel_err<A, B, D>(a: &ArrayBase<A, D>, b: &ArrayBase<B, D>) -> f64
where
    A: Data<Elem = f64>,
    B: Data<Elem = f64>,
    D: Dimension,
{
    assert_eq!(a.shape(), b.shape(), "arrays to compare must have one shape");
    let scale = b.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let nan_aware = |m: f64, d: f64| {
        if d.is_nan() || m.is_nan() { f64::NAN } else { m.max(d) }
    };
    let distance =
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, nan_aware);
    if distance == 0.0 {
        0.0
    } else {
        distance / scale.max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn relative_error_has_one_scale_and_keeps_nan() {
        assert_eq!(max_rel_err(&array![1.0, 2.0], &array![1.0, 2.0]), 0.0);
        assert_eq!(max_rel_err(&array![1.5, 2.0], &array![1.0, 2.0]), 0.25);
        assert!(max_rel_err(&array![1.0], &array![0.0]) > 1e300);
        assert!(
            max_rel_err(&array![f64::NAN, 1.0], &array![1.0, 1.0]).is_nan()
        );
        assert!(
            max_rel_err(&array![1.0, 1.0], &array![1.0, f64::NAN]).is_nan()
        );
    }
}
