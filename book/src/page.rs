//! What a page still needs when mdBook is done with it: what is missing for those who do not see or point, and a policy
//! that lets it load nothing from elsewhere.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::live;

/// What mdBook writes, and what it lacks. What scrolls can be reached with the keyboard.
const LACKING: [(&str, &str); 3] = [
    (
        r#"<div class="table-wrapper""#,
        r#" tabindex="0" role="group" aria-label="Table""#,
    ),
    ("<pre><code", r#" tabindex="0""#),
    (r#"<div id="mdbook-menu-bar""#, r#" role="banner""#),
];

/// The page, complete.
pub(crate) fn finished(page: &str) -> String {
    let mut page = without_empty_headers(page);
    for (tag, more) in LACKING {
        page = page.replace(tag, &format!("{tag}{more}"));
    }
    let is_live = page.contains(live::MARK);
    if is_live {
        let end = "</body>";
        let script =
            format!("<script src=\"live/live.js\"></script>\n    {end}");
        page = page.replacen(end, &script, 1);
    }
    let first = r#"<meta charset="UTF-8">"#;
    let policy = format!(
        "{first}\n        <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
        policy(&page, is_live)
    );
    page.replacen(first, &policy, 1)
}

/// Scripts, pictures and fonts of the book's own folder, and the scripts that mdBook writes into the page; nothing else.
/// `file:` is for browsers in which a page without a server is not its own neighbour.
fn policy(page: &str, is_live: bool) -> String {
    let mut policy = String::from(
        "default-src 'none'; style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:; font-src 'self' file:; \
         frame-src 'self' file:; base-uri 'none'; form-action 'none'; script-src 'self' file:",
    );
    // What is compiled for the page answers in a worker, whose text the page has.
    if is_live {
        policy.push_str(" 'wasm-unsafe-eval'");
    }
    for script in page.split("<script>").skip(1) {
        let script = script.split("</script>").next().unwrap_or_default();
        let hash = BASE64_STANDARD.encode(Sha256::digest(script));
        policy.push_str(&format!(" 'sha256-{hash}'"));
    }
    if is_live {
        policy.push_str("; worker-src blob:");
    }
    policy
}

/// The cell above the names of rows is a header of nothing.
fn without_empty_headers(page: &str) -> String {
    let mut parts = page.split("></th>");
    let mut out = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let tag = out.rfind('<').filter(|at| {
            let tag = &out[*at..];
            tag.starts_with("<th") && !tag.contains('>')
        });
        if let Some(at) = tag {
            out.replace_range(at..at + "<th".len(), "<td");
        }
        out.push_str(if tag.is_some() { "></td>" } else { "></th>" });
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_empty_headers_become_cells() {
        let page = "<tr><th style=\"a\"></th><th>b</th><th></th><th><code>c</code></th></tr>";
        assert_eq!(
            without_empty_headers(page),
            "<tr><td style=\"a\"></td><th>b</th><td></td><th><code>c</code></th></tr>"
        );
    }

    #[test]
    fn a_policy_knows_the_scripts_of_its_page() {
        let page = "<meta charset=\"UTF-8\"><script>alert(1)</script><script src=\"a.js\"></script>";
        let finished = finished(page);
        let known = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(finished.contains(known), "{finished}");
        assert_eq!(finished.matches("sha256-").count(), 1);
    }
}
