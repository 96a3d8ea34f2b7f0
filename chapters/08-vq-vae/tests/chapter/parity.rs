//! The two rooms agree.

use dfdx::prelude::{Backward, Const, Cpu, Device};
use gradients::compare::network_err;
use gradients::plain::Mlp;
use lab::{Against, Checkpoint, tensor};
use vq_vae::ledger::{
    STEP_SIDE, SmallDecoder, SmallEncoder, VARIANCE, reference,
    reference_model, rows,
};
use vq_vae::model::{Sizes, VqVae, load};
use vq_vae::on_dfdx::{self, DigitHalf};
use vq_vae::plain::{half, space_to_depth, step};
use vq_vae::training::{Config, Training};

use crate::equations::batch;

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
    let other: SmallEncoder<Cpu> = on_dfdx::copied(&dev, &encoder);
    let on_x = tensor(&dev, &x, (x.nrows(), Const));
    let y = lab::array(&on_dfdx::half(&other, on_x, STEP_SIDE));
    let expected = half(&encoder, x, STEP_SIDE).y;
    assert!(lab::max_rel_err(&y, &expected) < 1e-12);
    assert_eq!(on_dfdx::to_plain(&other), encoder);
}

#[test]
fn one_step_on_other_images_agrees_to_1e_10() {
    let (encoder, decoder, quantizer, _) =
        reference_model(&mut reference().unwrap()).unwrap();
    let x = space_to_depth(&batch(1).mapv(f64::from), 7);
    let nets = (&encoder, &decoder);
    let here =
        step(nets, &quantizer, x.clone(), STEP_SIDE, VARIANCE).unwrap();
    let dev = Cpu::default();
    let e: SmallEncoder<Cpu> = on_dfdx::copied(&dev, &encoder);
    let d: SmallDecoder<Cpu> = on_dfdx::copied(&dev, &decoder);
    let on_x = tensor(&dev, &x, (x.nrows(), Const));
    let scale = (STEP_SIDE, VARIANCE);
    let there = on_dfdx::terms(&e, &d, &quantizer, on_x, scale).unwrap();
    let tape = there.loss.backward();
    let apart = |a: &Mlp<f64>, b: Mlp<f64>| network_err(a, &b);
    assert!(apart(&here.d_encoder, on_dfdx::gradient(&e, &tape)) < 1e-10);
    assert!(apart(&here.d_decoder, on_dfdx::gradient(&d, &tape)) < 1e-10);
    assert_eq!(here.found.quantized.indices, there.indices);
}

fn page() -> Config {
    let sizes = Sizes { codes: 12, ..Sizes::default() };
    Config { sizes, batch: 4, steps: 4, ..Config::default() }
}

/// Three steps of the page's network: losses, codebook, and a checkpoint that goes from room to room.
fn first_steps_agree<D: Device<f32>>(dev: &D, limit: f32) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let mut here = Training::new(page(), batch, 7).unwrap();
    let mut quantizer = here.quantizer.clone();

    // What one room saved, the other loads.
    let mut checkpoint = Checkpoint::default();
    here.model.save(&mut checkpoint);
    checkpoint.save(&path).unwrap();
    let loaded = load(&path).unwrap();
    assert_eq!(loaded, here.model);
    let mut e: DigitHalf<D> = on_dfdx::copied(dev, &loaded.encoder);
    let mut d: DigitHalf<D> = on_dfdx::copied(dev, &loaded.decoder);
    let nets = (&mut e, &mut d);
    let batches = (0..3).map(batch);
    let losses =
        on_dfdx::train(nets, &mut quantizer, &page(), 7, batches).unwrap();
    for loss in &losses {
        let mine = here.train_once().unwrap();
        assert!((loss - mine).abs() <= limit * mine, "{loss} {mine}");
    }
    assert!((losses[0] - here.losses[0]).abs() <= 1e-5 * here.losses[0]);

    // And back again.
    let back = VqVae {
        sizes: loaded.sizes,
        encoder: on_dfdx::to_plain(&e),
        codebook: quantizer.codebook().clone(),
        decoder: on_dfdx::to_plain(&d),
    };
    let mut checkpoint = Checkpoint::default();
    back.save(&mut checkpoint);
    checkpoint.save(&path).unwrap();
    let back = load(&path).unwrap();
    let x = batch(9);
    let (a, b) = (here.model.encode(&x).unwrap(), back.encode(&x).unwrap());
    let same = a.iter().zip(&b).filter(|(a, b)| a == b).count();
    assert!(same >= a.len() - 2, "{same} of {} codes", a.len());
    let (a, b) = (here.model.decode(&a).unwrap(), back.decode(&a).unwrap());
    assert!((a - b).iter().all(|v| v.abs() < 0.02));
    assert!(here.model.latents(&x).unwrap().iter().all(|v| v.is_finite()));
}

#[test]
fn first_steps_agree_and_checkpoints_change_rooms() {
    first_steps_agree(&Cpu::default(), 1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    first_steps_agree(&dev, 1e-3);
}
