//! Numbers that pages quote, and how they are written.

use std::str::FromStr;

use crate::error::Wrong;

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Format {
    /// `.4`: with so many decimals.
    Fixed(usize),
    /// `.2e`: a mantissa with so many decimals, times a power of ten.
    Scientific(usize),
    /// `.2%`: a hundred times the number, with so many decimals.
    Percent(usize),
    /// `int`: rounded, thousands separated.
    Integer,
}

impl FromStr for Format {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let unknown = || Wrong::Format { format: text.into() };
        if text == "int" {
            return Ok(Format::Integer);
        }
        let rest = text.strip_prefix('.').ok_or_else(unknown)?;
        let digits = rest.trim_end_matches(['e', '%']);
        let decimals = match digits.parse() {
            Ok(decimals) if decimals <= 15 => decimals,
            _ => return Err(unknown()),
        };
        match &rest[digits.len()..] {
            "" => Ok(Format::Fixed(decimals)),
            "e" => Ok(Format::Scientific(decimals)),
            "%" => Ok(Format::Percent(decimals)),
            _ => Err(unknown()),
        }
    }
}

impl Format {
    /// The number as HTML.
    pub(crate) fn html(self, value: f64) -> String {
        let (mantissa, exponent) = self.parts(value);
        match exponent {
            None => mantissa,
            Some(e) => format!("{mantissa}\u{a0}×\u{a0}10<sup>{e}</sup>"),
        }
    }

    /// The number as text without markup.
    pub(crate) fn plain(self, value: f64) -> String {
        let (mantissa, exponent) = self.parts(value);
        match exponent {
            None => mantissa,
            Some(e) => format!("{mantissa} × 10^{e}"),
        }
    }

    /// The mantissa, and the power of ten if there is one.
    fn parts(self, value: f64) -> (String, Option<String>) {
        match self {
            Format::Fixed(decimals) => {
                (signed(&format!("{value:.decimals$}")), None)
            }
            Format::Percent(decimals) => {
                (signed(&format!("{:.decimals$}%", value * 100.0)), None)
            }
            Format::Integer => (separated(&format!("{value:.0}")), None),
            Format::Scientific(_) if value == 0.0 => ("0".into(), None),
            Format::Scientific(decimals) => {
                let text = format!("{value:.decimals$e}");
                let (mantissa, exponent) =
                    text.split_once('e').unwrap_or((&text, "0"));
                let exponent = (exponent != "0").then(|| signed(exponent));
                (signed(mantissa), exponent)
            }
        }
    }
}

/// With a true minus sign, and none before a zero.
fn signed(text: &str) -> String {
    match text.strip_prefix('-') {
        None => text.into(),
        Some(rest) if rest.bytes().all(|b| !(b'1'..=b'9').contains(&b)) => {
            rest.into()
        }
        Some(rest) => format!("−{rest}"),
    }
}

fn separated(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    signed(&format!("{sign}{out}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(format: &str, value: f64) -> String {
        format.parse::<Format>().unwrap().html(value)
    }

    #[test]
    fn numbers_are_written_as_asked() {
        assert_eq!(html(".4", -4f64.ln()), "−1.3863");
        assert_eq!(html(".2", -1e-9), "0.00");
        assert_eq!(html(".1e", 3.14e-10), "3.1\u{a0}×\u{a0}10<sup>−10</sup>");
        assert_eq!(html(".2e", 1.5), "1.50");
        assert_eq!(html(".2e", 0.0), "0");
        assert_eq!(html(".2%", 0.97312), "97.31%");
        assert_eq!(html("int", 60000.0), "60,000");
        assert_eq!(html("int", -1234567.0), "−1,234,567");
        assert_eq!(html("int", 999.0), "999");
        let plain = Format::Scientific(1).plain(2e5);
        assert_eq!(plain, "2.0 × 10^5");
    }

    #[test]
    fn formats_are_checked() {
        for text in ["4", ".", ".x", ".2f", ".99", "", "int4", ".2e%"] {
            assert!(text.parse::<Format>().is_err(), "{text}");
        }
    }
}
