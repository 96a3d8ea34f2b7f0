//! What arrays hold, in a few digits.

use md5::{Digest, Md5};
use ndarray::Array2;

/// Digest of numbers and how they are laid out, as 16 hexadecimal digits.
pub fn digest<'a>(
    arrays: impl IntoIterator<Item = &'a Array2<f32>>,
) -> String {
    let mut hash = Md5::new();
    for array in arrays {
        hash.update(format!("{:?}", array.dim()));
        array.iter().for_each(|v| hash.update(v.to_le_bytes()));
    }
    hash.finalize()[..8].iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn a_digest_knows_numbers_and_how_they_are_laid_out() {
        let a = ndarray::array![[1.0_f32, 2.0], [3.0, 4.0]];
        let first = digest([&a]);
        assert_eq!(digest([&a.clone()]), first);
        let others =
            [a.t().to_owned(), -&a, a.to_shape((1, 4)).unwrap().to_owned()];
        for other in &others {
            assert_ne!(digest([other]), first);
        }
    }
}
