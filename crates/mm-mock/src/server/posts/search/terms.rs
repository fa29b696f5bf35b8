//! What a search is written as.

use crate::date;
use crate::world::{is_hashtag, is_plain, one_sign};

/// A search, taken apart.
#[derive(Debug, Default)]
pub(super) struct Terms {
    words: Group,
    hashtags: Group,
    /// Names of channels.
    pub(super) places: Names,
    /// Names of users.
    pub(super) authors: Names,
    pub(super) days: Days,
}

/// Terms that are looked for in the same place.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) are_hashtags: bool,
    pub(super) wanted: Vec<String>,
    pub(super) unwanted: Vec<String>,
}

/// Names of which one has to fit, and names of which none may.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Names {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Names {
    pub(super) fn allow(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let any = |names: &[String]| names.iter().any(|name| is_it(name));
        (self.wanted.is_empty() || any(&self.wanted)) && !any(&self.unwanted)
    }
}

/// Days since 1970.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Days {
    pub(super) on: Option<i64>,
    pub(super) not_on: Option<i64>,
    pub(super) after: Option<i64>,
    pub(super) not_after: Option<i64>,
    pub(super) before: Option<i64>,
    pub(super) not_before: Option<i64>,
}

impl Terms {
    pub(super) fn parse(text: &str) -> Self {
        let mut terms =
            Self { hashtags: Group { are_hashtags: true, ..Group::default() }, ..Self::default() };
        let mut words = split(text).into_iter().peekable();
        while let Some(word) = words.next() {
            let (unwanted, plain) = word.strip_prefix('-').map_or((false, word), |plain| (true, plain));
            let flag = plain.split_once(':').filter(|(name, _)| is_flag(name));
            match flag {
                Some((name, "")) if words.peek().is_some() => {
                    let value = words.next().unwrap_or_default();
                    terms.flag(name, value, unwanted);
                }
                Some((name, value)) if !value.is_empty() => terms.flag(name, value, unwanted),
                _ => terms.term(word, unwanted),
            }
        }
        terms
    }

    fn flag(&mut self, name: &str, value: &str, unwanted: bool) {
        let text = value.to_owned();
        let day = date::read_day(value);
        let days = &mut self.days;
        match (name.to_ascii_lowercase().as_str(), unwanted) {
            ("from", false) => self.authors.wanted.push(text),
            ("from", true) => self.authors.unwanted.push(text),
            ("in" | "channel", false) => self.places.wanted.push(text),
            ("in" | "channel", true) => self.places.unwanted.push(text),
            ("on", false) => days.on = day,
            ("on", true) => days.not_on = day,
            ("after", false) => days.after = day,
            ("after", true) => days.not_after = day,
            ("before", false) => days.before = day,
            ("before", true) => days.not_before = day,
            // An ending of a file's name says nothing about posts.
            _ => {}
        }
    }

    fn term(&mut self, word: &str, unwanted: bool) {
        let word = word.trim_start_matches(|char| !(is_plain(char) || matches!(char, '#' | '"')));
        let word = word.trim_end_matches(|char| !(is_plain(char) || matches!(char, '*' | '"')));
        let word = one_sign(word);
        if word.is_empty() {
            return;
        }
        let group = if is_hashtag(&word) { &mut self.hashtags } else { &mut self.words };
        if unwanted { group.unwanted.push(word) } else { group.wanted.push(word) }
    }

    /// What is searched one after the other. A search by names and days alone is one of no words.
    pub(super) fn groups(&self) -> Vec<Group> {
        let groups = [&self.words, &self.hashtags];
        let is_there = |group: &&Group| !group.wanted.is_empty() || !group.unwanted.is_empty();
        let groups: Vec<Group> = groups.into_iter().filter(is_there).cloned().collect();
        let has_filters = (&self.places, &self.authors, &self.days)
            != (&Names::default(), &Names::default(), &Days::default());
        if groups.is_empty() && has_filters { vec![Group::default()] } else { groups }
    }
}

fn is_flag(name: &str) -> bool {
    let flags = ["from", "channel", "in", "before", "after", "on", "ext"];
    flags.iter().any(|flag| flag.eq_ignore_ascii_case(name))
}

/// Words, and phrases in quotes with the minus before them.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('"') {
        let start = if rest[..open].ends_with('-') { open - 1 } else { open };
        let Some(len) = rest[open + 1..].find('"') else { break };
        words.extend(rest[..start].split_whitespace());
        let end = open + len + 2;
        words.push(&rest[start..end]);
        rest = &rest[end..];
    }
    words.extend(rest.split_whitespace());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_taken_apart() {
        let terms =
            Terms::parse("fox -\"lazy dog\" from:@alice in: town-square -IN:x #tag (wor*), after:2026-01-02");
        let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(terms.words.wanted, strings(&["fox", "wor*"]));
        assert_eq!(terms.words.unwanted, strings(&["\"lazy dog\""]));
        assert_eq!(terms.hashtags.wanted, strings(&["#tag"]));
        assert_eq!(terms.authors.wanted, strings(&["@alice"]));
        assert_eq!(terms.places, Names { wanted: strings(&["town-square"]), unwanted: strings(&["x"]) });
        assert_eq!(terms.days.after, date::read_day("2026-01-02"));
        assert_eq!(terms.groups().len(), 2);
    }

    #[test]
    fn filters_alone_are_a_search_and_nothing_is_none() {
        assert_eq!(Terms::parse("from:alice").groups(), [Group::default()]);
        assert!(Terms::parse("… --").groups().is_empty());
        assert_eq!(Terms::parse("\"open").words.wanted, ["\"open"]);
    }
}
