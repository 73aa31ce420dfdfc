//! What pictures are drawn with: letters that keep to their room, bars, patterns. Lengths are CSS pixels at the width the
//! picture is laid out for.

use crate::report::fonts;
use std::fmt::Write as _;

pub(super) const INK: &str = "#16242b";
pub(super) const SOFT: &str = "#4a5a61";
pub(super) const LINE: &str = "#c3ced0";
pub(super) const ACCENT: &str = "#0a5a66";
pub(super) const PALE: &str = "#a9ccd1";
pub(super) const WRONG: &str = "#a3201a";
pub(super) const WHITE: &str = "#fff";

/// From line to line, in parts of the height of letters.
const LINE_HEIGHT: f64 = 1.3;
/// Other letters than Noto Sans may be wider by so much.
const OTHER_LETTERS: f64 = 1.03;

/// Which part of a line of text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How words are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letters {
    pub(super) size: f64,
    pub(super) is_bold: bool,
    pub(super) fill: &'static str,
    pub(super) anchor: Anchor,
}

impl Letters {
    /// Plain letters of a size.
    pub(super) const fn of(size: f64) -> Self {
        Self { size, is_bold: false, fill: INK, anchor: Anchor::Start }
    }

    pub(super) const fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }

    pub(super) const fn fill(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    pub(super) const fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// How wide words are.
    pub(super) fn width(self, words: &str) -> f64 {
        fonts::width(words, self.is_bold) * self.size * OTHER_LETTERS
    }

    /// From one line to the next.
    pub(super) fn line(self) -> f64 {
        self.size * LINE_HEIGHT
    }

    /// Words in lines that fit a room. A word that fits no line is broken.
    pub(super) fn wrapped(self, words: &str, room: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words.split_whitespace() {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match (lines.last_mut(), longer.filter(|longer| self.width(longer) <= room)) {
                (Some(line), Some(longer)) => *line = longer,
                _ => lines.extend(self.broken(word, room)),
            }
        }
        lines
    }

    fn broken(self, word: &str, room: f64) -> Vec<String> {
        let mut parts = vec![String::new()];
        for letter in word.chars() {
            let is_full =
                parts.last().is_some_and(|part| !part.is_empty() && self.width(&format!("{part}{letter}")) > room);
            if is_full {
                parts.push(String::new());
            }
            parts.iter_mut().last().into_iter().for_each(|part| part.push(letter));
        }
        parts
    }

    /// Words on one line; what does not fit is seen to be missing.
    pub(super) fn fitted(self, words: &str, room: f64) -> String {
        if self.width(words) <= room {
            return words.to_owned();
        }
        let mut kept: String = words.to_owned();
        while kept.pop().is_some() {
            let cut = format!("{}…", kept.trim_end());
            if self.width(&cut) <= room {
                return cut;
            }
        }
        String::new()
    }
}

/// A place for values from one end to the other. Values beyond an end are drawn at it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The values at both ends.
    pub(super) values: (f64, f64),
    /// The places of both ends.
    pub(super) places: (f64, f64),
}

impl Scale {
    pub(super) fn at(&self, value: f64) -> f64 {
        let ((from, to), (start, end)) = (self.values, self.places);
        let part = ((value - from) / (to - from)).clamp(0.0, 1.0);
        if part.is_nan() { start } else { start + part * (end - start) }
    }
}

/// A rectangle: left, top, wide, tall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) wide: f64,
    pub(super) tall: f64,
}

impl Room {
    pub(super) fn right(&self) -> f64 {
        self.left + self.wide
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.tall
    }

    /// Whether two rooms have a place in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.left < other.right() && other.left < self.right() && self.top < other.bottom() && other.top < self.bottom()
    }
}

/// Where a picture comes into being.
pub struct Canvas {
    width: f64,
    bottom: f64,
    body: String,
}

impl Canvas {
    pub(super) fn new(width: f64) -> Self {
        Self { width, bottom: 1.0, body: String::new() }
    }

