//! Time and memory against rows, and against desks, as one picture with its numbers written beside the points.

use std::fmt::Write as _;

/// The measurements of one survey.
pub(crate) struct Row {
    pub(crate) n_rows: usize,
    pub(crate) n_desks: usize,
    pub(crate) cpu_s: f64,
    pub(crate) read_s: f64,
    pub(crate) mib: f64,
}

/// Width and height of one panel.
const PANEL: (f64, f64) = (360.0, 240.0);
const MARGIN: f64 = 60.0;

/// One line of a panel: label, colour, dashes, and how its value is read.
type Line = (&'static str, &'static str, &'static str, fn(&Row) -> f64);

/// Four panels: processor time and memory, by rows and by desks of a million rows.
pub(crate) fn svg(rows: &[Row]) -> String {
    let time: [Line; 2] = [
        ("estimate, CPU s", "#1a5fb4", "", |row| row.cpu_s),
        ("Polars reading, CPU s", "#c64600", "6 4", |row| row.read_s),
    ];
    let memory: [Line; 1] = [("peak memory, MiB", "#26a269", "", |row| row.mib)];
    // By rows: the fewest desks of the smallest survey, then the largest of each size.
    let mut by_rows: Vec<&Row> = rows.iter().filter(|row| row.n_rows != 1_000_000 || row.n_desks == 1_200).collect();
    by_rows.sort_by_key(|row| row.n_rows);
    let by_desks: Vec<&Row> = rows.iter().filter(|row| row.n_rows == 1_000_000).collect();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" font-size=\"12\" \
         role=\"img\"><title>sipas estimate: time and memory</title><rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>",
        2.0 * (PANEL.0 + 2.0 * MARGIN),
        2.0 * (PANEL.1 + 2.0 * MARGIN),
    );
    let rows_axis = ("rows", (|row| row.n_rows as f64) as fn(&Row) -> f64);
    let desks_axis = ("desks (1M rows)", (|row| row.n_desks as f64) as fn(&Row) -> f64);
    panel(&mut out, (0, 0), &by_rows, rows_axis, &time);
    panel(&mut out, (1, 0), &by_rows, rows_axis, &memory);
    panel(&mut out, (0, 1), &by_desks, desks_axis, &time);
    panel(&mut out, (1, 1), &by_desks, desks_axis, &memory);
    out.push_str("</svg>\n");
    out
}

fn panel(out: &mut String, place: (u8, u8), rows: &[&Row], (axis, x): (&str, fn(&Row) -> f64), lines: &[Line]) {
    let (left, top) = (
        f64::from(place.0) * (PANEL.0 + 2.0 * MARGIN) + MARGIN,
        f64::from(place.1) * (PANEL.1 + 2.0 * MARGIN) + MARGIN,
    );
    let xs: Vec<f64> = rows.iter().map(|row| x(row).log10()).collect();
    let (low, high) = xs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    let top_value = lines.iter().flat_map(|line| rows.iter().map(|row| (line.3)(row))).fold(0.0, f64::max) * 1.1;
    let at = |x: f64, y: f64| {
        let across = if high > low { (x - low) / (high - low) } else { 0.5 };
        (left + across * PANEL.0, top + PANEL.1 * (1.0 - y / top_value.max(f64::MIN_POSITIVE)))
    };
    let (width, height) = PANEL;
    let _ = write!(
        out,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"#999\"/>"
    );
    let _ = write!(out, "<text x=\"{left}\" y=\"{}\">{axis}, logarithmic</text>", top + height + 36.0);
    for (row, x) in rows.iter().zip(&xs) {
        let (px, _) = at(*x, 0.0);
        let count = if axis == "rows" { row.n_rows } else { row.n_desks };
        let _ = write!(out, "<text x=\"{px}\" y=\"{}\" text-anchor=\"middle\">{count}</text>", top + height + 16.0);
    }
    for (place, (label, colour, dashes, value)) in lines.iter().enumerate() {
        let points: Vec<(f64, f64)> = rows.iter().zip(&xs).map(|(row, x)| at(*x, value(row))).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
            path.join(" ")
        );
        for ((px, py), row) in points.iter().zip(rows) {
            let _ = write!(out, "<circle cx=\"{px:.1}\" cy=\"{py:.1}\" r=\"3\" fill=\"{colour}\"/>");
            let _ = write!(
                out,
                "<text x=\"{px:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.2}</text>",
                py - 7.0,
                value(row)
            );
        }
        let y = top - 8.0 - 16.0 * place as f64;
        let _ = write!(out, "<text x=\"{left}\" y=\"{y}\" fill=\"{colour}\">{label}</text>");
    }
}
