use ndarray::Array2;

pub fn bits(p: &Array2<f64>, map: &[usize]) -> f64 {
    let codes = map.iter().enumerate();
    codes.map(|(place, &code)| -p[[place, code]].log2()).sum()
}
