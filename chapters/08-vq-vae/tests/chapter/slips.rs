//! Where the source article slips, shown on this chapter's network. Chapters 5 to 7 show most of them on smaller ones.

use commitment_loss::quantizer::{Quantizer, Settings};
use gradients::compare::numeric_gradient_of_network;
use gradients::plain::{Mlp, Parameters, mse, softmax};
use ndarray::Array2;
use vq_vae::plain::{half, space_to_depth, step};

use crate::equations::{normal, small};

/// E6 and E24: what goes into the lookup is the encoder's output, which is continuous; the data itself, 784 numbers of
/// one channel, does not fit the codebook.
#[test]
fn e6_e24_the_lookup_takes_latents_and_no_pixels() {
    let model = small(1);
    let x = normal((2, 784), 1);
    let z_e = half(&model.encoder, space_to_depth(&x, 7), 4).y;
    let moved = half(&model.encoder, space_to_depth(&(&x + 1e-6), 7), 4).y;
    let change = (&moved - &z_e).mapv(f64::abs);
    assert!(change.iter().any(|v| *v > 0.0), "it moves with the pixels");
    assert!(change.iter().all(|v| *v < 1e-4), "and does not jump");
    let pixels = x.into_shape_with_order((2 * 784, 1)).unwrap();
    let refused = codebook_lookup::plain::nearest(&pixels, &model.codebook);
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("as wide as the codebook, 2, found 1"), "{said}");
}

/// E7: the least distance between pixels and a list of images is k-means on pixels. 128 images cost 7 bits; to say what
/// 49 codes of 128 say, the list would need 128⁴⁹ images.
#[test]
fn e7_a_list_of_images_has_few_of_them() {
    let (list, grid) = (128.0_f64.log2(), 49.0 * 128.0_f64.log2());
    assert_eq!((list, grid), (7.0, 343.0));
}

/// E23: a softmax gives shares of all codes and no index: what is stored is not one number but K, and mixing all codes
/// by those shares gives a vector that is none of them.
#[test]
fn e23_a_softmax_stores_k_numbers_and_no_code() {
    let model = small(2);
    let z = normal((6, 2), 2);
    let p = softmax(&z.dot(&model.codebook.t()));
    assert_eq!(p.ncols(), model.codes());
    let mixed = p.dot(&model.codebook);
    for row in mixed.rows() {
        let far = model
            .codebook
            .rows()
            .into_iter()
            .map(|e| (&e - &row).mapv(f64::abs).sum());
        assert!(far.fold(f64::INFINITY, f64::min) > 1e-6);
    }
}

/// E25: the article's layer makes 100,352 numbers of 784. This chapter's encoder makes 49 · 16, and of those 49 codes.
#[test]
fn e25_a_bottleneck_has_fewer_numbers() {
    assert_eq!(28 * 28 * 128, 100_352);
    let sizes = vq_vae::model::Sizes::default();
    assert_eq!(
        sizes.places() * sizes.width,
        784,
        "no fewer before the lookup"
    );
    assert_eq!(sizes.places(), 49, "but after it");
}

/// E27: latent and pixels have as many numbers here, 49 · 16 and 784, and still nothing to do with each other: order
/// the patches in another way, and the encoder can follow, the difference cannot.
#[test]
fn e27_equal_counts_do_not_make_a_difference_meaningful() {
    let sizes = vq_vae::model::Sizes::default();
    let rows = space_to_depth(&normal((1, 784), 3), sizes.patch);
    assert_eq!(rows.dim(), (sizes.places(), sizes.width));
    let loss = |z: &Array2<f64>| mse(z, &rows);
    assert_eq!(loss(&rows), 0.0, "the latent is the image: no code learnt");
}

/// E30: take the straight-through step and the commitment term away, and the encoder's slope is zero at every
/// parameter; with them it is not.
#[test]
fn e30_without_them_no_parameter_of_the_encoder_moves() {
    let model = small(3);
    let settings = Settings::default();
    let quantizer = Quantizer::new(model.codebook.clone(), settings).unwrap();
    let x = space_to_depth(&normal((1, 784), 4), 7);
    let loss = |encoder: &Mlp<f64>| {
        let z_e = half(encoder, x.clone(), 4).y;
        let z_q = quantizer.quantize(&z_e).unwrap().quantized.z_q;
        mse(&half(&model.decoder, z_q, 4).y, &x)
    };
    let slopes = numeric_gradient_of_network(loss, &model.encoder);
    for p in slopes.parameters() {
        assert!(p.iter().all(|v| *v == 0.0));
    }
    let nets = (&model.encoder, &model.decoder);
    let done = step(nets, &quantizer, x.clone(), 4, 1.0).unwrap();
    for p in done.d_encoder.parameters() {
        assert!(p.iter().any(|v| *v != 0.0));
    }
}
