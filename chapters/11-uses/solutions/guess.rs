use ndarray::{Array2, ArrayView1};

/// What a row guesses, and how confident it is.
fn guessed(row: ArrayView1<f64>) -> (usize, f64) {
    let mut label = 0;
    for (class, s) in row.iter().enumerate() {
        if *s > row[label] {
            label = class;
        }
    }
    let sum: f64 = row.iter().map(|s| (s - row[label]).exp()).sum();
    (label, 1.0 / sum)
}

pub fn guess(logits: &Array2<f64>, share: f64) -> Vec<(usize, usize)> {
    let guesses: Vec<_> = logits.rows().into_iter().map(guessed).collect();
    let of_class = |class: usize| {
        let all = guesses.iter().enumerate();
        let mine = all.filter(|(_, (label, _))| *label == class);
        let mut mine: Vec<_> = mine.map(|(n, (_, p))| (n, *p)).collect();
        mine.sort_by(|a, b| b.1.total_cmp(&a.1));
        mine.truncate((share * mine.len() as f64).ceil() as usize);
        mine.into_iter().map(move |(n, _)| (n, class))
    };
    (0..logits.ncols()).flat_map(of_class).collect()
}
