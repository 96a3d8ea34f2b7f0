use stability::plain::{Game, alternating, average};

pub fn train(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> [[f64; 2]; 2] {
    let (mut w, mut mean) = (start, start);
    for _ in 0..steps {
        w = alternating(game, w, eta);
        mean = average(mean, w, decay);
    }
    [w, mean]
}
