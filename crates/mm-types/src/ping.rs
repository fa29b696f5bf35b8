//! Whether the server is well.

use mm_macros::model;

use crate::open_enum::open_enum;

open_enum! {
    /// How the server, or a part of it, is.
    pub enum Health {
        /// It works.
        Ok = "OK",
        /// It does not answer as it should.
        Unhealthy = "UNHEALTHY",
    }
}

/// What the server says of itself.
#[model]
pub struct SystemStatus {
    pub status: Health,
    /// None unless it was asked for.
    #[model(omit_empty)]
    pub database_status: Option<Health>,
    /// None unless it was asked for.
    #[model(omit_empty)]
    pub filestore_status: Option<Health>,
    /// Whether the server runs as root. None unless it was asked for.
    #[model(omit_empty)]
    pub root_status: Option<bool>,
    /// Whether the device that was named gets notifications: `true`, `false` or `unknown`.
    #[model(rename = "CanReceiveNotifications", omit_empty)]
    pub can_receive_notifications: Option<String>,
    /// `database`, or the name of a search engine. None from old servers.
    #[model(rename = "ActiveSearchBackend", omit_empty)]
    pub active_search_backend: Option<String>,
    #[model(rename = "AndroidLatestVersion", omit_empty)]
    pub android_latest_version: Option<String>,
    #[model(rename = "AndroidMinVersion", omit_empty)]
    pub android_min_version: Option<String>,
    #[model(rename = "IosLatestVersion", omit_empty)]
    pub ios_latest_version: Option<String>,
    #[model(rename = "IosMinVersion", omit_empty)]
    pub ios_min_version: Option<String>,
    /// From old servers only, as is the other one.
    #[model(rename = "DesktopLatestVersion", omit_empty)]
    pub desktop_latest_version: Option<String>,
    #[model(rename = "DesktopMinVersion", omit_empty)]
    pub desktop_min_version: Option<String>,
}
