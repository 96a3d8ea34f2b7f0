//! The two rooms agree.

use codebook_lookup::plain::{gather, nearest};
use commitment_loss::quantizer::Revival;
use dfdx::prelude::{
    Backward, BuildModule, Const, Cpu, Device, Module, ReLU, SumTo, Trace,
};
use gradients::compare::network_err;
use gradients::on_dfdx::{
    Layer, Matrix, Mlp as OnDevice, gradients, to_plain,
};
use gradients::plain::Activation;
use lab::{Against, Checkpoint, Resumable, Room, Trains, tensor};
use ndarray::Array2;
use vq_vae::coding::{Compressor, Tables};
use vq_vae::ledger::{STEP_SIDE, VARIANCE, reference, reference_model, rows};
use vq_vae::model::{Sizes, VqVae, load};
use vq_vae::on_dfdx::{self, Around};
use vq_vae::plain::{half, im2col, space_to_depth, step};
use vq_vae::rate::{Prices, Rate, cheapest};
use vq_vae::training::{Config, Trained, Training};

use crate::equations::{batch, normal};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert!(rows.len() >= 15, "{} rows", rows.len());
    for row in rows {
        assert!(row.passes(), "{row:?}");
    }
}

#[test]
fn a_half_is_the_same_half_in_both_rooms() {
    let (encoder, ..) = reference_model(&mut reference().unwrap()).unwrap();
    let x = space_to_depth(&batch(0).mapv(f64::from), 7);
    let dev = Cpu::default();
    let other = OnDevice::new(&dev, &encoder);
    let around = Around::new(&dev, 4, STEP_SIDE);
    let on_x: Matrix<f64, Cpu> = tensor(&dev, &x, x.dim());
    let y = lab::array(&on_dfdx::half(&other, on_x, &around));
    let expected = half(&encoder, x, STEP_SIDE).y;
    assert!(lab::max_rel_err(&y, &expected) < 1e-12);
    assert_eq!(other.to_plain(), encoder);
}

/// Typed, untyped and by hand; dfdx stores the weights of its `Linear` as [O, I].
#[test]
fn a_network_of_types_is_the_same_network() {
    let (model, dev) = (page_model(), Cpu::default());
    let layers = &model.encoder.layers;
    let mut typed: on_dfdx::TypedHalf<Cpu> = BuildModule::build(&dev);
    typed.0.weight = tensor(&dev, &layers[0].w.t(), Default::default());
    typed.0.bias = tensor(&dev, &layers[0].b, Default::default());
    for (block, layer) in typed.1.modules.iter_mut().zip(&layers[1..]) {
        block.weight = tensor(&dev, &layer.w.t(), Default::default());
        block.bias = tensor(&dev, &layer.b, Default::default());
    }
    typed.2.weight = tensor(&dev, &layers[4].w.t(), Default::default());
    typed.2.bias = tensor(&dev, &layers[4].b, Default::default());
    let x = space_to_depth(&batch(2), 4); // [4·49, 16]
    let rows = x.nrows();
    let mut h = typed.0.forward(tensor(&dev, &x, (rows, Const::<16>)));
    for block in &typed.1.modules {
        let a = lab::array(&ReLU.forward(h.clone()));
        let columns = im2col(a.view(), 7); // [4·49, 576]
        let columns = tensor(&dev, &columns, (rows, Const::<576>));
        h = block.forward(columns) + h;
    }
    let y = lab::array(&typed.2.forward(ReLU.forward(h)));
    let apart = (y - half(&model.encoder, x, 7).y).mapv(f32::abs);
    assert!(apart.iter().all(|v| *v < 1e-4));
}

