use ndarray::Array2;

pub fn cheapest(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    prices: &Array2<f64>,
) -> Vec<usize> {
    let places = prices.nrows();
    let of_latent = |(n, z): (usize, ndarray::ArrayView1<f64>)| {
        let cost = |k: usize| {
            let far = &z - &codebook.row(k); // [D]
            far.dot(&far) + prices[[n % places, k]]
        };
        let cheaper = |a, b| if cost(b) < cost(a) { b } else { a };
        (1..codebook.nrows()).fold(0, cheaper)
    };
    z_e.rows().into_iter().enumerate().map(of_latent).collect()
}
