//! Small helpers for writing HTML.

/// Text for an element or a double-quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// The names among `all` that are likely to be meant by `name`, for an error message; all of them when they are few.
pub(crate) fn near<'a>(
    name: &str,
    all: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut ranked: Vec<_> = all
        .into_iter()
        .map(|other| {
            let related = other.contains(name) || name.contains(other);
            (
                if related { 0 } else { strsim::levenshtein(name, other) },
                other,
            )
        })
        .collect();
    ranked.sort();
    if ranked.len() > 5 {
        let limit = name.chars().count().div_ceil(2);
        ranked.retain(|(d, _)| *d <= limit);
        ranked.truncate(5);
    }
    join(ranked.into_iter().map(|(_, other)| other))
}

/// The names in backticks, or "none".
pub(crate) fn join<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|n| format!("`{n}`")).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_come_first() {
        let all = ["accuracy", "loss", "grad_leak", "seed", "steps", "ratio"];
        assert_eq!(near("acuracy", all), "`accuracy`");
        assert_eq!(near("zzzzzz", all), "none");
    }
}
