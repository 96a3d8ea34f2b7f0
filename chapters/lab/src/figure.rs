//! Figures: a small vocabulary of plots over plotters, as SVG whose colours the page decides.

use ndarray::Array2;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{
    KeyPointHint, NoDefaultFormatting, ValueFormatter,
};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::compact::compact;

/// How an axis maps numbers to positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Evenly.
    #[default]
    Linear,
    /// Evenly in the exponent; numbers that are not positive are left out.
    Log,
}

#[derive(Clone, Debug)]
enum Mark {
    Line {
        dashed: bool,
    },
    Points,
    Area,
    Arrows,
    /// Pairs of opposite corners, and how strong each rectangle is.
    Shade(Vec<f64>),
}

#[derive(Clone, Debug)]
struct Series {
    label: String,
    mark: Mark,
    colour: usize,
    points: Vec<(f64, f64)>,
}

#[derive(Clone, Debug)]
struct Rule {
    label: String,
    at: f64,
    horizontal: bool,
}

/// One plot: axes, series, reference lines. Series take the palette's colours in turn.
#[derive(Clone, Debug, Default)]
pub struct Plot {
    title: String,
    x: (String, Axis, Option<(f64, f64)>),
    y: (String, Axis, Option<(f64, f64)>),
    series: Vec<Series>,
    rules: Vec<Rule>,
    next_colour: Option<usize>,
    square: bool,
}

const FONT: &str = "sans-serif";
const TEXT: i32 = 15;
const FOREGROUND: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const BACKGROUND: RGBColor = RGBColor(3, 3, 3);

/// Placeholder colour, CSS variable, and what a viewer without the page's style sheet sees. The series colours are
/// Okabe and Ito's, which people with any colour vision tell apart.
const PALETTE: [(RGBColor, &str, &str); 6] = [
    (RGBColor(1, 0, 1), "--fig-1", "#0072b2"),
    (RGBColor(1, 0, 2), "--fig-2", "#d55e00"),
    (RGBColor(1, 0, 3), "--fig-3", "#009e73"),
    (RGBColor(1, 0, 4), "--fig-4", "#cc79a7"),
    (RGBColor(1, 0, 5), "--fig-5", "#e69f00"),
    (RGBColor(1, 0, 6), "--fig-6", "#56b4e9"),
];

impl Plot {
    /// A plot with a title (which may be empty).
    pub fn new(title: &str) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Names the horizontal axis.
    pub fn x(mut self, label: &str, axis: Axis) -> Self {
        (self.x.0, self.x.1) = (label.into(), axis);
        self
    }

    /// Names the vertical axis.
    pub fn y(mut self, label: &str, axis: Axis) -> Self {
        (self.y.0, self.y.1) = (label.into(), axis);
        self
    }

    /// Fixes the horizontal range; otherwise it holds all series.
    pub fn x_range(mut self, from: f64, to: f64) -> Self {
        self.x.2 = Some((from, to));
        self
    }

    /// Fixes the vertical range; otherwise it holds all series.
    pub fn y_range(mut self, from: f64, to: f64) -> Self {
        self.y.2 = Some((from, to));
        self
    }

    /// The next series takes this colour of the palette, counted from 0, and later ones go on from it.
    pub fn colour(mut self, index: usize) -> Self {
        self.next_colour = Some(index);
        self
    }

    /// The plotting area is as wide as it is high, for points in the plane.
    pub fn square(mut self) -> Self {
        self.square = true;
        self
    }

    fn add(
        mut self,
        label: &str,
        mark: Mark,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let colour = self.next_colour.take().unwrap_or_else(|| {
            self.series.last().map_or(0, |s| s.colour + 1)
        });
        let points = points.into_iter().collect();
        self.series.push(Series {
            label: label.into(),
            mark,
            colour: colour % PALETTE.len(),
            points,
        });
        self
    }

    /// A line through points.
    pub fn line(
        self,
        label: &str,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.add(label, Mark::Line { dashed: false }, points)
    }

    /// A dashed line through points.
    pub fn dashed(
        self,
        label: &str,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.add(label, Mark::Line { dashed: true }, points)
    }

    /// Points.
    pub fn points(
        self,
        label: &str,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.add(label, Mark::Points, points)
    }

    /// The area between points and zero, such as a density.
    pub fn area(
        self,
        label: &str,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.add(label, Mark::Area, points)
    }

