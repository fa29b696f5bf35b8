use mm_core::api::channels::{
    CreateChannel, CreateDirectChannel, CreateGroupChannel, DeleteChannel, GetChannel, GetChannelByName,
    GetChannelStats, GetChannelsForTeamForUser, GetPinnedPosts, GetPublicChannelsForTeam, PatchChannel,
    RestoreChannel, SearchChannels, UpdateChannel, UpdateChannelPrivacy, ViewChannel,
};
use mm_types::{ChannelBannerInfo, ChannelType, UserId};

use super::super::{ALICE, BOB, CHANNEL, POST, TEAM};

wire!(a_channel_is_public_unless_said_otherwise: CreateChannel::new(TEAM, "general", "General"),
    request: "POST /api/v4/channels" json {
        "team_id": "team0000000000000000000000", "name": "general", "display_name": "General", "type": "O"
    },
    response: 201 json {"id": "channel0000000000000000000", "type": "O"},
    |channel| assert_eq!(channel.id, CHANNEL));

wire!(a_channel_is_created_with_all_there_is:
    CreateChannel::new(TEAM, "ops", "Ops").kind(ChannelType::Private).purpose("p").header("h")
        .default_category_name("d").managed_category_name("m"),
    request: "POST /api/v4/channels" json {
        "team_id": "team0000000000000000000000", "name": "ops", "display_name": "Ops", "type": "P",
        "purpose": "p", "header": "h", "default_category_name": "d", "managed_category_name": "m"
    },
    response: 201 json {"type": "P", "default_category_name": "d"});

wire!(a_direct_message_is_opened: CreateDirectChannel::new([ALICE, BOB]),
    request: "POST /api/v4/channels/direct" json ["alice000000000000000000000", "bob00000000000000000000000"],
    response: 201 json {"type": "D", "name": "alice000000000000000000000__bob00000000000000000000000", "team_id": ""},
    |channel| assert_eq!(channel.other_user(ALICE), Some(BOB)));

wire!(a_group_message_is_opened: CreateGroupChannel::new([ALICE, BOB]),
    request: "POST /api/v4/channels/group" json ["alice000000000000000000000", "bob00000000000000000000000"],
    response: 201 json {"type": "G", "name": "7a8d5ad8ef3a4b5e8cf9a2d7a4f0c1b2d3e4f506", "display_name": "alice, bob, carol"});

wire!(a_channel_is_got: GetChannel::new(CHANNEL),
request: "GET /api/v4/channels/channel0000000000000000000",
response: 200 json {
    "id": "channel0000000000000000000", "create_at": 1795320727302_i64, "update_at": 1795320738411_i64, "delete_at": 0,
    "team_id": "team0000000000000000000000", "type": "O", "display_name": "General 💬", "name": "pub-general",
    "header": "", "purpose": "Talk about **anything**", "last_post_at": 1795320853997_i64, "total_msg_count": 642,
    "extra_update_at": 0, "creator_id": "alice000000000000000000000", "scheme_id": null, "props": null,
    "group_constrained": null, "autotranslation": false, "shared": null, "total_msg_count_root": 616,
    "policy_id": null, "last_root_post_at": 1795320853997_i64, "banner_info": null, "policy_enforced": false,
    "policy_is_active": false, "default_category_name": ""
},
|channel| {
    assert_eq!((channel.team_id, channel.creator_id), (TEAM, ALICE));
    assert_eq!(channel.total_msg_count - channel.total_msg_count_root, 26);
});

wire!(a_channel_is_got_by_a_reviewer: GetChannel::new(CHANNEL).as_content_reviewer(true).flagged_post_id(POST),
    request: "GET /api/v4/channels/channel0000000000000000000?as_content_reviewer=true&flagged_post_id=post0000000000000000000000",
    response: 200 json {"id": "channel0000000000000000000"});

wire!(an_archived_channel_is_got_by_name: GetChannelByName::new(TEAM, "pub-archived").include_deleted(true),
    request: "GET /api/v4/teams/team0000000000000000000000/channels/name/pub-archived?include_deleted=true",
    response: 200 json {"name": "pub-archived", "delete_at": 1795320727256_i64},
    |channel| assert!(channel.is_deleted()));

wire!(a_channel_is_written_anew:
    UpdateChannel::new(CHANNEL).name("n").display_name("d").purpose("p").header("h"),
    request: "PUT /api/v4/channels/channel0000000000000000000" json {
        "id": "channel0000000000000000000", "name": "n", "display_name": "d", "purpose": "p", "header": "h"
    },
    response: 200 json {"id": "channel0000000000000000000", "header": "h"});

wire!(a_patch_names_only_what_changes: PatchChannel::new(CHANNEL).header("only header"),
    request: "PUT /api/v4/channels/channel0000000000000000000/patch" json {"header": "only header"},
    response: 200 json {"header": "only header", "purpose": "as it was"});

