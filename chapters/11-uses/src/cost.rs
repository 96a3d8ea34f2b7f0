//! How what a system takes grows with its pictures, and what that foretells.

// ANCHOR: law
/// Eq. 11.14: what grows with the side `S` of a picture as `a · S^b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// At a side of 1.
    pub a: f64,
    /// 2 where it grows with the pixels.
    pub b: f64,
}

impl PowerLaw {
    /// The law nearest to pairs of a side and what it takes: the line
    /// through their logarithms with the least squared error.
    ///
    /// # Errors
    /// A number is not positive and finite, or all sides are one.
    pub fn fit(pairs: &[(f64, f64)]) -> Result<Self, CostError> {
        let positive = |v: &f64| *v > 0.0 && v.is_finite();
        for (side, takes) in pairs {
            if let Some(v) = [side, takes].into_iter().find(|v| !positive(v))
            {
                return Err(CostError::NotPositive(*v));
            }
        }
        let n = pairs.len().max(1) as f64;
        let logs = || pairs.iter().map(|(s, t)| (s.ln(), t.ln()));
        let x_mean = logs().map(|(x, _)| x).sum::<f64>() / n;
        let y_mean = logs().map(|(_, y)| y).sum::<f64>() / n;
        let square = |(x, _): (f64, f64)| (x - x_mean).powi(2);
        let cross = |(x, y)| (x - x_mean) * (y - y_mean);
        let spread = logs().map(square).sum::<f64>();
        if spread <= 1e-12 {
            return Err(CostError::OneSide(pairs.len()));
        }
        let b = logs().map(cross).sum::<f64>() / spread;
        Ok(Self { a: (y_mean - b * x_mean).exp(), b })
    }

    /// What a side takes.
    pub fn at(&self, side: f64) -> f64 {
        self.a * side.powf(self.b)
    }
}
// ANCHOR_END: law

// ANCHOR: even
/// A count that is `p + q S² + r S⁴`, from three sides: then it is known at
/// every other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Even {
    /// p, q, r.
    pub terms: [f64; 3],
}

impl Even {
    /// Through three pairs of a side and a count.
    ///
    /// # Errors
    /// Two sides are equal.
    pub fn through(pairs: [(f64, f64); 3]) -> Result<Self, CostError> {
        let [(x, f), (y, g), (z, h)] = pairs.map(|(s, n)| (s * s, n));
        if x == y || y == z || x == z {
            return Err(CostError::OneSide(pairs.len()));
        }
        let slope = (g - f) / (y - x);
        let next = (h - g) / (z - y);
        let r = (next - slope) / (z - x);
        let q = slope - r * (x + y);
        Ok(Self { terms: [f - q * x - r * x * x, q, r] })
    }

    /// The count at a side.
    pub fn at(&self, side: f64) -> f64 {
        let [p, q, r] = self.terms;
        let pixels = side * side;
        p + pixels * (q + pixels * r)
    }
}
// ANCHOR_END: even

/// Why no law fits.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CostError {
    /// It has no logarithm.
    #[error("expected a positive and finite number, found {0}")]
    NotPositive(f64),
    /// Nothing says how it grows.
    #[error("expected sides that differ, found {0} pairs without")]
    OneSide(usize),
}