    pub(super) fn width(&self) -> f64 {
        self.width
    }

    /// Says how far down the picture goes, at least.
    pub(super) fn reach(&mut self, bottom: f64) {
        self.bottom = self.bottom.max(bottom);
    }

    /// A line of text on its base line.
    pub(super) fn text(&mut self, (x, y): (f64, f64), letters: Letters, words: &str) {
        let anchor = match letters.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if letters.is_bold { " font-weight=\"700\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight} fill=\"{}\"{anchor}>{}</text>",
            tenth(x),
            tenth(y),
            tenth(letters.size),
            letters.fill,
            plain(words)
        );
        self.reach(y + letters.size * 0.4);
    }

    /// Lines of text, the first from `top` down. Returns where they end.
    pub(super) fn lines(&mut self, (x, top): (f64, f64), letters: Letters, lines: &[String]) -> f64 {
        let mut y = top;
        for line in lines {
            self.text((x, y + letters.size), letters, line);
            y += letters.line();
        }
        y
    }

    /// A filled rectangle, with a border where it has a colour.
    pub(super) fn rect(&mut self, room: Room, fill: &str, border: Option<&str>) {
        let border = border.map_or(String::new(), |colour| format!(" stroke=\"{colour}\""));
        let Room { left, top, wide, tall } = room;
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"{border}/>",
            tenth(left),
            tenth(top),
            tenth(wide.max(0.0)),
            tenth(tall)
        );
        self.reach(room.bottom() + 1.0);
    }

    /// A rectangle with a broken border: nothing may be shown here.
    pub(super) fn hollow(&mut self, room: Room) {
        let Room { left, top, wide, tall } = room;
        let box_of = format!("M{} {}h{}v{}h-{}z", tenth(left), tenth(top), tenth(wide), tenth(tall), tenth(wide));
        self.path(&box_of, &Stroke { dashes: Some("3 2"), ..Stroke::of(SOFT, 1.0) });
        self.reach(room.bottom() + 1.0);
    }

    /// Slanted lines in a rectangle, so far apart: a pattern that stays within it.
    pub(super) fn hatch(&mut self, room: Room, colour: &'static str, step: f64) {
        let Room { left, top, wide, tall } = room;
        let mut lines = String::new();
        let mut at = step / 2.0;
        // A line leaves the upper edge at `at` and goes down to the left; both its ends are cut to the rectangle.
        while at < wide + tall {
            let (x1, y1) = (at.min(wide), (at - wide).max(0.0));
            let (x2, y2) = ((at - tall).max(0.0), at.min(tall));
            let _ = write!(lines, "M{} {}L{} {}", tenth(left + x1), tenth(top + y1), tenth(left + x2), tenth(top + y2));
            at += step;
        }
        if !lines.is_empty() {
            self.path(&lines, &Stroke::of(colour, 1.2));
        }
    }

    /// Lines without a filling.
    pub(super) fn path(&mut self, commands: &str, stroke: &Stroke) {
        let Stroke { colour, width, dashes } = stroke;
        let dashes = dashes.map_or(String::new(), |dashes| format!(" stroke-dasharray=\"{dashes}\""));
        let _ = write!(
            self.body,
            "<path d=\"{commands}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}/>"
        );
    }

    /// A filled outline.
    pub(super) fn shape(&mut self, commands: &str, fill: &str, border: &str) {
        let _ = write!(self.body, "<path d=\"{commands}\" fill=\"{fill}\" stroke=\"{border}\" stroke-width=\"1.2\"/>");
    }

    /// A dot.
    pub(super) fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: &str) {
        let _ = write!(
            self.body,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"1.5\"/>",
            tenth(x),
            tenth(y)
        );
        self.reach(y + radius + 1.0);
    }

    /// The span of an interval from left to right, with its ends marked, on whatever lies below.
    pub(super) fn whisker(&mut self, (low, high): (f64, f64), y: f64) {
        let half = 3.5;
        let (low, high) = (tenth(low), tenth(high));
        let commands = format!("M{low} {y}H{high}M{low} {}V{}M{high} {}V{}", y - half, y + half, y - half, y + half);
        self.path(&commands, &Stroke::of(WHITE, 3.6));
        self.path(&commands, &Stroke::of(INK, 1.6));
    }

    /// The picture with its name and what is to be seen in it.
    pub(super) fn into_svg(self, title: &str, finding: &str) -> String {
        let (width, height) = (tenth(self.width), self.bottom.ceil());
        let (title, finding) = (plain(title), plain(finding));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             role=\"img\" aria-label=\"{title}. {finding}\" font-family=\"Noto Sans, Segoe UI, Roboto, Arial, sans-serif\">\
             <title>{title}</title><desc>{finding}</desc><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{}</svg>",
            self.body
        )
    }
}

