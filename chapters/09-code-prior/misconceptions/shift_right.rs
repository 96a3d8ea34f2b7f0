use ndarray::Array2;

pub fn not_at_all(codes: &Array2<usize>, _: usize) -> Array2<usize> {
    codes.clone()
}

pub fn to_the_left(codes: &Array2<usize>, k: usize) -> Array2<usize> {
    Array2::from_shape_fn(codes.dim(), |(n, i)| {
        codes.get((n, i + 1)).copied().unwrap_or(k)
    })
}

pub fn start_is_code_0(codes: &Array2<usize>, _: usize) -> Array2<usize> {
    Array2::from_shape_fn(codes.dim(), |(n, i)| match i {
        0 => 0,
        _ => codes[[n, i - 1]],
    })
}

pub fn round_and_round(codes: &Array2<usize>, _: usize) -> Array2<usize> {
    let t = codes.ncols();
    Array2::from_shape_fn(codes.dim(), |(n, i)| codes[[n, (i + t - 1) % t]])
}

pub fn across_images(codes: &Array2<usize>, k: usize) -> Array2<usize> {
    let t = codes.ncols();
    Array2::from_shape_fn(codes.dim(), |(n, i)| match n * t + i {
        0 => k,
        at => codes[[(at - 1) / t, (at - 1) % t]],
    })
}

pub fn start_is_the_last_code(
    codes: &Array2<usize>,
    k: usize,
) -> Array2<usize> {
    Array2::from_shape_fn(codes.dim(), |(n, i)| match i {
        0 => k - 1,
        _ => codes[[n, i - 1]],
    })
}

pub fn overwritten_from_the_front(
    codes: &Array2<usize>,
    k: usize,
) -> Array2<usize> {
    let mut seen = codes.clone();
    for mut row in seen.rows_mut() {
        (1..row.len()).for_each(|i| row[i] = row[i - 1]);
        row[0] = k;
    }
    seen
}