    /// Arrows, given as pairs of points: tail, head, tail, head.
    pub fn arrows(
        self,
        label: &str,
        ends: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.add(label, Mark::Arrows, ends)
    }

    /// A landscape behind what follows: `values` in [0, 1], `[rows, columns]`, the first row lowest, spread over the two
    /// ranges. The larger, the stronger the colour, in ten shades.
    pub fn shade(
        self,
        values: &Array2<f64>,
        (left, right): (f64, f64),
        (low, high): (f64, f64),
    ) -> Self {
        let level = |v: f64| (v.clamp(0.0, 1.0) * 9.0).round() as usize;
        let (mut corners, mut strengths) = (Vec::new(), Vec::new());
        let (rows, columns) = values.dim();
        let x = |n: usize| left + (right - left) * n as f64 / columns as f64;
        let y = |n: usize| low + (high - low) * n as f64 / rows as f64;
        for (row, line) in values.rows().into_iter().enumerate() {
            let mut from = 0;
            for to in 1..=columns {
                let here = level(line[from]);
                if to < columns && level(line[to]) == here {
                    continue;
                }
                if here > 0 {
                    corners.extend([(x(from), y(row)), (x(to), y(row + 1))]);
                    strengths.push(here as f64 / 9.0);
                }
                from = to;
            }
        }
        self.add("", Mark::Shade(strengths), corners)
    }

    /// A horizontal reference line with its name.
    pub fn horizontal(mut self, label: &str, at: f64) -> Self {
        self.rules.push(Rule { label: label.into(), at, horizontal: true });
        self
    }

    /// A vertical reference line with its name.
    pub fn vertical(mut self, label: &str, at: f64) -> Self {
        self.rules.push(Rule { label: label.into(), at, horizontal: false });
        self
    }

    /// The plot as SVG.
    ///
    /// # Errors
    /// There is nothing to plot.
    pub fn svg(&self) -> anyhow::Result<String> {
        panels(std::slice::from_ref(self), 1)
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend, Shift>,
    ) -> anyhow::Result<()> {
        let (x, y) = self.scales()?;
        let (width, height) = area.dim_in_pixel();
        let top = self.title(area, width as i32)?;
        let top = self.legend(area, width as i32, top)?;
        let (left, bottom) = (60, 44);
        let square = width as i32 - left - (height as i32 - top - bottom) - 8;
        let right = if self.square { square.max(22) } else { 22 };
        let mut chart = ChartBuilder::on(area)
            .margin_top(top)
            .margin_right(right)
            .margin_left(4)
            .set_label_area_size(LabelAreaPosition::Left, left)
            .set_label_area_size(LabelAreaPosition::Bottom, bottom)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(FOREGROUND)
            .label_style((FONT, TEXT - 1, &FOREGROUND))
            .axis_desc_style((FONT, TEXT, &FOREGROUND))
            .x_desc(&self.x.0)
            .y_desc(&self.y.0)
            .x_labels(x.ticks.len().max(2))
            .y_labels(y.ticks.len().max(2))
            .draw()?;
        for series in &self.series {
            series.draw(&mut chart, &x, &y)?;
        }
        self.rules.iter().try_for_each(|r| r.draw(&mut chart, &x, &y))
    }

    /// Both axes, wide enough for all that is drawn.
    fn scales(&self) -> anyhow::Result<(Scaled, Scaled)> {
        let coordinate = |pick: fn(&(f64, f64)) -> f64| {
            self.series.iter().flat_map(move |s| s.points.iter().map(pick))
        };
        let rules = |horizontal| {
            let rules = self.rules.iter();
            rules.filter(move |r| r.horizontal == horizontal).map(|r| r.at)
        };
        let area = |s: &Series| matches!(s.mark, Mark::Area);
        let baseline = self.series.iter().any(area).then_some(0.0);
        let x = coordinate(|p| p.0).chain(rules(false));
        let y = coordinate(|p| p.1).chain(rules(true)).chain(baseline);
        let x = Scaled::new(self.x.1, self.x.2, x, 0.0)?;
        Ok((x, Scaled::new(self.y.1, self.y.2, y, 0.05)?))
    }

