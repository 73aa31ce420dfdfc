//! The codebook as one HTML page: every variable with its whole label, its codes and what it is for. Vietnamese first, English
//! beside it; no script, and fit for paper.

use super::Table;
use super::dta;
use super::fit::Fit;
use super::variable::{Category, Kind, Label, Variable};
use super::words;
use super::xml::plain;
use std::io::{self, Write};

const STYLE: &str = include_str!("codebook/style.css");

/// Writes the codebook of a table.
///
/// # Errors
/// When a name is no variable's name, or the output cannot be written.
pub fn write(table: &Table, out: &mut impl Write) -> io::Result<()> {
    Fit::new(table)?;
    let title = plain(&table.title);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>Từ điển biến: {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"
    )?;
    let (name, n_rows, n_variables) = (plain(&table.name), table.n_rows, table.variables.len());
    writeln!(
        out,
        "<header>\n<h1>Từ điển biến: {title}</h1>\n<p lang=\"en\">Codebook of the table <code>{name}</code></p>"
    )?;
    writeln!(
        out,
        "<p>{n_rows} dòng, {n_variables} biến <span lang=\"en\">{n_rows} rows, {n_variables} variables</span></p>\n</header>\n<main>"
    )?;
    notes(table, out)?;
    contents(table, out)?;
    table.variables.iter().try_for_each(|variable| self::variable(variable, out))?;
    writeln!(out, "</main>\n</body>\n</html>")?;
    out.flush()
}

fn notes(table: &Table, out: &mut impl Write) -> io::Result<()> {
    if table.notes.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<section aria-labelledby=\"notes\">\n<h2 id=\"notes\">{}</h2>\n<ul>",
        both("Cần biết", "What to know")
    )?;
    table.notes.iter().try_for_each(|note| writeln!(out, "<li>{}</li>", in_both(note)))?;
    writeln!(out, "</ul>\n</section>")
}

fn contents(table: &Table, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "<section aria-labelledby=\"contents\">\n<h2 id=\"contents\">{}</h2>",
        both("Các biến", "Variables")
    )?;
    writeln!(
        out,
        "<table>\n<caption>{}</caption>",
        both("Tên, nhãn và vai trò của từng biến", "Name, label and role of each")
    )?;
    head(&[("Biến", "Variable"), ("Nhãn", "Label"), ("Vai trò", "Role")], out)?;
    for variable in &table.variables {
        let (name, role) = (&variable.name, words::role(variable.role));
        let link = format!("<a href=\"#v-{name}\"><code>{name}</code></a>");
        let (label, role) = (in_both(&variable.label), in_both(&role));
        writeln!(out, "<tr><th scope=\"row\">{link}</th><td>{label}</td><td>{role}</td></tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn variable(variable: &Variable, out: &mut impl Write) -> io::Result<()> {
    let name = &variable.name;
    writeln!(out, "<section class=\"variable\" aria-labelledby=\"v-{name}\">")?;
    writeln!(
        out,
        "<h2 id=\"v-{name}\"><code>{name}</code></h2>\n<p class=\"label\">{}</p>\n<dl>",
        in_both(&variable.label)
    )?;
    let mut entry = |vi: &str, en: &str, what: &Label| {
        writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", both(vi, en), in_both(what))
    };
    entry("Vai trò", "Role", &words::role(variable.role))?;
    entry("Kiểu", "Kind", &words::kind(&variable.kind))?;
    writeln!(out, "</dl>")?;
    match &variable.kind {
        Kind::Coded { categories, .. } => codes(variable, categories, out)?,
        Kind::Number { .. } | Kind::Text { .. } => {}
    }
    writeln!(out, "</section>")
}

/// Every code, and how Stata files write the missing ones.
fn codes(variable: &Variable, categories: &[Category], out: &mut impl Write) -> io::Result<()> {
    let name = &variable.name;
    let caption = both(&format!("Các mã của {name}"), &format!("Codes of {name}"));
    writeln!(out, "<table class=\"codes\">\n<caption>{caption}</caption>")?;
    head(&[("Mã", "Code"), ("Nghĩa", "Meaning"), ("Giá trị", "Value"), ("Trong Stata", "In Stata")], out)?;
    for category in categories {
        let stata = dta::written(category, categories);
        let (code, meaning, missing) = (category.code, in_both(&category.label), in_both(&words::missing(category)));
        writeln!(
            out,
            "<tr><th scope=\"row\">{code}</th><td>{meaning}</td><td>{missing}</td><td><code>{stata}</code></td></tr>"
        )?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn head(columns: &[(&str, &str)], out: &mut impl Write) -> io::Result<()> {
    write!(out, "<thead><tr>")?;
    columns.iter().try_for_each(|(vi, en)| write!(out, "<th scope=\"col\">{}</th>", both(vi, en)))?;
    writeln!(out, "</tr></thead>\n<tbody>")
}

fn in_both(label: &Label) -> String {
    both(&label.vi, &label.en)
}

/// Vietnamese, and English after it where there is any and it is not the same.
fn both(vi: &str, en: &str) -> String {
    if en.is_empty() || en == vi {
        return plain(vi);
    }
    format!("{} <span lang=\"en\">{}</span>", plain(vi), plain(en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::variable::Role;

    #[test]
    fn a_codebook_is_whole_and_only_text() {
        let label = |vi: &str| Label { vi: vi.to_owned(), en: "English & co".to_owned() };
        let long = "Ông/bà có hài lòng không? ".repeat(40);
        let categories = vec![
            Category { code: 1, label: label("<script>alert(1)</script>"), is_missing: false },
            Category { code: -9, label: label("Không áp dụng"), is_missing: true },
        ];
        let kind = Kind::Coded { categories, is_ordered: true };
        let variables = vec![Variable { name: "q1".into(), label: label(&long), role: Role::Answer, kind }];
        let notes = vec![label("Bộ tiêu chí chưa xác nhận.")];
        let table = Table { name: "responses".into(), title: "Đợt <2025>".into(), variables, notes, n_rows: 7 };
        let mut bytes = Vec::new();
        write(&table, &mut bytes).unwrap();
        let page = String::from_utf8(bytes).unwrap();
        assert!(page.contains(long.trim_end()) && page.contains("Bộ tiêu chí chưa xác nhận."), "whole");
        assert!(page.contains("Đợt &lt;2025&gt;") && !page.contains("<script"), "only text");
        let row = "<tr><th scope=\"row\">-9</th><td>Không áp dụng <span lang=\"en\">English &amp; co</span></td><td>không có \
                   giá trị <span lang=\"en\">missing</span></td><td><code>.a</code></td></tr>";
        assert!(page.contains(row), "{page}");
    }
}
