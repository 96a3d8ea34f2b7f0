//! Each demo: it starts, gives the numbers of the native code, can be used without a mouse, and fits.

use std::thread::sleep;
use std::time::{Duration, Instant};

use live::Live;
use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::quality;
use crate::table::{DEMOS, Demo, demo};
use crate::{browser, rendered};

impl Demo {
    /// Its element, in the page.
    fn figure(&self) -> String {
        format!("document.getElementById('live-{}')", self.name)
    }

    /// Opens its page and waits until it is ready.
    fn open(&self, browser: &Browser, width: u32) {
        browser.open(&rendered().join(self.page), width);
        let figure = self.figure();
        browser.value(&format!("{figure}.scrollIntoView()"));
        browser.until(&format!("{figure}.dataset.ready === 'true'"));
        let is = format!("{figure}.classList.contains('live-is')");
        let says = browser.value(&format!("{figure}.textContent"));
        assert_eq!(browser.value(&is), true, "{}: {says}", self.name);
    }

    /// How long questions take in the worker: the median of five, in milliseconds.
    fn took(&self, browser: &Browser, questions: &[(&str, &[f64])]) -> f64 {
        let mut took = [(); 5].map(|()| {
            let each = questions.iter().map(|(question, numbers)| {
                let asked = format!(
                    "workbookLive.ask('{question}', {numbers:?}).then(() => workbookLive.took)"
                );
                browser.value(&asked).as_f64().unwrap()
            });
            each.sum::<f64>()
        });
        took.sort_by(f64::total_cmp);
        took[2]
    }
}

#[test]
fn a_page_computes_what_the_native_code_does() {
    let Some(browser) = browser() else { return };
    for demo in DEMOS {
        demo.open(&browser, 1100);
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
        let own = format!("live-{}", std::process::id());
        let _ = std::fs::remove_dir_all(std::env::temp_dir().join(own));
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
            let same = apart <= most || e.is_nan() && f.is_nan();
            assert!(same, "{question}, array {n}: {f} in place of {e}");
        }
    }
}

#[test]
fn a_question_that_cannot_be_answered_says_why() {
    let Some(browser) = browser() else { return };
    demo("ring").open(&browser, 1100);
    for (question, why) in [
        ("ring.nothing", "there is no question `ring.nothing`"),
        ("", "there is no question"),
        ("ring.new", "number 0 of the question is missing"),
        ("ring.steps', [1e9], 'x", "expected a whole number up to"),
    ] {
        let said = browser.value(&format!(
            "workbookLive.ask('{question}').then(() => 'answered', (error) => error.message)"
        ));
        let said = said.as_str().unwrap();
        assert!(said.contains(why), "{question}: {said}");
    }
}

#[test]
fn a_demo_fits_a_phone_and_follows_the_theme() {
    let Some(browser) = browser() else { return };
    for demo in DEMOS {
        demo.open(&browser, 400);
        let over = "document.documentElement.scrollWidth - innerWidth";
        let over = browser.value(over).as_f64().unwrap();
        assert!(over <= 0.0, "{}: {over} pixels too wide", demo.name);
        let drawn = format!(
            "Array.from({}.querySelectorAll('canvas'), (c) => [c.clientWidth, c.toDataURL()])",
            demo.figure()
        );
        let light = browser.value(&drawn);
        browser.value(
            "document.documentElement.classList.replace('light', 'navy')",
        );
        sleep(Duration::from_millis(200));
        let dark = browser.value(&drawn);
        let light = light.as_array().unwrap();
        let narrow = |c: &&Value| c[0].as_f64().unwrap_or(0.0) < 100.0;
        assert_eq!(light.iter().find(narrow), None, "{}", demo.name);
        // A picture of a digit is as it is; what is around it follows.
        let pairs = light.iter().zip(dark.as_array().unwrap());
        let follow = pairs.filter(|(light, dark)| light[1] != dark[1]);
        assert!(follow.count() > 0, "{}: the same in the dark", demo.name);
    }
}