/// How a line is drawn.
pub(super) struct Stroke {
    pub(super) colour: &'static str,
    pub(super) width: f64,
    pub(super) dashes: Option<&'static str>,
}

impl Stroke {
    pub(super) const fn of(colour: &'static str, width: f64) -> Self {
        Self { colour, width, dashes: None }
    }
}

/// A length to a tenth, which is all that can be seen.
pub(super) fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

/// Text in the place of markup, in an attribute too. XML knows no control characters, however they are written.
fn plain(text: &str) -> String {
    let seen: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    crate::report::print::plain(&seen).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_to_their_room() {
        let letters = Letters::of(12.0);
        let long = "Phản ánh, kiến nghị được giải quyết đúng quy định và báo kết quả kịp thời";
        let lines = letters.wrapped(long, 120.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| letters.width(line) <= 120.0), "{lines:?}");
        assert_eq!(lines.join(" "), long);
        let broken = letters.wrapped(&"dài".repeat(30), 120.0);
        assert!(broken.len() > 2 && broken.iter().all(|line| letters.width(line) <= 120.0), "{broken:?}");
        let cut = letters.fitted(long, 120.0);
        assert!(cut.ends_with('…') && letters.width(&cut) <= 120.0, "{cut}");
        assert_eq!((letters.fitted("ngắn", 120.0).as_str(), letters.fitted("ngắn", 1.0).as_str()), ("ngắn", ""));
    }

    #[test]
    fn a_pattern_stays_within_its_rectangle() {
        let mut canvas = Canvas::new(100.0);
        canvas.hatch(Room { left: 10.0, top: 20.0, wide: 30.0, tall: 12.0 }, INK, 4.0);
        let numbers: Vec<f64> = canvas
            .body
            .split("d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .split(['M', 'L', ' '])
            .filter_map(|number| number.parse().ok())
            .collect();
        assert!(numbers.len() > 20);
        assert!(
            numbers.chunks(2).all(|at| (10.0..=40.0).contains(&at[0]) && (20.0..=32.0).contains(&at[1])),
            "{numbers:?}"
        );
    }

    #[test]
    fn values_beyond_the_scale_and_no_values_are_drawn_at_its_ends() {
        let scale = Scale { values: (0.0, 100.0), places: (10.0, 210.0) };
        assert_eq!([-5.0, 0.0, 50.0, 130.0, f64::NAN].map(|value| scale.at(value)), [10.0, 10.0, 110.0, 210.0, 10.0]);
        let nothing = Scale { values: (1.0, 1.0), places: (10.0, 210.0) };
        assert_eq!(nothing.at(1.0), 10.0);
    }

    #[test]
    fn markup_in_words_is_only_text() {
        let mut canvas = Canvas::new(100.0);
        canvas.text((0.0, 10.0), Letters::of(12.0), "<b> & \"c\"\u{1}");
        let svg = canvas.into_svg("a \"b\" <c>", "d & e");
        assert!(svg.contains(">&lt;b&gt; &amp; &quot;c&quot; </text>"), "{svg}");
        assert!(svg.contains("aria-label=\"a &quot;b&quot; &lt;c&gt;. d &amp; e\""), "{svg}");
    }
}