wire!(a_patch_empties_a_text: PatchChannel::new(CHANNEL).header("").purpose(""),
    request: "PUT /api/v4/channels/channel0000000000000000000/patch" json {"header": "", "purpose": ""},
    response: 200 json {"header": ""});

wire!(a_patch_with_all_there_is:
    PatchChannel::new(CHANNEL).name("n").display_name("d").purpose("p").header("h").group_constrained(true)
        .autotranslation(false).default_category_name("d").managed_category_name("m").banner_info(banner()),
    request: "PUT /api/v4/channels/channel0000000000000000000/patch" json {
        "name": "n", "display_name": "d", "purpose": "p", "header": "h", "group_constrained": true,
        "autotranslation": false, "default_category_name": "d", "managed_category_name": "m",
        "banner_info": {"enabled": true, "text": "maintenance", "background_color": "#ff8800"}
    },
    response: 200 json {"banner_info": {"enabled": true, "text": "maintenance", "background_color": "#ff8800"}});

fn banner() -> ChannelBannerInfo {
    let mut banner = ChannelBannerInfo::default();
    banner.enabled = Some(true);
    banner.text = Some("maintenance".to_owned());
    banner.background_color = Some("#ff8800".to_owned());
    banner
}

wire!(pinned_posts_are_listed: GetPinnedPosts::new(CHANNEL),
    request: "GET /api/v4/channels/channel0000000000000000000/pinned",
    response: 200 json {
        "order": ["post0000000000000000000000"], "next_post_id": "", "prev_post_id": "",
        "posts": {"post0000000000000000000000": {"id": "post0000000000000000000000", "is_pinned": true}},
        "first_inaccessible_post_time": 0
    },
    |list| assert!(list.iter().all(|post| post.is_pinned)));

wire!(public_channels_are_listed: GetPublicChannelsForTeam::new(TEAM).page(2).per_page(60),
    request: "GET /api/v4/teams/team0000000000000000000000/channels?page=2&per_page=60",
    response: 200 json [{"name": "town-square"}],
    |channels| assert_eq!(channels[0].name, "town-square"));

wire!(the_callers_channels_are_listed:
    GetChannelsForTeamForUser::new(UserId::ME, TEAM).include_deleted(true).last_delete_at(1_795_320_727_256),
    request: "GET /api/v4/users/me/teams/team0000000000000000000000/channels?include_deleted=true&last_delete_at=1795320727256",
    response: 200 json [{"name": "town-square"}, {"type": "D", "team_id": ""}],
    |channels| assert_eq!(channels[1].kind, ChannelType::Direct));

wire!(channels_are_searched: SearchChannels::new(TEAM, "pub"),
    request: "POST /api/v4/teams/team0000000000000000000000/channels/search" json {"term": "pub"},
    response: 200 json [{"name": "pub-general"}],
    |channels| assert_eq!(channels.len(), 1));

wire!(a_channel_is_counted: GetChannelStats::new(CHANNEL).exclude_files_count(true),
    request: "GET /api/v4/channels/channel0000000000000000000/stats?exclude_files_count=true",
    response: 200 json {"channel_id": "channel0000000000000000000", "member_count": 11, "guest_count": 1,
        "pinnedpost_count": 2, "files_count": -1},
    |stats| assert_eq!((stats.member_count, stats.files_count), (11, -1)));

wire!(a_channel_is_archived: DeleteChannel::new(CHANNEL),
    request: "DELETE /api/v4/channels/channel0000000000000000000",
    response: 200 ok);

wire!(a_channel_is_deleted_for_good: DeleteChannel::new(CHANNEL).permanent(true),
    request: "DELETE /api/v4/channels/channel0000000000000000000?permanent=true",
    response: 200 ok);

wire!(a_channel_is_restored: RestoreChannel::new(CHANNEL),
    request: "POST /api/v4/channels/channel0000000000000000000/restore",
    response: 200 json {"id": "channel0000000000000000000", "delete_at": 0, "update_at": 1795320871573_i64},
    |channel| assert!(!channel.is_deleted()));

wire!(a_channel_is_made_private: UpdateChannelPrivacy::new(CHANNEL, ChannelType::Private),
    request: "PUT /api/v4/channels/channel0000000000000000000/privacy" json {"privacy": "P"},
    response: 200 json {"id": "channel0000000000000000000", "type": "P"},
    |channel| assert_eq!(channel.kind, ChannelType::Private));

wire!(a_channel_is_looked_at:
    ViewChannel::new(UserId::ME).channel_id(CHANNEL).prev_channel_id(CHANNEL).collapsed_threads_supported(true),
    request: "POST /api/v4/channels/members/me/view" json {
        "channel_id": "channel0000000000000000000", "prev_channel_id": "channel0000000000000000000",
        "collapsed_threads_supported": true
    },
    response: 200 json {
        "status": "OK", "last_viewed_at_times": {"channel0000000000000000000": 1795320871088_i64}
    },
    |view| assert_eq!(view.last_viewed_at_times[&CHANNEL].as_millis(), 1_795_320_871_088));
