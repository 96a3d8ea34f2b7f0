//! The PixelCNN: what it may see, its gradients in both rooms, training and drawing.

use code_prior::ledger::{numeric_gradient_of_prior, prior_err};
use code_prior::model::{PriorError, Sizes};
use code_prior::on_dfdx;
use code_prior::pixelcnn::{
    Learns, Mask, PixelCnn, Training, jacobian, masked_conv,
};
use code_prior::plain::bits_per_image;
use code_prior::sampling::{Draws, How, complete, sample};
use code_prior::training::Config;
use dfdx::prelude::{AsArray, Backward, Cpu, SumTo, Trace};
use gradients::on_dfdx::{arrays, gradients, to_plain};
use gradients::plain::{Activation, AdamConfig, Layer, Parameters};
use lab::{Resumable, Room, rng_at};
use ndarray::{Array1, Array2, Axis, array, s};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::equations::{normal, some_codes};

const SIZES: Sizes =
    Sizes { codes: 3, places: 16, width: 5, heads: 1, blocks: 4, classes: 0 };

/// A network with every parameter away from where it starts, what is masked included.
fn small(sizes: Sizes, stream: u64) -> PixelCnn<f64> {
    let rng = &mut rng_at(92, stream);
    let mut net = PixelCnn::new(sizes, rng).unwrap();
    for p in &mut net.parameters_mut() {
        p.mapv_inplace(|v| v + 0.3 * rng.sample::<f64, _>(StandardNormal));
    }
    net
}

/// By its definition, place by place.
pub fn a_masked_convolution_reads_what_comes_before() {
    let (side, c) = (4, 2);
    let x = normal((2 * 16, c), 1);
    let layer = Layer {
        w: normal((9 * c, 3), 2),
        b: Array1::from(vec![0.5, -1.0, 0.0]),
        activation: Activation::Identity,
    };
    for mask in [Mask::A, Mask::B] {
        let y = masked_conv(&x, &layer, (mask, side));
        for n in 0..2 * 16 {
            let (line, column) = (n / 4 % 4, n % 4);
            let mut sum = layer.b.clone(); // [3]
            for (down, right) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 0)]
            {
                let (i, j) = (line as i32 + down, column as i32 + right);
                let inside = (0..4).contains(&i) && (0..4).contains(&j);
                let own = (down, right) == (0, 0);
                if !inside || own && mask == Mask::A {
                    continue;
                }
                let m = n - n % 16 + (4 * i + j) as usize;
                let tap = (3 * (down + 1) + right + 1) as usize;
                let w = layer.w.slice(s![tap * c..(tap + 1) * c, ..]);
                sum += &x.row(m).dot(&w);
            }
            let far = (&y.row(n) - &sum).mapv(f64::abs);
            assert!(far.iter().all(|v| *v < 1e-12), "place {n}");
        }
    }
    // Nine places, four or five of which stay, for each channel.
    let ones = Array2::<f64>::ones((18, 1));
    assert_eq!(Mask::A.of(&ones).sum(), 8.0);
    assert_eq!(Mask::B.of(&ones).sum(), 10.0);
}

/// The logits at a place do not depend on its own code or a later one, exactly; nor on what lies in the blind spot: up a
/// lines, and more than a columns to the right.
pub fn what_a_pixelcnn_sees_and_what_it_does_not() {
    // A ReLU may be shut for one input; it is not for all of them.
    let over_inputs = |net: &PixelCnn<f64>| {
        let of = |n| jacobian(net, &normal((16, 5), n));
        let larger = |a: Array2<f64>, b: Array2<f64>| {
            ndarray::Zip::from(&a).and(&b).map_collect(|a, b| a.max(*b))
        };
        (100..120).map(of).reduce(larger).unwrap() // [16, 16]
    };
    let net = small(SIZES, 1);
    let largest = over_inputs(&net);
    let place = |n: usize| ((n / 4) as i32, (n % 4) as i32);
    let mut blind = 0;
    for (i, j) in (0..16).flat_map(|i| (0..16).map(move |j| (i, j))) {
        let ((line, column), (up, right)) = (place(i), place(j));
        let (up, right) = (line - up, right - column);
        let seen = j < i && (up == 0 || right <= up);
        assert_eq!(largest[[i, j]] != 0.0, seen, "place {i}, row {j}");
        blind += usize::from(j < i && !seen);
    }
    assert_eq!(blind, 3 * 3 + 2);
    // Moving a row as far as one likes shows the same, bit for bit.
    let x = normal((16, 5), 3);
    let before = net.forward_rows(x.clone()).logits;
    for j in 0..16 {
        let mut moved = x.clone();
        moved.row_mut(j).mapv_inplace(|v| 1.5 * v + 7.0);
        let after = net.forward_rows(moved).logits;
        for i in 0..16 {
            let same = before.row(i) == after.row(i);
            assert!(same || largest[[i, j]] > 0.0, "place {i}, row {j}");
        }
    }
    // With mask B first, each place sees its own code, and no later one.
    let leaking = over_inputs(&net.clone().that_sees_its_answer());
    for (i, j) in (0..16).flat_map(|i| (0..16).map(move |j| (i, j))) {
        assert!(i != j || leaking[[i, j]] > 0.0);
        assert!(j <= i || leaking[[i, j]] == 0.0);
    }
    // And the tape of dfdx finds the same zeros.
    let dev = Cpu::default();
    let here = jacobian(&net, &x);
    let there = on_dfdx::pixelcnn::PixelCnn::new(&dev, &net);
    for i in [0, 5, 10, 15] {
        let tx = lab::tensor(&dev, &x, (16, 5));
        let mut pick = Array2::zeros((16, 3));
        pick.row_mut(i).assign(&array![1.0, -2.0, 0.5]);
        let logits = there.forward_rows(tx.leaky_trace());
        let s = (logits * lab::tensor(&dev, &pick, (16, 3))).sum::<(), _>();
        let d = lab::array(&s.backward().get(&tx));
        for j in 0..16 {
            let zero = d.row(j).iter().all(|v| *v == 0.0);
            assert_eq!(zero, here[[i, j]] == 0.0, "place {i}, row {j}");
        }
    }
}

