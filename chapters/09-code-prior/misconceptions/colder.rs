use crate::checks::{Foreseen, Why};

pub fn paid_as_drawn() -> Foreseen {
    let entropy = |p: &[f64]| -p.iter().map(|p| p * p.log2()).sum::<f64>();
    Foreseen {
        cold: 49.0 * entropy(&[2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0]),
        cut: 49.0 * entropy(&[2.0 / 3.0, 1.0 / 3.0]),
        why: Why::PaidAsDrawn,
    }
}

pub fn half_the_bits() -> Foreseen {
    let why = Why::HalfTheLogitsHalfTheBits;
    Foreseen { cold: 73.5 / 2.0, cut: 73.5, why }
}

pub fn the_model_is_the_same() -> Foreseen {
    Foreseen { cold: 73.5, cut: 73.5, why: Why::TheModelIsTheSame }
}

pub fn only_the_likeliest() -> Foreseen {
    Foreseen { cold: 49.0, cut: 49.0, why: Why::OnlyTheLikeliest }
}

/// The numbers by chance, and a reason that gives others.
pub fn right_for_a_wrong_reason() -> Foreseen {
    Foreseen { cold: 65.3, cut: 65.3, why: Why::PaidAsDrawn }
}

/// The squares, not divided by their sum.
pub fn squares_that_add_up_to_less() -> Foreseen {
    let cold = 49.0 * (0.25 + 2.0 * 2.0 / 16.0);
    let why = Why::DrawnByOnePaidByTheOther;
    Foreseen { cold, cut: 49.0 * 4.0 / 3.0, why }
}

/// Of a code in place of an image.
pub fn of_a_code() -> Foreseen {
    let why = Why::DrawnByOnePaidByTheOther;
    Foreseen { cold: 4.0 / 3.0, cut: 4.0 / 3.0, why }
}

pub fn in_nats() -> Foreseen {
    let nats = 49.0 * 4.0 / 3.0 * 2.0_f64.ln();
    let why = Why::DrawnByOnePaidByTheOther;
    Foreseen { cold: nats, cut: nats, why }
}

/// The third code's share is lost, not shared out.
pub fn what_is_cut_is_lost() -> Foreseen {
    let why = Why::DrawnByOnePaidByTheOther;
    Foreseen { cold: 49.0 * 4.0 / 3.0, cut: 49.0 * (0.5 + 0.5), why }
}
