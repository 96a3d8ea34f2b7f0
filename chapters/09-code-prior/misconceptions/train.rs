use code_prior::model::Prior;
use code_prior::plain::{BITS, embed, embed_backward, flat, shift_right};
use code_prior::training::Config;
use gradients::plain::{
    Adam, AdamConfig, cross_entropy, cross_entropy_backward,
};
use ndarray::{Array2, s};

pub fn no_shift(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = codes.clone();
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn to_the_left(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let k = prior.codes();
        let seen = Array2::from_shape_fn(codes.dim(), |(b, i)| {
            if i + 1 < codes.ncols() { codes[[b, i + 1]] } else { k }
        });
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn code_0_as_the_start(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, 0);
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn embeddings_stand(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        assert_eq!(sizes.1, codes.ncols() * d_x.nrows() / codes.len());
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn table_stands(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        d.positions = embed_backward(&d_x, &seen, sizes).1;
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn positions_stand(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        d.table = embed_backward(&d_x, &seen, sizes).0;
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn rows_of_targets(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, codes, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn in_nats(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn of_a_code(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn of_a_batch(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * codes.len() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn uphill(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = -cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn sum_for_mean(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets)
            * targets.len() as f64;
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn counted_from_one(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64 + 1);
        adam.step(prior, &d);
    }
    bits
}

pub fn step_stays(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = if n < batches.len() { config.adam.lr } else { 0.0 };
        adam.step(prior, &d);
    }
    bits
}

pub fn adam_anew(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let mut adam = Adam::new(prior, config.adam);
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn bits_behind_the_step(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        assert!(!loss.is_nan());
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
        let x = embed(&prior.table, &prior.positions, &seen);
        let loss = cross_entropy(&prior.forward_rows(x).logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
    }
    bits
}

pub fn first_batch_again(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let codes = if n > 0 { &batches[0] } else { codes };
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn constants_forgotten(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, AdamConfig::default());
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn copies_are_trained(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let prior = &mut prior.clone();
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn last_place_alone(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        let last = |x: &Array2<f64>| {
            let t = codes.ncols();
            x.slice(s![t - 1..; t, ..]).to_owned()
        };
        let t = codes.ncols();
        let ends: Vec<usize> =
            targets.iter().skip(t - 1).step_by(t).copied().collect();
        let loss_there = cross_entropy(&last(&pass.logits), &ends);
        bits.push((loss_there + 0.0 * loss) * BITS * t as f64);
        let d_logits = {
            let d = cross_entropy_backward(&last(&pass.logits), &ends);
            let mut all = Array2::zeros(pass.logits.dim());
            all.slice_mut(s![t - 1..; t, ..]).assign(&d);
            all
        };
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn half_of_it(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        bits.push(loss * BITS * prior.places() as f64 / 2.0);
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}

pub fn no_bits(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes());
        let x = embed(&prior.table, &prior.positions, &seen);
        let pass = prior.forward_rows(x);
        let targets = flat(codes);
        let loss = cross_entropy(&pass.logits, &targets);
        assert!(!loss.is_nan());
        let d_logits = cross_entropy_backward(&pass.logits, &targets);
        let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
        let sizes = (prior.table.nrows(), prior.places());
        (d.table, d.positions) = embed_backward(&d_x, &seen, sizes);
        adam.config.lr = config.lr(n as u64);
        adam.step(prior, &d);
    }
    bits
}
