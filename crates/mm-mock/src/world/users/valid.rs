//! What a user may look like.

use mm_types::{Secret, Timezone, User};

use crate::{Config, Failure};

/// The longest password, in bytes.
const LONGEST_PASSWORD: usize = 72;
/// Names that nobody can have.
const RESERVED: [&str; 4] = ["all", "channel", "matterbot", "system"];

/// Refuses with 400 what the server would not store.
pub(crate) fn check(user: &User) -> Result<(), Failure> {
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let refused = |field: &str, message: &str| {
        Err(Failure::new(400, format!("model.user.is_valid.{field}.app_error"), message))
    };
    let auth = user.auth_data.as_ref().map(Secret::expose).unwrap_or_default();
    if !is_username(&user.username) {
        let message = "Username must begin with a letter, and contain between 3 to 22 lowercase characters made up of \
                       numbers, letters, and the symbols \".\", \"-\", and \"_\".";
        return refused("username", message);
    }
    if user.email.len() > 128 || !is_email(&user.email) {
        return refused("email", "Invalid email.");
    }
    for (field, text, most, message) in [
        ("nickname", &user.nickname, 64, "Invalid nickname."),
        ("position", &user.position, 128, "Invalid position: must not be longer than 128 characters."),
        ("first_name", &user.first_name, 64, "Invalid first name."),
        ("last_name", &user.last_name, 64, "Invalid last name."),
    ] {
        if !fits(text, most) {
            return refused(field, message);
        }
    }
    if auth.len() > 128 {
        return refused("auth_data", "Invalid auth data.");
    }
    if !auth.is_empty() && user.auth_service.is_empty() {
        let message = "Invalid user: Auth data can only be set if the user uses an external auth service, not \
                       email/password, for authentication.";
        return refused("auth_data_type", message);
    }
    if !auth.is_empty() && !user.password.is_empty() {
        return refused("auth_data_pwd", "Invalid user, password and auth data cannot both be set.");
    }
    if !is_locale(&user.locale) {
        return refused("locale", "Invalid locale.");
    }
    if !fits(&serde_json::to_string(&user.timezone).unwrap_or_default(), 256) {
        return refused("timezone_limit", "model.user.is_valid.timezone_limit.app_error");
    }
    if user.roles.len() > 256 {
        return refused("roles_limit", "Invalid user roles longer than 256 characters.");
    }
    let status = user.props.custom_status().unwrap_or_default();
    if !status.is_empty()
        && !serde_json::from_str::<serde_json::Value>(&status).is_ok_and(|it| it.is_object())
    {
        return refused("invalidProperty", "Invalid props (custom status)");
    }
    Ok(())
}

/// Refuses with 400 a password that is too short or too long.
pub(crate) fn check_password(config: &Config, password: &Secret) -> Result<(), Failure> {
    let least = config.password_length;
    let (field, message) = match password.expose().len() {
        short if short < least => {
            ("pwd_min_length", format!("Your password must contain at least {least} characters."))
        }
        long if long > LONGEST_PASSWORD => (
            "pwd_max_length",
            format!("Your password must contain no more than {LONGEST_PASSWORD} characters."),
        ),
        _ => return Ok(()),
    };
    Err(Failure::new(400, format!("model.user.is_valid.{field}.app_error"), message))
}

/// Whether an address is in one of the domains of a list; an empty list is every domain.
pub(crate) fn is_in_domains(email: &str, domains: &str) -> bool {
    let email = email.to_lowercase();
    let separators = |char: char| char == ',' || char == '@' || char.is_whitespace();
    domains.is_empty()
        || domains
            .to_lowercase()
            .split(separators)
            .filter(|domain| !domain.is_empty())
            .any(|domain| email.ends_with(&format!("@{domain}")))
}

pub(crate) fn is_username(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(allowed) && !RESERVED.contains(&name)
}

/// A lower-case address without a name: one `@` with something on both sides, and no dots where none belong.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let atom = |part: &str| {
        let is_odd = |char: char| char.is_ascii_control() || " \"(),:;<>@[\\]".contains(char);
        !part.is_empty() && !part.contains(is_odd)
    };
    let is_lower = !text.chars().any(char::is_uppercase);
    is_lower && name.split('.').all(atom) && domain.split('.').all(atom)
}

/// A language with an optional region, such as `pt-BR`; at most five bytes. Empty is the usual one.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let is_language =
        |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    text.is_empty()
        || (text.len() <= 5
            && parts.next().is_some_and(is_language)
            && parts.next().is_none_or(|region| (2..=3).contains(&region.len()))
            && parts.next().is_none())
}

/// The languages the server is translated into; another one becomes its usual one.
pub(crate) fn is_translated(locale: &str) -> bool {
    const LOCALES: [&str; 24] = [
        "bg", "cs", "da", "de", "en", "en-AU", "es", "fa", "fr", "hu", "it", "ja", "ko", "nl", "pl", "pt-BR",
        "ro", "ru", "sv", "tr", "uk", "vi", "zh-CN", "zh-TW",
    ];
    LOCALES.contains(&locale)
}

/// The clock of a user who said nothing about it.
pub(crate) fn usual_timezone() -> Timezone {
    Timezone::from([("automaticTimezone", ""), ("manualTimezone", ""), ("useAutomaticTimezone", "true")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_lower_case_and_bare() {
        for good in ["a@b", "first.last+tag@mail.example", "ünï@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "A@b", "a b@c", "x <a@b>", "a..b@c", "a@b.", ".a@b"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_lower_case_and_not_reserved() {
        assert!(is_username("a") && is_username("a.b-c_9"));
        for bad in ["", "A", "a b", "all", "system", &"a".repeat(65)] {
            assert!(!is_username(bad), "{bad}");
        }
    }

    #[test]
    fn a_locale_is_a_language_with_a_region_at_most() {
        assert!(is_locale("") && is_locale("de") && is_locale("pt-BR"));
        assert!(!is_locale("x") && !is_locale("english") && !is_locale("d1") && !is_locale("a-b-c"));
    }

    #[test]
    fn domains_are_separated_by_commas_or_spaces() {
        assert!(is_in_domains("a@x.example", ""));
        assert!(is_in_domains("a@X.example", "@y.example, x.example"));
        assert!(!is_in_domains("a@evil-x.example", "x.example"));
    }
}
