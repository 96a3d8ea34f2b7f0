//! A browser without a window, told what to do over a pipe by its DevTools protocol.

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Names under which systems know it.
const NAMES: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Whether one is installed, and what it is called here.
pub fn installed() -> Option<&'static str> {
    let answers = |name: &&&str| {
        let mut asked = Command::new(name);
        asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    cfg!(unix).then(|| NAMES.iter().find(answers).copied()).flatten()
}

/// A running browser with one page.
pub struct Browser {
    child: Child,
    to: RefCell<ChildStdin>,
    from: RefCell<BufReader<ChildStdout>>,
    asked: Cell<u64>,
    session: String,
    /// What the page has reported: errors, what it printed, what it asked of the network.
    events: RefCell<Vec<Value>>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one.
    pub fn start(name: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let folder = format!("--user-data-dir={}", profile.path().display());
        // The protocol's pipe is descriptors 3 and 4.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .args(["sh", name, "--headless", "--no-sandbox"])
            .args(["--disable-gpu", "--remote-debugging-pipe", &folder])
            .args(["--no-first-run", "--hide-scrollbars", "about:blank"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = RefCell::new(child.stdin.take().unwrap());
        let from = BufReader::new(child.stdout.take().unwrap());
        let mut browser = Self {
            child,
            to,
            from: RefCell::new(from),
            asked: Cell::new(0),
            session: String::new(),
            events: RefCell::default(),
            _profile: profile,
        };
        let targets = browser.tell("Target.getTargets", json!({}));
        let page = targets["targetInfos"].as_array().unwrap().iter();
        let mut page = page.filter(|t| t["type"] == "page");
        let id = page.next().unwrap()["targetId"].clone();
        let attached = browser.tell(
            "Target.attachToTarget",
            json!({"targetId": id, "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().unwrap().into();
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            browser.tell(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Sends a command and waits for its result.
    pub fn tell(&self, method: &str, params: Value) -> Value {
        let result = self.attempt(method, params);
        result.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a command that may fail, and waits for its result.
    pub fn attempt(
        &self,
        method: &str,
        params: Value,
    ) -> Result<Value, Value> {
        let id = self.asked.get() + 1;
        self.asked.set(id);
        let mut message =
            json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        let mut to = self.to.borrow_mut();
        to.write_all(message.to_string().as_bytes()).unwrap();
        to.write_all(&[0]).unwrap();
        to.flush().unwrap();
        loop {
            let message = self.next();
            if message["id"] == id {
                let error = &message["error"];
                return match error.is_null() {
                    true => Ok(message["result"].clone()),
                    false => Err(error.clone()),
                };
            }
            self.events.borrow_mut().push(message);
        }
    }

    fn next(&self) -> Value {
        let mut bytes = Vec::new();
        self.from.borrow_mut().read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Opens a page, so wide.
    pub fn open(&self, path: &Path, width: u32) {
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
        self.events.borrow_mut().clear();
        let url = format!("file://{}", path.display());
        self.tell("Page.navigate", json!({"url": url}));
        self.until("document.readyState === 'complete'");
    }

    /// What an expression gives, or what its promise keeps.
    pub fn value(&self, expression: &str) -> Value {
        let given = self.tell(
            "Runtime.evaluate",
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true}),
        );
        let failed = &given["exceptionDetails"];
        assert!(failed.is_null(), "{expression}: {failed}");
        given["result"]["value"].clone()
    }

    /// Waits until an expression is true, for at most half a minute.
    pub fn until(&self, expression: &str) {
        let begun = Instant::now();
        while self.value(expression) != true {
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "never: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses keys, such as `ArrowRight`, one after another, where the focus is.
    pub fn press(&self, keys: &[&str]) {
        for key in keys {
            let code = match *key {
                "Enter" => {
                    json!({"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13})
                }
                " " => {
                    json!({"key": " ", "code": "Space", "text": " ", "windowsVirtualKeyCode": 32})
                }
                "ArrowLeft" => {
                    json!({"key": key, "code": key, "windowsVirtualKeyCode": 37})
                }
                "ArrowUp" => {
                    json!({"key": key, "code": key, "windowsVirtualKeyCode": 38})
                }
                "ArrowRight" => {
                    json!({"key": key, "code": key, "windowsVirtualKeyCode": 39})
                }
                "ArrowDown" => {
                    json!({"key": key, "code": key, "windowsVirtualKeyCode": 40})
                }
                "Tab" => {
                    json!({"key": key, "code": key, "windowsVirtualKeyCode": 9})
                }
                _ => json!({"key": key, "text": key}),
            };
            for kind in ["keyDown", "keyUp"] {
                let mut event = code.clone();
                event["type"] = kind.into();
                self.tell("Input.dispatchKeyEvent", event);
            }
        }
    }

    /// Presses the mouse at a place of the window, moves it through others, and lets go.
    pub fn drag(&self, places: &[(f64, f64)]) {
        let mouse = |kind: &str, (x, y): (f64, f64)| {
            self.tell("Input.dispatchMouseEvent", json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}));
        };
        mouse("mousePressed", places[0]);
        places.iter().for_each(|at| mouse("mouseMoved", *at));
        mouse("mouseReleased", places[places.len() - 1]);
    }

    /// Puts a finger on a place of the window, moves it through others, and lifts it.
    pub fn swipe(&self, places: &[(f64, f64)]) {
        let finger = |kind: &str, at: &[(f64, f64)]| {
            let points = at.iter().map(|(x, y)| json!({"x": x, "y": y}));
            let points: Vec<Value> = points.collect();
            let event = json!({"type": kind, "touchPoints": points});
            self.tell("Input.dispatchTouchEvent", event);
        };
        let touched = json!({"enabled": true});
        self.tell("Emulation.setTouchEmulationEnabled", touched);
        finger("touchStart", &places[..1]);
        places.iter().for_each(|at| finger("touchMove", &[*at]));
        finger("touchEnd", &[]);
        let touched = json!({"enabled": false});
        self.tell("Emulation.setTouchEmulationEnabled", touched);
    }

    /// Sets what the reader prefers, `("prefers-color-scheme", "dark")`.
    pub fn prefer(&self, name: &str, value: &str) {
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": name, "value": value}]}),
        );
    }

    /// A picture of an element, as PNG in base64.
    pub fn picture(&self, selector: &str) -> String {
        let place = self.value(&format!(
            "(() => {{ const b = document.querySelector('{selector}').getBoundingClientRect(); \
             return {{x: b.x + scrollX, y: b.y + scrollY, width: b.width, height: b.height, scale: 1}}; }})()"
        ));
        let shot = json!({"format": "png", "clip": place, "captureBeyondViewport": true});
        let shot = self.tell("Page.captureScreenshot", shot);
        shot["data"].as_str().unwrap().into()
    }

    /// What has gone wrong in the page, and what it asked for that is neither a file nor its own.
    pub fn complaints(&self) -> Vec<String> {
        self.value("0");
        let events = self.events.borrow();
        let complaint = |event: &Value| {
            let of = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" => {
                    Some(of["exceptionDetails"].to_string())
                }
                "Runtime.consoleAPICalled" if of["type"] == "error" => {
                    Some(of["args"].to_string())
                }
                "Log.entryAdded" if of["entry"]["level"] == "error" => {
                    Some(of["entry"].to_string())
                }
                "Network.requestWillBeSent" => {
                    let url = of["request"]["url"].as_str()?;
                    let own = ["file:", "data:", "blob:"];
                    (!own.iter().any(|o| url.starts_with(o)))
                        .then(|| format!("asks for {url}"))
                }
                _ => None,
            }
        };
        events.iter().filter_map(complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
