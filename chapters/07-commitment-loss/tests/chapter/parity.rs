//! Hand gradients against finite differences, dfdx and PyTorch; training in both rooms; resuming.

use commitment_loss::bottleneck::Bottleneck;
use commitment_loss::ledger::{self, reference};
use commitment_loss::on_dfdx;
use commitment_loss::plain::{Ema, Reduction};
use commitment_loss::product::Product;
use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use commitment_loss::residual::Residual;
use commitment_loss::training::{
    Autoencodes, PATCH, Training, WIDTH, networks, step,
};
use commitment_loss::vae::{self, Objective, Variational};
use datasets::{Digits, Split};
use dfdx::prelude::{
    Backward, Cpu, Device, HasShape, PutTape, SplitTape, SumTo, Trace,
};
use gradients::on_dfdx::Mlp as OnDevice;
use gradients::plain::{Adam, AdamConfig};
use lab::{Against, Checkpoint, Resumable, Room, Trains, rng_at};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3 * 12);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[test]
fn five_steps_of_moving_averages_are_pytorch_s() {
    let mut values = reference().unwrap();
    for (name, debias) in [("debiased", true), ("plain", false)] {
        let codebook = values.matrix("terms/codebook").unwrap();
        let mut ema = Ema::new(codebook, 0.9, debias).unwrap();
        for t in 0..5 {
            let z = values.matrix(&format!("ema/z_e{t}")).unwrap();
            let indices =
                codebook_lookup::plain::nearest(&z, ema.codebook()).unwrap();
            ema.update(&z, &indices);
        }
        let (counts, sums) = ema.averages();
        let e = values.matrix(&format!("ema/{name}_codebook")).unwrap();
        let n = values.vector(&format!("ema/{name}_counts")).unwrap();
        let m = values.matrix(&format!("ema/{name}_sums")).unwrap();
        assert!(lab::max_rel_err(ema.codebook(), &e) < 1e-12, "{name}");
        assert!(lab::max_rel_err(&counts, &n) < 1e-12, "{name}");
        assert!(lab::max_rel_err(&sums, &m) < 1e-12, "{name}");
    }
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(9, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

fn both_rooms_train_alike<D: Device<f64>>(dev: &D) {
    for reduction in [Reduction::Mean, Reduction::SumOverComponents] {
        let config = AdamConfig { lr: 5e-3, ..AdamConfig::default() };
        let (mut encoder, mut decoder) = networks::<f64>(&mut rng_at(3, 0));
        let settings = Settings {
            learning: Learning::Gradient { adam: config, weight: 1.0 },
            reduction,
            ..Settings::default()
        };
        let codebook = normal(8, WIDTH, 100);
        let mut quantizer =
            Quantizer::new(codebook.clone(), settings).unwrap();
        let [mut e, mut d] =
            [&encoder, &decoder].map(|net| OnDevice::new(dev, net));
        let mut other = on_dfdx::Quantizer::new(dev, &quantizer);
        let batches: Vec<_> = (0..8).map(|t| normal(16, PATCH, t)).collect();
        let on_dev = batches.iter().map(|x| lab::tensor(dev, x, x.dim()));
        let nets = (&mut e, &mut d);
        let losses = on_dfdx::train(nets, &mut other, config, on_dev);
        let mut of_encoder = Adam::new(&encoder, config);
        let mut of_decoder = Adam::new(&decoder, config);
        for (x, theirs) in batches.iter().zip(losses) {
            let done =
                step((&encoder, &decoder), &quantizer, x, false).unwrap();
            let found = &done.found;
            let loss = done.reconstruction
                + found.codebook_loss
                + found.commitment_loss;
            assert!((loss - theirs).abs() < 1e-10 * loss, "{loss} {theirs}");
            of_encoder.step(&mut encoder, &done.d_encoder);
            of_decoder.step(&mut decoder, &done.d_decoder);
            let indices = &found.quantized.indices;
            let rng = &mut rng_at(0, 0);
            quantizer.learn(&done.z_e, indices, rng).unwrap();
        }
        let theirs = lab::array(other.codebook());
        assert!(lab::max_rel_err(&theirs, quantizer.codebook()) < 1e-9);
    }
}

#[test]
fn both_rooms_train_step_by_step_to_the_same_losses() {
    both_rooms_train_alike(&Cpu::default());
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_train_alike(&dev);
}

/// A clone without a tape still has the name under which the tape knows the tensor; `stop_gradient` gives it another.
#[test]
fn a_clone_is_not_stopped_and_a_stopped_one_is() {
    let dev = Cpu::default();
    let x = lab::tensor(&dev, &normal(2, 3, 0), (2, 3));
    let (z, tape) = x.leaky_trace().split_tape();
    let product =
        (z.clone().put_tape(tape).square() * z.clone()).sum::<(), _>();
    let leaked = lab::array(&product.backward().get(&x));
    let (z, tape) = x.leaky_trace().split_tape();
    let still = on_dfdx::stop_gradient(z.clone());
    let product = (z.put_tape(tape).square() * still).sum::<(), _>();
    let stopped = lab::array(&product.backward().get(&x));
    let numbers = lab::array(&x);
    let square = &numbers * &numbers;
    assert!(lab::max_rel_err(&stopped, &(&square * 2.0)) < 1e-15);
    assert!(lab::max_rel_err(&leaked, &(square * 3.0)) < 1e-15);
}

#[test]
fn a_term_does_not_move_what_it_is_given_without_a_tape() {
    let dev = Cpu::default();
    let x = lab::tensor(&dev, &normal(4, 3, 1), (4, 3));
    let q = lab::tensor(&dev, &normal(4, 3, 2), (4, 3));
    let mean = Reduction::Mean;
    // The very tensor that the tape knows, in a term that must not move it.
    let e = lab::tensor(&dev, &normal(2, 3, 3), (2, 3));
    let chosen = gradients::plain::one_hot::<f64>(&[0, 1, 1, 0], 2);
    let chosen = lab::tensor(&dev, &chosen, chosen.dim());
    let (z, tape) = x.leaky_trace().split_tape();
    let term =
        on_dfdx::codebook_loss(z.clone(), e.leaky_trace(), chosen, mean);
    let loss = z.put_tape(tape).sum::<(), _>() + term;
    let d = loss.backward();
    assert!(d.get(&x).as_vec().iter().all(|v| *v == 1.0));
    assert!(d.get(&e).as_vec().iter().all(|v| *v != 0.0));
    // Late, the gradient at the latents is the commitment's, turned round.
    let late = on_dfdx::late_codebook_loss(x.leaky_trace(), q.clone(), mean);
    let late = lab::array(&late.backward().get(&x));
    let commitment = on_dfdx::commitment_loss(x.leaky_trace(), q, 1.0, mean);
    let commitment = lab::array(&commitment.backward().get(&x));
    assert!(lab::max_rel_err(&-late, &commitment) < 1e-12);
}

#[test]
fn a_resumed_run_ends_where_an_uninterrupted_one_does() {
    let patches = patches();
    let ways = [Learning::gradient(1e-3), BOTH_AVERAGES[0], BOTH_AVERAGES[1]];
    for learning in ways {
        let fresh = || fresh(&patches, learning);
        let go = |run: &mut Training| {
            (0..8).for_each(|_| drop(run.train_once().unwrap()));
        };
        let mut whole = fresh();
        go(&mut whole);
        let mut checkpoint = Checkpoint::default();
        whole.save(&mut checkpoint);
        go(&mut whole);
        assert!(whole.revived > 0, "revival took part");
        let mut second = fresh();
        second.restore(&checkpoint).unwrap();
        go(&mut second);
        assert_eq!(second.quantizer, whole.quantizer, "bit for bit");
        assert_eq!(second.encoder, whole.encoder);
        assert_eq!(second.decoder, whole.decoder);
        assert_eq!(second.revived, whole.revived);
    }
}

fn patches() -> Array2<f32> {
    normal(200, PATCH, 4).mapv(|v| v as f32)
}

/// A run whose codes start far out, so that some start again.
fn fresh(patches: &Array2<f32>, learning: Learning) -> Training<'_> {
    let settings = Settings {
        learning,
        revival: Some(Revival { threshold: 0.5 }),
        usage_decay: 0.8,
        ..Settings::default()
    };
    let start = normal(12, WIDTH, 5).mapv(|v| v as f32 * 3.0);
    let quantizer = Quantizer::new(start, settings).unwrap();
    let nets = networks(&mut rng_at(6, 0));
    let config = AdamConfig::default();
    Training::new(nets, quantizer, config, patches, 16, 7).unwrap()
}

const BOTH_AVERAGES: [Learning; 2] = [
    Learning::Ema { gamma: 0.9, debias: true },
    Learning::Ema { gamma: 0.9, debias: false },
];

fn trainings_change_rooms<D: Trains>(dev: &D, limit: f32) {
    let patches = patches();
    let ways = [Learning::gradient(1e-3), BOTH_AVERAGES[0], BOTH_AVERAGES[1]];
    for (learning, late) in
        ways.map(|l| (l, false)).into_iter().chain([(ways[0], true)])
    {
        let start = |room| -> Box<dyn Autoencodes> {
            let mut plain = fresh(&patches, learning);
            plain.late = late;
            match room {
                Room::Plain => Box::new(plain),
                Room::Dfdx => Box::new(on_dfdx::Training::new(dev, plain)),
            }
        };
        lab::either_room_goes_on(
            start,
            |run| {
                let (mut seen, now) = (run.losses(), run.now());
                assert!(now.revived > 0, "revival took part");
                seen.push(now.revived as f32);
                seen.extend(now.quantizer.usage());
                seen.extend(now.quantizer.codebook());
                seen
            },
            6,
            limit,
        );
    }
}

#[test]
fn a_training_can_change_rooms() {
    trainings_change_rooms(&Cpu::default(), 1e-3);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_a_training_and_gives_it_back() {
    trainings_change_rooms(&lab::open_cuda(0).unwrap(), 1e-2);
}

#[test]
fn averages_on_a_device_are_the_plain_ones() {
    let dev = Cpu::default();
    for learning in BOTH_AVERAGES {
        let settings = Settings { learning, ..Settings::default() };
        let start = normal(5, 3, 50);
        let mut plain = Quantizer::new(start, settings).unwrap();
        let mut other = on_dfdx::Quantizer::new(&dev, &plain);
        for t in 0..6 {
            let (z, rng) = (normal(40, 3, 60 + t), &mut rng_at(0, t));
            let found = plain.quantize(&z).unwrap().quantized;
            plain.learn(&z, &found.indices, rng).unwrap();
            let z = lab::tensor(&dev, &z, z.dim());
            let (chosen, z_q) = other.quantize(z.clone());
            assert_eq!(lab::array(&z_q), found.z_q, "the same lookup");
            other.learn(&z, &chosen, rng);
        }
        let theirs = other.to_plain();
        let apart = lab::max_rel_err(theirs.codebook(), plain.codebook());
        assert!(apart < 1e-12, "{learning:?}: {apart:e}");
        assert!(lab::max_rel_err(theirs.usage(), plain.usage()) < 1e-12);
    }
}

/// Levels and parts that learn in every way, some of whose codes start far out and again.
fn stacks_learn_alike<D: Device<f64>>(dev: &D, limit: f64) {
    let ways = [Learning::gradient(1e-2), BOTH_AVERAGES[0], BOTH_AVERAGES[1]];
    for learning in ways {
        let revival = Some(Revival { threshold: 0.3 });
        let settings = Settings {
            learning,
            revival,
            usage_decay: 0.7,
            ..Settings::default()
        };
        let list = |(k, c, stream)| {
            let mut e = normal(k, c, stream);
            e.row_mut(0).fill(50.0);
            Quantizer::new(e, settings).unwrap()
        };
        let levels = [(5, 4, 70), (3, 4, 71), (4, 4, 72)].map(list);
        let mut residual = Residual::new(levels.into()).unwrap();
        let parts = [(4, 1, 73), (5, 3, 74)].map(list);
        let mut product = Product::new(parts.into()).unwrap();
        let mut residual_on = on_dfdx::Residual::new(dev, &residual);
        let mut product_on = on_dfdx::Product::new(dev, &product);
        for t in 0..6 {
            let z = normal(40, 4, 80 + t);
            let on_dev = lab::tensor(dev, &z, z.dim());
            macro_rules! one_step {
                ($plain:expr, $other:expr) => {
                    let found = $plain.quantize(&z).unwrap();
                    let theirs = $other.quantize(on_dev.clone());
                    let z_q = lab::array(&theirs.z_q);
                    assert!(lab::max_rel_err(&z_q, &found.z_q) < limit);
                    for (ones, codes) in
                        theirs.chosen.iter().zip(found.codes.columns())
                    {
                        let k = ones.shape().1;
                        let codes = codes.to_vec();
                        let same =
                            gradients::plain::one_hot::<f64>(&codes, k);
                        assert_eq!(lab::array(ones), same, "the same codes");
                    }
                    let traced = on_dev.leaky_trace();
                    let loss = $other.commitment_loss(traced, &theirs.chosen);
                    let apart = (loss.as_vec()[0] - found.loss).abs();
                    assert!(apart < limit * found.loss);
                    let pull = lab::array(&loss.backward().get(&on_dev));
                    let mine = $plain.encoder_gradient(&z, &found, &z * 0.0);
                    assert!(lab::max_rel_err(&pull, &mine) < limit);
                    let rng = &mut rng_at(0, t);
                    $plain.learn(&z, &found, rng).unwrap();
                    let rng = &mut rng_at(0, t);
                    $other.learn(&on_dev, &theirs.chosen, rng);
                };
            }
            one_step!(residual, residual_on);
            one_step!(product, product_on);
        }
        let codes = ndarray::array![[1, 2, 3], [4, 0, 1]];
        let apart = |a: Array2<f64>, b: Array2<f64>| lab::max_rel_err(&a, &b);
        let theirs = residual_on.to_plain().vectors(&codes);
        assert!(apart(theirs, residual.vectors(&codes)) < limit);
        let codes = ndarray::array![[1, 2], [3, 0]];
        let theirs = product_on.to_plain().vectors(&codes);
        assert!(apart(theirs, product.vectors(&codes)) < limit);
    }
}

#[test]
fn stacks_on_a_device_are_the_plain_ones() {
    stacks_learn_alike(&Cpu::default(), 1e-9);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_stacks_are_the_plain_ones() {
    stacks_learn_alike(&lab::open_cuda(0).unwrap(), 1e-9);
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    let patches = patches();
    for (room, what) in [
        (Room::Plain, "latents, row "),
        (Room::Dfdx, "the loss of the encoder is "),
    ] {
        let mut plain = fresh(&patches, BOTH_AVERAGES[0]);
        plain.encoder.net.layers[0].w.fill(1e30);
        plain.encoder.net.layers[1].w.fill(1e30);
        let mut run: Box<dyn Autoencodes> = match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => {
                Box::new(on_dfdx::Training::new(&Cpu::default(), plain))
            }
        };
        let found = (0..100).find_map(|_| run.step().err());
        let found = found.unwrap().to_string();
        let start = format!("diverged at step 0: {what}");
        assert!(found.starts_with(&start), "{found}");
    }
}

/// The KL term's weight is still rising, and some components are below their free nats.
fn vaes_change_rooms<D: Trains>(dev: &D, limit: f32) {
    let digits = Digits::load(datasets::bundled(), Split::Test).unwrap();
    let objective =
        Objective { warm_up: 8, free: 0.2, ..Objective::bound(1.0) };
    let start = |room| -> Box<dyn Variational> {
        let nets = vae::networks(784, 12, &mut rng_at(16, 0));
        let config = AdamConfig::default();
        let plain =
            vae::Training::new(nets, objective, config, &digits, 17).unwrap();
        match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => Box::new(on_dfdx::vae::Training::new(dev, plain)),
        }
    };
    lab::either_room_goes_on(
        start,
        |run| {
            let (mut seen, now) = (run.losses(), run.now());
            for net in [now.encoder, now.decoder] {
                seen.extend(net.layers.iter().map(|layer| layer.w.sum()));
            }
            seen
        },
        6,
        limit,
    );
}

#[test]
fn a_vae_can_change_rooms() {
    vaes_change_rooms(&Cpu::default(), 1e-3);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_a_vae_and_gives_it_back() {
    vaes_change_rooms(&lab::open_cuda(0).unwrap(), 1e-2);
}

/// At the step where a component has its free nats, and before and after the warm-up.
#[test]
fn floor_and_weight_do_what_they_say() {
    let objective =
        Objective { warm_up: 4, free: 0.35, ..Objective::bound(0.3) };
    let weights = [0, 1, 2, 3, 4, 5].map(|step| objective.weight(step));
    assert_eq!(weights, [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]);
    let mut values = reference().unwrap();
    let ((encoder, decoder), x, noise) =
        ledger::reference_vae(&mut values).unwrap();
    let nets = (&encoder, &decoder);
    let at_log_var = |objective: &Objective, weight| {
        let done = vae::step(nets, objective, weight, &x, &noise);
        (done.kl, done.d_encoder.layers[1].b.clone()) // [2], [4]
    };
    let (kl, whole) = at_log_var(&Objective::bound(0.3), 1.0);
    let (_, none) = at_log_var(&Objective::bound(0.3), 0.0);
    let (_, floored) = at_log_var(&objective, 1.0);
    assert!(kl[0] < 0.35 && kl[1] > 0.35, "{kl}");
    for n in [0, 2] {
        assert_eq!(floored[n], none[n], "below its floor it costs nothing");
        assert_eq!(floored[n + 1], whole[n + 1], "above it, all");
    }
}