#[test]
fn a_demo_is_used_with_the_keyboard() {
    let Some(browser) = browser() else { return };
    for demo in DEMOS {
        demo.open(&browser, 1100);
        let begun = browser.value("location.href");
        let all = format!(
            "{}.querySelectorAll('input, select, button, canvas[tabindex]')",
            demo.figure()
        );
        let count = browser.value(&format!("{all}.length")).as_u64().unwrap();
        assert!(count > 1, "{}", demo.name);
        for n in 0..count {
            let of = format!("{all}[{n}]");
            browser.value(&format!("{of}.focus()"));
            let has =
                browser.value(&format!("document.activeElement === {of}"));
            assert_eq!(has, true, "{}: control {n}", demo.name);
            let value = |browser: &Browser| {
                browser.value(&format!(
                    "{of}.type === 'range' && [{of}.value, {of}.max]"
                ))
            };
            let before = value(&browser);
            let key = match before[0] == before[1] {
                true => "ArrowLeft", // it is at its end
                false => "ArrowRight",
            };
            browser.press(&[key]);
            if before != false {
                assert_ne!(
                    value(&browser),
                    before,
                    "{}: slider {n}",
                    demo.name
                );
            }
        }
        // Arrow keys turn mdBook's pages, but not from here.
        assert_eq!(browser.value("location.href"), begun, "{}", demo.name);
        assert_eq!(browser.complaints(), [""; 0], "{}", demo.name);
    }
}

#[test]
fn a_demo_is_used_with_mouse_and_finger() {
    let Some(browser) = browser() else { return };
    for name in ["dirac", "digit", "arrow"] {
        let demo = demo(name);
        demo.open(&browser, 1100);
        sleep(Duration::from_millis(300));
        let canvas = format!("{}.querySelector('canvas')", demo.figure());
        browser
            .value(&format!("{canvas}.scrollIntoView({{block: 'center'}})"));
        let place = browser.value(&format!(
            "(({{x, y, width, height}}) => [x, y, width, height])({canvas}.getBoundingClientRect())"
        ));
        let [x, y, w, h] = [0, 1, 2, 3].map(|n| place[n].as_f64().unwrap());
        let drawn = format!("{canvas}.toDataURL()");
        // Through most of the picture, whatever lies there to be moved.
        let way = (1..9).map(|n| f64::from(n) / 10.0);
        let across = |t: f64| (x + t * w, y + (0.3 + 0.4 * t) * h);
        let down = |t: f64| (x + (0.7 - 0.4 * t) * w, y + t * h);
        let before = browser.value(&drawn);
        browser.drag(&Vec::from_iter(way.clone().map(across)));
        browser.until(&format!("{drawn} !== {before}"));
        sleep(Duration::from_millis(300));
        let before = browser.value(&drawn);
        browser.swipe(&Vec::from_iter(way.map(down)));
        browser.until(&format!("{drawn} !== {before}"));
        assert_eq!(browser.complaints(), [""; 0], "{name}");
    }
}

#[test]
fn everything_in_a_demo_has_a_name() {
    let Some(browser) = browser() else { return };
    for demo in DEMOS {
        demo.open(&browser, 1100);
        let document = browser.tell("DOM.getDocument", json!({}));
        let figure = browser.tell(
            "DOM.querySelector",
            json!({
                "nodeId": document["root"]["nodeId"],
                "selector": format!("#live-{}", demo.name),
            }),
        );
        let tree = browser.tell(
            "Accessibility.queryAXTree",
            json!({"nodeId": figure["nodeId"]}),
        );
        let roles =
            ["button", "slider", "combobox", "application", "img", "image"];
        let mut named = 0;
        for node in tree["nodes"].as_array().unwrap() {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            if node["ignored"] == true || !roles.contains(&role) {
                continue;
            }
            let name = node["name"]["value"].as_str().unwrap_or_default();
            assert!(!name.trim().is_empty(), "{}: {node}", demo.name);
            named += 1;
        }
        assert!(named > 3, "{}", demo.name);
    }
}

/// How many questions are asked in a second.
fn asked_in_a_second(browser: &Browser) -> u64 {
    let asked = || browser.value("workbookLive.asked").as_u64().unwrap();
    let before = asked();
    sleep(Duration::from_secs(1));
    asked() - before
}

const START: &str = "document.querySelector('#live-ring button').click()";