    /// Writes the title, if there is one, and returns where it ends.
    fn title(
        &self,
        area: &DrawingArea<SVGBackend, Shift>,
        width: i32,
    ) -> anyhow::Result<i32> {
        let top = 6;
        if self.title.is_empty() {
            return Ok(top);
        }
        let style = text(TEXT + 1, HPos::Center);
        area.draw_text(&self.title, &style, (width / 2 + 24, top + 8))?;
        Ok(top + 22)
    }

    /// Draws the names of the series in rows below the title; returns where the plot begins.
    fn legend(
        &self,
        area: &DrawingArea<SVGBackend, Shift>,
        width: i32,
        top: i32,
    ) -> anyhow::Result<i32> {
        let named = self.series.iter().filter(|s| !s.label.is_empty());
        let (mut at, mut row) = (68, top + 8);
        let mut drawn = false;
        for series in named {
            let colour = PALETTE[series.colour].0;
            let space =
                26 + (series.label.chars().count() as f64 * 7.6) as i32 + 14;
            if drawn && at + space > width {
                (at, row) = (68, row + 20);
            }
            match series.mark {
                Mark::Points => {
                    area.draw(&Circle::new(
                        (at + 10, row),
                        3,
                        colour.filled(),
                    ))?;
                }
                Mark::Line { dashed: true } => {
                    for part in [0, 8, 16] {
                        let ends =
                            vec![(at + part, row), (at + part + 4, row)];
                        area.draw(&PathElement::new(
                            ends,
                            colour.stroke_width(2),
                        ))?;
                    }
                }
                _ => {
                    let ends = vec![(at, row), (at + 20, row)];
                    area.draw(&PathElement::new(
                        ends,
                        colour.stroke_width(2),
                    ))?;
                }
            }
            let style = text(TEXT, HPos::Left);
            area.draw_text(&series.label, &style, (at + 26, row))?;
            at += space;
            drawn = true;
        }
        Ok(if drawn { row + 18 } else { top + 6 })
    }
}

type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<Scaled, Scaled>>;

impl Series {
    fn draw(
        &self,
        chart: &mut Chart,
        x: &Scaled,
        y: &Scaled,
    ) -> anyhow::Result<()> {
        let colour = PALETTE[self.colour].0;
        let (thin, thick) = (colour.stroke_width(1), colour.stroke_width(2));
        let all = self.points.iter().copied();
        let points = all.filter(|p| x.holds(p.0) && y.holds(p.1));
        match &self.mark {
            Mark::Line { dashed: false } => {
                chart.draw_series(LineSeries::new(points, thick))?;
            }
            Mark::Line { dashed: true } => {
                let line = DashedLineSeries::new(points, 6, 4, thick);
                chart.draw_series(line)?;
            }
            Mark::Points => {
                let shown: Vec<_> = points.collect();
                let size = if shown.len() > 200 { 1 } else { 3 };
                let shown = shown.into_iter();
                let shown = shown.filter(|p| x.spans(p.0) && y.spans(p.1));
                let circle = |p| Circle::new(p, size, colour.filled());
                chart.draw_series(shown.map(circle))?;
            }
            Mark::Area => {
                let area = AreaSeries::new(points, 0.0, colour.mix(0.2));
                chart.draw_series(area.border_style(thick))?;
            }
            Mark::Arrows => {
                for ends in points.collect::<Vec<_>>().chunks_exact(2) {
                    let shaft = PathElement::new(ends.to_vec(), thin);
                    chart.draw_series([shaft])?;
                    let head = Circle::new(ends[1], 2, colour.filled());
                    chart.draw_series([head])?;
                }
            }
            Mark::Shade(strengths) => {
                let cells = self.points.chunks_exact(2).zip(strengths);
                chart.draw_series(cells.map(|(corners, strength)| {
                    let style = colour.mix(0.45 * strength).filled();
                    Rectangle::new([corners[0], corners[1]], style)
                }))?;
            }
        }
        Ok(())
    }
}

impl Rule {
    fn draw(
        &self,
        chart: &mut Chart,
        x: &Scaled,
        y: &Scaled,
    ) -> anyhow::Result<()> {
        let at = self.at;
        let (ends, name, anchor, nudge) = match self.horizontal {
            true => (
                [(x.from, at), (x.to, at)],
                (x.to, at),
                Pos::new(HPos::Right, VPos::Bottom),
                (-4, -3),
            ),
            false => (
                [(at, y.from), (at, y.to)],
                (at, y.to),
                Pos::new(HPos::Left, VPos::Top),
                (5, 3),
            ),
        };
        let style = FOREGROUND.stroke_width(1);
        chart.draw_series(DashedLineSeries::new(ends, 3, 3, style))?;
        let style = text(TEXT - 1, HPos::Left).pos(anchor);
        let label = Text::new(self.label.clone(), nudge, style);
        chart.draw_series([EmptyElement::at(name) + label])?;
        Ok(())
    }
}

