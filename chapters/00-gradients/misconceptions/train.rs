use gradients::plain::{
    Adam, AdamConfig, Mlp, Parameters, add, cross_entropy,
    cross_entropy_backward, last, mse_backward, one_hot, sgd_step, softmax,
};
use ndarray::Array2;

type Batches = [(Array2<f64>, Vec<usize>)];
type Trained = (Mlp<f64>, Vec<f64>);

/// The gradient of the loss, and the loss.
fn look(
    net: &Mlp<f64>,
    x: &Array2<f64>,
    classes: &[usize],
) -> (Mlp<f64>, f64) {
    let outputs = net.forward(x);
    let d_s = cross_entropy_backward(last(&outputs), classes);
    (net.backward(&outputs, d_s).1, cross_entropy(last(&outputs), classes))
}

pub fn loss_behind_the_step(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, _) = look(&net, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(cross_entropy(&net.output(x), classes));
    }
    (net, losses)
}

pub fn an_optimiser_for_each_step(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let mut adam = Adam::new(&net, config);
        let (d_net, loss) = look(&net, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(loss);
    }
    (net, losses)
}

pub fn the_first_batch_again(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for _ in 0..batches.len() {
        let (x, classes) = &batches[0];
        let (d_net, loss) = look(&net, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(loss);
    }
    (net, losses)
}

pub fn uphill(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        let d_s = -cross_entropy_backward(last(&outputs), classes);
        losses.push(cross_entropy(last(&outputs), classes));
        let d_net = net.backward(&outputs, d_s).1;
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}

pub fn gradients_added_up(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    let mut sum: Option<Mlp<f64>> = None;
    for (x, classes) in batches {
        let (mut d_net, loss) = look(&net, x, classes);
        if let Some(before) = &sum {
            add(&mut d_net, before);
        }
        adam.step(&mut net, &d_net);
        losses.push(loss);
        sum = Some(d_net);
    }
    (net, losses)
}

pub fn a_step_late(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    let mut gradient: Option<Mlp<f64>> = None;
    for (x, classes) in batches {
        if let Some(d_net) = &gradient {
            adam.step(&mut net, d_net);
        }
        let (d_net, loss) = look(&net, x, classes);
        losses.push(loss);
        gradient = Some(d_net);
    }
    (net, losses)
}

pub fn averaged_twice(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        let d_s = cross_entropy_backward(last(&outputs), classes);
        losses.push(cross_entropy(last(&outputs), classes));
        let d_s = d_s / x.nrows() as f64;
        let d_net = net.backward(&outputs, d_s).1;
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}

pub fn mean_taken_back(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        losses.push(cross_entropy(last(&outputs), classes));
        let k = last(&outputs).ncols();
        let d_s = softmax(last(&outputs)) - one_hot::<f64>(classes, k);
        let d_net = net.backward(&outputs, d_s).1;
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}

pub fn plain_descent(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, loss) = look(&net, x, classes);
        for (mut p, g) in
            net.parameters_mut().into_iter().zip(d_net.parameters())
        {
            sgd_step(&mut p, &g, config.lr);
        }
        losses.push(loss);
    }
    (net, losses)
}

pub fn constants_forgotten(
    mut net: Mlp<f64>,
    batches: &Batches,
    _config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, AdamConfig::default());
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, loss) = look(&net, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(loss);
    }
    (net, losses)
}

pub fn softmax_before_the_loss(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        let p = softmax(last(&outputs));
        losses.push(cross_entropy(&p, classes));
        let d_s = cross_entropy_backward(&p, classes);
        let d_net = net.backward(&outputs, d_s).1;
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}

pub fn squared_error(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let outputs = net.forward(x);
        let k = last(&outputs).ncols();
        losses.push(cross_entropy(last(&outputs), classes));
        let d_s = mse_backward(last(&outputs), &one_hot(classes, k));
        let d_net = net.backward(&outputs, d_s).1;
        adam.step(&mut net, &d_net);
    }
    (net, losses)
}

pub fn forward_once(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let start = net.clone();
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, loss) = look(&start, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(loss);
    }
    (net, losses)
}

pub fn a_copy_is_trained(
    net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut copy = net.clone();
    let mut adam = Adam::new(&copy, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, loss) = look(&copy, x, classes);
        adam.step(&mut copy, &d_net);
        losses.push(loss);
    }
    (net, losses)
}

pub fn one_step_for_all(
    mut net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    let mut sum: Option<Mlp<f64>> = None;
    for (x, classes) in batches {
        let (mut d_net, loss) = look(&net, x, classes);
        losses.push(loss);
        if let Some(before) = &sum {
            add(&mut d_net, before);
        }
        sum = Some(d_net);
    }
    if let Some(d_net) = &sum {
        adam.step(&mut net, d_net);
    }
    (net, losses)
}

/// One loss, the mean of all.
pub fn one_loss(
    net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let (net, losses) = loss_behind_the_step(net, batches, config);
    (net, vec![losses.iter().sum::<f64>() / losses.len() as f64])
}

pub fn losses_in_bits(
    net: Mlp<f64>,
    batches: &Batches,
    config: AdamConfig,
) -> Trained {
    let mut net = net;
    let mut adam = Adam::new(&net, config);
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let (d_net, loss) = look(&net, x, classes);
        adam.step(&mut net, &d_net);
        losses.push(loss / 2.0_f64.ln());
    }
    (net, losses)
}
