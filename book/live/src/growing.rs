//! Maps of codes that chapter 9's loop draws one code at a time, so that a page can show how they grow.

use std::cell::RefCell;

use code_prior::model::{PriorError, Sizes};
use code_prior::sampling::{Draws, How, complete};
use ndarray::{Array2, NdFloat};

/// Maps of which the first places are drawn, and what a prior has kept of them.
pub(crate) struct Growing<C> {
    given: Array2<usize>, // [N, G]
    /// Those given, and those drawn. `[N, t]`
    pub(crate) codes: Array2<usize>,
    kept: C,
    /// Places that are kept.
    known: usize,
}

impl<C> Growing<C> {
    /// What is given of some maps.
    pub(crate) fn new<P>(prior: &P, given: Array2<usize>) -> Self
    where
        P: Draws<Cache = C>,
    {
        let (codes, kept) = (given.clone(), prior.cache(given.nrows()));
        Self { given, codes, kept, known: 0 }
    }

    /// How many places are given.
    pub(crate) fn given(&self) -> usize {
        self.given.ncols()
    }

    /// Draws the next code of each map, if one is left. In the end they are what `complete` draws in one go.
    ///
    /// # Errors
    /// The prior cannot draw so.
    pub(crate) fn step<P>(
        &mut self,
        prior: &P,
        how: How,
        seed: u64,
    ) -> Result<(), PriorError>
    where
        P: Draws<Cache = C>,
    {
        let Self { given, codes, kept, known } = self;
        if codes.ncols() < prior.sizes().places {
            let cache = RefCell::new((kept, known));
            let one_more = OneMore { prior, codes, cache };
            *codes = complete(&one_more, given, how, seed)?;
        }
        Ok(())
    }
}

/// A prior over maps with one place more than are known. It is sure of what has been drawn, so that the loop draws that again,
/// from the same random numbers, and then the next code from the next one.
struct OneMore<'a, P: Draws> {
    prior: &'a P,
    codes: &'a Array2<usize>, // [N, t]
    cache: RefCell<(&'a mut P::Cache, &'a mut usize)>,
}

impl<P: Draws> Draws for OneMore<'_, P> {
    type Number = P::Number;
    /// The place whose turn it is.
    type Cache = usize;

    fn sizes(&self) -> Sizes {
        let places = self.codes.ncols() + 1;
        Sizes { places, ..self.prior.sizes() }
    }

    fn cache(&self, _n: usize) -> usize {
        0
    }

    fn next(&self, turn: &mut usize, last: &[usize]) -> Array2<P::Number> {
        let place = *turn;
        *turn += 1;
        let (kept, known) = &mut *self.cache.borrow_mut();
        let is_new = place == **known;
        let logits = is_new.then(|| {
            **known += 1;
            self.prior.next(kept, last) // [N, K]
        });
        match logits {
            Some(logits) if place == self.codes.ncols() => logits,
            _ => sure(self.codes, place, self.prior.sizes().codes),
        }
    }
}

/// Logits that leave no other code than the one that is known. `[N, K]`
fn sure<F: NdFloat>(
    codes: &Array2<usize>,
    place: usize,
    k: usize,
) -> Array2<F> {
    Array2::from_shape_fn((codes.nrows(), k), |(n, k)| {
        match codes[[n, place]] == k {
            true => F::zero(),
            false => F::neg_infinity(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use code_prior::model::Prior;
    use lab::rng_at;
    use vq_gan::wish::Guided;

    const SIZES: Sizes = Sizes {
        codes: 12,
        places: 9,
        width: 8,
        heads: 2,
        blocks: 2,
        classes: 3,
    };

    fn grown<P: Draws>(
        prior: &P,
        given: &Array2<usize>,
        how: How,
    ) -> Array2<usize> {
        let mut maps = Growing::new(prior, given.clone());
        for _ in 0..SIZES.places + 1 {
            maps.step(prior, how, 5).unwrap();
        }
        maps.codes
    }

    #[test]
    fn code_by_code_is_as_in_one_go() {
        let prior = Prior::<f32>::new(SIZES, &mut rng_at(1, 0)).unwrap();
        let guided = Guided { prior: &prior, scale: 1.5 };
        for (given, temperature) in [(0, 1.0), (4, 0.7), (9, 1.0), (0, 0.0)] {
            let how = How { class: Some(2), ..How::from(temperature) };
            let given = Array2::from_shape_fn((3, given), |(n, i)| n + i);
            let all = complete(&prior, &given, how, 5).unwrap();
            assert_eq!(grown(&prior, &given, how), all);
            let all = complete(&guided, &given, how, 5).unwrap();
            assert_eq!(grown(&guided, &given, how), all);
        }
    }
}
