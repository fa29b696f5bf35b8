//! The receiver's own sidebar in one team: the one that the event was broadcast to.

use mm_macros::model;

use super::Nested;
use crate::{SidebarCategoryId, SidebarCategoryWithChannels};

/// There is a new category.
#[model]
pub struct SidebarCategoryCreated {
    pub category_id: SidebarCategoryId,
}

/// Categories changed, or the channels in them.
#[model]
pub struct SidebarCategoryUpdated {
    /// Empty when a preference was the cause, and always from old servers, such as 5.37: ask for them.
    #[model(rename = "updatedCategories", omit_empty)]
    pub updated_categories: Nested<Vec<SidebarCategoryWithChannels>>,
}

/// A category was deleted.
#[model]
pub struct SidebarCategoryDeleted {
    pub category_id: SidebarCategoryId,
}

/// The categories have another order.
#[model]
pub struct SidebarCategoryOrderUpdated {
    /// All of them.
    pub order: Vec<SidebarCategoryId>,
}