/// Several plots beside and below one another, as one SVG.
///
/// # Errors
/// There is no plot, or one has nothing to plot.
pub fn panels(plots: &[Plot], columns: usize) -> anyhow::Result<String> {
    anyhow::ensure!(
        !plots.is_empty() && columns > 0,
        "a figure needs at least one plot"
    );
    let columns = columns.min(plots.len());
    let rows = plots.len().div_ceil(columns);
    let (width, height) = match columns {
        1 => (640, 360),
        2 => (380, 310),
        _ => (300, 260),
    };
    let (width, height) = if columns == 1 && plots[0].square {
        (460, 460)
    } else {
        (width, height)
    };
    let draw = |plot: &Plot| -> anyhow::Result<String> {
        let (mut svg, size) = (String::new(), (width as u32, height as u32));
        {
            let root =
                SVGBackend::with_string(&mut svg, size).into_drawing_area();
            plot.draw(&root)?;
            root.present()?;
        }
        Ok(compact(&themed(&svg)))
    };
    if let [plot] = plots {
        return draw(plot);
    }
    // One within the other: a page that is narrow can put them below each other.
    let (wide, high) = (width * columns, height * rows);
    let mut svg = format!(
        r#"<svg width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" xmlns="http://www.w3.org/2000/svg">"#
    );
    for (n, plot) in plots.iter().enumerate() {
        let (x, y) = (n % columns * width, n / columns * height);
        let panel = draw(plot)?;
        let panel =
            panel.replacen("<svg ", &format!(r#"<svg x="{x}" y="{y}" "#), 1);
        svg.push('\n');
        svg.push_str(panel.trim_end());
    }
    svg.push_str("\n</svg>\n");
    Ok(svg)
}

/// A colour of the palette, counted from 0, or that of lines and text: the page's variable, and a value for viewers that have
/// none.
pub(crate) fn themed_colour(index: Option<usize>) -> String {
    let (variable, value) = match index {
        Some(n) => {
            (PALETTE[n % PALETTE.len()].1, PALETTE[n % PALETTE.len()].2)
        }
        None => ("--fig-fg", "#333333"),
    };
    format!("var({variable}, {value})")
}

/// Replaces placeholder colours by the page's CSS variables, with values for viewers that have none.
fn themed(svg: &str) -> String {
    let hex = |c: RGBColor| format!("\"#{:02X}{:02X}{:02X}\"", c.0, c.1, c.2);
    let fixed = [
        (FOREGROUND, "--fig-fg", "#333333"),
        (GRID, "--fig-grid", "#dddddd"),
        (BACKGROUND, "--fig-bg", "#ffffff"),
    ];
    let mut svg = svg.to_string();
    for (placeholder, variable, value) in fixed.into_iter().chain(PALETTE) {
        svg = svg.replace(
            &hex(placeholder),
            &format!("\"var({variable}, {value})\""),
        );
    }
    svg
}

fn text(size: i32, horizontal: HPos) -> TextStyle<'static> {
    let anchor = Pos::new(horizontal, VPos::Center);
    TextStyle::from((FONT, size).into_font()).color(&FOREGROUND).pos(anchor)
}

/// One axis: its range and its ticks.
#[derive(Clone)]
struct Scaled {
    axis: Axis,
    from: f64,
    to: f64,
    ticks: Vec<f64>,
    digits: usize,
    /// A logarithmic axis so short that its ticks are better written out.
    short: bool,
}

impl Scaled {
    fn new(
        axis: Axis,
        range: Option<(f64, f64)>,
        values: impl Iterator<Item = f64>,
        margin: f64,
    ) -> anyhow::Result<Self> {
        let place = |v: f64| if axis == Axis::Log { v.log10() } else { v };
        let widest = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut from, mut to) = match range {
            Some((from, to)) => (place(from), place(to)),
            None => values
                .map(place)
                .filter(|v| v.is_finite())
                .fold(widest, |(a, b), v| (a.min(v), b.max(v))),
        };
        anyhow::ensure!(
            from.is_finite() && to.is_finite(),
            "a plot needs at least one finite point"
        );
        if range.is_none() {
            let widen = if to > from { margin * (to - from) } else { 0.5 };
            (from, to) = (from - widen, to + widen);
        }
        let back =
            |v: f64| if axis == Axis::Log { 10_f64.powf(v) } else { v };
        let mut step = nice_step((to - from) / 5.5);
        let short = axis == Axis::Log && to - from < 2.5;
        if axis == Axis::Log {
            step = ((to - from) / 5.5).ceil().max(1.0);
        }
        let first = (from / step - 1e-9).ceil() as i64;
        let last = (to / step + 1e-9).floor() as i64;
        let ticks = match short {
            true => (first - 1..=last)
                .flat_map(|n| [1.0, 2.0, 5.0].map(|m| m * back(n as f64)))
                .filter(|v| (from - 1e-9..=to + 1e-9).contains(&v.log10()))
                .collect(),
            false => (first..=last).map(|n| back(n as f64 * step)).collect(),
        };
        let digits = (-step.log10().floor()).max(0.0) as usize;
        let (from, to) = (back(from), back(to));
        Ok(Self { axis, from, to, ticks, digits, short })
    }

    fn place(&self, value: f64) -> f64 {
        match self.axis {
            Axis::Linear => value,
            Axis::Log => value.log10(),
        }
    }

    fn holds(&self, value: f64) -> bool {
        self.place(value).is_finite()
    }

    /// Whether a number lies on the axis; one that does not would be drawn at its end.
    fn spans(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }
}