/// Over all maps the probabilities sum to 1: it is a distribution.
#[test]
fn a_pixelcnn_is_a_distribution() {
    let sizes = Sizes { codes: 3, places: 4, ..SIZES };
    let net = small(sizes, 2);
    let all = Array2::from_shape_fn((81, 4), |(n, i)| {
        n / 3_usize.pow(i as u32) % 3
    });
    let nats = net.nats(&all).unwrap().sum_axis(Axis(1));
    let sum = nats.mapv(|v| (-v).exp()).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    let leaking = net.that_sees_its_answer();
    let nats = leaking.nats(&all).unwrap().sum_axis(Axis(1));
    let sum = nats.mapv(|v| (-v).exp()).sum();
    assert!((sum - 1.0).abs() > 1e-3, "and one that sees is none: {sum}");
}

#[test]
fn nets_of_several_sizes_have_the_gradient_of_their_loss() {
    for (n, (places, width, blocks)) in
        [(4, 2, 0), (9, 3, 2), (1, 2, 1)].into_iter().enumerate()
    {
        let sizes = Sizes { places, width, blocks, ..SIZES };
        let net = small(sizes, n as u64);
        let codes = some_codes(2, sizes, n as u64);
        for net in [net.clone(), net.that_sees_its_answer()] {
            let (_, d) = net.loss_and_gradient(&codes).unwrap();
            let loss =
                |p: &PixelCnn<f64>| p.loss_and_gradient(&codes).unwrap().0;
            let numeric = numeric_gradient_of_prior(loss, &net);
            assert!(prior_err(&d, &numeric) < 1e-6, "{sizes:?}");
        }
    }
}

fn config(blocks: usize) -> Config {
    let sizes = Sizes { codes: 4, places: 9, width: 8, blocks, ..SIZES };
    let adam = AdamConfig { lr: 1e-2, ..AdamConfig::default() };
    Config { sizes, batch: 16, steps: 300, warm_up: 5, adam }
}

fn start<'a>(room: Room, codes: &'a Array2<usize>) -> Box<dyn Learns + 'a> {
    let plain = Training::new(config(1), codes, 7).unwrap();
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => {
            Box::new(on_dfdx::pixelcnn::Training::new(&Cpu::default(), plain))
        }
    }
}

#[test]
fn a_pixelcnn_can_change_rooms() {
    let codes = some_codes(50, config(1).sizes, 2);
    let start = |room| start(room, &codes);
    lab::either_room_goes_on(start, |t| t.losses(), 5, 1e-5);
}

#[test]
fn codes_cost_the_same_in_both_rooms() {
    let codes = some_codes(300, config(1).sizes, 2); // two batches and a rest
    let here = start(Room::Plain, &codes).nats(&codes).unwrap();
    let there = start(Room::Dfdx, &codes).nats(&codes).unwrap();
    assert!(lab::max_rel_err(&here, &there) < 1e-4);
}

