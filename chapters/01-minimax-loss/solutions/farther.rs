use crate::checks::Because;

pub fn farther() -> (f64, Because) {
    // While no fake passes, a step is 0.05 m: m shrinks by a twentieth, and
    // from 10 to 5 it takes log 2 / -log 0.95 steps.
    let more = 2.0_f64.ln() / -(0.95_f64.ln());
    (65.0 + more, Because::TheSlopeGrows)
}
