//! Reading one TOML value: the types a file may use, each as a function from the value to ours or to what is wrong.

use super::near;
use crate::domain::ids::CodeFault;
use crate::domain::points::Points;
use std::fmt::Display;
use toml::de::DeValue;

/// Why a value is not what was wanted; the message says what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misread {
    /// A stable word for programs.
    pub(super) code: &'static str,
    /// For people.
    pub(super) message: String,
}

impl Misread {
    /// A value of another type.
    pub(super) fn wrong_type(wanted: &str, value: &DeValue<'_>) -> Self {
        let given = match value {
            DeValue::String(_) => "a text in quotes",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a decimal",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        Self { code: "wrong-type", message: format!("must be {wanted}, not {given}") }
    }

    /// A value of the right type that cannot be taken.
    pub(super) fn wrong_value(message: impl Into<String>) -> Self {
        Self { code: "wrong-value", message: message.into() }
    }
}

/// A text that is not blank.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, Misread> {
    let text = value.as_str().ok_or_else(|| Misread::wrong_type("a text in quotes", value))?.trim();
    if text.is_empty() {
        return Err(Misread::wrong_value("is empty; give a text"));
    }
    Ok(text.to_owned())
}

/// `true` or `false`.
pub(super) fn truth(value: &DeValue<'_>) -> Result<bool, Misread> {
    value.as_bool().ok_or_else(|| Misread::wrong_type("true or false", value))
}

/// A whole number from `min` to `max`, in a type that holds them.
pub(super) fn whole<N>(min: N, max: N) -> impl Fn(&DeValue<'_>) -> Result<N, Misread>
where
    N: TryFrom<i64> + PartialOrd + Display,
{
    move |value| {
        let number = value.as_integer().ok_or_else(|| Misread::wrong_type("a whole number", value))?;
        let read = i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(|read| N::try_from(read).ok());
        let refuse =
            || Misread::wrong_value(format!("{number} is out of range; give a whole number from {min} to {max}"));
        read.filter(|read| (&min..=&max).contains(&read)).ok_or_else(refuse)
    }
}

/// A decimal from `min` to `max`.
pub(super) fn decimal(min: f64, max: f64) -> impl Fn(&DeValue<'_>) -> Result<f64, Misread> {
    move |value| {
        let written = number_as_written(value)?;
        let refuse = || Misread::wrong_value(format!("{written} is out of range; give a number from {min} to {max}"));
        written.parse().ok().filter(|read| (min..=max).contains(read)).ok_or_else(refuse)
    }
}

/// Points, digit by digit as they are written: a detour over a binary fraction could change a sum.
pub(super) fn points(value: &DeValue<'_>) -> Result<Points, Misread> {
    Points::parse(number_as_written(value)?).map_err(Misread::wrong_value)
}

fn number_as_written<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Misread> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str()),
        DeValue::Float(number) => Ok(number.as_str()),
        _ => Err(Misread::wrong_type("a number such as 2 or 9.5", value)),
    }
}

/// A code, as `parse` reads it.
pub(super) fn code<T>(parse: impl Fn(&str) -> Result<T, CodeFault>) -> impl Fn(&DeValue<'_>) -> Result<T, Misread> {
    parsed(move |text| parse(text).map_err(|fault| format!("{text:?} {fault}")))
}

/// A text, as `parse` reads it.
pub(super) fn parsed<T>(parse: impl Fn(&str) -> Result<T, String>) -> impl Fn(&DeValue<'_>) -> Result<T, Misread> {
    move |value| parse(&text(value)?).map_err(Misread::wrong_value)
}

/// One of a few words.
pub(super) fn word<T: Copy>(
    all: impl IntoIterator<Item = T, IntoIter: Clone>,
    code: fn(T) -> &'static str,
) -> impl Fn(&DeValue<'_>) -> Result<T, Misread> {
    let all = all.into_iter();
    parsed(move |text| {
        let refuse = || {
            let words: Vec<&str> = all.clone().map(code).collect();
            let hint = near::hint(text, words.iter().copied());
            format!("{text:?} is not one of {}{hint}", words.join(", "))
        };
        all.clone().find(|one| code(*one) == text).ok_or_else(refuse)
    })
}

/// An answer as a `show_if` names it: a word, or a whole number for a point of the scale.
pub(super) fn answer_word(value: &DeValue<'_>) -> Result<String, Misread> {
    match value {
        DeValue::Integer(number) => Ok(number.to_string()),
        _ => text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::questionnaire::Status;

    fn read<T>(toml: &str, reader: impl Fn(&DeValue<'_>) -> Result<T, Misread>) -> Result<T, String> {
        let value = DeValue::parse(toml).unwrap();
        reader(value.get_ref()).map_err(|misread| misread.message)
    }

    #[test]
    fn points_keep_every_digit() {
        assert_eq!(read("10.05", points).map(|p| p.to_string()), Ok("10.05".to_owned()));
        assert_eq!(read("20", points), Ok(Points::whole(20)));
        assert_eq!(read("1_000.5", points).map(|p| p.to_string()), Ok("1000.5".to_owned()));
        for refused in ["\"10\"", "nan", "inf", "1e3", "0x10", "1.00001", "true"] {
            assert!(read(refused, points).is_err(), "{refused} was read as points");
        }
    }

    #[test]
    fn whole_numbers_keep_to_their_range() {
        assert_eq!(read("100", whole(0u8, 100)), Ok(100));
        for refused in ["101", "-1", "300", "99999999999999999999", "1.0", "\"1\""] {
            assert!(read(refused, whole(0u8, 100)).is_err(), "{refused} was read");
        }
    }

    #[test]
    fn words_are_offered() {
        assert_eq!(read("\"partial\"", word(Status::ALL, Status::code)), Ok(Status::Partial));
        let refusal = read("\"partal\"", word(Status::ALL, Status::code)).unwrap_err();
        assert_eq!(
            refusal,
            "\"partal\" is not one of confirmed, partial, estimated, synthetic (did you mean partial?)"
        );
    }

    #[test]
    fn blank_texts_are_no_texts() {
        assert_eq!(read("\" x \"", text), Ok("x".to_owned()));
        assert!(read("\"  \"", text).is_err());
        assert!(read("5", text).is_err());
    }
}
