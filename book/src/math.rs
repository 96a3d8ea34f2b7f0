//! Math, set at build time: TeX in, an SVG of `<text>` in KaTeX's fonts out.

use std::fmt::Write as _;

use ratex_layout::{LayoutOptions, layout, to_display_list, validate_layout};
use ratex_types::{Color, DisplayItem, DisplayList, MathStyle, PathCommand};

use crate::html;

/// A formula that cannot be set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct MathError(pub String);

/// Units of the SVG per em; coordinates are whole units.
const EM: f64 = 1000.0;

/// Thickness in em of a stroked path.
const STROKE: f64 = 0.04;

/// The faces of KaTeX, as the layout names them and as the font files are named.
const FACES: [&str; 20] = [
    "AMS-Regular",
    "Caligraphic-Bold",
    "Caligraphic-Regular",
    "Fraktur-Bold",
    "Fraktur-Regular",
    "Main-Bold",
    "Main-BoldItalic",
    "Main-Italic",
    "Main-Regular",
    "Math-BoldItalic",
    "Math-Italic",
    "SansSerif-Bold",
    "SansSerif-Italic",
    "SansSerif-Regular",
    "Script-Regular",
    "Size1-Regular",
    "Size2-Regular",
    "Size3-Regular",
    "Size4-Regular",
    "Typewriter-Regular",
];

/// Sets a formula as an inline SVG that sits on the text's baseline and takes the text's colour.
///
/// # Errors
/// The TeX does not parse, or asks for a character that KaTeX's fonts lack.
pub fn render(tex: &str, display: bool) -> Result<String, MathError> {
    let nodes =
        ratex_parser::parse(tex).map_err(|e| MathError(e.to_string()))?;
    let style = if display { MathStyle::Display } else { MathStyle::Text };
    let boxes =
        layout(&nodes, &LayoutOptions { style, ..Default::default() });
    validate_layout(&boxes).map_err(MathError)?;
    svg(tex, display, &to_display_list(&boxes))
}

fn svg(
    tex: &str,
    display: bool,
    list: &DisplayList,
) -> Result<String, MathError> {
    let body = drawn(list)?;
    let (width, height) = (list.width, list.height + list.depth);
    let label = tex.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(format!(
        r#"<svg class="math{}" role="img" aria-label="{}" viewBox="0 0 {} {}" style="width:{}em;height:{}em;vertical-align:{}em" fill="currentColor">{body}</svg>"#,
        if display { " display" } else { "" },
        html::escape(&label),
        units(width).max(1),
        units(height).max(1),
        em(width.max(0.001)),
        em(height.max(0.001)),
        em(-list.depth),
    ))
}

/// Everything in a formula; glyphs that follow each other share an element.
fn drawn(list: &DisplayList) -> Result<String, MathError> {
    let mut body = String::new();
    let mut run: Option<Run> = None;
    for item in &list.items {
        match (item, glyph(item)?) {
            (_, Some(next)) => match &mut run {
                Some(run) if run.takes(&next) => {
                    run.xs.extend(next.xs);
                    run.text.push_str(&next.text);
                }
                _ => flush(run.replace(next), &mut body),
            },
            (DisplayItem::GlyphPath { .. }, None) => {} // a space
            (item, None) => {
                flush(run.take(), &mut body);
                stroke(item, &mut body);
            }
        }
    }
    flush(run, &mut body);
    Ok(body)
}

/// A run of one glyph, if that is what it is, and not a space.
fn glyph(item: &DisplayItem) -> Result<Option<Run<'_>>, MathError> {
    let DisplayItem::GlyphPath { x, y, scale, font, char_code, color } = item
    else {
        return Ok(None);
    };
    let glyph = char::from_u32(*char_code).unwrap_or('\u{fffd}');
    if glyph.is_whitespace() {
        return Ok(None);
    }
    if !FACES.contains(&font.as_str()) {
        let message = format!("KaTeX's fonts have no character `{glyph}`");
        return Err(MathError(message));
    }
    Ok(Some(Run {
        y: units(*y),
        size: units(*scale),
        font,
        colour: fill(color),
        xs: vec![units(*x)],
        text: glyph.to_string(),
    }))
}

