//! Lists that come in pages.

use serde::de::DeserializeOwned;

use crate::codec::{AnswersJson, Json};
use crate::endpoint::{Endpoint, Output};

/// How many rows a stream asks for at once: the most that servers give.
pub const FULL_PAGE: u32 = 200;

/// An operation whose answer is one page of a longer list.
///
/// The end is where the server's rules say it is: for pages by number, the first one with fewer rows
/// than asked for; for pages by cursor, where the answer names no next one.
pub trait Paged: Endpoint + Clone {
    /// One row.
    type Item: Send + 'static;

    /// The operation with the page size filled in, if the caller left it open.
    #[must_use]
    fn sized(self) -> Self;

    /// The operation for the page `offset` pages after this one, if pages are independent of each
    /// other and so can be fetched ahead. `None` if the next page is known only from the answer.
    #[must_use]
    fn ahead(&self, offset: u32) -> Option<Self>;

    /// The operation for the page after the one that was answered, or `None` at the end.
    #[must_use]
    fn after(&self, answer: &Output<Self>) -> Option<Self>;

    /// Whether a page by number with so many rows is the last one. If this is not known better, only
    /// an empty page is.
    #[must_use]
    fn is_last(&self, rows: usize) -> bool {
        rows == 0
    }

    /// The rows, in the list's order.
    fn rows(answer: Output<Self>) -> Vec<Self::Item>;
}

/// A [`Paged`] operation whose pages are plain JSON lists, so that callers may read the rows into a
/// type of their own.
pub trait PagedRows: Paged + AnswersJson {}

impl<T, E> PagedRows for E
where
    T: DeserializeOwned + Send + 'static,
    E: Paged<Item = T> + Endpoint<Codec = Json<Vec<T>>>,
{
}

/// An answer that is a page by number.
pub trait Page {
    /// One row.
    type Item: Send + 'static;

    /// How many rows there are.
    fn row_count(&self) -> usize;

    /// The rows, in order.
    fn into_rows(self) -> Vec<Self::Item>;
}

impl<T: Send + 'static> Page for Vec<T> {
    type Item = T;

    fn row_count(&self) -> usize {
        self.len()
    }

    fn into_rows(self) -> Vec<T> {
        self
    }
}

/// Whether a page by number is the last one.
#[doc(hidden)]
#[must_use]
pub fn is_last(rows: usize, per_page: Option<u32>) -> bool {
    // The server gives 60 rows when not asked, and never more than 200.
    let applied = per_page.unwrap_or(60).min(FULL_PAGE);
    rows == 0 || rows < usize::try_from(applied).unwrap_or(usize::MAX)
}

/// The type of a page's number: `u32`, or `i64` where a negative one means everything.
#[doc(hidden)]
pub trait PageNumber: Copy + Default {
    /// The number `offset` pages on.
    #[must_use]
    fn ahead(self, offset: u32) -> Option<Self>;
}

impl PageNumber for u32 {
    fn ahead(self, offset: u32) -> Option<Self> {
        self.checked_add(offset)
    }
}

impl PageNumber for i64 {
    fn ahead(self, offset: u32) -> Option<Self> {
        // Behind everything there is nothing.
        if self < 0 && offset > 0 { None } else { self.checked_add(offset.into()) }
    }
}

/// The page `offset` pages after this one. Page 0 is the one that is not named.
#[doc(hidden)]
#[must_use]
pub fn page_after<N: PageNumber>(page: Option<N>, offset: u32) -> Option<N> {
    page.unwrap_or_default().ahead(offset)
}
