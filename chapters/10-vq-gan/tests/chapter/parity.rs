//! The two rooms agree.

use commitment_loss::quantizer::Revival;
use dfdx::prelude::{Cpu, Device};
use gradients::on_dfdx::{Matrix, gradients, to_plain};
use gradients::plain::{AdamConfig, Parameters, last};
use lab::{
    Against, Checkpoint, Resumable, Room, Trains, max_rel_err, tensor,
};
use ndarray::{Array2, ArrayView2};
use vq_gan::ledger::{parameters_err, rows};
use vq_gan::model::{Ends, Sizes, load};
use vq_gan::on_dfdx;
use vq_gan::plain::{Balance, Critics, Perception, step};
use vq_gan::training::{Config, Opponent, Trained, Training};
use vq_vae::on_dfdx::Around;

use crate::equations::{
    BOTH, FORM, OF, judge, pictures, quantizer, ruler, sizes, small,
};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 36);
    for row in rows {
        assert!(row.passes(), "{row:?}");
    }
}

/// Encoder, decoder and a step, with everybody who may judge and without, weighed and not.
fn steps_agree<D: Device<f64>>(dev: &D, limit: f64) {
    let (ruler, d) = (ruler(21), judge(21));
    let on_ruler = on_dfdx::Perception::new(dev, &ruler);
    let on_d = stability::on_dfdx::net::Net::new(dev, &d);
    let around = Around::new(dev, 3, 2);
    let adaptive = Balance { share: 0.7, adaptive: true, most: 1e3 };
    let capped = Balance { most: 1e-3, ..adaptive };
    let fixed = Balance { adaptive: false, ..adaptive };
    let on = |x: &Array2<f64>| -> Matrix<f64, D> { tensor(dev, x, x.dim()) };
    for ends in BOTH {
        let (model, x) = (small(ends, 21), pictures(3, 21));
        let quantizer = quantizer(&model);
        let nets = (&model.encoder, &model.decoder);
        let [e, d_] = [nets.0, nets.1].map(|c| on_dfdx::Coder::new(dev, c));
        assert_eq!(e.to_plain(nets.0), model.encoder);
        let z = nets.0.encode(&x, OF).half.y;
        let there = lab::array(&e.encode(on(&x), OF, &around));
        assert!(max_rel_err(&there, &z) < limit);
        let y = last(&nets.1.decode(&z, OF).end).clone();
        let there = lab::array(&d_.decode(on(&z), OF, &around));
        assert!(max_rel_err(&there, &y) < limit);
        for (perceives, hears) in [
            (false, None),
            (true, None),
            (false, Some(adaptive)),
            (true, Some(adaptive)),
            (true, Some(capped)),
            (false, Some(fixed)),
        ] {
            let critics = Critics {
                perception: perceives.then_some((&ruler, 0.6)),
                discriminator: hears.map(|b| (&d, b)),
            };
            let here = step(nets, &quantizer, critics, &x, OF).unwrap();
            let critics = on_dfdx::Critics {
                perception: perceives.then_some((&on_ruler, 0.6)),
                discriminator: hears.map(|b| (&on_d, b)),
            };
            let there = on_dfdx::step(
                (&e, &d_),
                (&on(quantizer.codebook()), quantizer.settings()),
                critics,
                on(&x),
                (OF, &around),
            );
            let of = &there.judged;
            for (mine, other) in [
                (here.reconstruction, &of.reconstruction),
                (here.perceptual, &of.perceptual),
                (here.adversarial, &of.adversarial),
                (here.lambda, &of.lambda),
                (here.found.commitment_loss, &there.commitment),
            ] {
                let other = other.as_vec()[0];
                let apart = (mine - other).abs();
                assert!(apart <= limit * mine.abs(), "{mine} {other}");
            }
            let chosen = gradients::plain::one_hot::<f64>(
                &here.found.quantized.indices,
                quantizer.k(),
            );
            assert_eq!(lab::array(&there.chosen), chosen);
            assert!(
                max_rel_err(&lab::array(&there.x_hat), &here.x_hat) < limit
            );
            for (mine, net, like) in [
                (&here.d_encoder, &e, nets.0),
                (&here.d_decoder, &d_, nets.1),
            ] {
                let other = to_plain(like, &gradients(net, &there.d));
                let err = parameters_err(&other, mine);
                assert!(err < limit, "{ends:?} {hears:?}: {err:e}");
            }
        }
    }
}

#[test]
fn a_step_is_the_same_step_in_both_rooms() {
    steps_agree(&Cpu::default(), 1e-12);
}

pub fn batch(n: u64) -> Array2<f32> {
    pictures(8, 100 + n).mapv(|v| v as f32)
}

/// A run in which all that can happen does within a few steps.
pub fn config(ends: Ends) -> Config {
    let sizes = Sizes { codes: 12, channels: 8, ..sizes(ends) };
    let mut config = Config {
        sizes,
        batch: 8,
        steps: 20,
        rest: 0.1,
        perceptual: Some((0.5, 1)),
        opponent: Some(Opponent {
            channels: [3, 4],
            adam: AdamConfig { lr: 2e-3, ..AdamConfig::default() },
            r1: 0.1,
            learns: 1,
            heard: 2,
            ramp: 3,
            balance: Balance { share: 0.8, adaptive: true, most: 1e3 },
        }),
        ..Config::default()
    };
    config.quantizer.usage_decay = 0.6; // codes start again within 6 steps
    config.quantizer.revival = Some(Revival { threshold: 0.3 });
    config
}