/// Lines, rectangles and paths.
fn stroke(item: &DisplayItem, body: &mut String) {
    match item {
        DisplayItem::GlyphPath { .. } => {}
        DisplayItem::Line {
            x, y, width, thickness, dashed: true, ..
        } => {
            let _ = write!(
                body,
                r#"<path d="M{} {}h{}" stroke="currentColor" stroke-width="{}" stroke-dasharray="{}"/>"#,
                units(*x),
                units(*y),
                units(*width),
                units(*thickness).max(1),
                units(thickness * 3.0),
            );
        }
        DisplayItem::Line { x, y, width, thickness, color, .. } => {
            let top = y - thickness / 2.0;
            rectangle(body, [*x, top, *width, *thickness], color);
        }
        DisplayItem::Rect { x, y, width, height, color } => {
            rectangle(body, [*x, *y, *width, *height], color);
        }
        DisplayItem::Path { x, y, commands, fill: true, color } => {
            // Subpaths are filled one by one, so that overlapping ones do not cut holes.
            let begins =
                |c: &PathCommand| matches!(c, PathCommand::MoveTo { .. });
            for part in commands.chunk_by(|_, next| !begins(next)) {
                let (path, fill) = (path(*x, *y, part), fill(color));
                let _ = write!(body, r#"<path d="{path}"{fill}/>"#);
            }
        }
        DisplayItem::Path { x, y, commands, fill: false, .. } => {
            let _ = write!(
                body,
                r#"<path d="{}" fill="none" stroke="currentColor" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"/>"#,
                path(*x, *y, commands),
                units(STROKE)
            );
        }
    }
}

/// Glyphs that follow each other on one baseline in one face.
struct Run<'a> {
    y: i64,
    size: i64,
    font: &'a str,
    colour: String,
    xs: Vec<i64>,
    text: String,
}

impl Run<'_> {
    fn takes(&self, next: &Run<'_>) -> bool {
        let single = |text: &str| text.chars().all(stands_alone);
        (self.y, self.size, self.font, &self.colour)
            == (next.y, next.size, next.font, &next.colour)
            && single(&self.text)
            && single(&next.text)
    }
}

/// Whether a browser gives this character a position of its own in a list of positions.
fn stands_alone(c: char) -> bool {
    let combining =
        matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}');
    !combining && c.len_utf16() == 1
}

fn flush(run: Option<Run<'_>>, body: &mut String) {
    let Some(run) = run else { return };
    let xs: Vec<String> = run.xs.iter().map(i64::to_string).collect();
    let _ = write!(
        body,
        r#"<text class="{}" font-size="{}" x="{}" y="{}"{}>{}</text>"#,
        run.font,
        run.size,
        xs.join(" "),
        run.y,
        run.colour,
        html::escape(&run.text)
    );
}

fn rectangle(
    body: &mut String,
    [x, y, width, height]: [f64; 4],
    color: &Color,
) {
    let _ = write!(
        body,
        r#"<rect x="{}" y="{}" width="{}" height="{}"{}/>"#,
        units(x),
        units(y),
        units(width),
        units(height).max(1),
        fill(color)
    );
}

fn path(x0: f64, y0: f64, commands: &[PathCommand]) -> String {
    let mut d = String::new();
    for command in commands {
        let (letter, points) = match *command {
            PathCommand::MoveTo { x, y } => ('M', vec![(x, y)]),
            PathCommand::LineTo { x, y } => ('L', vec![(x, y)]),
            PathCommand::CubicTo { x1, y1, x2, y2, x, y } => {
                ('C', vec![(x1, y1), (x2, y2), (x, y)])
            }
            PathCommand::QuadTo { x1, y1, x, y } => {
                ('Q', vec![(x1, y1), (x, y)])
            }
            PathCommand::Close => ('Z', vec![]),
        };
        d.push(letter);
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{} {}", units(x0 + x), units(y0 + y)))
            .collect();
        d.push_str(&points.join(" "));
    }
    d
}

