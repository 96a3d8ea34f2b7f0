use stability::plain::{Game, alternating, average, simultaneous};

type Both = [[f64; 2]; 2];

pub fn both_at_once(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let (mut w, mut mean) = (start, start);
    for _ in 0..steps {
        w = simultaneous(game, w, eta);
        mean = average(mean, w, decay);
    }
    [w, mean]
}

pub fn the_average_plays(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let mut mean = start;
    let mut w = start;
    for _ in 0..steps {
        w = alternating(game, mean, eta);
        mean = average(mean, w, decay);
    }
    [w, mean]
}

pub fn averaged_before_the_step(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let (mut w, mut mean) = (start, start);
    for _ in 0..steps {
        mean = average(mean, w, decay);
        w = alternating(game, w, eta);
    }
    [w, mean]
}

pub fn the_average_begins_at_nothing(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let (mut w, mut mean) = (start, [0.0; 2]);
    for _ in 0..steps {
        w = alternating(game, w, eta);
        mean = average(mean, w, decay);
    }
    [w, mean]
}

pub fn keeps_what_it_should_forget(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let (mut w, mut mean) = (start, start);
    for _ in 0..steps {
        w = alternating(game, w, eta);
        mean = average(mean, w, 1.0 - decay);
    }
    [w, mean]
}

pub fn averaged_once_at_the_end(
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
) -> Both {
    let mut w = start;
    for _ in 0..steps {
        w = alternating(game, w, eta);
    }
    [w, average(start, w, decay)]
}