pub fn ruler_of_floats() -> Perception<f32> {
    let ruler = ruler(22);
    let layers =
        ruler.net.layers.into_iter().map(|l| stability::net::Layer {
            map: l.map,
            w: l.w.mapv(|v| v as f32),
            b: l.b.mapv(|v| v as f32),
            activation: l.activation,
        });
    let net = stability::net::Net { layers: layers.collect() };
    let scales = ruler.scales.iter().map(|v| *v as f32);
    Perception { net, scales: scales.collect() }
}

fn in_room<'a, D: Trains + 'a>(
    dev: &D,
    room: Room,
    ruler: &'a Perception<f32>,
    ends: Ends,
) -> Box<dyn Trained + 'a> {
    let plain = Training::new(config(ends), Some(ruler), batch, 7).unwrap();
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => Box::new(on_dfdx::Training::new(dev, plain)),
    }
}

/// Everything that can be told apart of a run.
fn seen(run: &(impl Trained + ?Sized)) -> Vec<f32> {
    let terms = run.terms();
    let mut seen = run.losses();
    assert_eq!(seen.len(), terms.lambda.len());
    for of in [&terms.perceptual, &terms.adversarial, &terms.lambda] {
        seen.extend(of);
    }
    seen.push(run.revived() as f32);
    seen.extend(run.quantizer().usage());
    let (model, d) = (run.model(), run.discriminator());
    assert_eq!(run.quantizer().codebook(), &model.codebook);
    let all = [
        model.encoder.parameters(),
        model.decoder.parameters(),
        d.parameters(),
    ];
    let size =
        |p: &ndarray::ArrayViewD<f32>| p.fold(0.0, |sum, v| sum + v * v);
    seen.extend(all.iter().flatten().map(size));
    seen
}

/// One step after the other, so that the first that differs is named.
fn first_steps_agree<D: Trains>(dev: &D, limit: f32) {
    let ruler = ruler_of_floats();
    for ends in BOTH {
        let mut here = in_room(dev, Room::Plain, &ruler, ends);
        let mut there = in_room(dev, Room::Dfdx, &ruler, ends);
        assert_eq!(here.configuration(), there.configuration());
        for n in 0..8 {
            here.step().unwrap();
            there.step().unwrap();
            let (a, b) = (seen(&*here), seen(&*there));
            assert_eq!(a.len(), b.len());
            for (i, (a, b)) in a.iter().zip(&b).enumerate() {
                let apart = (a - b).abs();
                assert!(
                    apart <= limit * a.abs().max(1e-3),
                    "{ends:?}, step {n}, number {i}: {b} in place of {a}"
                );
            }
        }
        let lambda = here.terms().lambda;
        assert_eq!(
            &lambda[..3],
            [0.0; 3],
            "heard from step 2 on, more and more"
        );
        assert!(lambda[3..].iter().all(|l| *l > 0.0), "{lambda:?}");
        assert_eq!(here.terms().perceptual[0], 0.0);
        assert!(here.terms().perceptual[1] > 0.0);
        assert!(here.revived() > 0, "revival took part");
        let before = in_room(dev, Room::Plain, &ruler, ends).discriminator();
        assert_ne!(here.discriminator(), before);
    }
}

#[test]
fn the_first_steps_are_the_same_in_both_rooms() {
    first_steps_agree(&Cpu::default(), 1e-4);
}

fn trainings_change_rooms<D: Trains>(dev: &D, limit: f32) {
    let ruler = ruler_of_floats();
    for ends in BOTH {
        lab::either_room_goes_on(
            |room| in_room(dev, room, &ruler, ends),
            |run| {
                assert!(run.revived() > 0, "revival took part");
                seen(run)
            },
            4,
            limit,
        );
    }
}

#[test]
fn a_training_can_change_rooms() {
    trainings_change_rooms(&Cpu::default(), 1e-3);
}

/// More steps than terms stay on the device for at a time.
#[test]
fn terms_come_to_the_host_in_time() {
    let ruler = ruler_of_floats();
    let mut run = in_room(&Cpu::default(), Room::Dfdx, &ruler, Ends::Patches);
    let mut early = Vec::new();
    for n in 0..70 {
        run.step().unwrap();
        assert_eq!(run.terms().adversarial.len(), n + 1);
        if n == 20 {
            early = run.terms().lambda;
        }
    }
    assert_eq!(run.terms().lambda[..21], early);
}

/// What dfdx has trained, the other room loads, and draws with.
#[test]
fn a_network_of_either_room_is_loaded() {
    let (dev, ruler) = (Cpu::default(), ruler_of_floats());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    for (ends, room) in BOTH
        .iter()
        .flat_map(|e| [Room::Plain, Room::Dfdx].map(|room| (*e, room)))
    {
        let mut run = in_room(&dev, room, &ruler, ends);
        (0..3).for_each(|_| drop(run.step().unwrap()));
        let mut checkpoint = Checkpoint::default();
        run.save(&mut checkpoint);
        checkpoint.save(&path).unwrap();
        let model = load(&path).unwrap();
        assert_eq!(model, run.model(), "{room} {ends:?}");
        let x = batch(9);
        let drawn = model.reconstruct(&x).unwrap();
        assert_eq!(drawn.dim(), (8, FORM.numbers()));
        let inside =
            |x: ArrayView2<f32>| x.iter().all(|v| (0.0..=1.0).contains(v));
        assert!(inside(drawn.view()));
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
    steps_agree(&dev, 1e-9);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_a_training_and_gives_it_back() {
    let dev = lab::open_cuda(0).unwrap();
    first_steps_agree(&dev, 1e-2);
    trainings_change_rooms(&dev, 3e-2);
}
