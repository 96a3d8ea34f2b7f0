//! Asks a rendered book's search index, as its pages do: elasticlunr, called by `theme/workbook.js`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use elasticlunr::Language;
use elasticlunr::lang::English;
use serde_json::Value;

pub use crate::greek::NAMES as LETTERS;
use crate::{greek, inspect};

/// The index of a book.
#[derive(Debug)]
pub struct Index(Value);

/// By number of a section: how well it fits.
type Scores = BTreeMap<String, f64>;

impl Index {
    /// Reads the index of the book in a folder.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn of(dest: &Path) -> io::Result<Self> {
        let is_it = |path: &&std::path::PathBuf| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with("searchindex")
        };
        let files = inspect::files(dest)?;
        let path = files.iter().find(is_it).ok_or(io::ErrorKind::NotFound)?;
        let script = fs::read_to_string(path)?;
        let text =
            script.split_once('\'').and_then(|s| s.1.rsplit_once('\''));
        let text = text.map_or("", |t| t.0).replace("\\'", "'");
        Ok(Self(serde_json::from_str(&text.replace("\\\\", "\\"))?))
    }

    /// The sections that the page lists for a query, best first: pages with the ids of headings.
    pub fn find(&self, query: &str) -> Vec<String> {
        let words = words(query);
        let scores = match self.scores(&words, true) {
            none if none.is_empty() => self.scores(&words, false),
            scores => scores,
        };
        let mut found: Vec<_> = scores.into_iter().collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        let most = &self.0["results_options"]["limit_results"];
        found.truncate(most.as_u64().unwrap_or(0) as usize);
        let url = |section: &str| {
            let url = &self.0["doc_urls"][section.parse::<usize>().ok()?];
            url.as_str().map(String::from)
        };
        found.iter().filter_map(|(section, _)| url(section)).collect()
    }

    fn scores(&self, words: &[String], all: bool) -> Scores {
        let mut scores = Scores::new();
        for field in ["title", "body", "breadcrumbs"] {
            let boost = &self.0["search_options"]["fields"][field]["boost"];
            let boost = boost.as_f64().unwrap_or(0.0);
            for (section, score) in self.in_field(words, field, all) {
                *scores.entry(section).or_default() += boost * score;
            }
        }
        scores
    }

    /// The sections that have all the words in one field, or any, whole or as the beginnings of others.
    fn in_field(&self, words: &[String], field: &str, all: bool) -> Scores {
        let mut found: Option<Scores> = None;
        let mut whole: BTreeMap<&str, f64> = BTreeMap::new();
        for word in words {
            let mut scores = Scores::new();
            for (longer, node) in self.beginning_with(word, field) {
                let near = match longer == *word {
                    true => 1.0,
                    false => 0.15 * word.len() as f64 / longer.len() as f64,
                };
                for (section, frequency) in docs(node) {
                    let length = self.length(section, field);
                    let weight = self.rarity(node) * near / length.sqrt();
                    *scores.entry(section.into()).or_default() +=
                        frequency * weight;
                    if longer == *word {
                        *whole.entry(section).or_default() += 1.0;
                    }
                }
            }
            found = Some(match found {
                None => scores,
                Some(before) => added(before, scores, all),
            });
        }
        let mut found = found.unwrap_or_default();
        for (section, times) in whole {
            let share = times / words.len() as f64;
            found.entry(section.into()).and_modify(|s| *s *= share);
        }
        found
    }

    /// The words of the index that begin with this one, with their nodes: a letter leads from node to node.
    fn beginning_with(
        &self,
        word: &str,
        field: &str,
    ) -> Vec<(String, &Value)> {
        let mut node = &self.0["index"]["index"][field]["root"];
        for letter in word.chars() {
            node = &node[letter.to_string()];
        }
        let mut found = Vec::new();
        let mut open = vec![(word.to_owned(), node)];
        while let Some((word, node)) = open.pop() {
            for (letter, next) in node.as_object().into_iter().flatten() {
                if letter != "docs" && letter != "df" {
                    open.push((format!("{word}{letter}"), next));
                }
            }
            if node["df"].as_f64().is_some_and(|count| count > 0.0) {
                found.push((word, node));
            }
        }
        found
    }

    fn rarity(&self, node: &Value) -> f64 {
        let sections = &self.0["index"]["documentStore"]["length"];
        let sections = sections.as_f64().unwrap_or(1.0);
        1.0 + (sections / (node["df"].as_f64().unwrap_or(0.0) + 1.0)).ln()
    }

    fn length(&self, section: &str, field: &str) -> f64 {
        let sections = &self.0["index"]["documentStore"]["docInfo"];
        sections[section][field].as_f64().unwrap_or(1.0).max(1.0)
    }
}

/// The sums, for what has both or any.
fn added(mut before: Scores, now: Scores, both: bool) -> Scores {
    before.retain(|section, _| !both || now.contains_key(section));
    for (section, score) in now {
        match before.get_mut(&section) {
            Some(sum) => *sum += score,
            None if both => {}
            None => drop(before.insert(section, score)),
        }
    }
    before
}

/// The sections of a node, and how often each has its word.
fn docs(node: &Value) -> impl Iterator<Item = (&str, f64)> {
    let docs = node["docs"].as_object().into_iter().flatten();
    docs.map(|(d, n)| (d.as_str(), n["tf"].as_f64().unwrap_or(0.0)))
}

/// The stems of a query, Greek letters spelled.
fn words(query: &str) -> Vec<String> {
    let english = English::new();
    let spelled = |c: char| match greek::name(c) {
        Some(name) => format!(" {name} "),
        None => c.to_string(),
    };
    let spelled: String = query.chars().map(spelled).collect();
    let mut words = english.make_pipeline().run(english.tokenize(&spelled));
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_words() {
        assert_eq!(words("β = 0.25"), ["beta", "0.25"]);
        assert_eq!(words("k-means++ Σ"), ["k", "mean", "sigma"]);
    }
}
