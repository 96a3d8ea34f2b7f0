use ndarray::Array2;

fn step(j: &Array2<f64>, eta: f64) -> Array2<f64> {
    Array2::<f64>::eye(2) + eta * j
}

/// Half the trace, and what stands under the root.
fn parts(m: &Array2<f64>) -> (f64, f64) {
    let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    let determinant = m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]];
    (half, half * half - determinant)
}

fn radius(m: &Array2<f64>) -> f64 {
    let (half, under) = parts(m);
    match under < 0.0 {
        true => (half * half - under).sqrt(),
        false => half.abs() + under.sqrt(),
    }
}

pub fn of_the_jacobian(j: &Array2<f64>, _: f64) -> f64 {
    radius(j)
}

pub fn root_of_a_negative(j: &Array2<f64>, eta: f64) -> f64 {
    let (half, under) = parts(&step(j, eta));
    half.abs() + under.sqrt()
}

pub fn real_part_only(j: &Array2<f64>, eta: f64) -> f64 {
    let (half, under) = parts(&step(j, eta));
    half.abs() + under.max(0.0).sqrt()
}

pub fn largest_not_longest(j: &Array2<f64>, eta: f64) -> f64 {
    let (half, under) = parts(&step(j, eta));
    match under < 0.0 {
        true => (half * half - under).sqrt(),
        false => half + under.sqrt(),
    }
}

pub fn length_of_the_matrix(j: &Array2<f64>, eta: f64) -> f64 {
    step(j, eta).fold(0.0, |sum, v| sum + v * v).sqrt()
}

pub fn determinant_alone(j: &Array2<f64>, eta: f64) -> f64 {
    let (half, under) = parts(&step(j, eta));
    (half * half - under).abs().sqrt()
}
