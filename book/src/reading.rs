//! How long a page takes: its words, the lines of its listings, its exercises.

/// Words a minute, of prose with formulas; an assumption, as the next two are.
const WORDS: usize = 120;

/// Lines of a listing a minute.
const LINES: usize = 15;

/// Minutes for an exercise.
const EXERCISE: usize = 15;

/// What of a page takes time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Words of prose, captions, questions and tables' first columns.
    pub words: usize,
    /// Listings, and their lines.
    pub listings: (usize, usize),
    /// Exercises, those on paper included.
    pub exercises: usize,
}

impl Reading {
    /// Of a page's Markdown; the lines of each listing that it quotes.
    pub fn of(page: &str, listings: impl Iterator<Item = usize>) -> Self {
        let (mut words, mut fenced) = (0, false);
        let mut exercises = 0;
        for line in page.lines().map(str::trim) {
            if line.starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced || line.starts_with('<') {
                continue;
            }
            if let Some(item) = line.strip_prefix("- **") {
                let numbered = item.starts_with(|c: char| c.is_ascii_digit());
                let paper = item.starts_with("On paper");
                exercises += usize::from(numbered || paper);
            }
            words += prose(line);
        }
        let listings =
            listings.fold((0, 0), |(n, of), lines| (n + 1, of + lines));
        Self { words, listings, exercises }
    }

    /// Minutes to read it.
    pub fn to_read(self) -> usize {
        (self.words.div_ceil(WORDS) + self.listings.1.div_ceil(LINES))
            .next_multiple_of(5)
    }

    /// Minutes to solve its exercises.
    pub fn to_solve(self) -> usize {
        self.exercises * EXERCISE
    }

    /// A line about it.
    pub(crate) fn line(self) -> String {
        let Self { words, listings: (listings, lines), exercises } = self;
        let (read, solve) =
            (duration(self.to_read()), duration(self.to_solve()));
        let solve = match exercises {
            0 => String::new(),
            1 => format!("; to solve: about {solve} (1 exercise)"),
            n => format!("; to solve: about {solve} ({n} exercises)"),
        };
        format!(
            r#"<p class="provenance">To read: about {read} ({words} words, {listings} listings of {lines} lines){solve}.</p>"#
        )
    }
}

fn duration(minutes: usize) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m}\u{a0}min"),
        (h, 0) => format!("{h}\u{a0}h"),
        (h, m) => format!("{h}\u{a0}h {m}\u{a0}min"),
    }
}

/// Words of a line, without its marks; a directive with a text counts its text.
fn prose(line: &str) -> usize {
    if line.starts_with('|') {
        let first = line.split('|').nth(1).unwrap_or_default();
        return counted(first);
    }
    let said = ["figure", "predict", "ask", "right", "wrong", "slip"];
    let named = |name: &&&str| line.starts_with(&format!("{{{{#{name} "));
    match said.iter().find(named) {
        Some(name) => counted(&line[name.len() + 4..]),
        None => counted(line),
    }
}

/// Words outside of directives and comments.
fn counted(text: &str) -> usize {
    let (mut rest, mut words) = (text, 0);
    loop {
        let mark = [("{{", "}}"), ("<!--", "-->")]
            .into_iter()
            .filter_map(|(begin, end)| Some((rest.find(begin)?, end)))
            .min();
        let (at, end) = mark.unwrap_or((rest.len(), ""));
        let is_word = |w: &&str| w.contains(char::is_alphanumeric);
        words += rest[..at].split_whitespace().filter(is_word).count();
        if at == rest.len() {
            return words;
        }
        rest = rest[at..].split_once(end).map_or("", |(_, more)| more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted() {
        let page = "# A title\n\nTwo words.{{#claim x}} One<!-- argued -->\n\n\
                    ```rust\nlet not = counted;\n```\n\n{{#ledger}}\n\n\
                    {{#ask id: Is it?}}\n\n| first | second |\n\n\
                    - **1.2 — a task.** Do.\n- **On paper.** And $x$.\n";
        let found = Reading::of(page, [10, 20].into_iter());
        // A title (2), three words, "id: Is it?" (3), "first", 4 and 4.
        assert_eq!(found.words, 2 + 3 + 3 + 1 + 4 + 4);
        assert_eq!(found.listings, (2, 30));
        assert_eq!(found.exercises, 2);
        assert_eq!((found.to_read(), found.to_solve()), (5, 30));
        let line = found.line();
        assert!(line.contains("about 5\u{a0}min (17 words"), "{line}");
        assert!(line.contains("about 30\u{a0}min (2 exercises)"), "{line}");
    }

    #[test]
    fn hours_and_minutes() {
        assert_eq!(duration(45), "45\u{a0}min");
        assert_eq!(duration(120), "2\u{a0}h");
        assert_eq!(duration(95), "1\u{a0}h 35\u{a0}min");
    }
}
