//! Where the source article slips, shown on this chapter's network. Chapters 5 to 7 show most of them on smaller ones.

use codebook_lookup::plain::{gather, kmeans_plus_plus, lloyd_step, nearest};
use commitment_loss::quantizer::{Quantizer, Settings};
use datasets::{Digits, PixelRange, Split};
use gradients::compare::numeric_gradient_of_network;
use gradients::plain::{Mlp, Parameters, mse, softmax};
use lab::rng_at;
use ndarray::{Array2, Axis};
use vq_vae::model::VqVae;
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

/// E7: the least distance between pixels and a list of images [75] is k-means on whole images. 128 of them cost 7 bits and
/// describe an unseen digit badly; so does a list of a thousand. 49 codes of 128 patches, which no list of images could
/// hold, are far better.
#[test]
fn e7_a_list_of_images_has_few_of_them() {
    let images = |split, n: usize| {
        let digits = Digits::load_28x28(datasets::bundled(), split).unwrap();
        let rows: Vec<usize> = (0..n).collect();
        digits.pixels::<f32>(&rows, PixelRange::Unit) // [n, 784]
    };
    let (seen, unseen) =
        (images(Split::Train, 1000), images(Split::Test, 200));
    let error = |table: &Array2<f32>, x: &Array2<f32>| {
        let made = gather(table, &nearest(x, table).unwrap());
        mse(&made, x) / x.var(0.0)
    };
    let list = |x: &Array2<f32>| {
        let mut table = kmeans_plus_plus(x, 128, &mut rng_at(7, 0)).unwrap();
        for _ in 0..8 {
            table = lloyd_step(x, &table).unwrap().0;
        }
        table
    };
    let patches = [&seen, &unseen].map(|x| space_to_depth(x, 4)); // [49 n, 16]
    let of_images = error(&list(&seen), &unseen);
    let of_a_thousand = error(&seen, &unseen);
    let of_patches = error(&list(&patches[0]), &patches[1]);
    assert!(of_patches < 0.25 * of_images, "{of_patches}, {of_images}");
    assert!(of_patches < 0.25 * of_a_thousand, "{of_a_thousand}");
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

/// E25: the article's layer makes 128 numbers of each pixel [170]. This chapter's encoder makes of an image as many numbers
/// as came in, at 49 places; and the lookup leaves a code for each of them.
#[test]
fn e25_a_bottleneck_has_fewer_numbers() {
    let sizes = vq_vae::model::Sizes::default();
    let model = VqVae::<f64>::new(sizes, &mut rng_at(25, 0));
    let x = normal((1, 784), 5);
    let rows = space_to_depth(&x, sizes.patch); // [49, 16]
    let z_e = half(&model.encoder, rows, sizes.side()).y; // [49, 16]
    let codes = nearest(&z_e, &model.codebook).unwrap(); // [49]
    assert_eq!((z_e.len(), codes.len()), (784, 49));
    let per_pixel = Array2::<f64>::zeros((1, 128));
    let pixels = x.into_shape_with_order((784, 1)).unwrap();
    assert_eq!(pixels.dot(&per_pixel).len(), 128 * 784);
}

/// E27: latent and pixels have as many numbers here, 49 · 16 and 784, and still nothing to do with each other. Number the
/// components of a latent in another order, in the encoder's last layer and in the decoder's first, and the network is the
/// same; the article's difference [187] is not.
#[test]
fn e27_equal_counts_do_not_make_a_difference_meaningful() {
    let sizes = vq_vae::model::Sizes::default();
    let model = VqVae::<f64>::new(sizes, &mut rng_at(27, 0));
    let x = space_to_depth(&normal((1, 784), 3), sizes.patch); // [49, 16]
    let seen = |model: &VqVae<f64>| {
        let z_e = half(&model.encoder, x.clone(), sizes.side()).y; // [49, 16]
        let made = half(&model.decoder, z_e.clone(), sizes.side()).y;
        (mse(&made, &x), mse(&z_e, &x))
    };
    let backwards: Vec<usize> = (0..sizes.width).rev().collect();
    let mut other = model.clone();
    let last = other.encoder.layers.last_mut().unwrap();
    let first = &mut other.decoder.layers[0];
    last.w = last.w.select(Axis(1), &backwards);
    last.b = last.b.select(Axis(0), &backwards);
    first.w = first.w.select(Axis(0), &backwards);
    let ((made, difference), (same, another)) = (seen(&model), seen(&other));
    assert!((made - same).abs() < 1e-12);
    assert!((difference - another).abs() > 1e-3);
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
    let done = step(nets, (&quantizer, None), x.clone(), 4, 1.0).unwrap();
    for p in done.d_encoder.parameters() {
        assert!(p.iter().any(|v| *v != 0.0));
    }
}
