//! What a letter in HTML has to keep to, so that mail programs show it and spam filters let it pass.

use sipas::domain::letter::Letter;

/// Programs cut letters of more than 102 kB.
const MAX_BYTES: usize = 100_000;
/// Widest that programs show beside their lists.
const MAX_WIDTH: u32 = 600;
/// What mail programs strike out, or take for an attack.
const REFUSED: [&str; 14] = [
    "<script",
    "javascript:",
    "<link",
    "<iframe",
    "<form",
    "<input",
    "<object",
    "<embed",
    "<video",
    "<svg",
    "@import",
    "url(",
    "position:",
    "data:",
];

/// Everything that is wrong with a letter.
pub(crate) fn faults(letter: &Letter) -> Vec<String> {
    let html = letter.html.to_lowercase();
    let mut faults: Vec<String> =
        REFUSED.iter().filter(|word| html.contains(**word)).map(|word| format!("has {word}")).collect();
    if letter.html.len() > MAX_BYTES {
        faults.push(format!("has {} bytes", letter.html.len()));
    }
    for needed in ["<html lang=\"", "<meta charset=\"utf-8\">", "name=\"color-scheme\"", "prefers-color-scheme: dark"] {
        faults.extend((!html.contains(needed)).then(|| format!("lacks {needed}")));
    }
    faults.extend(tags(&letter.html).flat_map(|tag| tag_faults(tag, letter)));
    let shown = |name: &str| letter.html.contains(&format!("src=\"cid:{name}\""));
    let unseen = letter.parts.iter().filter(|part| part.is_inline && !shown(&part.name));
    faults.extend(unseen.map(|part| format!("brings {} and does not show it", part.name)));
    if letter.plain.contains('<') || letter.plain.lines().count() < 8 {
        faults.push("has no plain text that can be read by itself".to_owned());
    }
    if letter.subject.contains(['\r', '\n']) || letter.subject.chars().count() > 150 {
        faults.push(format!("has the subject {:?}", letter.subject));
    }
    faults
}

/// The opening tags.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next()).filter(|tag| !tag.starts_with('/'))
}

fn tag_faults(tag: &str, letter: &Letter) -> Vec<String> {
    let mut faults = Vec::new();
    let mut says = |is_wrong: bool, what: &str| faults.extend(is_wrong.then(|| format!("{what} in <{tag}>")));
    let (source, name) = (attribute(tag, "src"), tag.split_whitespace().next().unwrap_or_default());
    if name == "img" {
        let cid = source.and_then(|source| source.strip_prefix("cid:")).unwrap_or_default();
        says(!letter.parts.iter().any(|part| part.is_inline && part.name == cid), "no picture of its own");
        says(attribute(tag, "alt").is_none_or(|alt| alt.trim().is_empty()), "no words for the picture");
        says(attribute(tag, "width").is_none(), "no width");
    }
    let widths = [attribute(tag, "width").unwrap_or_default(), style_width(tag)];
    let is_wide =
        |width: &str| !width.ends_with('%') && width.trim_end_matches("px").parse().is_ok_and(|w: u32| w > MAX_WIDTH);
    says(widths.into_iter().any(is_wide), "wider than 600 px");
    says(tag.split_whitespace().any(|word| word.to_lowercase().starts_with("on") && word.contains('=')), "a script");
    let external = ["src", "background", "srcset"].iter().filter_map(|name| attribute(tag, name));
    says(external.into_iter().any(|from| from.contains("//")), "something from elsewhere");
    says(name == "a" && attribute(tag, "href").is_none_or(|href| !href.starts_with("https://")), "a link that is none");
    faults
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

fn style_width(tag: &str) -> &str {
    let style = attribute(tag, "style").unwrap_or_default();
    style.split(';').find_map(|rule| rule.trim().strip_prefix("width:")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_seen() {
        let sound = "<html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"color-scheme\">\
                     <style>@media (prefers-color-scheme: dark) {}</style><table width=\"100%\" style=\"max-width:600px\">";
        let letter = |more: &str| Letter {
            subject: "x".to_owned(),
            plain: "x\n".repeat(9),
            html: format!("{sound}{more}"),
            parts: Vec::new(),
        };
        assert_eq!(faults(&letter("<a href=\"https://x.vn\">x</a>")), [""; 0]);
        for broken in [
            "<script>",
            "<img src=\"https://x.vn/a.png\" alt=\"x\" width=\"9\">",
            "<td width=\"601\">",
            "<td style=\"width:700px\">",
            "<td background=\"//x.vn/a.png\">",
            "<p onclick=\"x\">",
            "<a href=\"http://x.vn\">",
            &"x".repeat(MAX_BYTES),
        ] {
            assert!(!faults(&letter(broken)).is_empty(), "{broken:.60}");
        }
        let mut bare = letter("<img src=\"cid:a.png\" width=\"9\">");
        assert_eq!(faults(&bare).len(), 2, "neither the picture nor words for it: {:?}", faults(&bare));
        bare.plain = String::new();
        assert_eq!(faults(&bare).len(), 3);
    }
}