#[test]
fn a_convolution_of_products_is_the_one_of_columns() {
    let dev = Cpu::default();
    for (grids, side) in [(3, 1), (1, 2), (4, 3), (2, 7)] {
        let x = normal((grids * side * side, 2), 1);
        let (w, b) = (normal((18, 5), 2), normal((1, 5), 3));
        let on = |x: &Array2<f64>| tensor(&dev, x, x.dim());
        let layer = Layer {
            w: on(&w),
            b: tensor(&dev, &b, (5,)),
            activation: Activation::Identity,
        };
        let (on_x, around) = (on(&x), Around::new(&dev, grids, side));
        let fast = on_dfdx::conv(on_x.leaky_trace(), &layer, &around);
        let columns = on_dfdx::im2col(on_x.leaky_trace(), side);
        let slow = layer.forward(columns);
        let m = on(&normal((grids * side * side, 5), 4));
        let d = [fast, slow].map(|y| {
            let value = lab::array(&y);
            let d = (y * m.clone()).sum::<(), _>().backward();
            (value, lab::array(&d.get(&on_x)), lab::array(&d.get(&layer.w)))
        });
        assert!(lab::max_rel_err(&d[0].0, &d[1].0) < 1e-12, "{side}");
        assert!(lab::max_rel_err(&d[0].1, &d[1].1) < 1e-12, "{side}");
        assert!(lab::max_rel_err(&d[0].2, &d[1].2) < 1e-12, "{side}");
    }
}

#[test]
fn one_step_on_other_images_agrees_to_1e_10() {
    let (encoder, decoder, quantizer, _) =
        reference_model(&mut reference().unwrap()).unwrap();
    let x = space_to_depth(&batch(1).mapv(f64::from), 7);
    let nets = (&encoder, &decoder);
    let here = step(nets, (&quantizer, None), x.clone(), STEP_SIDE, VARIANCE)
        .unwrap();
    let dev = Cpu::default();
    let [e, d] = [&encoder, &decoder].map(|net| OnDevice::new(&dev, net));
    let codebook = quantizer.codebook();
    let codebook = tensor(&dev, codebook, codebook.dim());
    let there = on_dfdx::terms(
        (&e, &d),
        (&codebook, quantizer.settings()),
        None,
        tensor(&dev, &x, x.dim()),
        (&Around::new(&dev, 4, STEP_SIDE), VARIANCE),
    );
    let tape = there.loss.backward();
    let of = |net, like| to_plain(like, &gradients(net, &tape));
    assert!(network_err(&here.d_encoder, &of(&e, &encoder)) < 1e-10);
    assert!(network_err(&here.d_decoder, &of(&d, &decoder)) < 1e-10);
    let chosen = gradients::plain::one_hot::<f64>(
        &here.found.quantized.indices,
        quantizer.k(),
    );
    assert_eq!(lab::array(&there.chosen), chosen);
}

fn page() -> Config {
    let sizes = Sizes { codes: 12, ..Sizes::default() };
    let mut config =
        Config { sizes, batch: 4, steps: 8, ..Config::default() };
    config.quantizer.usage_decay = 0.6; // codes start again within 6 steps
    config.quantizer.revival = Some(Revival { threshold: 0.1 });
    config.rate = Some(Rate { lambda: 0.2, warm_up: 3, keep: 0.9 });
    config
}

fn page_model() -> VqVae<f32> {
    Training::new(page(), batch, 7).unwrap().model()
}

fn in_room<D: Trains + 'static>(dev: &D, room: Room) -> Box<dyn Trained> {
    let plain = Training::new(page(), batch, 7).unwrap();
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => Box::new(on_dfdx::Training::new(dev, plain)),
    }
}

fn trainings_change_rooms<D: Trains + 'static>(dev: &D, limit: f32) {
    lab::either_room_goes_on(
        |room| in_room(dev, room),
        |run| {
            let mut seen = run.losses();
            assert!(run.revived() > 0, "revival took part");
            seen.push(run.revived() as f32);
            seen.extend(run.quantizer().usage());
            seen.extend(run.model().prices.unwrap());
            seen
        },
        4,
        limit,
    );
}

