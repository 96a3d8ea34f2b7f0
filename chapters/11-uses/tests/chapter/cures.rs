//! What hides a picture among others.

use gradients::plain::{Activation, Mlp, Parameters};
use lab::rng_at;
use uses::private::{clipped_mean, hide, length};

/// A gradient of a length.
fn gradient(seed: u64, of: f64) -> Mlp<f32> {
    let (relu, plain) = (Activation::Relu, Activation::Identity);
    let mut d = Mlp::new(&[3, 5, 2], relu, plain, &mut rng_at(seed, 0));
    let by = (of / length(&d)) as f32;
    d.parameters_mut().iter_mut().for_each(|p| *p *= by);
    d
}

fn numbers(d: &Mlp<f32>) -> Vec<f32> {
    let all = d.parameters();
    all.iter().flat_map(|p| p.iter().copied()).collect()
}

#[test]
fn what_is_short_is_averaged_as_it_is() {
    let all = [gradient(1, 0.5), gradient(2, 0.9)];
    let pairs = all.clone().into_iter().zip([1.0, 3.0]);
    let (loss, mean) = clipped_mean(pairs.map(|(d, l)| (l, d)), 1.0).unwrap();
    assert_eq!(loss, 2.0);
    let [a, b] = all.each_ref().map(numbers);
    for ((m, a), b) in numbers(&mean).iter().zip(a).zip(b) {
        assert!((m - 0.5 * (a + b)).abs() < 1e-6);
    }
    assert!(clipped_mean(Vec::<(f32, Mlp<f32>)>::new(), 1.0).is_none());
}

#[test]
fn what_is_long_keeps_its_direction() {
    let long = gradient(3, 40.0);
    let (_, d) = clipped_mean([(0.0, long.clone())], 2.0).unwrap();
    assert!((length(&d) - 2.0).abs() < 1e-4);
    for (d, long) in numbers(&d).iter().zip(numbers(&long)) {
        assert!((d - long / 20.0).abs() < 1e-5);
    }
}

#[test]
fn nobody_moves_the_sum_by_more() {
    let all: Vec<_> = (0..6).map(|n| gradient(n, 0.3 * n as f64)).collect();
    let sum = |left_out: Option<usize>| -> Vec<f32> {
        let some = (0..6).filter(|n| Some(*n) != left_out);
        let some: Vec<_> = some.map(|n| (0.0, all[n].clone())).collect();
        let count = some.len() as f32;
        let (_, mean) = clipped_mean(some, 0.7).unwrap();
        numbers(&mean).iter().map(|v| count * v).collect()
    };
    let whole = sum(None);
    for n in 0..6 {
        let apart = whole.iter().zip(sum(Some(n)));
        let squares = apart.map(|(a, b)| f64::from(a - b).powi(2));
        let moved = squares.sum::<f64>().sqrt();
        assert!((moved - f64::min(0.3 * n as f64, 0.7)).abs() < 1e-4);
    }
}

#[test]
fn noise_is_as_large_as_it_is_said_to_be() {
    let (relu, plain) = (Activation::Relu, Activation::Identity);
    let zero = || {
        let mut d = Mlp::new(&[50, 80, 9], relu, plain, &mut rng_at(1, 1));
        d.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
        d
    };
    let (mut one, mut other) = (zero(), zero());
    hide(&mut one, 0.25, &mut rng_at(7, 1));
    hide(&mut other, 0.25, &mut rng_at(7, 1));
    assert_eq!(one, other, "one seed, one noise");
    let numbers = numbers(&one);
    let square = numbers.iter().map(|v| v * v).sum::<f32>();
    let deviation = (square / numbers.len() as f32).sqrt();
    assert!((deviation - 0.25).abs() < 0.01, "{deviation}");
    hide(&mut one, 0.0, &mut rng_at(8, 1));
    assert_eq!(one, other, "no deviation, no noise");
}
