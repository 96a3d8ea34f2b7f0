use ndarray::Array2;

pub fn in_nats(p: &Array2<f64>, map: &[usize]) -> f64 {
    let codes = map.iter().enumerate();
    codes.map(|(place, &code)| -p[[place, code]].ln()).sum()
}

pub fn on_average(p: &Array2<f64>, _: &[usize]) -> f64 {
    p.iter().map(|p| -p * p.log2()).sum()
}

pub fn one_table(p: &Array2<f64>, map: &[usize]) -> f64 {
    map.iter().map(|&code| -p[[0, code]].log2()).sum()
}

pub fn whole_bits(p: &Array2<f64>, map: &[usize]) -> f64 {
    let codes = map.iter().enumerate();
    codes.map(|(place, &code)| (-p[[place, code]].log2()).ceil()).sum()
}

pub fn all_alike(p: &Array2<f64>, map: &[usize]) -> f64 {
    map.len() as f64 * (p.ncols() as f64).log2()
}
