//! Lists of posts: an order, and the posts by id.

use std::{collections::BTreeMap, fmt};

use mm_macros::model;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::Post;
use crate::{
    PostId, Timestamp,
    decode::{Field, at, fill, read},
};

/// Posts in an order.
#[model]
pub struct PostList {
    /// Which posts were asked for, newest first; in a thread the root comes first.
    pub order: Vec<PostId>,
    /// Those of `order`, and others that belong to them such as the roots of their threads.
    pub posts: PostMap,
    /// The post after the newest in `order`. Empty when there is none or nobody looked.
    pub next_post_id: PostId,
    /// The post before the oldest in `order`. Empty when there is none or nobody looked.
    pub prev_post_id: PostId,
    /// In threads: whether another page follows. None elsewhere, and from old servers.
    #[model(omit_empty)]
    pub has_next: Option<bool>,
    /// When the newest post was made that the server's plan hides. 0 when none is hidden.
    pub first_inaccessible_post_time: Timestamp,
}

impl PostList {
    /// The posts in the order of [`order`](Self::order). Ids whose post did not come along are left out.
    pub fn iter(&self) -> impl Iterator<Item = &Post> {
        self.order.iter().filter_map(|id| self.posts.get(*id))
    }

    /// How many posts the order names.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether the order names no posts.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Takes the posts out in the order of [`order`](Self::order), without cloning them.
    pub fn into_posts(self) -> Vec<Post> {
        let places: Vec<_> = self.order.iter().filter_map(|id| self.posts.find(*id).ok()).collect();
        let mut slots: Vec<_> = self.posts.into_values().map(Some).collect();
        places.into_iter().filter_map(|place| slots.get_mut(place)?.take()).collect()
    }
}

/// Posts that fit a search.
#[model]
pub struct PostSearchResults {
    #[model(flatten)]
    pub list: PostList,
    /// The words that were found, by post. Empty unless the server searches with Elasticsearch.
    pub matches: BTreeMap<PostId, Vec<String>>,
}

/// Posts by id.
///
/// A sorted list rather than a tree: the server writes the posts sorted, so reading them is appending them.
#[derive(Clone, Default, PartialEq)]
pub struct PostMap(Vec<(PostId, Post)>);

impl PostMap {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many posts there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, id: PostId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |(key, _)| *key)
    }

    /// The post with this id.
    pub fn get(&self, id: PostId) -> Option<&Post> {
        self.0.get(self.find(id).ok()?).map(|(_, post)| post)
    }

    /// The post with this id, to be changed.
    pub fn get_mut(&mut self, id: PostId) -> Option<&mut Post> {
        let place = self.find(id).ok()?;
        self.0.get_mut(place).map(|(_, post)| post)
    }

    /// Whether the post is there.
    pub fn contains(&self, id: PostId) -> bool {
        self.find(id).is_ok()
    }

    /// Puts a post under its own id and returns the one that was there.
    pub fn insert(&mut self, post: Post) -> Option<Post> {
        match self.find(post.id) {
            Ok(place) => self.0.get_mut(place).map(|(_, old)| std::mem::replace(old, post)),
            Err(place) => {
                self.0.insert(place, (post.id, post));
                None
            }
        }
    }

    /// Takes a post out.
    pub fn remove(&mut self, id: PostId) -> Option<Post> {
        let place = self.find(id).ok()?;
        Some(self.0.remove(place).1)
    }

    /// All posts, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = (PostId, &Post)> {
        self.0.iter().map(|(id, post)| (*id, post))
    }

    /// All posts, sorted by id.
    pub fn values(&self) -> impl Iterator<Item = &Post> {
        self.0.iter().map(|(_, post)| post)
    }

    /// All posts, sorted by id.
    pub fn into_values(self) -> impl Iterator<Item = Post> {
        self.0.into_iter().map(|(_, post)| post)
    }

    /// Brings what came in any order into order. Of two posts with one id the later one stays.
    fn sorted(mut posts: Vec<(PostId, Post)>) -> Self {
        if !posts.is_sorted_by(|(one, _), (next, _)| one < next) {
            posts.reverse();
            posts.sort_by_key(|(id, _)| *id);
            posts.dedup_by_key(|(id, _)| *id);
        }
        Self(posts)
    }
}

impl FromIterator<Post> for PostMap {
    fn from_iter<I: IntoIterator<Item = Post>>(posts: I) -> Self {
        Self::sorted(posts.into_iter().map(|post| (post.id, post)).collect())
    }
}

impl fmt::Debug for PostMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for PostMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for PostMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Field for PostMap {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(PostMapInto(self))
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

struct PostMapInto<'a>(&'a mut PostMap);

impl<'de> Visitor<'de> for PostMapInto<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("posts by id")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut posts = Vec::new();
        while let Some(id) = map.next_key::<PostId>()? {
            posts.push((id, Post::default()));
            if let Some((_, post)) = posts.last_mut() {
                fill(post, &mut map).map_err(|error| at(id.as_str(), error))?;
            }
        }
        *self.0 = PostMap::sorted(posts);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> PostList {
        let json = r#"{"order": ["c", "a", "gone", "c"],
            "posts": {"c": {"id": "c"}, "a": {"id": "a", "message": "old"}, "b": {"id": "b"}, "a": {"id": "a"}}}"#;
        serde_json::from_str(json).expect("a list")
    }

    fn id(text: &str) -> PostId {
        serde_json::from_value(text.into()).expect("an id")
    }

    #[test]
    fn posts_come_in_the_order_of_the_list() {
        let list = list();
        let ids: Vec<_> = list.iter().map(|post| post.id).collect();
        assert_eq!(ids, ["c", "a", "c"]);
        let ids: Vec<_> = list.into_posts().into_iter().map(|post| post.id).collect();
        assert_eq!(ids, ["c", "a"]);
    }

    #[test]
    fn posts_are_found_by_id_however_they_were_written() {
        let mut posts = list().posts;
        assert_eq!(posts.len(), 3);
        assert_eq!(posts.get(id("a")).map(|post| post.message.as_str()), Some(""));
        assert!(posts.get(id("d")).is_none());
        let post = Post { id: id("ab"), ..Default::default() };
        assert_eq!(posts.insert(post.clone()), None);
        assert_eq!(posts.insert(post.clone()), Some(post));
        let ids: Vec<_> = posts.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, ["a", "ab", "b", "c"]);
        assert!(posts.remove(id("ab")).is_some() && !posts.contains(id("ab")));
        assert_eq!(posts.clone().into_values().collect::<PostMap>(), posts);
    }

    #[test]
    fn a_search_is_a_list_with_matches() {
        let json = r#"{"order": null, "posts": {}, "matches": {"a": ["fox"]}}"#;
        let found: PostSearchResults = serde_json::from_str(json).expect("a search");
        assert!(found.list.is_empty());
        assert_eq!(found.matches[&id("a")], ["fox"]);
    }
}
