//! New teams.

use mm_core::api::teams::CreateTeam;
use mm_types::{Team, TeamType, UserId};

use crate::permission::Scope;
use crate::server::route::Routes;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create_team).body("team").or_empty(&["name", "display_name", "type"]);
}

fn create_team(world: &mut World, caller: &Caller, op: CreateTeam) -> Result<Team, Failure> {
    if !caller.can(world, Permission::CREATE_TEAM, Scope::System) {
        let id = "api.team.is_team_creation_allowed.disabled.app_error";
        return Err(Failure::new(
            403,
            id,
            "Team creation has been disabled. Please ask your System Administrator for details.",
        ));
    }
    let mut team = Team::default();
    team.name = op.name;
    team.display_name = op.display_name;
    team.kind = op.kind;
    team.email.clone_from(&world.users.get(caller.id)?.user.email);
    check(&team)?;
    if world.teams.by_name(&team.name).is_ok() {
        let message = "A team with this URL already exists.";
        return Err(Failure::new(400, "store.sql_team.save_team.existing.app_error", message));
    }
    let id = world.add_team(team, UserId::default());
    let created = world.teams.get(id)?.clone();
    world.enter_team(id, caller.id)?;
    Ok(created)
}

/// How the paths of the server begin; no team may be called so.
const RESERVED: [&str; 17] = [
    "admin",
    "api",
    "channel",
    "claim",
    "error",
    "files",
    "help",
    "landing",
    "login",
    "mfa",
    "oauth",
    "plug",
    "plugins",
    "post",
    "signup",
    "boards",
    "playbooks",
];

/// 400 `model.team.is_valid.*` for what a team cannot be.
pub(super) fn check(team: &Team) -> Result<(), Failure> {
    let bad = |what: &str, message: &str| {
        Err(Failure::new(400, format!("model.team.is_valid.{what}.app_error"), message))
    };
    if !(1..=64).contains(&team.display_name.chars().count()) {
        return bad("name", "Invalid name.");
    }
    if team.name.len() > 64 {
        return bad("url", "Invalid URL Identifier.");
    }
    if team.description.len() > 255 {
        return bad("description", "Invalid description.");
    }
    let lower = team.name.to_lowercase();
    if RESERVED.iter().any(|reserved| lower.starts_with(reserved)) {
        return bad("reserved", "This URL is unavailable. Please try another.");
    }
    if !is_name(&team.name) {
        return bad("characters", "Name must be 2 or more lowercase alphanumeric characters.");
    }
    if !matches!(team.kind, TeamType::Open | TeamType::Invite) {
        return bad("type", "Invalid type.");
    }
    if team.company_name.len() > 64 {
        return bad("company", "Invalid company name.");
    }
    if team.allowed_domains.len() > 500 {
        return bad("domains", "Invalid allowed domains.");
    }
    Ok(())
}

/// Letters, digits and dashes between letters or digits; two underscores may stand in for the dashes.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let ends =
        bytes.first().is_some_and(|byte| is_plain(*byte)) && bytes.last().is_some_and(|byte| is_plain(*byte));
    let dashed = bytes.iter().all(|byte| is_plain(*byte) || *byte == b'-');
    let scored = || {
        let parts = name.split_once("__");
        parts.is_some_and(|(a, b)| a.bytes().chain(b.bytes()).all(is_plain))
    };
    bytes.len() >= 2 && ends && (dashed || scored())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_letters_digits_and_dashes_inside() {
        for good in ["ab", "a1", "1a", "a-b", "a--b", "a__b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a", "-a", "a-", "a_b", "a__", "Ab", "a b", "ü1", "a-b__c"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