#[test]
fn a_demo_rests_out_of_sight() {
    let Some(browser) = browser() else { return };
    demo("ring").open(&browser, 1100);
    assert_eq!(asked_in_a_second(&browser), 0, "nothing moves by itself");
    browser.value(START);
    let runs = asked_in_a_second(&browser);
    assert!(runs > 10, "{runs} questions");
    browser.value("scrollTo(0, 0)");
    sleep(Duration::from_millis(500));
    assert_eq!(asked_in_a_second(&browser), 0, "out of sight");
    browser.value(&format!("{}.scrollIntoView()", demo("ring").figure()));
    sleep(Duration::from_millis(200));
    assert!(asked_in_a_second(&browser) > 0, "in sight again");
}

#[test]
fn a_demo_that_is_started_often_runs_once() {
    let Some(browser) = browser() else { return };
    let ring = demo("ring");
    ring.open(&browser, 1100);
    browser.value(START);
    let once = asked_in_a_second(&browser);
    for _ in 0..6 {
        browser.value(START); // pauses, or starts again
    }
    let often = asked_in_a_second(&browser);
    assert!(often < once * 3 / 2, "{often} questions, {once} before");
}

#[test]
fn a_page_is_printed_without_what_surrounds_it() {
    let Some(browser) = browser() else { return };
    demo("ring").open(&browser, 1100);
    browser.tell("Emulation.setEmulatedMedia", json!({"media": "print"}));
    for part in ["#mdbook-sidebar", "#mdbook-menu-bar", ".live-row"] {
        let shown = format!(
            "getComputedStyle(document.querySelector('{part}')).display"
        );
        assert_eq!(browser.value(&shown), "none", "{part}");
    }
}

#[test]
fn motion_is_reduced_where_a_reader_wants_that() {
    let Some(browser) = browser() else { return };
    browser.prefer("prefers-reduced-motion", "reduce");
    demo("ring").open(&browser, 1100);
    browser.value(START);
    let runs = asked_in_a_second(&browser);
    assert!((1..=8).contains(&runs), "{runs} questions, two a picture");
}

#[test]
fn without_scripts_there_is_a_picture() {
    let Some(browser) = browser() else { return };
    let off = json!({"value": true});
    browser.tell("Emulation.setScriptExecutionDisabled", off);
    let demo = demo("ring");
    browser.tell(
        "Page.navigate",
        json!({"url": format!("file://{}", rendered().join(demo.page).display())}),
    );
    let begun = Instant::now();
    // While the page comes, what is found can be gone in the next moment.
    let shown = || {
        let ask = |method: &str, of: Value| browser.attempt(method, of).ok();
        let document = ask("DOM.getDocument", json!({}))?;
        let id = &document["root"]["nodeId"];
        let of = json!({"nodeId": id, "selector": "#live-ring img"});
        let found = ask("DOM.querySelector", of)?;
        let id = json!({"nodeId": found["nodeId"]});
        ask("DOM.getBoxModel", id)?["model"]["width"].as_u64()
    };
    while shown().is_none_or(|width| width == 0) {
        assert!(begun.elapsed() < Duration::from_secs(10), "no picture");
        sleep(Duration::from_millis(50));
    }
}

