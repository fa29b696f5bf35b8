//! Servers that Mattermost itself runs.

use mm_macros::model;

use crate::{Number, RawMap, Timestamp};

/// What a plan allows. None for what it does not limit.
#[model]
pub struct ProductLimits {
    #[model(omit_empty)]
    pub files: Option<FilesLimits>,
    #[model(omit_empty)]
    pub messages: Option<MessagesLimits>,
    #[model(omit_empty)]
    pub teams: Option<TeamsLimits>,
}

/// How much can be stored.
#[model]
pub struct FilesLimits {
    /// Bytes.
    pub total_storage: Option<i64>,
}

/// How much can be read.
#[model]
pub struct MessagesLimits {
    /// How many posts.
    pub history: Option<i64>,
}

/// How many teams there can be.
#[model]
pub struct TeamsLimits {
    pub active: Option<i64>,
}

/// What was bought.
#[model]
pub struct Subscription {
    pub id: String,
    pub customer_id: String,
    pub product_id: String,
    pub add_ons: Vec<String>,
    pub start_at: Timestamp,
    pub end_at: Timestamp,
    pub create_at: Timestamp,
    pub seats: i64,
    pub status: String,
    /// The server's name.
    pub dns: String,
    pub last_invoice: Option<Box<Invoice>>,
    pub upcoming_invoice: Option<Box<Invoice>>,
    /// `true` or `false`.
    pub is_free_trial: String,
    pub trial_end_at: Timestamp,
    /// Since when a payment is missing.
    pub delinquent_since: Option<Timestamp>,
    pub originally_licensed_seats: i64,
    /// `true` or `false`.
    pub compliance_blocked: String,
    pub billing_type: String,
    pub cancel_at: Option<Timestamp>,
    /// `true` or `false`.
    pub will_renew: String,
    /// The time that the shop pretends, in tests of it.
    pub simulated_current_time_ms: Option<Timestamp>,
    pub is_cloud_preview: bool,
}

/// A bill.
#[model]
pub struct Invoice {
    pub id: String,
    pub number: String,
    pub create_at: Timestamp,
    pub total: i64,
    pub tax: i64,
    pub status: String,
    pub description: String,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
    pub subscription_id: String,
    pub line_items: Vec<InvoiceLineItem>,
    pub current_product_name: String,
}

/// A line of a bill.
#[model]
pub struct InvoiceLineItem {
    pub price_id: String,
    pub total: i64,
    pub quantity: Number,
    pub price_per_unit: i64,
    pub description: String,
    #[model(rename = "type")]
    pub kind: String,
    pub metadata: RawMap,
    pub period_start: Timestamp,
    pub period_end: Timestamp,
}
