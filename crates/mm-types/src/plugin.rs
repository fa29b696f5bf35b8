//! Plugins of the server.

use std::collections::BTreeMap;

use mm_macros::model;

use crate::{PluginId, RawJson, RawMap, open_enum::open_number};

open_number! {
    /// How a plugin is.
    pub enum PluginState {
        /// Installed, but off.
        NotRunning = 0,
        /// Being started.
        Starting = 1,
        /// At work.
        Running = 2,
        /// It could not be started.
        FailedToStart = 3,
        /// It ended by itself too often.
        FailedToStayRunning = 4,
        /// Being stopped.
        Stopping = 5,
    }
}

/// How a plugin is on one node of the cluster.
#[model]
pub struct PluginStatus {
    pub plugin_id: PluginId,
    /// Empty without a cluster.
    pub cluster_id: String,
    /// Where it lies on the server's disk.
    pub plugin_path: String,
    pub state: PluginState,
    /// Why it does not run. Not told by old servers.
    pub error: String,
    pub name: String,
    pub description: String,
    pub version: String,
}

/// What a plugin says about itself. Clients that are no administrators see a few keys only.
#[model]
pub struct Manifest {
    pub id: PluginId,
    pub name: String,
    #[model(omit_empty)]
    pub description: String,
    #[model(omit_empty)]
    pub homepage_url: String,
    #[model(omit_empty)]
    pub support_url: String,
    #[model(omit_empty)]
    pub release_notes_url: String,
    #[model(omit_empty)]
    pub icon_path: String,
    pub version: String,
    #[model(omit_empty)]
    pub min_server_version: String,
    /// None for plugins that live in the browser alone.
    #[model(omit_empty)]
    pub server: Option<ManifestServer>,
    /// None for plugins that live on the server alone.
    #[model(omit_empty)]
    pub webapp: Option<ManifestWebapp>,
    #[model(omit_empty)]
    pub settings_schema: Option<PluginSettingsSchema>,
    #[model(omit_empty)]
    pub props: RawMap,
}

/// The part of a plugin that runs on the server.
#[model]
pub struct ManifestServer {
    /// Paths by operating system and processor, such as `linux-amd64`.
    #[model(omit_empty)]
    pub executables: BTreeMap<String, String>,
    /// Where there is but one.
    pub executable: String,
}

/// The part of a plugin that runs in the browser.
#[model]
pub struct ManifestWebapp {
    pub bundle_path: String,
}

/// What administrators can set for a plugin.
#[model]
pub struct PluginSettingsSchema {
    /// Markdown.
    pub header: String,
    /// Markdown.
    pub footer: String,
    pub settings: Vec<PluginSetting>,
    pub sections: Vec<PluginSettingsSection>,
}

/// One setting of a plugin.
#[model]
pub struct PluginSetting {
    pub key: String,
    pub display_name: String,
    /// `bool`, `text`, `number`, `dropdown`, `username`, `custom` and so on.
    #[model(rename = "type")]
    pub kind: String,
    /// Markdown.
    pub help_text: String,
    #[model(omit_empty)]
    pub regenerate_help_text: String,
    pub placeholder: String,
    pub default: RawJson,
    #[model(omit_empty)]
    pub options: Vec<PluginOption>,
    /// `cloud` or `on-prem` where only one of them has it.
    pub hosting: String,
    /// Whether its value is hidden from those who only read.
    pub secret: bool,
}

/// One of the values that a setting can have.
#[model]
pub struct PluginOption {
    pub display_name: String,
    pub value: String,
}

/// Settings that belong together.
#[model]
pub struct PluginSettingsSection {
    pub key: String,
    pub title: String,
    pub subtitle: String,
    pub settings: Vec<PluginSetting>,
    /// Markdown.
    pub header: String,
    /// Markdown.
    pub footer: String,
    /// Whether the plugin draws it itself.
    pub custom: bool,
    /// Whether the settings are drawn in the usual way while the plugin does not run.
    pub fallback: bool,
}