/// Milliseconds of what a reader waits for: a step of the pair, a digit coded and decoded, one code of the prior and all that is
/// shown of it, four emoji.
fn times(browser: &Browser) -> [(&'static str, f64); 5] {
    let took = |name: &str, questions: &[(&str, &[f64])]| {
        demo(name).open(browser, 1100);
        // What the page itself has begun to ask is answered first.
        sleep(Duration::from_millis(500));
        demo(name).took(browser, questions)
    };
    let pair: [(&str, &[f64]); 2] =
        [("ring.new", &[1.0, 2.0, 0.0, 0.0, 1.0]), ("ring.steps", &[100.0])];
    let digit = demo("digit").asks.iter().find(|(q, _)| *q == "digit.draw");
    let begin: (&str, &[f64]) = ("prior.new", &[3.0, 10.0, 1.0, 20.0]);
    let begun = took("prior", &[begin]);
    let wish = demo("wish").asks[1].1;
    let wish: Vec<f64> = wish[..5].iter().copied().chain([64.0]).collect();
    [
        ("ring_step_ms", took("ring", &pair) / 100.0),
        ("digit_ms", took("digit", &[*digit.unwrap()])),
        ("prior_code_ms", begun / 20.0),
        (
            "prior_view_ms",
            took("prior", &[begin, ("prior.view", &[20.0])]) - begun,
        ),
        ("wish_ms", took("wish", &[("wish.new", &wish)])),
    ]
}

#[test]
fn a_page_is_fast_enough_to_play_with() {
    let Some(browser) = browser() else { return };
    let most = [1000.0 / 30.0, 50.0, 50.0, 200.0, 500.0];
    for ((name, took), most) in times(&browser).into_iter().zip(most) {
        eprintln!("{name}: {took:.2}");
        assert!(took <= most, "{name}: {took}");
    }
}

/// A reader keeps it on a disk, or sends it to somebody.
#[test]
fn the_rendered_book_stays_small() {
    let bytes = size(rendered());
    assert!(bytes <= 22_000_000, "{bytes} bytes");
}

/// Records times and sizes, and what packed weights are worth: `cargo test -p live --test pages -- --ignored measured`.
#[test]
#[ignore = "writes a file"]
fn measured() {
    let begun = Instant::now();
    let browser = browser().expect("a Chromium");
    let root = record::root();
    let mut values = std::collections::BTreeMap::new();
    let mut note =
        |name: &str, value: f64| values.insert(name.to_owned(), value);
    for (name, took) in times(&browser) {
        note(name, took);
    }
    let mut native = Live::default();
    native.ask("ring.new", &[1.0, 2.0, 0.0, 0.0, 1.0]).unwrap();
    let mut each = [(); 5].map(|()| {
        let begun = Instant::now();
        native.ask("ring.steps", &[100.0]).unwrap();
        begun.elapsed().as_secs_f64() * 10.0
    });
    each.sort_by(f64::total_cmp);
    note("ring_step_native_ms", each[2]);
    let [packed, committed] = quality::both();
    for ((name, packed), committed) in
        quality::NAMES.iter().zip(packed).zip(committed)
    {
        note(&format!("{name}_packed"), packed);
        note(&format!("{name}_committed"), committed);
    }
    note("weights_bytes", size(&root.join("book/live/weights")) as f64);
    note("book_millions", size(rendered()) as f64 / 1e6);
    note("demos", DEMOS.len() as f64);
    let built =
        std::fs::read(root.join("book/live/built/live.json")).unwrap();
    let built: Value = serde_json::from_slice(&built).unwrap();
    note("wasm_bytes", built["bytes"].as_f64().unwrap());
    let version = browser.tell("Browser.getVersion", json!({}));
    let provenance = json!({
        "seed": 1,
        "scale": "page",
        "device": "cpu",
        "seconds": begun.elapsed().as_secs_f64().round(),
        "code": built["digest"].as_str().unwrap()[..16],
        "experiments": {},
        "made_with": {
            "browser": version["product"],
            "compiler": built["compiler"],
            "processor": processor(),
        },
    });
    let mut all = json!({"provenance": provenance});
    for (name, value) in values {
        all[name] = value.into();
    }
    let text = serde_json::to_string_pretty(&all).unwrap() + "\n";
    std::fs::write(root.join("book/pages/results/live.json"), text).unwrap();
}

/// The bytes of all files of a folder.
fn size(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let of = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => size(&path),
        _ => entry.metadata().unwrap().len(),
    };
    entries.map(of).sum()
}

/// What the system says of its processor.
fn processor() -> String {
    let said = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = said.lines().find_map(|l| l.strip_prefix("model name"));
    let name = name.map(|l| l.trim_start_matches([' ', '\t', ':']));
    name.unwrap_or(std::env::consts::ARCH).into()
}

/// Writes the pictures that stand for the demos where there are no scripts: `cargo test -p live --test pages -- --ignored stills`.
#[test]
#[ignore = "writes files"]
fn stills() {
    use base64::Engine;
    let browser = browser().expect("a Chromium");
    for demo in DEMOS {
        demo.open(&browser, 800);
        sleep(Duration::from_millis(500));
        browser.value(&format!(
            "var press = (words, times = 1) => {{ const all = {}.querySelectorAll('button'); \
             for (let n = 0; n < times; n += 1) [...all].find((b) => b.textContent === words).click(); }}",
            demo.figure()
        ));
        browser.value(demo.still);
        sleep(Duration::from_millis(1500));
        let selector = format!("#live-{} .live-demo", demo.name);
        let png = browser.picture(&selector);
        let png = base64::prelude::BASE64_STANDARD.decode(png).unwrap();
        let to = format!("book/live/stills/{}.png", demo.name);
        std::fs::write(record::root().join(to), png).unwrap();
    }
}
