//! What the pages, results and tests have that others refer to.

use super::*;

impl<'a> Expander<'a> {
    pub(super) fn read_page(&mut self, source: &'a Source) {
        let chapter = self.chapters.iter().find(|c| c.owns(&source.path));
        let (pieces, wrong) = scan::scan(&source.text);
        self.pages.push(Page { source, chapter, pieces });
        for (offset, wrong) in wrong {
            let place = self.place(self.pages.len() - 1, offset);
            self.mistake(place, wrong);
        }
    }

    pub(super) fn read_results(&mut self, chapter: &'a ChapterRef) {
        let file = self
            .pages_folder()
            .join(format!("results/{}.json", chapter.name));
        let results = if file.is_file() {
            Results::load(&file).map_err(|e| e.to_string())
        } else {
            Err(format!(
                "there is no {}; `{}` makes it",
                self.relative(&file),
                chapter.made_by
            ))
        };
        self.results.insert(&chapter.name, results);
        let read = || claims::experiments(&self.root.join(&chapter.dir));
        self.experiments.entry(&chapter.dir).or_insert_with(read);
    }

    pub(super) fn read_tests(&mut self, chapter: &ChapterRef) {
        let Some(number) = chapter.number else { return };
        let folder = self.root.join(&chapter.dir).join("tests/chapter");
        let file = folder.join("equations.rs");
        let Ok(text) = std::fs::read_to_string(&file) else { return };
        let relative = PathBuf::from(self.relative(&file));
        let (tests, mut wrong) = tests_in(&text);
        let main = folder.join("main.rs");
        let compiled = std::fs::read_to_string(&main).is_ok_and(|text| {
            text.lines().any(|line| line.trim() == "mod equations;")
        });
        if !compiled && !tests.is_empty() {
            let main = self.relative(&main);
            wrong.push((0, Wrong::NotCompiled { main }));
        }
        for (line, wrong) in wrong {
            self.mistakes.push(Mistake {
                file: relative.clone(),
                line: (line > 0).then_some(line),
                wrong,
            });
        }
        for test in tests {
            if test.number.chapter == number {
                self.tests.entry(test.number).or_default().push(test);
            } else {
                self.mistakes.push(Mistake {
                    file: relative.clone(),
                    line: None,
                    wrong: Wrong::ForeignNumber {
                        number: test.number.to_string(),
                        expected: number.to_string(),
                    },
                });
            }
        }
    }

    /// Notes what other places of the book can refer to.
    pub(super) fn collect(&mut self, index: usize) {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        let page = &self.pages[index];
        let chapter = page.chapter.and_then(|chapter| chapter.number);
        let of_chapter = |page: usize| {
            self.pages[page].chapter.and_then(|c| c.number) == chapter
        };
        // A chapter's second page counts on.
        let before = self.figures.iter().filter(|f| of_chapter(f.page));
        let mut count = before.count();
        for piece in &page.pieces {
            let place = self.place(index, piece.range.start);
            let id = match &piece.kind {
                Kind::Display { number: Some(number), .. } => {
                    let own = page.chapter.and_then(|chapter| chapter.number);
                    if own != Some(number.chapter) {
                        let expected = own.map_or(
                            "but this page belongs to no chapter".into(),
                            |n| n.to_string(),
                        );
                        let number = number.to_string();
                        wrong.push((
                            place,
                            Wrong::ForeignNumber { number, expected },
                        ));
                    } else if let Some(first) = self.equations.get(number) {
                        let first = self.say(*first);
                        let number = number.to_string();
                        wrong.push((
                            place,
                            Wrong::NumberTwice { number, first },
                        ));
                    } else {
                        self.equations.insert(*number, place);
                    }
                    continue;
                }
                Kind::Directive(Directive::Figure { name, .. }) => {
                    let Some((chapter, short)) = self.owner(index, name)
                    else {
                        continue;
                    };
                    let id = self.figure_id(index, &chapter.name, short);
                    if let Some(number) = page.chapter.and_then(|c| c.number)
                    {
                        count += 1;
                        self.figures.push(Numbered {
                            page: index,
                            chapter: chapter.name.clone(),
                            name: short.into(),
                            label: format!("{number}.{count}"),
                            id: id.clone(),
                        });
                    }
                    id
                }
                Kind::Directive(Directive::Slip { id, .. }) => {
                    self.slips.push((index, id.clone()));
                    slip_id(id)
                }
                Kind::Directive(Directive::Predict { id, .. }) => {
                    predict_id(id)
                }
                Kind::Directive(Directive::Ask { id, .. }) => ask_id(id),
                _ => continue,
            };
            if !ids.insert(id.clone()) {
                wrong.push((place, Wrong::Twice { what: id }));
            }
        }
        for (place, wrong) in wrong {
            self.mistake(place, wrong);
        }
    }

    /// Every numbered equation has a test, and every test an equation.
    pub(super) fn match_equations(&mut self) {
        for (number, place) in self.equations.clone() {
            if self.tests.contains_key(&number) {
                continue;
            }
            let file = self.tests_file(number.chapter);
            self.mistake(
                place,
                Wrong::Untested {
                    number: number.to_string(),
                    function: number.function(),
                    file,
                },
            );
        }
        let stray: Vec<_> = self
            .tests
            .iter()
            .filter(|(number, _)| !self.equations.contains_key(number))
            .flat_map(|(_, tests)| tests)
            .map(|test| Mistake {
                file: self.tests_file(test.number.chapter).into(),
                line: None,
                wrong: Wrong::TestWithoutEquation {
                    function: test.function.clone(),
                    number: test.number.to_string(),
                },
            })
            .collect();
        self.mistakes.extend(stray);
    }
}
