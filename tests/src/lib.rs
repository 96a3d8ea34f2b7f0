//! Only tests: what must hold across chapters and pages. See `tests/workbook.rs`.
