//! Rows by key, in the order they were put in.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<u64, (K, V)>,
    index: HashMap<K, u64>,
    next: u64,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), index: HashMap::new(), next: 0 }
    }
}

impl<K: Hash + Eq + Clone, V> Table<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(self.index.get(key)?).map(|(_, row)| row)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.rows.get_mut(self.index.get(key)?).map(|(_, row)| row)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.index.contains_key(key)
    }

    /// Puts a row in; one with the same key keeps its place, which is given back.
    pub(crate) fn insert(&mut self, key: K, row: V) -> u64 {
        let at = *self.index.entry(key.clone()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.rows.insert(at, (key, row));
        at
    }

    /// The row in a place.
    pub(crate) fn at(&self, place: u64) -> Option<&V> {
        self.rows.get(&place).map(|(_, row)| row)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.index.remove(key)?;
        self.rows.remove(&at).map(|(_, row)| row)
    }

    /// Drops every row that does not fit.
    pub(crate) fn retain(&mut self, fits: impl Fn(&V) -> bool) {
        self.rows.retain(|_, (_, row)| fits(row));
        let rows = &self.rows;
        self.index.retain(|_, at| rows.contains_key(at));
    }

    /// All rows, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values().map(|(_, row)| row)
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.rows.values_mut().map(|(_, row)| row)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_in_order_when_one_is_replaced_or_removed() {
        let mut table = Table::default();
        for (key, row) in [("a", 1), ("b", 2), ("c", 3), ("a", 4)] {
            table.insert(key, row);
        }
        assert_eq!(table.iter().copied().collect::<Vec<_>>(), [4, 2, 3]);
        assert_eq!(table.remove(&"b"), Some(2));
        table.retain(|row| *row == 3);
        assert_eq!((table.len(), table.get(&"a"), table.get(&"c")), (1, None, Some(&3)));
    }
}
