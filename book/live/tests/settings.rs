//! The demos are set up as the experiments whose figures stand beside them, which keep that to themselves.

use std::collections::BTreeSet;

use datasets::toy::Density;
use live::Live;
use minimax_loss::plain::data_and_generator;
use ndarray::Array2;
use serde_json::Value;

/// A column of what a committed figure is drawn from.
fn column(figure: &str, name: &str) -> Vec<f64> {
    let file = format!("book/pages/tables/{figure}.json");
    let text = std::fs::read(record::root().join(file)).unwrap();
    let table: Value = serde_json::from_slice(&text).unwrap();
    serde_json::from_value(table["columns"][name].clone()).unwrap()
}

/// What of two columns belongs together, in tenths.
fn tenths(x: &[f64], y: &[f64]) -> BTreeSet<[i64; 2]> {
    let pairs = x.iter().zip(y);
    pairs.map(|(x, y)| [x, y].map(|v| (v * 10.0).round() as i64)).collect()
}

#[test]
fn the_arrows_go_uphill_where_the_figure_says() {
    let of = |name| column("straight-through/field", name);
    let (aim_x, aim_y) = (of("aim_x")[0], of("aim_y")[0]);
    let mut live = Live::default();
    live.ask("arrow.set", &[0.2, aim_x, aim_y]).unwrap();
    let codes = &live.ask("arrow.cells", &[]).unwrap()[0];
    let known = of("code_x").into_iter().zip(of("code_y"));
    let known: Vec<f32> =
        known.flat_map(|(x, y)| [x as f32, y as f32]).collect();
    assert_eq!(*codes, known);
    let field = live.ask("arrow.field", &[]).unwrap();
    let (places, cosines) = (&field[0], &field[3]);
    let uphill = places.chunks_exact(2).zip(cosines);
    let uphill = uphill.filter(|(_, cosine)| **cosine < 0.0);
    let (x, y): (Vec<f64>, Vec<f64>) =
        uphill.map(|(at, _)| (f64::from(at[0]), f64::from(at[1]))).unzip();
    let known = tenths(&of("uphill_x"), &of("uphill_y"));
    assert!(known.len() > 30);
    assert_eq!(tenths(&x, &y), known);
}

#[test]
fn the_pair_on_the_ring_is_the_pages() {
    let of = |name: &str| column("gan/ring", name);
    let mut live = Live::default();
    live.ask("ring.new", &[1.0, 2.0, 0.0, 0.0, 1.0]).unwrap();
    let mut done = 0.0;
    for (frame, step) in of("step").into_iter().enumerate().take(2) {
        live.ask("ring.steps", &[step - done]).unwrap();
        done = step;
        let samples = &live.ask("ring.view", &[]).unwrap()[0];
        let (x, y) = (of(&format!("x_{frame}")), of(&format!("y_{frame}")));
        for (n, at) in samples.chunks_exact(2).enumerate() {
            let apart = |v: f32, known: f64| (f64::from(v) - known).abs();
            let most = apart(at[0], x[n]).max(apart(at[1], y[n]));
            assert!(most < 2e-3, "step {step}, sample {n}: {most} apart");
        }
    }
    assert_eq!(done, 100.0);
}

#[test]
fn the_densities_begin_as_the_chapters() {
    let start = "start = { mean: 0.3, spread: 1.3, apart: 2.7, width: 0.6 }";
    let script = record::root().join("book/live/page/densities.js");
    assert!(std::fs::read_to_string(script).unwrap().contains(start));
    let mut live = Live::default();
    live.ask("densities.new", &[0.3, 1.3, 2.7, 0.6, 0.0]).unwrap();
    let shown = live.ask("densities.view", &[]).unwrap();
    let middles = Array2::from_shape_fn((120, 1), |(n, _)| {
        (n as f64 + 0.5) / 10.0 - 6.0
    });
    for (shown, known) in shown.iter().zip(data_and_generator().unwrap()) {
        let known = known.log_densities(&middles).mapv(f64::exp);
        for (shown, known) in shown.iter().zip(known) {
            assert!((f64::from(*shown) - known).abs() < 1e-4, "{known}");
        }
    }
}
