use code_prior::model::Prior;
use code_prior::plain::{BITS, embed, embed_backward, flat, shift_right};
use code_prior::training::Config;
use gradients::plain::{Adam, cross_entropy, cross_entropy_backward};
use ndarray::Array2;

pub fn train(
    prior: &mut Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
) -> Vec<f64> {
    let mut adam = Adam::new(prior, config.adam);
    let mut bits = Vec::new();
    for (n, codes) in batches.iter().enumerate() {
        let seen = shift_right(codes, prior.codes()); // [B, T]
        let x = embed(&prior.table, &prior.positions, &seen); // [B·T, W]
        let pass = prior.forward_rows(x);
        let targets = flat(codes); // [B·T]
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
