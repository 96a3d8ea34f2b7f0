//! Moving numbers between ndarray and dfdx.

use dfdx::prelude::{Device, Dtype, HasShape, Shape, Tensor};
use ndarray::{Array1, Array2, ArrayBase, Data, Dimension};

/// Copies an array to a tensor of the same shape on `dev`.
///
/// # Panics
/// The array does not have the tensor's number of elements.
pub fn tensor<S, E, D, A, Dim>(
    dev: &D,
    array: &ArrayBase<A, Dim>,
    shape: S,
) -> Tensor<S, E, D>
where
    S: Shape,
    E: Dtype,
    D: Device<E>,
    A: Data<Elem = E>,
    Dim: Dimension,
{
    assert_eq!(
        array.len(),
        shape.num_elements(),
        "the array's shape is {:?}",
        array.shape()
    );
    dev.tensor_from_vec(array.iter().copied().collect(), shape)
}

/// Copies a tensor of two dimensions to an array of the same shape.
pub fn array<S, E, D, T>(tensor: &Tensor<S, E, D, T>) -> Array2<E>
where
    S: Shape<Concrete = [usize; 2]>,
    E: Dtype,
    D: Device<E>,
{
    let [rows, columns] = tensor.shape().concrete();
    Array2::from_shape_vec((rows, columns), tensor.as_vec())
        .expect("the tensor has rows * columns elements")
}

/// Copies a tensor of one dimension to an array of the same length.
pub fn column<S, E, D, T>(tensor: &Tensor<S, E, D, T>) -> Array1<E>
where
    S: Shape<Concrete = [usize; 1]>,
    E: Dtype,
    D: Device<E>,
{
    Array1::from_vec(tensor.as_vec())
}

/// The same numbers in single precision.
pub fn to_f32<A: Data<Elem = f64>, Dim: Dimension>(
    array: &ArrayBase<A, Dim>,
) -> ndarray::Array<f32, Dim> {
    array.mapv(|v| v as f32)
}
