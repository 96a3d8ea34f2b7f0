//! A figure in fewer bytes: what is drawn alike, one after another, becomes one path.

/// The marks that can become part of a path: what is drawn, and the attributes that say where.
const MARKS: [(&str, &[&str]); 4] = [
    ("circle", &["cx", "cy"]),
    ("line", &["x1", "y1", "x2", "y2"]),
    ("polyline", &["points"]),
    ("rect", &["x", "y", "width", "height"]),
];

/// The same picture.
pub(crate) fn compact(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut open: Option<(String, String)> = None;
    for line in svg.lines() {
        let mark = Mark::of(line);
        if let Some((style, path)) = &mut open {
            match &mark {
                Some(mark) if mark.style == *style => {
                    path.push_str(&mark.path);
                    continue;
                }
                _ => {
                    close(&mut out, style, path);
                    open = None;
                }
            }
        }
        match mark {
            Some(mark) => open = Some((mark.style, mark.path)),
            None => {
                out.push_str(&plainer(line));
                out.push('\n');
            }
        }
    }
    if let Some((style, path)) = open {
        close(&mut out, &style, &path);
    }
    out
}

fn close(out: &mut String, style: &str, path: &str) {
    out.push_str(&format!("<path d=\"{path}\"{style}/>\n"));
}

/// Part of a path, and how it is drawn.
struct Mark {
    path: String,
    style: String,
}

impl Mark {
    /// The mark of a line, unless it is something else, or so that marks on top of each other would be seen.
    fn of(line: &str) -> Option<Self> {
        let inside = line.strip_prefix('<')?.strip_suffix("/>")?;
        let (tag, _) = inside.split_once(' ')?;
        let (_, places) = MARKS.iter().find(|(name, _)| *name == tag)?;
        let all = attributes(inside);
        let of = |name: &str| {
            all.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
        };
        let places: Vec<&str> =
            places.iter().map(|name| of(name)).collect::<Option<_>>()?;
        let opaque = of("opacity").is_none_or(|o| o == "1");
        let filled = of("stroke").is_none_or(|s| s == "none");
        let fill = of("fill").unwrap_or("none");
        let stroke = of("stroke").unwrap_or("none");
        let width = of("stroke-width").unwrap_or("1");
        let path = match (tag, &places[..]) {
            // A dot is a line without length, whose ends are round.
            ("circle", [x, y]) if opaque && filled => {
                let width = 2.0 * of("r")?.parse::<f64>().ok()?;
                let style = format!(
                    " fill=\"none\" stroke=\"{fill}\" stroke-width=\"{width}\" stroke-linecap=\"round\""
                );
                return Some(Self { path: format!("M{x} {y}h0"), style });
            }
            ("line", [x, y, to_x, to_y]) if opaque => {
                format!("M{x} {y}L{to_x} {to_y}")
            }
            ("polyline", [points]) if opaque => {
                let points = points.trim().replace(',', " ");
                let (first, rest) = halves(&points)?;
                format!("M{first}L{rest}")
            }
            ("rect", [x, y, w, h]) if filled => {
                format!("M{x} {y}h{w}v{h}h-{w}z")
            }
            _ => return None,
        };
        let known = MARKS.iter().flat_map(|(_, places)| places.iter());
        let known: Vec<&&str> = known.collect();
        let more = all.iter().any(|(name, _)| {
            let styles = ["fill", "stroke", "stroke-width", "opacity"];
            !known.contains(&name) && !styles.contains(name)
        });
        if more {
            return None;
        }
        let mut style = format!(" fill=\"{fill}\"");
        if !filled {
            style +=
                &format!(" stroke=\"{stroke}\" stroke-width=\"{width}\"");
        }
        if let Some(opacity) = of("opacity").filter(|_| !opaque) {
            style += &format!(" opacity=\"{}\"", short(opacity));
        }
        Some(Self { path, style })
    }
}

/// The first point of several, and the others.
fn halves(points: &str) -> Option<(String, String)> {
    let mut numbers = points.split_whitespace();
    let first = format!("{} {}", numbers.next()?, numbers.next()?);
    let rest: Vec<&str> = numbers.collect();
    (!rest.is_empty()).then(|| (first, rest.join(" ")))
}

/// Names and values.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut parts = tag.split('"');
    let mut found = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        let name = name.trim().trim_end_matches('=');
        let name = name.rsplit(' ').next().unwrap_or(name);
        found.push((name, value));
    }
    found
}

/// A number of two decimals at most.
fn short(number: &str) -> String {
    match number.parse::<f64>() {
        Ok(v) => format!("{}", (v * 100.0).round() / 100.0),
        Err(_) => number.into(),
    }
}

/// A line without what says nothing, and with shorter numbers.
fn plainer(line: &str) -> String {
    let mut line = line.replace(" opacity=\"1\"", "");
    for key in [" font-size=\"", " opacity=\""] {
        if let Some((before, rest)) = line.split_once(key)
            && let Some((number, after)) = rest.split_once('"')
        {
            line = format!("{before}{key}{}\"{after}", short(number));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_alike_become_one_path() {
        let dot = |x| {
            format!(
                "<circle cx=\"{x}\" cy=\"2\" r=\"3\" opacity=\"1\" fill=\"red\" stroke=\"none\" stroke-width=\"1\"/>\n"
            )
        };
        let svg = format!("<svg>\n{}{}</svg>\n", dot(1), dot(5));
        assert_eq!(
            compact(&svg),
            "<svg>\n<path d=\"M1 2h0M5 2h0\" fill=\"none\" stroke=\"red\" stroke-width=\"6\" stroke-linecap=\"round\"/>\n</svg>\n"
        );
        let dash = |x| {
            format!(
                "<polyline fill=\"none\" opacity=\"1\" stroke=\"red\" stroke-width=\"1\" points=\"{x},2 3,4 \"/>\n"
            )
        };
        assert_eq!(
            compact(&format!("{}{}", dash(1), dash(5))),
            "<path d=\"M1 2L3 4M5 2L3 4\" fill=\"none\" stroke=\"red\" stroke-width=\"1\"/>\n"
        );
    }

    #[test]
    fn what_differs_or_shines_through_stays_apart() {
        let dot = |fill: &str, opacity: &str| {
            format!(
                "<circle cx=\"1\" cy=\"2\" r=\"3\" opacity=\"{opacity}\" fill=\"{fill}\" stroke=\"none\"/>\n"
            )
        };
        let two = format!("{}{}", dot("red", "1"), dot("blue", "1"));
        assert_eq!(compact(&two).matches("<path").count(), 2);
        let two = format!("{}{}", dot("red", "0.5"), dot("red", "0.5"));
        assert_eq!(compact(&two).matches("<circle").count(), 2);
    }

    #[test]
    fn words_stay() {
        let text = "<text x=\"1\" font-size=\"12.903225806451614\" opacity=\"1\">\nstep 0\n</text>\n";
        assert_eq!(
            compact(text),
            "<text x=\"1\" font-size=\"12.9\">\nstep 0\n</text>\n"
        );
    }
}
