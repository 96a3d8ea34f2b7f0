pub fn auc(members: &[f64], others: &[f64]) -> f64 {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    let won = members.iter().map(|m| {
        let below = sorted.partition_point(|o| o < m);
        let up_to = sorted.partition_point(|o| o <= m);
        0.5 * (below + up_to) as f64
    });
    let pairs = (members.len() * others.len()).max(1);
    won.sum::<f64>() / pairs as f64
}