/// Codes that are drawn evenly cannot be guessed; who sees them need not guess.
#[test]
fn only_a_net_that_sees_its_answer_gets_below_the_entropy() {
    let codes = some_codes(400, config(1).sizes, 5);
    let fresh = some_codes(400, config(1).sizes, 6);
    let trained = |leaks: bool| {
        let mut run = Training::new(config(1), &codes, 7).unwrap();
        if leaks {
            run = run.that_sees_its_answer();
        }
        (0..300).for_each(|_| drop(run.step().unwrap()));
        (run.losses()[299], bits_per_image(&run.nats(&fresh).unwrap()))
    };
    let (honest, bits) = trained(false);
    assert!(honest > 1.2 && bits > 17.9, "ln 4 is 1.39: {honest} {bits}");
    let (leaking, bits) = trained(true);
    assert!(leaking < 0.1, "{leaking}");
    assert!(bits < 1.5, "18 bits for nothing: {bits}");
}

/// Every map repeats its first code: only the first place is a guess. Drawing shows it in both numbers and maps.
#[test]
fn a_pixelcnn_learns_and_draws_what_it_has_learnt() {
    let codes = Array2::from_shape_fn((64, 9), |(n, _)| n % 4);
    let mut run = Training::new(config(1), &codes, 7).unwrap();
    (0..300).for_each(|_| drop(run.step().unwrap()));
    let bits = bits_per_image(&run.nats(&codes).unwrap());
    assert!(bits > 1.99 && bits < 2.3, "two bits to choose: {bits}");
    let net = run.pixelcnn();
    let drawn = sample(&net, 300, 0.5, 1).unwrap(); // more than one part
    let alike =
        |row: ndarray::ArrayView1<usize>| row.iter().all(|c| *c == row[0]);
    let rows = drawn.rows().into_iter();
    assert!(rows.filter(|row| alike(row.view())).count() > 280);
    let given = array![[2, 2], [0, 0]];
    let how = How { top_k: Some(1), ..How::from(1.0) };
    let done = complete(&net, &given, how, 1).unwrap();
    assert_eq!(done, array![[2; 9], [0; 9]]);
}

/// Place by place the same logits as a whole pass over the finished map, though later places were empty.
#[test]
fn what_is_drawn_place_by_place_is_what_a_whole_pass_says() {
    let net = small(SIZES, 4);
    let codes = some_codes(3, SIZES, 4);
    let nats = net.nats(&codes).unwrap();
    let mut drawn = net.cache(3);
    let mut last = vec![SIZES.codes; 3];
    for i in 0..16 {
        let logits = net.next(&mut drawn, &last); // [3, K]
        let here = code_prior::plain::nats_by_place(
            &logits,
            &codes.slice(s![.., i..=i]).to_owned(),
        );
        for n in 0..3 {
            assert!((here[[n, 0]] - nats[[n, i]]).abs() < 1e-12);
        }
        last = codes.column(i).to_vec();
    }
    assert_eq!(net.sizes(), SIZES);
}

#[test]
fn single_precision_survives_the_journey() {
    let rng = &mut rng_at(3, 0);
    let net = PixelCnn::<f32>::new(SIZES, rng).unwrap();
    let codes = some_codes(4, SIZES, 0);
    let (loss, d) = net.loss_and_gradient(&codes).unwrap();
    let there = on_dfdx::pixelcnn::PixelCnn::new(&Cpu::default(), &net);
    let (theirs, d_there) = there.learn(&codes);
    assert!((loss - theirs.array()).abs() < 1e-5 * loss);
    let theirs = to_plain(&net, &gradients(&there, &d_there));
    for (a, b) in d.parameters().iter().zip(theirs.parameters()) {
        let far = (a - &b).iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!(far < 1e-5, "{far:e}");
    }
    assert_eq!(to_plain(&net, &arrays(&there)), net);
}

#[test]
fn what_does_not_fit_is_refused() {
    let rng = &mut rng_at(3, 0);
    let of = |sizes, rng: &mut _| PixelCnn::<f32>::new(sizes, rng);
    let oblong = of(Sizes { places: 12, ..SIZES }, rng);
    assert_eq!(oblong.unwrap_err(), PriorError::NotSquare(12));
    assert!(of(Sizes { codes: 0, ..SIZES }, rng).is_err());
    let net = of(SIZES, rng).unwrap();
    let short = Array2::zeros((2, 9));
    let places = PriorError::Places { expected: 16, found: 9 };
    assert_eq!(net.nats(&short).unwrap_err(), places);
    let mut codes = some_codes(2, SIZES, 1);
    codes[[1, 3]] = 3;
    assert!(net.loss_and_gradient(&codes).is_err());
    // Live weights alone are counted: 4 of 9 taps, then 5 of 9.
    let layers = (4 * 5 + 1) * 5 + 4 * (5 * 5 + 1) * 5 + (5 + 1) * 3;
    assert_eq!(net.size(), 3 * 5 + 16 * 5 + layers);
}
