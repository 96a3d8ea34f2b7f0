//! Diagrams: boxes, arrays with their shapes, arrows, and the place where a gradient stops, as SVG whose colours the page
//! decides.
//!
//! Lengths are in pixels, as wide as the page shows them; who draws a diagram of at most 480 keeps it readable on a phone.

use std::fmt::Write;

use anyhow::ensure;

use crate::figure::themed_colour;

/// How large text is, and how wide a letter of it, about.
const TEXT: f64 = 16.0;
const LETTER: f64 = 0.56 * TEXT;

/// How a box looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It stands still: an outline.
    Still,
    /// It moves: filled with a colour of the palette, counted from 0.
    Moves(usize),
}

/// What an arrow carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Numbers, on their way forward.
    Forward,
    /// A gradient, on its way back: dashed, in a colour of the palette, counted from 0.
    Gradient(usize),
}

/// A box or an array that stands in a diagram: where arrows meet it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    x: f64,
    y: f64,
    half: (f64, f64),
}

impl Node {
    /// A point on its left side, so many pixels below the middle.
    pub fn left(self, below: f64) -> (f64, f64) {
        (self.x - self.half.0, self.y + below)
    }

    /// The same on its right side.
    pub fn right(self, below: f64) -> (f64, f64) {
        (self.x + self.half.0, self.y + below)
    }

    /// A point on its upper side, so many pixels to the right of the middle.
    pub fn top(self, aside: f64) -> (f64, f64) {
        (self.x + aside, self.y - self.half.1)
    }

    /// The same on its lower side.
    pub fn bottom(self, aside: f64) -> (f64, f64) {
        (self.x + aside, self.y + self.half.1)
    }
}

/// A diagram, drawn in the order of its calls.
#[derive(Clone, Debug)]
pub struct Diagram {
    size: (f64, f64),
    svg: String,
    /// What does not fit, said when it is asked for.
    wrong: Option<String>,
}

impl Diagram {
    /// An empty one.
    pub fn new(width: f64, height: f64) -> Self {
        Self { size: (width, height), svg: String::new(), wrong: None }
    }

    /// A box with a name and, below it, a word on what it does; either may be empty.
    pub fn block(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        (name, word): (&str, &str),
        look: Look,
    ) -> Node {
        let half = (width / 2.0, height / 2.0);
        let node = Node { x, y, half };
        let (line, fill, strength) = match look {
            Look::Still => (foreground(), "none".into(), 1.0),
            Look::Moves(colour) => (palette(colour), palette(colour), 0.22),
        };
        self.inside(name, node);
        self.fits(name, width);
        self.fits(word, width);
        self.push(format_args!(
            r#"<rect x="{:.1}" y="{:.1}" width="{width:.1}" height="{height:.1}" rx="8" fill="{fill}" fill-opacity="{strength}" stroke="{line}" stroke-width="1.6"/>"#,
            x - half.0, y - half.1,
        ));
        let apart = if word.is_empty() { 0.0 } else { 0.62 * TEXT };
        self.letters((x, y - apart), name, "middle", true);
        self.letters((x, y + apart), word, "middle", false);
        node
    }

    /// An array: its name above a few cells, `rows` by `columns` of them, and its shape below.
    pub fn array(
        &mut self,
        (x, y): (f64, f64),
        (rows, columns): (usize, usize),
        (name, shape): (&str, &str),
    ) -> Node {
        const CELL: f64 = 9.0;
        let (width, height) = (CELL * columns as f64, CELL * rows as f64);
        let half = (width / 2.0, height / 2.0);
        let node = Node { x, y, half };
        self.inside(name, node);
        for n in 0..rows * columns {
            let (row, column) = (n / columns, n % columns);
            self.push(format_args!(
                r#"<rect x="{:.1}" y="{:.1}" width="{CELL}" height="{CELL}" fill="none" stroke="{}" stroke-width="1"/>"#,
                x - half.0 + CELL * column as f64,
                y - half.1 + CELL * row as f64,
                foreground(),
            ));
        }
        self.letters((x, y - half.1 - 0.75 * TEXT), name, "middle", true);
        self.letters((x, y + half.1 + 0.8 * TEXT), shape, "middle", false);
        node
    }

