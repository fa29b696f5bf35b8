//! Hashtags in a text.

/// The most bytes that the hashtags of a post can have.
const MOST: usize = 1000;

/// The hashtags of a text, separated by spaces.
pub(crate) fn hashtags(text: &str) -> String {
    let tags: Vec<String> = text.split_whitespace().map(trimmed).filter(|word| is_hashtag(word)).collect();
    let mut tags = tags.join(" ");
    if tags.len() > MOST {
        let mut end = MOST;
        while !tags.is_char_boundary(end) {
            end -= 1;
        }
        tags.truncate(tags[..end].rfind(' ').unwrap_or_default());
    }
    tags
}

/// A word without the punctuation around it, and with one `#` where it has more.
fn trimmed(word: &str) -> String {
    let word = word.trim_start_matches(|char: char| char != '#' && !is_plain(char));
    let word = word.trim_end_matches(|char: char| !is_plain(char));
    one_sign(word)
}

/// A word with one `#` in front of it where it has more.
pub(crate) fn one_sign(word: &str) -> String {
    match word.trim_start_matches('#') {
        rest if word.len() - rest.len() > 1 => format!("#{rest}"),
        _ => word.to_owned(),
    }
}

/// Letters and digits.
pub(crate) fn is_plain(char: char) -> bool {
    char.is_alphabetic() || char.is_ascii_digit()
}

/// Whether a word is a `#`, a letter and at least one more character.
pub(crate) fn is_hashtag(word: &str) -> bool {
    let Some(tag) = word.strip_prefix('#') else { return false };
    let inner = |char: char| is_plain(char) || matches!(char, '-' | '_' | '.');
    tag.chars().count() > 1
        && tag.starts_with(char::is_alphabetic)
        && tag.ends_with(is_plain)
        && tag.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashtags_begin_with_a_letter_and_have_more_than_one_character() {
        assert_eq!(hashtags("#hashtag #two-words #ünï and #123"), "#hashtag #two-words #ünï");
        assert_eq!(hashtags("(##twice), #a #b2! no#tag # #x_"), "#twice #b2");
        assert_eq!(hashtags(""), "");
    }

    #[test]
    fn a_thousand_bytes_of_hashtags_are_kept() {
        let text = "#abcdefgh ".repeat(150);
        let tags = hashtags(&text);
        assert!(tags.len() <= 1000 && tags.ends_with("#abcdefgh"), "{}", tags.len());
    }
}
