//! Damages in colour, and their filter without a matrix.

use lab::rng_at;
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::colour::{Coloured, Gaussian, by_channel};
use uses::damages::{KINDS, Kind};
use uses::plain::{Leaves, energy};
use uses::restore::codes;
use vq_gan::wish::Artist;

pub fn normal(shape: (usize, usize), seed: u64) -> Array2<f32> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(seed, 0))
}

pub fn far(a: &Array2<f32>, b: &Array2<f32>) -> f32 {
    (a - b).fold(0.0, |most, v| v.abs().max(most))
}

#[test]
fn every_channel_is_damaged_alike() {
    for (name, kind) in KINDS {
        let each = kind.damage(8, &mut rng_at(1, 0));
        let damage = Coloured { each: each.clone(), channels: 3 };
        let x = normal((2, 192), 3);
        let y = damage.of(&x);
        for c in 0..3 {
            let of = |x: &Array2<f32>| x.slice(s![.., c..;3]).to_owned();
            assert!(far(&of(&y), &each.of(&of(&x))) < 1e-5, "{name}");
        }
        let v = normal((2, 192), 4);
        let [a, b] = [(&y * &v).sum(), (&x * &damage.back(&v)).sum()];
        assert!((a - b).abs() < 1e-3, "{name}: ⟨Ax, v⟩ = ⟨x, Aᵀv⟩");
        let left = damage.leave(&x, &mut rng_at(2, 0));
        for (n, seen) in damage.seen().iter().enumerate() {
            let blank = left.column(n).iter().all(|v| *v == 0.0);
            assert_eq!(blank, !seen, "{name}, number {n}");
        }
    }
}

#[test]
fn a_channel_alone_is_a_part_of_all() {
    let x = normal((50, 12), 7);
    let all = Gaussian::of(&x);
    by_channel(&x, 3, |c, one| {
        let part = all.of_channel(c, 3);
        let own = Gaussian::of(one);
        assert!(far(&part.covariance, &own.covariance) < 1e-5);
        let ridge = part.with_ridge(0.5).covariance - &part.covariance;
        assert!(far(&ridge, &(Array2::eye(4) * 0.5)) < 1e-6);
        one.clone()
    });
}

#[test]
fn a_sweep_over_codes_of_emoji_fits_no_worse() {
    let artist = Artist::load(&vq_gan::CHAPTER.model("artist")).unwrap();
    let each = Kind::Blur.damage(32, &mut rng_at(1, 1));
    let damage = Coloured { each, channels: 3 };
    let start = Array2::from_shape_fn((1, 64), |(_, t)| (7 * t) % 256);
    let of = (&artist.network, &artist.prior);
    let y = damage.of(&Array2::from_elem((1, 3072), 0.8));
    let found = codes(of, &damage, &y, start.clone(), (1, 1)).unwrap();
    let [before, after] =
        [&start, &found].map(|c| energy(of, &damage, &y, c));
    assert!(after.unwrap()[0] < before.unwrap()[0]);
    let beyond = Array2::from_elem((1, 64), 256);
    assert!(energy(of, &damage, &y, &beyond).is_err());
}
