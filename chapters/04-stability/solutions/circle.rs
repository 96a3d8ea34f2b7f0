use crate::checks::Because;

pub fn circle() -> (f64, Because) {
    // Over a turn, η²a²r² - ηγr² - ηr⁴/8 is 0 where r² = 8(ηa² - γ).
    let square: f64 = 8.0 * (0.2 * 0.25 - 0.025);
    (square.sqrt(), Because::TheSquareIsHalved)
}
