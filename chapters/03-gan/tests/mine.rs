//! The solved exercises train the digits' pair as the book's functions do: `cargo test -p gan --features solved --test mine`.

use datasets::{Digits, Split, bundled};
use gan::digits::{players, recipe};
use gradients::plain::{Mlp, Parameters};
use lab::mine::{asked, hold_to_the_book};

/// The pair after some steps, and its last losses.
fn trained(books: bool) -> (Mlp<f32>, Mlp<f32>, (f32, f32)) {
    hold_to_the_book(books);
    let train = Digits::load_28x28(bundled(), Split::Train).unwrap();
    let mut pair = players(recipe(1000), 3, &train, (32, 32)).unwrap();
    let mut losses = (f32::NAN, f32::NAN);
    for _ in 0..20 {
        losses = pair.train_once().unwrap();
    }
    (pair.g.net, pair.d.net, losses)
}

#[test]
fn solved_exercises_take_the_same_steps() {
    let (g, d, losses) = trained(true);
    assert!(asked().is_empty(), "the book asks nobody");
    let (my_g, my_d, my_losses) = trained(false);
    for (book, mine) in [(&g, &my_g), (&d, &my_d)] {
        for (book, mine) in
            book.parameters().into_iter().zip(mine.parameters())
        {
            let apart = (&book - &mine).mapv(f32::abs);
            let most = apart.fold(0.0, |a: f32, v| a.max(*v));
            assert!(most < 1e-3, "{most} apart after 20 steps");
        }
    }
    let near = |a: f32, b: f32| (a - b).abs() < 1e-3;
    assert!(near(losses.0, my_losses.0) && near(losses.1, my_losses.1));
    let expected = [
        "0.1 linear_backward",
        "0.2 bce_with_logits",
        "0.3 bce_backward",
        "0.5 adam_step",
        "1.1 d_loss",
        "1.2 g_loss_backward",
    ];
    let asked = asked();
    for name in expected {
        assert_eq!(asked.get(name), Some(&true), "{name}: {asked:?}");
    }
}
