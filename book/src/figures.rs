//! Figures: SVG that is put into the page, and PNG image grids.

use std::collections::BTreeSet;
use std::path::Path;

use crate::html;

/// A figure's file, ready to be put on a page.
#[derive(Debug, PartialEq)]
pub(crate) enum Figure {
    /// The `<svg>` element.
    Svg(String),
    /// Width and height in pixels.
    Png(u32, u32),
}

/// The figures of a chapter: the stems of the SVG and PNG files in its folder.
pub(crate) fn existing(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let extension = path.extension()?.to_str()?;
            matches!(extension, "svg" | "png")
                .then(|| path.file_stem()?.to_str().map(str::to_owned))?
        })
        .collect()
}

/// Reads a figure; `None` if there is no such file. Ids in an SVG get the prefix; its label is the caption.
pub(crate) fn load(
    folder: &Path,
    name: &str,
    prefix: &str,
    label: &str,
) -> Option<Result<Figure, (String, String)>> {
    let svg = folder.join(format!("{name}.svg"));
    let png = folder.join(format!("{name}.png"));
    let named = |file: &Path, why: String| {
        let file = file.file_name().unwrap_or_default();
        Err((file.to_string_lossy().into_owned(), why))
    };
    if svg.is_file() {
        let text = match std::fs::read_to_string(&svg) {
            Ok(text) => text,
            Err(error) => return Some(named(&svg, error.to_string())),
        };
        return Some(match inline(&text, prefix, label) {
            Ok(svg) => Ok(Figure::Svg(svg)),
            Err(why) => named(&svg, why.into()),
        });
    }
    if png.is_file() {
        let bytes = match std::fs::read(&png) {
            Ok(bytes) => bytes,
            Err(error) => return Some(named(&png, error.to_string())),
        };
        return Some(match size(&bytes) {
            Some((width, height)) => Ok(Figure::Png(width, height)),
            None => named(&png, "is not a PNG image".into()),
        });
    }
    None
}

/// Width and height from a PNG's header.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    if header.get(4..8)? != b"IHDR" {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        let four: [u8; 4] = header.get(range)?.try_into().ok()?;
        Some(u32::from_be_bytes(four)).filter(|n| *n > 0)
    };
    Some((number(8..12)?, number(12..16)?))
}

/// The `<svg>` element of a file, as an image with a label.
fn inline(
    text: &str,
    prefix: &str,
    label: &str,
) -> Result<String, &'static str> {
    let start = text.find("<svg").ok_or("has no <svg> element")?;
    let end = text.rfind("</svg>").ok_or("has no </svg>")? + "</svg>".len();
    let svg = text.get(start..end).ok_or("has no <svg> element")?;
    if svg.contains("<script") {
        return Err("contains a script");
    }
    let open = svg.find('>').ok_or("has no <svg> element")?;
    let (head, body) = svg.split_at(open);
    let mut attributes = String::new();
    if attribute(head, "viewBox").is_none() {
        let (Some(width), Some(height)) =
            (attribute(head, "width"), attribute(head, "height"))
        else {
            return Err("has neither a viewBox nor a width and a height");
        };
        attributes = format!(r#" viewBox="0 0 {width} {height}""#);
    }
    if attribute(head, "role").is_some()
        || attribute(head, "aria-label").is_some()
    {
        return Err("has a role or label; the page gives it one");
    }
    let label = html::escape(label);
    let svg = match panels(head, body) {
        Some((columns, panels)) => format!(
            r#"<div class="panels" role="img" aria-label="{label}" style="--columns: {columns}">{panels}</div>"#
        ),
        None => {
            format!(
                r#"{head} role="img" aria-label="{label}"{attributes}{body}"#
            )
        }
    };
    Ok(prefixed(&svg, prefix))
}

/// The panels of a figure that is made of some, which then flow like words, and how many stand side by side where there is
/// room.
fn panels(head: &str, body: &str) -> Option<(usize, String)> {
    let (_, panels) = body.split_once("<svg x=\"")?;
    let panels = panels.rsplit_once("</svg>")?.0.trim_end();
    let panels = format!("<svg x=\"{panels}");
    let width = |tag| attribute(tag, "width")?.parse::<f64>().ok();
    let columns = (width(head)? / width(&panels)?).round() as usize;
    Some((columns, panels))
}

/// The value of an attribute of an opening tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let key = format!(" {name}=\"");
    let start = tag.find(&key)? + key.len();
    tag[start..].split('"').next()
}

/// Puts a prefix before every id and every reference to one.
fn prefixed(svg: &str, prefix: &str) -> String {
    let mut out = svg.to_owned();
    for key in [" id=\"", "url(#", " href=\"#", "xlink:href=\"#", "url('#"] {
        out = out.replace(key, &format!("{key}{prefix}-"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_svg_is_made_an_image_of_the_page() {
        let file = "<?xml version=\"1.0\"?>\n<!-- made -->\n<svg width=\"4\" height=\"3\" xmlns=\"x\"><clipPath id=\"c\"/><g clip-path=\"url(#c)\"/></svg>\n";
        let svg = inline(file, "p-f", "a \"b\"").unwrap();
        assert!(svg.starts_with("<svg width"), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 4 3\""), "{svg}");
        assert!(svg.contains("aria-label=\"a &quot;b&quot;\""), "{svg}");
        assert!(svg.contains("id=\"p-f-c\"") && svg.contains("url(#p-f-c)"));
    }

    #[test]
    fn panels_flow() {
        let panel = |x| {
            format!(
                "<svg x=\"{x}\" y=\"0\" width=\"30\" height=\"20\" viewBox=\"0 0 30 20\"><g/></svg>"
            )
        };
        let file = format!(
            "<svg width=\"60\" height=\"20\" viewBox=\"0 0 60 20\">\n{}\n{}\n</svg>\n",
            panel(0),
            panel(30)
        );
        let html = inline(&file, "p", "two").unwrap();
        assert!(html.starts_with(r#"<div class="panels" role="img""#));
        assert!(html.contains(r#"aria-label="two" style="--columns: 2""#));
        assert_eq!(html.matches("<svg ").count(), 2);
        assert_eq!(html.matches("</svg>").count(), 2);
    }

    #[test]
    fn bad_files_are_refused() {
        assert!(inline("<p>no</p>", "p", "").is_err());
        assert!(inline("<svg></svg>", "p", "").is_err());
        let script = "<svg viewBox=\"0 0 1 1\"><script/></svg>";
        assert!(inline(script, "p", "").is_err());
        assert_eq!(size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02"), None);
        assert_eq!(
            size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03"),
            Some((2, 3))
        );
    }
}