#[test]
fn a_training_can_change_rooms() {
    trainings_change_rooms(&Cpu::default(), 1e-2);
}

/// What dfdx has trained, the other room loads, and compresses with.
#[test]
fn a_network_of_either_room_compresses() {
    let dev = Cpu::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let mut maps = Vec::new();
    for room in [Room::Plain, Room::Dfdx] {
        let mut run = in_room(&dev, room);
        (0..4).for_each(|_| drop(run.step().unwrap()));
        let mut checkpoint = Checkpoint::default();
        run.save(&mut checkpoint);
        checkpoint.save(&path).unwrap();
        let model = load(&path).unwrap();
        assert_eq!(model, run.model(), "{room}");
        let codes = model.encode(&batch(9)).unwrap();
        let tables = Tables::of_codes(&codes, model.codes()).unwrap();
        let compressor = Compressor::new(model, tables).unwrap();
        compressor.save(&path).unwrap();
        let read = Compressor::load(&path).unwrap();
        let map = codes.row(0).to_vec();
        assert_eq!(read.unpack(&read.pack(&map).unwrap()).unwrap(), map);
        maps.push(codes);
    }
    let same = maps[0].iter().zip(&maps[1]).filter(|(a, b)| a == b).count();
    assert!(same >= maps[0].len() - 4, "{same} of {}", maps[0].len());
}

/// In f32 the device's distances can be wrong by rounding; of latents of a network they nearly never are.
fn lookups_agree<D: Device<f32>>(dev: &D) {
    let model = page_model();
    let z = model.latents(&batch(3)).unwrap(); // [4·49, 16]
    let e = &model.codebook;
    let on = |x: &Array2<f32>| tensor(dev, x, x.dim());
    let chosen = codebook_lookup::on_dfdx::nearest(on(&z), &on(e));
    let right = nearest(&z, e).unwrap();
    let right = gradients::plain::one_hot::<f32>(&right, e.nrows());
    let same = (lab::array(&chosen) * right).sum();
    assert!(same >= z.nrows() as f32 - 2.0, "{same} of {}", z.nrows());
}

#[test]
fn both_rooms_look_up_alike() {
    lookups_agree(&Cpu::default());
}

/// Both averages, the prices that they give, and the choice.
fn prices_agree<D: Device<f64>>(dev: &D, limit: f64) {
    let rate = Rate { lambda: 3.0, warm_up: 4, keep: 0.9 };
    let mut here = Prices::<f64>::new(rate, 3, 5).unwrap();
    let mut there = on_dfdx::Prices::new(dev, &here);
    let e = normal((5, 2), 1);
    for n in 0..6 {
        let z = normal((12, 2), 2 + n);
        let table = here.table(n);
        let on_table = there.table(n);
        let err = lab::max_rel_err(&lab::array(&on_table), &table);
        assert!(n == 0 || err < limit, "step {n}: {err:e}");
        let indices = cheapest(&z, &e, &table).unwrap();
        let on = |x: &Array2<f64>| tensor(dev, x, x.dim());
        let chosen = on_dfdx::cheapest(on(&z), &on(&e), &on_table);
        let ones = gradients::plain::one_hot::<f64>(&indices, 5);
        assert_eq!(lab::array(&chosen), ones, "step {n}");
        let z_q = gather(&e, &indices);
        here.learn(&z, &z_q, &indices);
        there.learn(on(&z), on(&z_q), &chosen);
    }
    let (back, table) = (there.to_plain(), here.table(9));
    assert!(lab::max_rel_err(&back.table(9), &table) < limit);
}

#[test]
fn both_rooms_ask_the_same_prices() {
    prices_agree(&Cpu::default(), 1e-12);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
    lookups_agree(&dev);
    prices_agree(&dev, 1e-10);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_a_training_and_gives_it_back() {
    trainings_change_rooms(&lab::open_cuda(0).unwrap(), 3e-2);
}
