//! Pages of a list by keyset: stable under inserts, as fast on the last page as on the first.

use super::error::DbError;
use crate::ground::crypto::{base64url, base64url_decode};
use crate::ground::limits::{PAGE_BYTES_MAX, PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX};
use crate::ground::time::Timestamp;

/// Which page of a list, newest first: the items after `cursor`, at most `limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    limit: u32,
    cursor: Option<Cursor>,
}

/// The last item of the page before, by `(created_at, id)`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    created_at: Timestamp,
    id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("That cursor is not one that this list gave out. Leave it away to start from the first page.")]
pub struct CursorError;

impl PageRequest {
    /// 50 items by default; more than 100 is clamped to 100, and 0 to 1.
    pub fn new(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, CursorError> {
        let limit = limit.unwrap_or(PAGE_ITEMS_DEFAULT).clamp(1, PAGE_ITEMS_MAX);
        let cursor = cursor.map(Cursor::parse).transpose()?;
        Ok(Self { limit, cursor })
    }

    /// The first page, of the usual size.
    pub const fn first() -> Self {
        Self { limit: PAGE_ITEMS_DEFAULT, cursor: None }
    }

    /// At most `limit` items after this one; from the first without one.
    pub fn after(item: Option<(Timestamp, String)>, limit: u32) -> Self {
        let cursor = item.map(|(created_at, id)| Cursor { created_at, id });
        Self { limit: limit.clamp(1, PAGE_ITEMS_MAX), cursor }
    }

    /// One more than a page, so that the reader knows whether another follows.
    pub const fn fetch_limit(&self) -> u32 {
        self.limit + 1
    }

    /// The `(created_at, id)` to continue before; the end of time for the first page. Lists order by
    /// `created_at desc, id desc` and compare `(created_at, id) < (:before_at, :before_id)`.
    pub fn before(&self) -> (Timestamp, &str) {
        match &self.cursor {
            Some(cursor) => (cursor.created_at, &cursor.id),
            None => (Timestamp::from_ms(i64::MAX), ""),
        }
    }

    /// Cuts the fetched items to a page; `key` names each item's place.
    pub fn page<T>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> (Timestamp, String),
    ) -> Result<Page<T>, DbError> {
        self.page_within(items, key, |_| 0)
    }

    /// As [`PageRequest::page`], for items that hold long texts: the page also ends before the weight of its
    /// items, in bytes, passes [`PAGE_BYTES_MAX`]. It has one item at least, so that every list comes to an end.
    pub fn page_within<T>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> (Timestamp, String),
        weight: impl Fn(&T) -> usize,
    ) -> Result<Page<T>, DbError> {
        let mut total = 0_usize;
        let fitting = items.iter().take_while(|item| {
            total = total.saturating_add(weight(item));
            total <= PAGE_BYTES_MAX
        });
        let limit = fitting.count().max(1).min(self.limit as usize);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = if has_more {
            items.last().map(|item| {
                let (created_at, id) = key(item);
                Cursor { created_at, id }.to_text()
            })
        } else {
            None
        };
        Ok(Page { items, next_cursor })
    }
}

/// One page, and how to ask for the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl Cursor {
    fn parse(text: &str) -> Result<Self, CursorError> {
        let bytes = base64url_decode(text).ok_or(CursorError)?;
        let text = String::from_utf8(bytes).map_err(|_| CursorError)?;
        let (ms, id) = text.split_once(' ').ok_or(CursorError)?;
        let ms = ms.parse().map_err(|_| CursorError)?;
        Ok(Self { created_at: Timestamp::from_ms(ms), id: id.to_owned() })
    }

    fn to_text(&self) -> String {
        base64url(format!("{} {}", self.created_at.as_ms(), self.id).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_defaults_to_50_and_is_clamped_to_100() {
        let limit = |asked| PageRequest::new(asked, None).unwrap().limit;
        assert_eq!((limit(None), limit(Some(0)), limit(Some(100)), limit(Some(101))), (50, 1, 100, 100));
    }

    #[test]
    fn a_cursor_comes_back_and_garbage_is_refused() {
        let request = PageRequest::new(Some(1), None).unwrap();
        let page =
            request.page(vec![(5, "b"), (4, "a")], |item| (Timestamp::from_ms(item.0), item.1.to_owned()));
        let cursor = page.unwrap().next_cursor.unwrap();

        let next = PageRequest::new(None, Some(&cursor)).unwrap();

        assert_eq!(next.before(), (Timestamp::from_ms(5), "b"));
        for garbage in ["x", "!!", "", "bm90aGluZw"] {
            assert_eq!(PageRequest::new(None, Some(garbage)), Err(CursorError), "{garbage}");
        }
    }

    // ACC-20
    #[test]
    fn a_page_of_long_items_ends_early_and_the_next_goes_on_behind_it() {
        let request = PageRequest::new(Some(100), None).unwrap();
        let items: Vec<i64> = (0..50).rev().collect();
        let key = |item: &i64| (Timestamp::from_ms(*item), format!("id{item}"));

        let page = request.page_within(items.clone(), key, |_| PAGE_BYTES_MAX / 3).unwrap();
        let one = request.page_within(items.clone(), key, |_| PAGE_BYTES_MAX + 1).unwrap();
        let all = request.page_within(items, key, |_| 1).unwrap();

        assert_eq!(page.items, [49, 48, 47]);
        let next = PageRequest::new(None, page.next_cursor.as_deref()).unwrap();
        assert_eq!(next.before(), (Timestamp::from_ms(47), "id47"));
        assert_eq!((one.items.len(), one.next_cursor.is_some()), (1, true));
        assert_eq!((all.items.len(), all.next_cursor), (50, None));
    }
}
