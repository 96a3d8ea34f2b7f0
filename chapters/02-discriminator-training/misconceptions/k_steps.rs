use discriminator_training::plain::{
    d_step, d_step_under, leak_into_generator,
};
use gradients::plain::{
    Adam, AdamConfig, Mlp, Parameters, add, bce_with_logits,
    bce_with_logits_backward, sgd_step,
};
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::{Array2, Axis, concatenate};

type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Trained = (Mlp<f64>, Vec<f64>);

pub fn fakes_made_once(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let x_fake = g.output(&noise());
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &x_fake);
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn real_drawn_once(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let x_real = real();
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &x_real, &g.output(&noise()));
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn both_drawn_once(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let (x_real, x_fake) = (real(), g.output(&noise()));
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &x_real, &x_fake);
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn noise_for_fakes(
    mut d: Mlp<f64>,
    _g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &noise());
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn the_wrong_way_round(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &g.output(&noise()), &real());
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn real_scored_twice(
    mut d: Mlp<f64>,
    _g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    _noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let x = real();
        let (loss, d_d) = d_step(&d, &x, &x);
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn a_step_for_each_batch(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let mut loss = 0.0;
        for (x, target) in [(real(), 1.0), (g.output(&noise()), 0.0)] {
            let outputs = d.forward(&x);
            let s = &outputs[outputs.len() - 1];
            let t = Array2::from_elem(s.raw_dim(), target);
            loss += bce_with_logits(s, &t);
            let d_s = bce_with_logits_backward(s, &t);
            let (_, d_d) = d.backward(&outputs, d_s);
            adam.step(&mut d, &d_d);
        }
        losses.push(loss);
    }
    (d, losses)
}

pub fn uphill(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let x_fake = g.output(&noise());
        let (loss, mut d_d) = d_step(&d, &real(), &x_fake);
        d_d.parameters_mut().iter_mut().for_each(|g| *g *= -1.0);
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn the_value_for_the_loss(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut values = Vec::new();
    for _ in 0..k {
        let x_fake = g.output(&noise());
        let (loss, d_d) = d_step(&d, &real(), &x_fake);
        values.push(-loss);
        adam.step(&mut d, &d_d);
    }
    (d, values)
}

pub fn an_optimiser_for_each_step(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        Adam::new(&d, config).step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn loss_behind_the_step(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let (x_real, x_fake) = (real(), g.output(&noise()));
        let (_, d_d) = d_step(&d, &x_real, &x_fake);
        adam.step(&mut d, &d_d);
        losses.push(d_loss(&d.output(&x_real), &d.output(&x_fake)));
    }
    (d, losses)
}

pub fn gradient_of_the_start(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let (start, mut adam) = (d.clone(), Adam::new(&d, config));
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&start, &real(), &g.output(&noise()));
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn a_copy_is_trained(
    d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let (mut copy, mut adam) = (d.clone(), Adam::new(&d, config));
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&copy, &real(), &g.output(&noise()));
        losses.push(loss);
        adam.step(&mut copy, &d_d);
    }
    (d, losses)
}

pub fn plain_descent(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        let pairs = d.parameters_mut().into_iter();
        for (mut p, g) in pairs.zip(d_d.parameters()) {
            sgd_step(&mut p, &g, config.lr);
        }
    }
    (d, losses)
}

pub fn constants_forgotten(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    _config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, AdamConfig::default());
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

/// The mean of the two terms in place of their sum.
pub fn half_of_it(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let x_fake = g.output(&noise());
        let (loss, d_d) = d_step_under(&d, &real(), &x_fake, |real, fake| {
            let (d_real, d_fake) = d_loss_backward(real, fake);
            (d_loss(real, fake) / 2.0, (d_real / 2.0, d_fake / 2.0))
        });
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn one_step_more(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..=k {
        let (loss, d_d) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

/// A batch to look at, and another to learn from.
pub fn drawn_twice(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, _) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        let (_, d_d) = d_step(&d, &real(), &g.output(&noise()));
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

/// One mean over both batches.
pub fn glued(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let (x, fake) = (real(), g.output(&noise()));
        let x_all = concatenate![Axis(0), x, fake];
        let t = Array2::from_shape_fn((x_all.nrows(), 1), |(n, _)| {
            if n < x.nrows() { 1.0 } else { 0.0 }
        });
        let outputs = d.forward(&x_all);
        let s = &outputs[outputs.len() - 1];
        losses.push(bce_with_logits(s, &t));
        let d_s = bce_with_logits_backward(s, &t);
        let (_, d_d) = d.backward(&outputs, d_s);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}

pub fn gradients_piled_up(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let (mut adam, mut piled) = (Adam::new(&d, config), d.clone());
    piled.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
    let mut losses = Vec::new();
    for _ in 0..k {
        let (loss, d_d) = d_step(&d, &real(), &g.output(&noise()));
        losses.push(loss);
        add(&mut piled, &d_d);
        adam.step(&mut d, &piled);
    }
    (d, losses)
}

pub fn the_generator_moves(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: Draw,
    noise: Draw,
) -> Trained {
    let (mut g, mut adam) = (g.clone(), Adam::new(&d, config));
    let mut adam_g = Adam::new(&g, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let z = noise();
        let (loss, d_d) = d_step(&d, &real(), &g.output(&z));
        let d_g = leak_into_generator(&g, &d, &z, false);
        losses.push(loss);
        adam.step(&mut d, &d_d);
        adam_g.step(&mut g, &d_g);
    }
    (d, losses)
}
