//! What the compiler refuses. Beside each program that it refuses stands one that it takes and that differs from it in a line
//! or two, so that the refusal has one reason.

/// E13: `layers.Model` [101]. A name that is not there stops the program before it runs.
///
/// ```
/// use gradients::plain::Mlp;
/// ```
///
/// ```compile_fail
/// use gradients::plain::layers::Mlp;
/// ```
pub struct E13Model;

/// E14: `input_shape[1]` of a shape of one number [100, 121]. Where widths are types, what a generator gives must be what
/// a discriminator takes.
///
/// ```
/// # use dfdx::prelude::*;
/// # use dfdx::nn::builders::Linear;
/// # let dev = Cpu::default();
/// # let z: Tensor<Rank1<100>, f32, _> = dev.zeros();
/// let g = dev.build_module::<Linear<100, 784>, f32>();
/// let d = dev.build_module::<Linear<784, 1>, f32>();
/// let _: Tensor<Rank1<1>, f32, _> = d.forward(g.forward(z));
/// ```
///
/// ```compile_fail
/// # use dfdx::prelude::*;
/// # use dfdx::nn::builders::Linear;
/// # let dev = Cpu::default();
/// # let z: Tensor<Rank1<100>, f32, _> = dev.zeros();
/// let g = dev.build_module::<Linear<100, 100>, f32>();
/// let d = dev.build_module::<Linear<784, 1>, f32>();
/// let _: Tensor<Rank1<1>, f32, _> = d.forward(g.forward(z));
/// ```
pub struct E14Widths;

/// E15: noise of shape (1, B, d) [133]. An array of three axes has another type than one of two.
///
/// ```
/// # use gradients::plain::{Activation, Mlp};
/// # use ndarray::{Array, Axis};
/// # let (hidden, last) = (Activation::Relu, Activation::Tanh);
/// # let g = Mlp::<f32>::new(&[2, 8, 3], hidden, last, &mut lab::rng_at(1, 0));
/// # let noise = Array::zeros((64, 2));
/// g.output(&noise);
/// ```
///
/// ```compile_fail
/// # use gradients::plain::{Activation, Mlp};
/// # use ndarray::{Array, Axis};
/// # let (hidden, last) = (Activation::Relu, Activation::Tanh);
/// # let g = Mlp::<f32>::new(&[2, 8, 3], hidden, last, &mut lab::rng_at(1, 0));
/// # let noise = Array::zeros((64, 2));
/// g.output(&noise.insert_axis(Axis(0)));
/// ```
pub struct E15Batch;

/// Chapter 2: fakes that remember where they came from do not go into the discriminator's step.
///
/// ```
/// # use discriminator_training::on_dfdx::d_step;
/// # use dfdx::prelude::*;
/// # use gradients::on_dfdx::{Matrix, Mlp};
/// # let dev = Cpu::default();
/// # let d = Mlp::<f32, Cpu> { layers: vec![] };
/// # let x_real: Matrix<f32, Cpu> = dev.zeros_like(&(4, 1));
/// # let x_fake: Matrix<f32, Cpu> = dev.zeros_like(&(4, 1));
/// d_step(&d, x_real, x_fake);
/// ```
///
/// ```compile_fail
/// # use discriminator_training::on_dfdx::d_step;
/// # use dfdx::prelude::*;
/// # use gradients::on_dfdx::{Matrix, Mlp};
/// # let dev = Cpu::default();
/// # let d = Mlp::<f32, Cpu> { layers: vec![] };
/// # let x_real: Matrix<f32, Cpu> = dev.zeros_like(&(4, 1));
/// # let x_fake: Matrix<f32, Cpu> = dev.zeros_like(&(4, 1));
/// d_step(&d, x_real, x_fake.leaky_traced());
/// ```
pub struct E19Detached;

/// E22: `batch_size`, `noise_dim`, `epochs` and `data_loader` [131, 150, 151] are defined nowhere.
///
/// ```
/// # use ndarray::Array2;
/// let (batch_size, noise_dim) = (64, 100);
/// let noise = Array2::<f32>::zeros((batch_size, noise_dim));
/// ```
///
/// ```compile_fail
/// # use ndarray::Array2;
/// let noise = Array2::<f32>::zeros((batch_size, noise_dim));
/// ```
pub struct E22Names;

/// E29: `encoder_loss = encoder_loss(..)` in a loop [212, 223]. After the first time the name is a number's.
///
/// ```
/// # let encoder_loss = |output: f64, x: f64| (output - x).powi(2);
/// for _ in 0..2 {
///     let encoder_loss = encoder_loss(1.0, 2.0);
///     assert_eq!(encoder_loss, 1.0);
/// }
/// ```
///
/// ```compile_fail
/// # let encoder_loss = |output: f64, x: f64| (output - x).powi(2);
/// let encoder_loss = encoder_loss(1.0, 2.0);
/// let encoder_loss = encoder_loss(1.0, 2.0);
/// ```
pub struct E29Shadow;

/// Chapter 6: a `z_q` that remembers the codebook does not go into the bracket.
///
/// ```
/// # use dfdx::prelude::*;
/// # use gradients::on_dfdx::Matrix;
/// # use straight_through::on_dfdx::straight_through;
/// # let dev = Cpu::default();
/// # let z_e: Matrix<f32, Cpu> = dev.zeros_like(&(4, 2));
/// # let z_q: Matrix<f32, Cpu> = dev.zeros_like(&(4, 2));
/// straight_through(z_e.leaky_traced(), z_q);
/// ```
///
/// ```compile_fail
/// # use dfdx::prelude::*;
/// # use gradients::on_dfdx::Matrix;
/// # use straight_through::on_dfdx::straight_through;
/// # let dev = Cpu::default();
/// # let z_e: Matrix<f32, Cpu> = dev.zeros_like(&(4, 2));
/// # let z_q: Matrix<f32, Cpu> = dev.zeros_like(&(4, 2));
/// straight_through(z_e.leaky_traced(), z_q.leaky_traced());
/// ```
pub struct E30Straight;
