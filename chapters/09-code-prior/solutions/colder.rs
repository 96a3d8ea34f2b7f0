use crate::checks::{Foreseen, Why};

pub fn colder() -> Foreseen {
    // Squared, ½, ¼ and ¼ are as 4 to 1 to 1; of two, as 2 to 1. In either
    // case code 0, of 1 bit, comes in two of three, and a code of 2 bits else.
    let bits = 49.0 * (2.0 / 3.0 * 1.0 + 1.0 / 3.0 * 2.0);
    let why = Why::DrawnByOnePaidByTheOther;
    Foreseen { cold: bits, cut: bits, why }
}