    /// An arrow through points, the last of which is its tip.
    pub fn arrow(&mut self, points: &[(f64, f64)], flow: Flow) {
        let [.., (x, y), (to_x, to_y)] = *points else {
            self.complain("an arrow needs two points".into());
            return;
        };
        let (colour, dashes) = match flow {
            Flow::Forward => (foreground(), ""),
            Flow::Gradient(colour) => {
                (palette(colour), r#" stroke-dasharray="6 4""#)
            }
        };
        let length = (to_x - x).hypot(to_y - y).max(1e-9);
        let (u, v) = ((to_x - x) / length, (to_y - y) / length);
        // The shaft ends where the head begins.
        let mut shaft = points.to_vec();
        let neck = (to_x - 8.0 * u, to_y - 8.0 * v);
        shaft[points.len() - 1] = neck;
        let side = |by: f64| (neck.0 - by * v, neck.1 + by * u);
        let head = [(to_x, to_y), side(5.0), side(-5.0)];
        for point in points {
            let half = (0.0, 0.0);
            self.inside("an arrow", Node { x: point.0, y: point.1, half });
        }
        self.push(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>"#,
            places(&shaft),
        ));
        self.push(format_args!(
            r#"<polygon points="{}" fill="{colour}"/>"#,
            places(&head)
        ));
    }

    /// Two strokes across an arrow that runs from side to side: no gradient passes here.
    pub fn cut(&mut self, (x, y): (f64, f64)) {
        for aside in [-4.0, 4.0] {
            self.push(format_args!(
                r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{}" stroke-width="2.4"/>"#,
                x + aside - 4.0, y + 11.0, x + aside + 4.0, y - 11.0,
                foreground(),
            ));
        }
    }

    /// A line of text that begins at a point.
    pub fn text(&mut self, at: (f64, f64), text: &str) {
        self.fits(text, self.size.0 - at.0);
        self.letters(at, text, "start", false);
    }

    /// The same in bold: what a row of the diagram shows.
    pub fn title(&mut self, at: (f64, f64), text: &str) {
        self.fits(text, self.size.0 - at.0);
        self.letters(at, text, "start", true);
    }

    /// The diagram as SVG.
    ///
    /// # Errors
    /// A part lies outside, or a text is longer than its place.
    pub fn svg(&self) -> anyhow::Result<String> {
        ensure!(
            self.wrong.is_none(),
            "{}",
            self.wrong.as_deref().unwrap_or("")
        );
        let (width, height) = self.size;
        Ok(format!(
            r#"<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
{}</svg>
"#,
            self.svg
        ))
    }

    fn push(&mut self, part: std::fmt::Arguments<'_>) {
        let _infallible = writeln!(self.svg, "{part}");
    }

    fn letters(
        &mut self,
        (x, y): (f64, f64),
        text: &str,
        anchor: &str,
        bold: bool,
    ) {
        if text.is_empty() {
            return;
        }
        let weight = if bold { r#" font-weight="bold""# } else { "" };
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        // Half of a letter's height below the middle of the line.
        let y = y + 0.35 * TEXT;
        self.push(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-family="sans-serif" font-size="{TEXT}" text-anchor="{anchor}"{weight} fill="{}">{text}</text>"#,
            foreground(),
        ));
    }

    fn complain(&mut self, what: String) {
        self.wrong.get_or_insert(what);
    }

    fn fits(&mut self, text: &str, width: f64) {
        let needs = LETTER * text.chars().count() as f64;
        if needs > width {
            self.complain(format!(
                "`{text}` takes {needs:.0} pixels, and has {width:.0}"
            ));
        }
    }