impl Ranged for Scaled {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (low, high): (i32, i32)) -> i32 {
        let (from, to) = (self.place(self.from), self.place(self.to));
        let share = (self.place(*value) - from) / (to - from);
        let pixel = f64::from(low) + share * f64::from(high - low);
        // A point far outside stays outside, without overflowing the SVG.
        pixel.clamp(-4000.0, 4000.0).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _hint: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Scaled {
    fn format_ext(&self, tick: &f64) -> String {
        match self.axis {
            Axis::Linear => {
                let label = format!("{tick:.*}", self.digits);
                let zero = label.chars().all(|c| "-0.".contains(c));
                if zero { "0".into() } else { label.replace('-', "\u{2212}") }
            }
            Axis::Log if self.short => {
                let digits = (-tick.log10().floor()).max(0.0) as usize;
                format!("{tick:.digits$}")
            }
            Axis::Log => {
                format!("10{}", superscript(tick.log10().round() as i64))
            }
        }
    }
}

/// The nearest of 1, 2, 5 times a power of ten that is not smaller.
fn nice_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|s| s * power >= rough * 0.999)
        .unwrap_or(10.0);
    step * power
}

fn superscript(n: i64) -> String {
    let digit = |c| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => char::from_u32(0x2070 + c as u32 - '0' as u32).unwrap_or(c),
    };
    n.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_inside_the_range() {
        let axis =
            Scaled::new(Axis::Linear, Some((-1.0, 1.0)), [].into_iter(), 0.0)
                .unwrap();
        assert_eq!(
            axis.ticks.iter().map(|t| axis.format_ext(t)).collect::<Vec<_>>(),
            ["\u{2212}1.0", "\u{2212}0.5", "0", "0.5", "1.0"]
        );
        let axis =
            Scaled::new(Axis::Log, None, [1e-12, 1.0].into_iter(), 0.0)
                .unwrap();
        assert_eq!(axis.format_ext(&axis.ticks[0]), "10\u{207b}\u{b9}\u{b2}");
        assert!(
            Scaled::new(Axis::Log, None, [0.0].into_iter(), 0.0).is_err()
        );
    }

    #[test]
    fn colours_are_left_to_the_page() {
        let svg = Plot::new("t")
            .line("a", [(0.0, 0.0), (1.0, 1.0)])
            .horizontal("r", 0.5)
            .svg()
            .unwrap();
        assert!(
            svg.contains("var(--fig-1, #0072b2)")
                && svg.contains("var(--fig-fg, #333333)")
        );
        assert!(!svg.contains("#010"), "a placeholder is left");
    }
}
