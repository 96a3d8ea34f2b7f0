//! Greek letters by their names. The search index and the page's script know words of ASCII letters only: the index gets
//! the name beside each letter, and `theme/workbook.js` puts it for the letter in what a reader asks for.

/// The names of the letters from α to ω, as they follow each other in Unicode; sigma has two forms.
pub const NAMES: [&str; 25] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta",
    "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho",
    "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/// The name of a letter, large or small.
pub(crate) fn name(letter: char) -> Option<&'static str> {
    let small = letter.to_lowercase().next()?;
    let at = u32::from(small).checked_sub(u32::from('α'))?;
    NAMES.get(at as usize).copied()
}

/// The names of the letters in a formula, each once.
pub(crate) fn names_in_tex(tex: &str) -> String {
    let mut found = Vec::new();
    for command in tex.split('\\').skip(1) {
        let letter = |c: char| !c.is_ascii_alphabetic();
        let command = command.split(letter).next().unwrap_or_default();
        let command = command.to_ascii_lowercase();
        let plain = command.strip_prefix("var").unwrap_or(&command);
        let name = NAMES.iter().find(|name| **name == plain);
        found.extend(name.filter(|name| !found.contains(*name)).copied());
    }
    found.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_names() {
        let names = ['α', 'β', 'Σ', 'ς', 'σ', 'ω', 'Ω'].map(name);
        let sigma = Some("sigma");
        let [alpha, beta, omega] = ["alpha", "beta", "omega"].map(Some);
        assert_eq!(names, [alpha, beta, sigma, sigma, sigma, omega, omega]);
        assert_eq!(['a', 'ϊ', 'ά', '∑', 'я'].map(name), [None; 5]);
    }

    #[test]
    fn formulas_are_found_by_their_letters() {
        let tex =
            r"\beta_1 \Sigma x^\sigma \varphi \frac{\beta}{\min} \\ \mu";
        assert_eq!(names_in_tex(tex), "beta sigma phi mu");
        assert_eq!(names_in_tex(r"\betas \max x"), "");
    }
}
