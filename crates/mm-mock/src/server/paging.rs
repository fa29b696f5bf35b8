//! Pages by number.

/// Rows of a page when the request does not say.
const USUAL: u32 = 60;
/// Rows of a page at most.
const MOST: u32 = 200;

/// One page of a list, as the server cuts it: 60 rows if not asked, 200 at most.
pub(super) fn page<T>(list: impl IntoIterator<Item = T>, page: Option<u32>, per_page: Option<u32>) -> Vec<T> {
    let size = size(per_page);
    let skipped = usize::try_from(page.unwrap_or_default()).unwrap_or(usize::MAX).saturating_mul(size);
    list.into_iter().skip(skipped).take(size).collect()
}

/// Rows of a page: what was asked, if that is not too much.
pub(super) fn size(per_page: Option<u32>) -> usize {
    usize::try_from(per_page.unwrap_or(USUAL).min(MOST)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_sixty_rows_and_never_more_than_two_hundred() {
        assert_eq!(page(0..500, None, None).len(), 60);
        assert_eq!(page(0..500, Some(1), Some(1000)), (200..400).collect::<Vec<_>>());
        assert!(page(0..500, Some(0), Some(0)).is_empty());
    }
}
