//! DDI-Codebook 2.5: the table described in XML, as data archives and catalogues read it. It describes the file and holds
//! none of its rows. Texts are Vietnamese, with English beside them.

use super::Table;
use super::fit::Fit;
use super::variable::{Category, Kind, Label, Role, Variable};
use super::words;
use super::xml::plain;
use std::io::{self, Write};

/// Writes the description of a table.
///
/// # Errors
/// When a name is no variable's name, or the output cannot be written.
pub fn write(table: &Table, out: &mut impl Write) -> io::Result<()> {
    Fit::new(table)?;
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<codeBook xmlns=\"ddi:codebook:2_5\" \
          xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"ddi:codebook:2_5 \
          http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd\" version=\"2.5\" xml:lang=\"vi\">\n",
    )?;
    document(table, out)?;
    study(table, out)?;
    file(table, out)?;
    writeln!(out, "<dataDscr>")?;
    let weight = table.variables.iter().find(|variable| variable.role == Role::Weight);
    table.variables.iter().try_for_each(|variable| self::variable(variable, weight, out))?;
    writeln!(out, "</dataDscr>\n</codeBook>")?;
    out.flush()
}

/// About this description.
fn document(table: &Table, out: &mut impl Write) -> io::Result<()> {
    let (title, name) = (plain(&table.title), plain(&table.name));
    writeln!(out, "<docDscr>\n<citation>\n<titlStmt>\n<titl xml:lang=\"vi\">Từ điển biến: {title}</titl>")?;
    writeln!(out, "<parTitl xml:lang=\"en\">Codebook of {name}: {title}</parTitl>\n</titlStmt>")?;
    let version = env!("CARGO_PKG_VERSION");
    writeln!(out, "<prodStmt>\n<software version=\"{version}\">sipas</software>\n</prodStmt>\n</citation>\n</docDscr>")
}

/// About the survey: its title, how its design is told, and what whoever reads it must know.
fn study(table: &Table, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<stdyDscr>\n<citation>\n<titlStmt>\n<titl xml:lang=\"vi\">{}</titl>", plain(&table.title))?;
    writeln!(out, "<IDNo agency=\"sipas\">{}</IDNo>\n</titlStmt>\n</citation>", plain(&table.name))?;
    let designs = |role: Role| table.variables.iter().filter(move |variable| variable.role == role);
    let sampling =
        [Role::Stratum, Role::Psu, Role::FirstStageSize, Role::SecondStageSize].into_iter().flat_map(designs);
    let sampling: Vec<&Variable> = sampling.collect();
    let weights: Vec<&Variable> = designs(Role::Weight).collect();
    if !sampling.is_empty() || !weights.is_empty() {
        writeln!(out, "<method>\n<dataColl>")?;
        sampling.into_iter().try_for_each(|variable| design("sampProc", variable, out))?;
        weights.into_iter().try_for_each(|variable| design("weight", variable, out))?;
        writeln!(out, "</dataColl>\n</method>")?;
    }
    table.notes.iter().try_for_each(|note| twice("notes", "", note, out))?;
    writeln!(out, "</stdyDscr>")
}

/// Which variable carries a part of the design.
fn design(element: &str, variable: &Variable, out: &mut impl Write) -> io::Result<()> {
    let role = words::role(variable.role);
    let of = |role: &str, label: &str| format!("{}: {role}. {label}", variable.name);
    let label = Label { vi: of(&role.vi, &variable.label.vi), en: of(&role.en, &variable.label.en) };
    twice(element, "", &label, out)
}

fn file(table: &Table, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<fileDscr ID=\"{FILE}\">\n<fileTxt>\n<fileName>{}</fileName>", plain(&table.name))?;
    let (n_rows, n_variables) = (table.n_rows, table.variables.len());
    writeln!(out, "<dimensns>\n<caseQnty>{n_rows}</caseQnty>\n<varQnty>{n_variables}</varQnty>\n</dimensns>")?;
    writeln!(out, "</fileTxt>\n</fileDscr>")
}

/// How the one file is called within the description.
const FILE: &str = "F1";

