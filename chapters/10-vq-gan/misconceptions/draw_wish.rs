use code_prior::plain::tempered;
use code_prior::sampling::Draws;
use ndarray::{Array1, Array2};
use vq_gan::plain::guide;

use crate::checks::Taught;

type Logits = Array2<f64>;

/// The first code that has more than `u` together with those before it.
fn draw(p: &Array1<f64>, u: f64) -> usize {
    let mut sum = 0.0;
    let more = p.iter().position(|p| {
        sum += p;
        sum > u
    });
    more.unwrap_or(p.len() - 1)
}

/// Two copies that begin with these tokens and hear the same codes; what is
/// drawn has these probabilities.
fn together(
    prior: &Taught,
    starts: [usize; 2],
    u: &[f64],
    p: impl Fn(&Logits, &Logits) -> Array1<f64>,
) -> Vec<usize> {
    let mut caches = [prior.cache(1), prior.cache(1)];
    let (mut last, mut codes) = (starts, Vec::new());
    for &u in u {
        let [s_c, s_0] =
            [0, 1].map(|n| prior.next(&mut caches[n], &last[n..=n]));
        let code = draw(&p(&s_c, &s_0), u);
        codes.push(code);
        last = [code; 2];
    }
    codes
}

/// The start tokens of the two.
fn starts(prior: &Taught, class: usize) -> [usize; 2] {
    let k = prior.sizes().codes;
    [k + 1 + class, k]
}

/// "What the wish changes is what counts."
pub fn without_the_untold(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let s = (s_c - s_0) * scale;
        tempered(s.row(0), temperature)
    })
}

/// "From the trained prior on, γ times farther."
pub fn from_the_told_on(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let s = s_c + (s_c - s_0) * scale;
        tempered(s.row(0), temperature)
    })
}

/// The two are exchanged.
pub fn exchanged(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let s = s_c + (s_0 - s_c) * scale;
        tempered(s.row(0), temperature)
    })
}

/// "Between two distributions, and beyond."
pub fn mixes_probabilities(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let [p_c, p_0] = [s_c, s_0].map(|s| tempered(s.row(0), temperature));
        let p = (&p_0 + &((&p_c - &p_0) * scale)).mapv(|p| p.max(0.0));
        &p / p.sum()
    })
}

/// Both copies begin with the class.
pub fn both_are_told(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let token = starts(prior, class)[0];
    together(prior, [token; 2], u, |s_c, s_0| {
        tempered(guide(s_c, s_0, scale).row(0), temperature)
    })
}

/// "Nothing has come yet, so 0."
pub fn untold_from_code_0(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let [token, _] = starts(prior, class);
    together(prior, [token, 0], u, |s_c, s_0| {
        tempered(guide(s_c, s_0, scale).row(0), temperature)
    })
}

/// "Counted from 0, the start token is K - 1."
pub fn untold_from_the_last_code(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let [token, k] = starts(prior, class);
    together(prior, [token, k - 1], u, |s_c, s_0| {
        tempered(guide(s_c, s_0, scale).row(0), temperature)
    })
}

/// "Classes follow the codes: K + y."
pub fn class_behind_the_codes(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let k = prior.sizes().codes;
    together(prior, [k + class, k], u, |s_c, s_0| {
        tempered(guide(s_c, s_0, scale).row(0), temperature)
    })
}

/// The temperature is the told one's alone.
pub fn tempers_the_told(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let s_c = s_c / temperature;
        tempered(guide(&s_c, s_0, scale).row(0), 1.0)
    })
}

/// Both are tempered, and what comes of them once more.
pub fn tempers_twice(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        let [s_c, s_0] = [s_c, s_0].map(|s| s / temperature);
        tempered(guide(&s_c, &s_0, scale).row(0), temperature)
    })
}

/// Two maps instead of one.
pub fn each_draws_its_own(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let mut caches = [prior.cache(1), prior.cache(1)];
    let mut last = starts(prior, class);
    let mut codes = Vec::new();
    for &u in u {
        let both = [0, 1].map(|n| prior.next(&mut caches[n], &last[n..=n]));
        let s = guide(&both[0], &both[1], scale);
        codes.push(draw(&tempered(s.row(0), temperature), u));
        last = both.map(|s| draw(&tempered(s.row(0), temperature), u));
    }
    codes
}

/// "It has not heard anything."
pub fn untold_of_the_codes(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let mut caches = [prior.cache(1), prior.cache(1)];
    let [mut last, k] = starts(prior, class);
    let mut codes = Vec::new();
    for &u in u {
        let s_c = prior.next(&mut caches[0], &[last]);
        let s_0 = prior.next(&mut caches[1], &[k]);
        let s = guide(&s_c, &s_0, scale);
        last = draw(&tempered(s.row(0), temperature), u);
        codes.push(last);
    }
    codes
}

/// "It is one prior, so it has one cache."
pub fn one_cache(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let mut cache = prior.cache(1);
    let mut last = starts(prior, class);
    let mut codes = Vec::new();
    for &u in u {
        let s_c = prior.next(&mut cache, &last[..1]);
        let s_0 = prior.next(&mut cache, &last[1..]);
        let s = guide(&s_c, &s_0, scale);
        let code = draw(&tempered(s.row(0), temperature), u);
        codes.push(code);
        last = [code; 2];
    }
    codes
}

/// "The wish is told at the start, so that is where it leans."
pub fn leans_at_the_start(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let mut caches = [prior.cache(1), prior.cache(1)];
    let mut last = starts(prior, class);
    let mut codes = Vec::new();
    for (i, &u) in u.iter().enumerate() {
        let [s_c, s_0] =
            [0, 1].map(|n| prior.next(&mut caches[n], &last[n..=n]));
        let s = if i == 0 { guide(&s_c, &s_0, scale) } else { s_c };
        let code = draw(&tempered(s.row(0), temperature), u);
        codes.push(code);
        last = [code; 2];
    }
    codes
}

/// The most probable code is "drawn".
pub fn takes_the_likeliest(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    together(prior, starts(prior, class), u, |s_c, s_0| {
        tempered(guide(s_c, s_0, scale).row(0), temperature * 1e-9)
    })
}
