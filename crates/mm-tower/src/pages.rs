//! Lists that come in pages, as one stream of rows.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use mm_core::{Error, Paged, PagedRows};
use serde::de::DeserializeOwned;

use crate::Client;

/// How many pages are asked for at once, at most, unless told otherwise.
const PREFETCH: usize = 8;

/// More than this helps no server.
const MOST_PREFETCH: usize = 16;

/// The rows of a list, one at a time and in the server's order.
///
/// The first page is asked for alone, so that a short list costs one request. Where pages are independent of each other
/// (by number, not by cursor), 2, 4, then 8 are asked for at once while the list goes on; after the last row some
/// of them may turn out to be empty. Nothing is sent before the first row is asked for, and
/// dropping the stream gives up what is under way.
///
/// An error ends the stream, after the rows that came before it. Rows that others add or remove meanwhile can
/// make a list by page numbers skip or repeat some.
///
/// ```
/// use mm_tower::api::users::GetUsers;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fake = mm_mock::FakeServer::new();
/// # let alice = fake.user("alice").create();
/// # let base = "https://chat.example.com";
/// # let client = mm_tower::Client::builder(base)?.token(fake.token_for(&alice)).build(fake);
/// let mut users = client.stream(GetUsers::new());
/// while let Some(user) = users.next().await {
///     println!("{}", user?.username);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Stream`] too, for those who use the combinators of other crates.
#[must_use = "a stream does nothing unless its rows are asked for"]
pub struct PageStream<T> {
    rows: vec::IntoIter<T>,
    pages: Box<dyn Pages<T>>,
}

impl<T: Send + 'static> PageStream<T> {
    pub(crate) fn new<E: Paged<Item = T>>(client: Client, operation: E) -> Self {
        Self::of(client, operation, |client, operation| {
            Box::pin(async move {
                let answer = client.send(operation.clone()).await?;
                let next = operation.after(&answer);
                Ok(Page { rows: E::rows(answer), next })
            })
        })
    }

    pub(crate) fn new_as<E: PagedRows>(client: Client, operation: E) -> Self
    where
        T: DeserializeOwned,
    {
        Self::of(client, operation, |client, operation| {
            Box::pin(async move {
                let rows: Vec<T> = client.read_as(operation.clone()).await?;
                let next = if operation.is_last(rows.len()) { None } else { operation.ahead(1) };
                Ok(Page { rows, next })
            })
        })
    }

    fn of<E: Paged>(client: Client, operation: E, fetch: Fetch<E, T>) -> Self {
        let pages = Ahead {
            client,
            fetch,
            next: Some(operation.sized()),
            under_way: VecDeque::new(),
            window: 1,
            prefetch: PREFETCH,
        };
        Self { rows: Vec::new().into_iter(), pages: Box::new(pages) }
    }

    /// How many pages may be asked for at once: from 1, which is one after the other, to 16; 8 if not set. Each
    /// may hold 200 rows in memory.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.set_prefetch(pages.clamp(1, MOST_PREFETCH));
        self
    }

    /// The next row; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll_row(cx)).await
    }

    /// As [`next`](Self::next), for loops with `?`: `while let Some(row) = rows.try_next().await? { … }`.
    ///
    /// # Errors
    ///
    /// What ended the list early.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.next().await.transpose()
    }

    /// All rows that are left.
    ///
    /// # Errors
    ///
    /// The first one, without the rows before it.
    pub async fn collect_all(mut self) -> Result<Vec<T>, Error> {
        let mut all: Vec<T> = self.rows.by_ref().collect();
        while let Some(page) = poll_fn(|cx| self.pages.poll_page(cx)).await {
            all.append(&mut page?);
        }
        Ok(all)
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(row) = self.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(self.pages.poll_page(cx)) {
                Some(Ok(rows)) => self.rows = rows.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T: Send + 'static> Stream for PageStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_row(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rows.len(), None)
    }
}

// No row is ever pinned.
impl<T> Unpin for PageStream<T> {}

impl<T> fmt::Debug for PageStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream").field("rows_at_hand", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Pages in order, whatever the operation that gives them.
trait Pages<T>: Send {
    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>>;

    fn set_prefetch(&mut self, pages: usize);
}

type Fetch<E, T> = fn(Client, E) -> PageFuture<E, T>;
type PageFuture<E, T> = Pin<Box<dyn Future<Output = Result<Page<E, T>, Error>> + Send>>;

struct Page<E, T> {
    rows: Vec<T>,
    next: Option<E>,
}

/// Asks for pages ahead of the one that is read.
struct Ahead<E, T> {
    client: Client,
    fetch: Fetch<E, T>,
    /// The first page that was not asked for yet, if it is known.
    next: Option<E>,
    under_way: VecDeque<UnderWay<E, T>>,
    /// How many may be under way now.
    window: usize,
    prefetch: usize,
}

enum UnderWay<E, T> {
    Asked(PageFuture<E, T>),
    Here(Result<Page<E, T>, Error>),
}

impl<E: Paged, T> Ahead<E, T> {
    /// Asks for as many pages as the window allows, and lets all that are under way come closer.
    fn drive(&mut self, cx: &mut Context<'_>) {
        while self.under_way.len() < self.window
            && let Some(operation) = self.next.take()
        {
            self.next = operation.ahead(1);
            let client = self.client.clone();
            self.under_way.push_back(UnderWay::Asked((self.fetch)(client, operation)));
        }
        for page in &mut self.under_way {
            if let UnderWay::Asked(future) = page
                && let Poll::Ready(result) = future.as_mut().poll(cx)
            {
                *page = UnderWay::Here(result);
            }
        }
    }

    fn end(&mut self) {
        self.next = None;
        self.under_way.clear();
    }
}

impl<E: Paged, T: Send> Pages<T> for Ahead<E, T> {
    fn poll_page(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Vec<T>, Error>>> {
        self.drive(cx);
        match self.under_way.pop_front() {
            None => Poll::Ready(None),
            Some(asked @ UnderWay::Asked(_)) => {
                self.under_way.push_front(asked);
                Poll::Pending
            }
            Some(UnderWay::Here(Err(error))) => {
                self.end();
                Poll::Ready(Some(Err(error)))
            }
            Some(UnderWay::Here(Ok(Page { rows, next }))) => {
                match next {
                    None => self.end(),
                    // Pages by number are asked for ahead; by cursor, this is how the next one is known.
                    Some(next) => {
                        if self.under_way.is_empty() && self.next.is_none() {
                            self.next = Some(next);
                        }
                        self.window = (self.window * 2).min(self.prefetch);
                        // While these rows are read, the next ones are on their way.
                        self.drive(cx);
                    }
                }
                Poll::Ready(Some(Ok(rows)))
            }
        }
    }

    fn set_prefetch(&mut self, pages: usize) {
        self.prefetch = pages;
        self.window = self.window.min(pages);
    }
}

#[cfg(test)]
mod tests;
