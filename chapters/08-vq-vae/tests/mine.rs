//! The solved exercises train the VQ-VAE as the book's functions do: `cargo test -p vq-vae --features solved --test mine`.

use datasets::{Batches, Digits, PixelRange, Split, bundled};
use gradients::plain::Parameters;
use lab::mine::{asked, hold_to_the_book};
use vq_vae::training::{Config, Sizes, Trained, Training};

/// The network after some steps, and its error over variance before each.
fn trained(books: bool) -> (vq_vae::model::VqVae<f32>, Vec<f32>) {
    hold_to_the_book(books);
    let train = Digits::load_28x28(bundled(), Split::Train).unwrap();
    let mut batches = Batches::new(train.len(), 32, 3).unwrap();
    let data = |n| train.pixels(&batches.batch(n), PixelRange::Unit);
    let sizes = Sizes { codes: 16, channels: 12, ..Sizes::default() };
    let config = Config { sizes, batch: 32, ..Config::default() };
    let mut training = Training::new(config, data, 3).unwrap();
    for _ in 0..12 {
        training.train_once().unwrap();
    }
    (training.model(), training.losses())
}

#[test]
fn solved_exercises_take_the_same_steps() {
    let (book, losses) = trained(true);
    assert!(asked().is_empty(), "the book asks nobody");
    let (mine, my_losses) = trained(false);
    for (a, b) in losses.iter().zip(&my_losses) {
        assert!((a - b).abs() < 1e-3, "{losses:?}\n{my_losses:?}");
    }
    let halves =
        [(&book.encoder, &mine.encoder), (&book.decoder, &mine.decoder)];
    for (book, mine) in halves {
        let pairs = book.parameters().into_iter().zip(mine.parameters());
        for (book, mine) in pairs {
            let apart = (&book - &mine).mapv(f32::abs);
            let most = apart.fold(0.0, |a: f32, v| a.max(*v));
            assert!(most < 2e-2, "{most} apart after 12 steps");
        }
    }
    let expected = [
        "0.1 linear_backward",
        "0.5 adam_step",
        "5.1 nearest",
        "5.5 cluster_means",
        "7.3 encoder_gradient",
        "7.5 ema_update",
        "8.1 im2col",
        "8.2 col2im",
        "8.3 residual_backward",
        "8.7 cheapest",
    ];
    let asked = asked();
    for name in expected {
        assert_eq!(asked.get(name), Some(&true), "{name}: {asked:?}");
    }
}
