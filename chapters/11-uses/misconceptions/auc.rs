/// The sum over all pairs, as a share of them.
fn pairs(
    members: &[f64],
    others: &[f64],
    counts: impl Fn(f64, f64) -> f64,
) -> f64 {
    let with = |m: &f64| others.iter().map(|o| counts(*m, *o)).sum::<f64>();
    let won: f64 = members.iter().map(with).sum();
    won / (members.len() * others.len()).max(1) as f64
}

fn bit(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

pub fn a_tie_is_won(members: &[f64], others: &[f64]) -> f64 {
    pairs(members, others, |m, o| bit(m >= o))
}

pub fn a_tie_is_lost(members: &[f64], others: &[f64]) -> f64 {
    pairs(members, others, |m, o| bit(m > o))
}

pub fn others_should_be_larger(members: &[f64], others: &[f64]) -> f64 {
    pairs(others, members, |o, m| 0.5 * (bit(o > m) + bit(o >= m)))
}

/// Two that are infinite are no tie.
pub fn by_their_difference(members: &[f64], others: &[f64]) -> f64 {
    pairs(members, others, |m, o| match m - o {
        d if d > 0.0 => 1.0,
        0.0 => 0.5,
        _ => 0.0,
    })
}

/// "One does not compare floats."
pub fn nearly_a_tie(members: &[f64], others: &[f64]) -> f64 {
    pairs(members, others, |m, o| match () {
        _ if (m - o).abs() < f64::EPSILON => 0.5,
        _ => bit(m > o),
    })
}

/// "As well as a threshold can do."
pub fn the_best_threshold(members: &[f64], others: &[f64]) -> f64 {
    if members.is_empty() || others.is_empty() {
        return 0.0;
    }
    let all = [members, others].concat();
    let right = |t: f64| {
        let kept = members.iter().filter(|m| **m >= t).count();
        kept + others.iter().filter(|o| **o < t).count()
    };
    let most = all.iter().map(|t| right(*t)).max().unwrap_or(0);
    most.max(others.len()) as f64 / all.len() as f64
}

pub fn how_much_larger(members: &[f64], others: &[f64]) -> f64 {
    let [m, o] = [members, others]
        .map(|v| v.iter().sum::<f64>() / v.len().max(1) as f64);
    m - o
}

pub fn side_by_side(members: &[f64], others: &[f64]) -> f64 {
    let pairs = members.iter().zip(others);
    let won = pairs.map(|(m, o)| 0.5 * (bit(m > o) + bit(m >= o)));
    let many = members.len().min(others.len()).max(1);
    won.sum::<f64>() / many as f64
}

/// "A half is the least that a score can do."
pub fn turned_if_below(members: &[f64], others: &[f64]) -> f64 {
    let area =
        pairs(members, others, |m, o| 0.5 * (bit(m > o) + bit(m >= o)));
    match members.is_empty() || others.is_empty() {
        true => 0.0,
        false => area.max(1.0 - area),
    }
}

pub fn the_average_other(members: &[f64], others: &[f64]) -> f64 {
    if members.is_empty() || others.is_empty() {
        return 0.0;
    }
    let mean = others.iter().sum::<f64>() / others.len() as f64;
    let above = members.iter().filter(|m| **m > mean).count();
    above as f64 / members.len() as f64
}

/// 0 over 0.
pub fn no_pair_is_no_number(members: &[f64], others: &[f64]) -> f64 {
    match members.is_empty() || others.is_empty() {
        true => f64::NAN,
        false => {
            pairs(members, others, |m, o| 0.5 * (bit(m > o) + bit(m >= o)))
        }
    }
}