fn variable(variable: &Variable, weight: Option<&Variable>, out: &mut impl Write) -> io::Result<()> {
    let name = &variable.name;
    let (interval, nature) = match variable.kind {
        Kind::Coded { is_ordered: true, .. } => ("discrete", "ordinal"),
        Kind::Number { .. } if variable.role == Role::Key => ("discrete", "nominal"),
        Kind::Coded { is_ordered: false, .. } | Kind::Text { .. } => ("discrete", "nominal"),
        Kind::Number { .. } => ("contin", "ratio"),
    };
    write!(out, "<var ID=\"V_{name}\" name=\"{name}\" files=\"{FILE}\" intrvl=\"{interval}\" nature=\"{nature}\"")?;
    if let Kind::Number { decimals } = variable.kind {
        write!(out, " dcml=\"{decimals}\"")?;
    }
    match (variable.role, weight) {
        (Role::Weight, _) => write!(out, " wgt=\"wgt\"")?,
        (Role::Profile | Role::Answer, Some(weight)) => write!(out, " wgt-var=\"V_{}\"", weight.name)?,
        _ => {}
    }
    writeln!(out, ">")?;
    twice("labl", "", &variable.label, out)?;
    let categories = match &variable.kind {
        Kind::Coded { categories, .. } => categories.as_slice(),
        Kind::Number { .. } | Kind::Text { .. } => &[],
    };
    missing(categories, out)?;
    categories.iter().try_for_each(|category| self::category(category, out))?;
    let format = if matches!(variable.kind, Kind::Text { .. }) { "character" } else { "numeric" };
    writeln!(out, "<varFormat type=\"{format}\"/>")?;
    twice("notes", " subject=\"role\"", &words::role(variable.role), out)?;
    writeln!(out, "</var>")
}

fn missing(categories: &[Category], out: &mut impl Write) -> io::Result<()> {
    if !categories.iter().any(|category| category.is_missing) {
        return Ok(());
    }
    writeln!(out, "<invalrng>")?;
    let mut codes = categories.iter().filter(|category| category.is_missing).map(|category| category.code);
    codes.try_for_each(|code| writeln!(out, "<item VALUE=\"{code}\"/>"))?;
    writeln!(out, "</invalrng>")
}

fn category(category: &Category, out: &mut impl Write) -> io::Result<()> {
    let missing = if category.is_missing { " missing=\"Y\"" } else { "" };
    writeln!(out, "<catgry{missing}>\n<catValu>{}</catValu>", category.code)?;
    twice("labl", "", &category.label, out)?;
    writeln!(out, "</catgry>")
}

/// An element in both languages.
fn twice(element: &str, attributes: &str, label: &Label, out: &mut impl Write) -> io::Result<()> {
    for (language, text) in [("vi", &label.vi), ("en", &label.en)] {
        writeln!(out, "<{element}{attributes} xml:lang=\"{language}\">{}</{element}>", plain(text))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(vi: &str, en: &str) -> Label {
        Label { vi: vi.to_owned(), en: en.to_owned() }
    }

    #[test]
    fn a_variable_is_described_with_its_codes() {
        let category = |code, vi: &str, is_missing| Category { code, label: label(vi, "x"), is_missing };
        let categories = vec![category(1, "Có <1 & \"2\">", false), category(9, "Bỏ trống", true)];
        let kind = Kind::Coded { categories, is_ordered: true };
        let answer = Variable { name: "q1".into(), label: label("Câu 1", "Item 1"), role: Role::Answer, kind };
        let kind = Kind::Number { decimals: 3 };
        let weight = Variable { name: "w".into(), label: label("Quyền số", "Weight"), role: Role::Weight, kind };
        let mut bytes = Vec::new();
        variable(&answer, Some(&weight), &mut bytes).unwrap();
        let expected = [
            "<var ID=\"V_q1\" name=\"q1\" files=\"F1\" intrvl=\"discrete\" nature=\"ordinal\" wgt-var=\"V_w\">",
            "<labl xml:lang=\"vi\">Câu 1</labl>",
            "<labl xml:lang=\"en\">Item 1</labl>",
            "<invalrng>",
            "<item VALUE=\"9\"/>",
            "</invalrng>",
            "<catgry>",
            "<catValu>1</catValu>",
            "<labl xml:lang=\"vi\">Có &lt;1 &amp; &quot;2&quot;&gt;</labl>",
            "<labl xml:lang=\"en\">x</labl>",
            "</catgry>",
            "<catgry missing=\"Y\">",
            "<catValu>9</catValu>",
            "<labl xml:lang=\"vi\">Bỏ trống</labl>",
            "<labl xml:lang=\"en\">x</labl>",
            "</catgry>",
            "<varFormat type=\"numeric\"/>",
            "<notes subject=\"role\" xml:lang=\"vi\">câu trả lời</notes>",
            "<notes subject=\"role\" xml:lang=\"en\">answer</notes>",
            "</var>",
        ];
        assert_eq!(String::from_utf8(bytes).unwrap().lines().collect::<Vec<_>>(), expected);
    }
}
