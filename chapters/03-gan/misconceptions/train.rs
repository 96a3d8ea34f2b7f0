use discriminator_training::plain::d_step;
use gan::plain::average;
use gradients::plain::{Adam, AdamConfig, Mlp, Parameters};
use ndarray::Array2;

use crate::checks::{Recipe, Trained, g_turn};

type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Net = Mlp<f64>;

/// What equation 3.6 keeps at step n.
fn share(alpha: f64, n: u64) -> f64 {
    alpha.min((n as f64 + 1.0) / (n as f64 + 10.0))
}

/// Both players' optimisers, at step n of so many.
fn cool(adams: &mut [Adam<f64>; 2], recipe: Recipe, n: u64) {
    for adam in adams {
        adam.config.lr =
            recipe.adam.lr * (1.0 - n as f64 / recipe.steps as f64);
    }
}

fn adams(g: &Net, d: &Net, config: AdamConfig) -> [Adam<f64>; 2] {
    [Adam::new(g, config), Adam::new(d, config)]
}

/// One turn of the discriminator on these batches; gives its loss.
fn of_d(
    d: &mut Net,
    adam: &mut Adam<f64>,
    x: &Array2<f64>,
    fake: &Array2<f64>,
) -> f64 {
    let (loss, d_d) = d_step(d, x, fake);
    adam.step(d, &d_d);
    loss
}

pub fn generator_first(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        let mut d_loss = 0.0;
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn both_at_once(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let (before, mut d_loss) = (d.clone(), 0.0);
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &before, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn fakes_made_once_in_a_step(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let (fake, mut d_loss) = (g.output(&noise()), 0.0);
        for _ in 0..recipe.k {
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn the_same_noise_for_both(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let (mut z, mut d_loss) = (Array2::zeros((0, 0)), 0.0);
        for _ in 0..recipe.k {
            z = noise();
            d_loss = of_d(&mut d, &mut adams[1], &real(), &g.output(&z));
        }
        let (g_loss, d_g) = g_turn(&g, &d, &z);
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn generator_in_the_inner_loop(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let mut both = [0.0; 2];
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            both[0] = of_d(&mut d, &mut adams[1], &real(), &fake);
            let (g_loss, d_g) = g_turn(&g, &d, &noise());
            adams[0].step(&mut g, &d_g);
            both[1] = g_loss;
        }
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push(both);
    }
    Trained { g, d, mean, losses }
}

pub fn the_average_makes_the_fakes(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let mut d_loss = 0.0;
        for _ in 0..recipe.k {
            let fake = mean.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

/// The ten lines and the average, and nothing of what cools or warms up.
pub fn step_sizes_left_alone(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        let mut d_loss = 0.0;
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn an_average_that_keeps_its_start(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let mut d_loss = 0.0;
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, recipe.alpha);
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}

pub fn an_average_that_starts_at_zero(
    mut g: Net,
    mut d: Net,
    recipe: Recipe,
    real: Draw,
    noise: Draw,
) -> Trained {
    let mut adams = adams(&g, &d, recipe.adam);
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    mean.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
    for n in 0..recipe.steps {
        cool(&mut adams, recipe, n);
        let mut d_loss = 0.0;
        for _ in 0..recipe.k {
            let fake = g.output(&noise());
            d_loss = of_d(&mut d, &mut adams[1], &real(), &fake);
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adams[0].step(&mut g, &d_g);
        average(&mut mean, &g, share(recipe.alpha, n));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}
