//! Each demo: it starts, gives the numbers of the native code, can be used without a mouse, and fits.

use live::Live;
use serde_json::Value;

use crate::chromium::Browser;
use crate::{browser, rendered};

/// A demo, its page, its models, and questions whose answers are compared.
struct Demo {
    name: &'static str,
    page: &'static str,
    models: &'static [&'static str],
    /// Asked in this order; the answers of those marked are compared.
    asks: &'static [(&'static str, &'static [f64])],
}

const DEMOS: [Demo; 3] = [
    Demo {
        name: "ring",
        page: "03-gan.html",
        models: &[],
        asks: &[
            ("ring.new", &[3.0, 0.0, 2.0, 0.1]),
            ("ring.steps", &[20.0]),
            ("ring.view", &[]),
            ("ring.d", &[]),
            ("ring.g", &[]),
            ("ring.view", &[]),
        ],
    },
    Demo {
        name: "prior",
        page: "09-code-prior.html",
        models: &["tokeniser", "prior"],
        asks: &[
            ("prior.new", &[3.0, 10.0, 1.0, 20.0]),
            ("prior.view", &[49.0]),
            ("prior.step", &[3.0]),
            ("prior.view", &[23.0]),
            ("prior.new", &[5.0, 7.0, 0.8, 49.0]),
            ("prior.view", &[30.0]),
            ("prior.new", &BAR),
            ("prior.view", &[28.0]),
            ("prior.step", &[49.0]),
            ("prior.view", &[40.0]),
        ],
    },
    Demo {
        name: "wish",
        page: "10-vq-gan.html",
        models: &["artist"],
        asks: &[
            ("wish.names", &[]),
            ("wish.new", &[8.0, 1.0, 1.5, 1.0, 2.0, 40.0]),
            ("wish.view", &[]),
            ("wish.step", &[1.0]),
            ("wish.view", &[]),
        ],
    },
];

/// Seed 2, no class told, temperature 1, nothing drawn; and an image of a bar in the upper part, 28 pixels wide.
const BAR: [f64; 4 + 16 * 28] = {
    let mut numbers = [0.0; 4 + 16 * 28];
    [numbers[0], numbers[1], numbers[2]] = [2.0, 10.0, 1.0];
    let mut n = 0;
    while n < 3 * 12 {
        numbers[4 + (6 + n / 12) * 28 + 8 + n % 12] = 1.0;
        n += 1;
    }
    numbers
};

/// Opens a demo's page and waits until it is ready.
fn opened(browser: &Browser, demo: &Demo, width: u32) {
    browser.open(&rendered().join(demo.page), width);
    let figure = format!("document.getElementById('live-{}')", demo.name);
    browser.value(&format!("{figure}.scrollIntoView()"));
    browser.until(&format!("{figure}.dataset.ready === 'true'"));
    let made =
        browser.value(&format!("{figure}.classList.contains('live-is')"));
    let says = browser.value(&format!("{figure}.textContent"));
    assert_eq!(made, true, "{}: {says}", demo.name);
}

#[test]
fn a_page_computes_what_the_native_code_does() {
    let Some(browser) = browser() else { return };
    for demo in &DEMOS {
        opened(&browser, demo, 1100);
        let mut native = Live::default();
        for model in demo.models {
            let file = format!("book/live/weights/{model}.bin");
            let bytes = std::fs::read(record::root().join(file)).unwrap();
            native.put(model, &bytes).unwrap();
            browser.value(&format!("workbookLive.model('{model}')"));
        }
        for (question, numbers) in demo.asks {
            let expected = native.ask(question, numbers).unwrap();
            let found = browser.value(&format!(
                "workbookLive.ask('{question}', {numbers:?}).then((a) => a.map((x) => Array.from(x)))"
            ));
            compare(question, &expected, &found);
        }
        assert_eq!(browser.complaints(), [""; 0], "{}", demo.name);
    }
}

/// That both are the same within 1e-4.
fn compare(question: &str, expected: &[Vec<f32>], found: &Value) {
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{question}");
    for (n, (expected, found)) in expected.iter().zip(found).enumerate() {
        let found = found.as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{question}, array {n}");
        for (e, f) in expected.iter().zip(found) {
            let f = f.as_f64().unwrap_or(f64::NAN);
            let apart = (f64::from(*e) - f).abs();
            let most = 1e-4 * f64::from(e.abs()).max(1.0);
            assert!(
                apart <= most,
                "{question}, array {n}: {f} in place of {e}"
            );
        }
    }
}

/// Writes the pictures that stand for the demos where there are no scripts: `cargo test -p live --test pages -- --ignored stills`.
#[test]
#[ignore = "writes files"]
fn stills() {
    use base64::Engine;
    let Some(browser) = browser() else { return };
    for demo in &DEMOS {
        opened(&browser, demo, 800);
        std::thread::sleep(std::time::Duration::from_millis(500));
        let selector = format!("#live-{} .live-demo", demo.name);
        let png = browser.picture(&selector);
        let png = base64::prelude::BASE64_STANDARD.decode(png).unwrap();
        let to = format!("book/live/stills/{}.png", demo.name);
        std::fs::write(record::root().join(to), png).unwrap();
    }
}