    fn inside(&mut self, what: &str, node: Node) {
        let (x, y) = self.size;
        let within = |v: f64, half: f64, size: f64| {
            v - half >= 0.0 && v + half <= size
        };
        if !(within(node.x, node.half.0, x) && within(node.y, node.half.1, y))
        {
            self.complain(format!(
                "{what} at ({}, {}) lies outside of {x} × {y} pixels",
                node.x, node.y
            ));
        }
    }
}

fn foreground() -> String {
    themed_colour(None)
}

fn palette(colour: usize) -> String {
    themed_colour(Some(colour))
}

fn places(points: &[(f64, f64)]) -> String {
    let all = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
    all.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> (Diagram, Node, Node) {
        let mut it = Diagram::new(300.0, 120.0);
        let z = it.array((40.0, 60.0), (3, 2), ("z", "[B, Z]"));
        let g = it.block(
            (150.0, 60.0),
            (80.0, 50.0),
            ("G", "moves"),
            Look::Moves(0),
        );
        (it, z, g)
    }

    #[test]
    fn colours_are_left_to_the_page() {
        let (mut it, z, g) = two();
        it.arrow(&[z.right(0.0), g.left(0.0)], Flow::Forward);
        it.arrow(&[g.left(9.0), z.right(9.0)], Flow::Gradient(1));
        it.cut((80.0, 60.0));
        let svg = it.svg().unwrap();
        for colour in ["--fig-fg, #333333", "--fig-1, #0072b2", "--fig-2, "] {
            assert!(svg.contains(&format!("\"var({colour}")), "{colour}");
        }
        let cells = svg.matches("width=\"9\" height=\"9\"").count();
        assert_eq!((cells, svg.matches("dasharray").count()), (6, 1));
        assert_eq!(svg.matches("<line").count(), 2, "a cut is two strokes");
        assert!(!svg.contains(" id="), "two of them share a page");
    }

    #[test]
    fn arrows_meet_the_sides() {
        let (_, z, g) = two();
        assert_eq!(
            (z.right(0.0), g.left(5.0)),
            ((49.0, 60.0), (110.0, 65.0))
        );
        assert_eq!(
            (g.top(3.0), g.bottom(0.0)),
            ((153.0, 35.0), (150.0, 85.0))
        );
    }

    #[test]
    fn the_tip_of_an_arrow_is_where_it_ends() {
        let mut it = Diagram::new(100.0, 100.0);
        it.arrow(&[(10.0, 10.0), (10.0, 90.0), (70.0, 90.0)], Flow::Forward);
        let svg = it.svg().unwrap();
        assert!(svg.contains("points=\"10.0,10.0 10.0,90.0 62.0,90.0\""));
        assert!(svg.contains("points=\"70.0,90.0 62.0,95.0 62.0,85.0\""));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let said = |draw: &dyn Fn(&mut Diagram)| {
            let mut it = Diagram::new(100.0, 100.0);
            draw(&mut it);
            it.svg().unwrap_err().to_string()
        };
        let long = said(&|it| it.text((60.0, 20.0), "too long"));
        assert_eq!(long, "`too long` takes 72 pixels, and has 40");
        let out = said(&|it| {
            it.block((90.0, 50.0), (30.0, 20.0), ("G", ""), Look::Still);
        });
        assert_eq!(out, "G at (90, 50) lies outside of 100 × 100 pixels");
        let one = said(&|it| it.arrow(&[(1.0, 1.0)], Flow::Forward));
        assert_eq!(one, "an arrow needs two points");
    }

    #[test]
    fn names_are_escaped() {
        let mut it = Diagram::new(200.0, 50.0);
        it.title((5.0, 25.0), "a < b & c");
        assert!(it.svg().unwrap().contains(">a &lt; b &amp; c</text>"));
    }
}
