//! Teams as a list, with or without their number.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Team, TeamsWithCount, list_or::ListOr};

/// A page of teams, and how many there are if that was asked for.
///
/// On the wire it is an array without the count, and an object with it. It goes back as it came.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct TeamList {
    /// The teams of this page.
    pub teams: Vec<Team>,
    /// How many there are on all pages. None unless it was asked for.
    pub total_count: Option<i64>,
}

impl TeamList {
    /// A page without a count.
    pub fn new(teams: Vec<Team>) -> Self {
        Self { teams, total_count: None }
    }

    /// A page with the number of teams on all pages.
    pub fn counted(teams: Vec<Team>, total_count: i64) -> Self {
        Self { teams, total_count: Some(total_count) }
    }
}

impl From<TeamsWithCount> for TeamList {
    fn from(page: TeamsWithCount) -> Self {
        Self::counted(page.teams, page.total_count)
    }
}

impl Serialize for TeamList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let Some(total_count) = self.total_count else {
            return self.teams.serialize(serializer);
        };
        let mut object = serializer.serialize_struct("TeamsWithCount", 2)?;
        object.serialize_field("teams", &self.teams)?;
        object.serialize_field("total_count", &total_count)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for TeamList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ListOr::<Team, TeamsWithCount>::read(deserializer)? {
            ListOr::List(teams) => Self::new(teams),
            ListOr::Object(page) => page.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(json: &str) -> (TeamList, String) {
        let list: TeamList = serde_json::from_str(json).expect("a list of teams");
        let text = serde_json::to_string(&list).expect("text");
        (list, text)
    }

    #[test]
    fn teams_are_read_with_and_without_their_number_and_go_back_as_they_came() {
        let (plain, text) = again(r#"[{"name": "core"}]"#);
        assert_eq!((plain.teams.len(), plain.total_count), (1, None));
        assert!(text.starts_with('['), "{text}");
        let (counted, text) = again(r#"{"teams": [{"name": "core"}, {}], "total_count": 7}"#);
        assert_eq!((counted.teams.len(), counted.total_count), (2, Some(7)));
        assert!(text.starts_with(r#"{"teams":["#) && text.ends_with(r#""total_count":7}"#), "{text}");
        assert_eq!(again("null").0, TeamList::default());
        assert_eq!(again(r#"{"teams": null, "total_count": 0}"#).0, TeamList::counted(Vec::new(), 0));
    }

    #[test]
    fn a_bad_team_in_the_list_is_located() {
        let error = serde_json::from_str::<TeamList>(r#"[{}, {"name": 5}]"#).expect_err("a number");
        assert!(error.to_string().starts_with("[1].name: "), "{error}");
    }
}
