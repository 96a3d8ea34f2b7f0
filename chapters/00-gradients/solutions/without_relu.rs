use crate::checks::Because;

pub fn without_relu() -> (f64, Because) {
    // 256 terms of mean square 2/256 times that of the input: twice it.
    let square = 2.0_f64.powi(20);
    (square.sqrt(), Because::TheSquareDoubles)
}
