//! The permissions of the system console's pages, which only administrators have.

use super::Permission;

impl Permission {
    /// `sysconsole_read_user_management_users`.
    pub const SYSCONSOLE_READ_USER_MANAGEMENT_USERS: Self =
        Self::known("sysconsole_read_user_management_users");
    /// `sysconsole_write_user_management_users`.
    pub const SYSCONSOLE_WRITE_USER_MANAGEMENT_USERS: Self =
        Self::known("sysconsole_write_user_management_users");
    /// `sysconsole_write_user_management_channels`.
    pub const SYSCONSOLE_WRITE_USER_MANAGEMENT_CHANNELS: Self =
        Self::known("sysconsole_write_user_management_channels");
    /// `sysconsole_read_compliance_data_retention_policy`.
    pub const SYSCONSOLE_READ_COMPLIANCE_DATA_RETENTION_POLICY: Self =
        Self::known("sysconsole_read_compliance_data_retention_policy");
}

#[rustfmt::skip]
pub(crate) const CONSOLE: &[&str] = &[
    "sysconsole_read_about", "sysconsole_write_about", "sysconsole_read_about_edition_and_license",
    "sysconsole_write_about_edition_and_license", "sysconsole_read_billing", "sysconsole_write_billing",
    "sysconsole_read_reporting", "sysconsole_write_reporting", "sysconsole_read_reporting_site_statistics",
    "sysconsole_write_reporting_site_statistics", "sysconsole_read_reporting_team_statistics",
    "sysconsole_write_reporting_team_statistics", "sysconsole_read_reporting_server_logs",
    "sysconsole_write_reporting_server_logs", "sysconsole_read_user_management_users",
    "sysconsole_write_user_management_users", "sysconsole_read_user_management_groups",
    "sysconsole_write_user_management_groups", "sysconsole_read_user_management_teams",
    "sysconsole_write_user_management_teams", "sysconsole_read_user_management_channels",
    "sysconsole_write_user_management_channels", "sysconsole_read_user_management_permissions",
    "sysconsole_write_user_management_permissions", "sysconsole_read_user_management_system_roles",
    "sysconsole_write_user_management_system_roles", "sysconsole_read_environment",
    "sysconsole_write_environment", "sysconsole_read_environment_web_server",
    "sysconsole_write_environment_web_server", "sysconsole_read_environment_database",
    "sysconsole_write_environment_database", "sysconsole_read_environment_elasticsearch",
    "sysconsole_write_environment_elasticsearch", "sysconsole_read_environment_file_storage",
    "sysconsole_write_environment_file_storage", "sysconsole_read_environment_image_proxy",
    "sysconsole_write_environment_image_proxy", "sysconsole_read_environment_smtp",
    "sysconsole_write_environment_smtp", "sysconsole_read_environment_push_notification_server",
    "sysconsole_write_environment_push_notification_server",
    "sysconsole_read_environment_high_availability", "sysconsole_write_environment_high_availability",
    "sysconsole_read_environment_rate_limiting", "sysconsole_write_environment_rate_limiting",
    "sysconsole_read_environment_logging", "sysconsole_write_environment_logging",
    "sysconsole_read_environment_session_lengths", "sysconsole_write_environment_session_lengths",
    "sysconsole_read_environment_performance_monitoring",
    "sysconsole_write_environment_performance_monitoring", "sysconsole_read_environment_developer",
    "sysconsole_write_environment_developer", "sysconsole_read_environment_mobile_security",
    "sysconsole_write_environment_mobile_security", "sysconsole_read_site", "sysconsole_write_site",
    "sysconsole_read_site_customization", "sysconsole_write_site_customization",
    "sysconsole_read_site_localization", "sysconsole_write_site_localization",
    "sysconsole_read_site_users_and_teams", "sysconsole_write_site_users_and_teams",
    "sysconsole_read_site_notifications", "sysconsole_write_site_notifications",
    "sysconsole_read_site_announcement_banner", "sysconsole_write_site_announcement_banner",
    "sysconsole_read_site_emoji", "sysconsole_write_site_emoji", "sysconsole_read_site_posts",
    "sysconsole_write_site_posts", "sysconsole_read_site_file_sharing_and_downloads",
    "sysconsole_write_site_file_sharing_and_downloads", "sysconsole_read_site_public_links",
    "sysconsole_write_site_public_links", "sysconsole_read_site_notices", "sysconsole_write_site_notices",
    "sysconsole_read_site_ip_filters", "sysconsole_write_site_ip_filters", "sysconsole_read_authentication",
    "sysconsole_write_authentication", "sysconsole_read_authentication_signup",
    "sysconsole_write_authentication_signup", "sysconsole_read_authentication_email",
    "sysconsole_write_authentication_email", "sysconsole_read_authentication_password",
    "sysconsole_write_authentication_password", "sysconsole_read_authentication_mfa",
    "sysconsole_write_authentication_mfa", "sysconsole_read_authentication_ldap",
    "sysconsole_write_authentication_ldap", "sysconsole_read_authentication_saml",
    "sysconsole_write_authentication_saml", "sysconsole_read_authentication_openid",
    "sysconsole_write_authentication_openid", "sysconsole_read_authentication_guest_access",
    "sysconsole_write_authentication_guest_access", "sysconsole_read_plugins", "sysconsole_write_plugins",
    "sysconsole_read_integrations", "sysconsole_write_integrations",
    "sysconsole_read_integrations_integration_management",
    "sysconsole_write_integrations_integration_management", "sysconsole_read_integrations_bot_accounts",
    "sysconsole_write_integrations_bot_accounts", "sysconsole_read_integrations_gif",
    "sysconsole_write_integrations_gif", "sysconsole_read_integrations_cors",
    "sysconsole_write_integrations_cors", "sysconsole_read_compliance", "sysconsole_write_compliance",
    "sysconsole_read_compliance_data_retention_policy", "sysconsole_write_compliance_data_retention_policy",
    "sysconsole_read_compliance_compliance_export", "sysconsole_write_compliance_compliance_export",
    "sysconsole_read_compliance_compliance_monitoring", "sysconsole_write_compliance_compliance_monitoring",
    "sysconsole_read_compliance_custom_terms_of_service",
    "sysconsole_write_compliance_custom_terms_of_service", "sysconsole_read_experimental",
    "sysconsole_write_experimental", "sysconsole_read_experimental_features",
    "sysconsole_write_experimental_features", "sysconsole_read_experimental_feature_flags",
    "sysconsole_write_experimental_feature_flags", "sysconsole_read_experimental_bleve",
    "sysconsole_write_experimental_bleve", "sysconsole_read_products_boards",
    "sysconsole_write_products_boards",
];
