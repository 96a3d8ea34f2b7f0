use gradients::plain::{
    Adam, AdamConfig, Mlp, cross_entropy, cross_entropy_backward, last,
};
use ndarray::Array2;

pub fn train(
    mut net: Mlp<f64>,
    batches: &[(Array2<f64>, Vec<usize>)],
    config: AdamConfig,
) -> (Mlp<f64>, Vec<f64>) {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        let logits = last(&outputs); // [B, K]
        losses.push(cross_entropy(logits, classes));
        let d_logits = cross_entropy_backward(logits, classes); // [B, K]
        let (_, d_net) = net.backward(&outputs, d_logits);
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}