/// The attribute for a colour; black is the text's own colour.
fn fill(color: &Color) -> String {
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    let (r, g, b) = (byte(color.r), byte(color.g), byte(color.b));
    if (r, g, b) == (0, 0, 0) {
        String::new()
    } else {
        format!(r##" fill="#{r:02x}{g:02x}{b:02x}""##)
    }
}

fn units(em: f64) -> i64 {
    (em * EM).round() as i64
}

fn em(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// The files that the formulas among `fragments` need: a stylesheet, and the fonts that occur, with their licence.
pub(crate) fn files(
    fragments: &[String],
) -> Vec<(String, std::borrow::Cow<'static, [u8]>)> {
    let mut css = String::from(
        "svg.math text{font-variant-ligatures:none;font-kerning:none;white-space:pre}\n",
    );
    let mut files = Vec::new();
    for face in FACES {
        let class = format!(r#"class="{face}""#);
        if !fragments.iter().any(|f| f.contains(&class)) {
            continue;
        }
        let file = format!("KaTeX_{face}.ttf");
        if let Some(bytes) = ratex_katex_fonts::ttf_bytes(&file) {
            let _ = write!(
                css,
                "@font-face{{font-family:\"KaTeX {face}\";src:url(\"{file}\") format(\"truetype\");font-display:block}}\n\
                 svg.math .{face}{{font-family:\"KaTeX {face}\"}}\n"
            );
            files.push((file, bytes));
        }
    }
    for file in ["OFL.txt", "FONT_NOTICE.txt"] {
        files.extend(
            ratex_katex_fonts::ttf_bytes(file).map(|b| (file.to_owned(), b)),
        );
    }
    files.push(("math.css".into(), css.into_bytes().into()));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_of_the_book_are_set() {
        for tex in [
            r"\min_G \max_D V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)] + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))]",
            r"D(x) = \begin{cases} 1, & \text{if } x \sim p \\ 0, & \text{if } x \sim q \end{cases}",
            r"k^* = \operatorname*{arg\,min}_k \lVert z_e(x) - e_k \rVert_2^2",
            r"\begin{aligned} V &= \underbrace{\int p \log \tfrac{p}{p+q}}_{\text{first}} \\ &= 2\,\mathrm{JSD}(p \,\|\, q) - \log 4 \end{aligned}",
            r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} \hat{x} \tilde{x} \vec{v} \sqrt{x^2} \not= \mathcal{L}",
        ] {
            let svg = render(tex, true).unwrap();
            assert!(svg.contains("role=\"img\""), "{svg}");
            assert!(!svg.contains('\n') && !svg.contains("NaN"), "{svg}");
        }
    }

    #[test]
    fn glyphs_of_one_face_share_an_element() {
        let svg = render("xyz", false).unwrap();
        assert_eq!(svg.matches("<text").count(), 1, "{svg}");
        assert!(svg.contains(">xyz</text>"), "{svg}");
    }

    #[test]
    fn inline_math_sits_on_the_baseline() {
        let flat = render("x", false).unwrap();
        assert!(flat.contains("vertical-align:0em"), "{flat}");
        let deep = render("x_i", false).unwrap();
        assert!(deep.contains("vertical-align:-0.15em"), "{deep}");
    }

    #[test]
    fn bad_tex_is_an_error() {
        for tex in [r"\frac{1", r"\nonsense", "a^b^c", r"\text{机器}"] {
            assert!(render(tex, false).is_err(), "{tex}");
        }
    }

    #[test]
    fn only_fonts_that_occur_are_shipped() {
        let fragments = [render(r"\alpha + 1", false).unwrap()];
        let names: Vec<_> =
            files(&fragments).into_iter().map(|f| f.0).collect();
        assert!(names.contains(&"KaTeX_Math-Italic.ttf".to_owned()));
        assert!(names.contains(&"OFL.txt".to_owned()));
        assert!(!names.contains(&"KaTeX_Fraktur-Bold.ttf".to_owned()));
    }
}
