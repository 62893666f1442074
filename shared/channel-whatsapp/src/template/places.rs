//! The places of a text that are filled in: `{{1}}`, `{{first_name}}`.

/// The names of the places, each once, in the order in which they come.
pub(super) fn places(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = next(rest) {
        if !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}

/// The text with each place filled in by what `value` says of its name.
pub(super) fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((name, after)) = next(rest) {
        let before = rest.split("{{").next().unwrap_or_default();
        whole.push_str(before);
        whole.push_str(&value(name));
        rest = after;
    }
    whole + rest
}

/// The next place's name, and what comes after it.
fn next(text: &str) -> Option<(&str, &str)> {
    let (_, after) = text.split_once("{{")?;
    let (name, after) = after.split_once("}}")?;
    Some((name.trim(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_once_each_and_filled_in_wherever_they_stand() {
        let text = "Hi {{1}}, order {{ 2 }} is {{1}}'s. {{";
        assert_eq!(places(text), ["1", "2"]);
        assert_eq!(filled(text, |name| format!("<{name}>")), "Hi <1>, order <2> is <1>'s. {{");
        assert_eq!((places("plain"), filled("plain", str::to_owned)), (vec![], "plain".to_owned()));
    }
}
