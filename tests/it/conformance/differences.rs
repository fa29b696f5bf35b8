//! Where an operation deliberately differs from the collected facts, and why.

/// What differs in one aspect of an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference {
    pub(super) operation: &'static str,
    pub(super) aspect: &'static str,
    /// `+name` is ours alone, `-name` the facts' alone.
    pub(super) items: &'static [&'static str],
    #[expect(dead_code, reason = "for the reader")]
    pub(super) reason: &'static str,
}

const fn differs(
    operation: &'static str,
    aspect: &'static str,
    items: &'static [&'static str],
    reason: &'static str,
) -> Difference {
    Difference { operation, aspect, items, reason }
}

const READ: &str = "the server's struct has them, and its handler reads them";
const FIELDS: &str = "the facts name a struct; these are its keys that a caller may send";
const INVITE_ID: &str =
    "the handler ignores `invite_id`, which another operation renews, and reads the rest of the struct";

pub(super) const DIFFERENCES: &[Difference] = &[
    differs("AutocompleteUsers", "query", &["-channel_id", "-team_id"], "the handler ignores them"),
    differs("ConvertBotToUser", "body keys", &["+timezone"], READ),
    differs(
        "CreateCommand",
        "body keys",
        &[
            "+auto_complete",
            "+auto_complete_desc",
            "+auto_complete_hint",
            "+description",
            "+display_name",
            "+icon_url",
            "+username",
        ],
        READ,
    ),
    differs("CreateOutgoingWebhook", "body keys", &["+icon_url", "+username"], READ),
    differs(
        "CreatePost",
        "body keys",
        &["+create_at", "+pending_post_id", "+type"],
        "the body is a whole post, of which the description lists a part",
    ),
    differs("GetUserThreads", "query", &["-page"], "the handler ignores it: pages are asked for by thread"),
    differs("PatchUser", "body keys", &["+password"], READ),
    differs(
        "RegisterTermsOfServiceAction",
        "body keys",
        &["+termsOfServiceId", "-serviceTermsId"],
        "the handler reads the one and not the other",
    ),
    differs(
        "ResetPassword",
        "body keys",
        &["+token", "-code"],
        "the handler reads the one and not the other",
    ),
    differs(
        "PatchTeam",
        "body keys",
        &["+allowed_domains", "+cloud_limits_archived", "+group_constrained", "-invite_id"],
        INVITE_ID,
    ),
    differs("SaveReaction", "body", &["+application/json", "-whole"], FIELDS),
    differs("SaveReaction", "body keys", &["+emoji_name", "+post_id", "+user_id"], FIELDS),
    differs(
        "SearchPosts",
        "paging",
        &["+cursor", "-page"],
        "a database search has no second page, and a short page is not proof of the end",
    ),
    differs(
        "SearchUsers",
        "body keys",
        &["+channel_roles", "+not_in_group_id", "+role", "+roles", "+team_roles"],
        READ,
    ),
    differs("SetPostUnread", "body", &["+application/json", "-whole"], FIELDS),
    differs("SetPostUnread", "body keys", &["+collapsed_threads_supported"], FIELDS),
    differs("SwitchAccountType", "body keys", &["+new_password"], READ),
    differs("UpdateChannelMemberSchemeRoles", "body keys", &["+scheme_guest"], READ),
    differs("UpdatePost", "body keys", &["+file_ids"], READ),
    differs(
        "UpdateTeam",
        "body keys",
        &["+group_constrained", "+last_team_icon_update", "-invite_id"],
        INVITE_ID,
    ),
    differs("UpdateTeamMemberSchemeRoles", "body keys", &["+scheme_guest"], READ),
    differs(
        "UpdateUser",
        "body",
        &["+whole", "-application/json"],
        "everything that is left out is cleared, so the body is the user as it shall be",
    ),
    differs(
        "UpdateUser",
        "body keys",
        &[
            "-email",
            "-first_name",
            "-id",
            "-last_name",
            "-locale",
            "-nickname",
            "-notify_props",
            "-position",
            "-props",
            "-timezone",
            "-username",
        ],
        "keys of the user that is the whole body",
    ),
    differs("UpdateUserAuth", "body", &["+application/json", "-whole"], FIELDS),
    differs("UpdateUserAuth", "body keys", &["+auth_data", "+auth_service"], FIELDS),
    differs("UpdateUserPassword", "body keys", &["+already_hashed"], READ),
    differs(
        "UploadFile",
        "query",
        &["-channel_id", "-client_id", "-filename"],
        "they belong to uploads without a form, and this one sends a form",
    ),
    differs("ViewChannel", "body keys", &["+collapsed_threads_supported"], READ),
];

/// Operations that the facts do not list.
pub(super) const NOT_DESCRIBED: &[(&str, &str)] =
    &[("CheckUserMfa", "servers up to 5.x only; later ones answer 404")];
