//! What a field may be: refusals that name it.

use channel::Invalid;

/// A field within a part, and what is wrong with it.
pub(crate) fn invalid(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Invalid {
    Invalid { field: field.into(), code, message: message.into() }
}

/// Something, and at most `max` characters of it.
pub(crate) fn filled(field: &str, text: &str, max: usize) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(invalid(field, "empty", "This may not be empty."));
    }
    at_most(field, text, max)
}

/// Absent, or as [`filled`].
pub(crate) fn filled_if(field: &str, text: Option<&str>, max: usize) -> Result<(), Invalid> {
    text.map_or(Ok(()), |text| filled(field, text, max))
}

fn at_most(field: &str, text: &str, max: usize) -> Result<(), Invalid> {
    if text.chars().count() > max {
        return Err(invalid(field, "too_long", format!("WhatsApp takes at most {max} characters here.")));
    }
    Ok(())
}

/// 1 to `max` entries.
pub(crate) fn count(field: &str, number: usize, max: usize) -> Result<(), Invalid> {
    match number {
        0 => Err(invalid(field, "empty", "At least one is needed.")),
        n if n > max => Err(invalid(field, "too_many", format!("WhatsApp takes at most {max}."))),
        _ => Ok(()),
    }
}

/// None that an earlier entry has already. `entries` are a field each and what must differ.
pub(crate) fn unique<'a>(entries: impl IntoIterator<Item = (String, &'a str)>) -> Result<(), Invalid> {
    let mut seen = std::collections::HashSet::new();
    for (field, value) in entries {
        if !seen.insert(value) {
            return Err(invalid(field, "duplicate", "An earlier one is the same."));
        }
    }
    Ok(())
}
