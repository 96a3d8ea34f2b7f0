use ndarray::{Array2, ArrayView1, Axis};

type Trusted = Vec<(usize, usize)>;

fn largest(row: ArrayView1<f64>) -> usize {
    (0..row.len()).fold(0, |a, b| if row[b] > row[a] { b } else { a })
}

fn probability(row: ArrayView1<f64>) -> f64 {
    let most = row[largest(row)];
    1.0 / row.iter().map(|s| (s - most).exp()).sum::<f64>()
}

/// Class by class, the rows for which `sure` is largest, as many as `many` says.
fn by(
    logits: &Array2<f64>,
    label: impl Fn(ArrayView1<f64>) -> usize,
    sure: impl Fn(ArrayView1<f64>) -> f64,
    many: impl Fn(usize) -> usize,
) -> Trusted {
    let mut list = Vec::new();
    for class in 0..logits.ncols() {
        let all = logits.outer_iter().enumerate();
        let mine = all.filter(|(_, row)| label(*row) == class);
        let mut mine: Vec<_> = mine.map(|(n, row)| (n, sure(row))).collect();
        mine.sort_by(|a, b| b.1.total_cmp(&a.1));
        let kept = many(mine.len()).min(mine.len());
        list.extend(mine[..kept].iter().map(|(n, _)| (*n, class)));
    }
    list
}

fn up(share: f64) -> impl Fn(usize) -> usize {
    move |n| (share * n as f64).ceil() as usize
}

/// "The most confident are the most confident."
pub fn one_threshold(logits: &Array2<f64>, share: f64) -> Trusted {
    let all = logits.outer_iter().enumerate();
    let mut all: Vec<_> =
        all.map(|(n, row)| (n, largest(row), probability(row))).collect();
    all.sort_by(|a, b| b.2.total_cmp(&a.2));
    all.truncate(up(share)(logits.nrows()));
    all.sort_by_key(|(_, label, _)| *label);
    all.into_iter().map(|(n, label, _)| (n, label)).collect()
}

/// The same, and never looked at again.
pub fn one_sorted_list(logits: &Array2<f64>, share: f64) -> Trusted {
    let all = logits.outer_iter().enumerate();
    let mut all: Vec<_> =
        all.map(|(n, row)| (n, largest(row), probability(row))).collect();
    all.sort_by(|a, b| b.2.total_cmp(&a.2));
    all.truncate(up(share)(logits.nrows()));
    all.into_iter().map(|(n, label, _)| (n, label)).collect()
}

/// "The softmax is monotone."
pub fn by_logits(logits: &Array2<f64>, share: f64) -> Trusted {
    by(logits, largest, |row| row[largest(row)], up(share))
}

/// "How much larger than the next one?"
pub fn by_a_margin(logits: &Array2<f64>, share: f64) -> Trusted {
    let margin = |row: ArrayView1<f64>| {
        let mut all = row.to_vec();
        all.sort_by(f64::total_cmp);
        all[all.len() - 1] - all[all.len() - 2]
    };
    by(logits, largest, margin, up(share))
}

/// "One learns most from what is hard."
pub fn the_hard_ones(logits: &Array2<f64>, share: f64) -> Trusted {
    by(logits, largest, |row| -probability(row), up(share))
}

pub fn a_share_of_all(logits: &Array2<f64>, share: f64) -> Trusted {
    let many = up(share)(logits.nrows());
    by(logits, largest, probability, |_| many)
}

/// "A class has a tenth of all."
pub fn a_tenth_for_each(logits: &Array2<f64>, share: f64) -> Trusted {
    let all = logits.nrows() as f64;
    let many = (share * all / 10.0).ceil() as usize;
    by(logits, largest, probability, |_| many)
}

/// `as usize` cuts off.
pub fn cut_off(logits: &Array2<f64>, share: f64) -> Trusted {
    by(logits, largest, probability, |n| (share * n as f64) as usize)
}

pub fn nearest(logits: &Array2<f64>, share: f64) -> Trusted {
    let many = |n: usize| (share * n as f64).round() as usize;
    by(logits, largest, probability, many)
}

/// The exponential as it stands in the formula.
pub fn as_it_is_written(logits: &Array2<f64>, share: f64) -> Trusted {
    let sure = |row: ArrayView1<f64>| {
        let all = row.mapv(f64::exp);
        let p = all[largest(row)] / all.sum();
        if p.is_nan() { f64::NEG_INFINITY } else { p }
    };
    by(logits, largest, sure, up(share))
}

/// The same, and the class is asked of the probabilities.
pub fn all_as_it_is_written(logits: &Array2<f64>, share: f64) -> Trusted {
    let softmax = |row: ArrayView1<f64>| {
        let all = row.mapv(f64::exp);
        &all / all.sum()
    };
    let label = |row: ArrayView1<f64>| largest(softmax(row).view());
    let sure = |row: ArrayView1<f64>| {
        let p = softmax(row)[label(row)];
        if p.is_nan() { f64::NEG_INFINITY } else { p }
    };
    by(logits, label, sure, up(share))
}

/// `max_by` gives the last one.
pub fn by_max_by(logits: &Array2<f64>, share: f64) -> Trusted {
    let label = |row: ArrayView1<f64>| {
        let all = row.iter().enumerate();
        let most = all.max_by(|a, b| a.1.total_cmp(b.1));
        most.map_or(0, |(class, _)| class)
    };
    by(logits, label, probability, up(share))
}

/// Sorted upwards, and read from the end.
pub fn from_the_end(logits: &Array2<f64>, share: f64) -> Trusted {
    let mut list = Vec::new();
    for class in 0..logits.ncols() {
        let all = logits.outer_iter().enumerate();
        let mine = all.filter(|(_, row)| largest(*row) == class);
        let mut mine: Vec<_> =
            mine.map(|(n, row)| (n, probability(row))).collect();
        mine.sort_by(|a, b| a.1.total_cmp(&b.1));
        let kept = up(share)(mine.len());
        list.extend(mine.iter().rev().take(kept).map(|(n, _)| (*n, class)));
    }
    list
}

/// "A threshold lets through what reaches it."
pub fn all_that_reach_it(logits: &Array2<f64>, share: f64) -> Trusted {
    let least = by(logits, largest, probability, up(share));
    let least = |class: usize| {
        let last = least.iter().rev().find(|(_, label)| *label == class);
        last.map(|(n, _)| probability(logits.index_axis(Axis(0), *n)))
    };
    let all = by(logits, largest, probability, |n| n);
    let reach = |(n, class): &(usize, usize)| {
        let p = probability(logits.index_axis(Axis(0), *n));
        least(*class).is_some_and(|least| p >= least)
    };
    all.into_iter().filter(reach).collect()
}

/// "0.5 is a probability."
pub fn a_threshold(logits: &Array2<f64>, share: f64) -> Trusted {
    let all = by(logits, largest, probability, |n| n);
    let sure = |(n, _): &(usize, usize)| {
        probability(logits.index_axis(Axis(0), *n)) >= share
    };
    all.into_iter().filter(sure).collect()
}

pub fn as_they_come(logits: &Array2<f64>, share: f64) -> Trusted {
    let mut list = by(logits, largest, probability, up(share));
    list.sort_unstable();
    list
}

pub fn label_and_row(logits: &Array2<f64>, share: f64) -> Trusted {
    let list = by(logits, largest, probability, up(share));
    list.into_iter().map(|(n, label)| (label, n)).collect()
}
