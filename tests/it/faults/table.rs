//! What is to be expected.

/// For each fault and class of operation: how many tries there are, and how the call ends.
///
/// | | |
/// |---|---|
/// | `ok` | it was done, exactly once, and the caller has the answer |
/// | `not` | it was not done, and the caller is told that it was not sent |
/// | `maybe` | the caller is told that it may have been done; it was, at most once |
/// | `unread` | the caller is told that an answer of success came which cannot be read |
/// | a number | the caller is told that it was refused with this status, and it was not done |
/// | with a `?` | the same, but the caller is told that it may have been done: by an earlier try, or behind a gateway |
///
/// "Not done" means that the server did nothing, "done" that it did what was asked though its answer was lost. The first
/// row of a fault is about one that happens once and then no more. The rules behind it:
///
/// - What cannot have arrived is sent again, whatever it is, and so is what a limiter or a busy server refused; four tries
///   in all.
/// - What may have arrived is sent again if that does no harm: GET, reads by POST, PUT, DELETE. A second DELETE
///   finds nothing.
/// - A post is sent again while the server recognises it: for 25 s, in which there is time for three silent tries, and
///   for many that are answered "pending".
/// - A 401 leads to one login and one try more; other refusals are final.
/// - An upload that can be read only once is sent once.
pub(crate) const TABLE: &str = "\
fault                           | GET       | read POST | PUT       | DELETE    | POST      | CreatePost| upload    | upload once
--------------------------------|-----------|-----------|-----------|-----------|-----------|-----------|-----------|-----------
connection refused              | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 not
… for ever                      | 4 not     | 4 not     | 4 not     | 4 not     | 4 not     | 4 not     | 4 not     | 1 not
reset before the head, not done | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 4 maybe   | 1 maybe   | 1 maybe
reset before the head, done     | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 4 maybe   | 1 maybe   | 1 maybe
reset after the head            | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 4 maybe   | 1 maybe   | 1 maybe
reset in the body               | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 4 maybe   | 1 maybe   | 1 maybe
silence, not done               | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 3 maybe   | 1 maybe   | 1 maybe
silence, done                   | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 3 maybe   | 1 maybe   | 1 maybe
silence after the head          | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 3 maybe   | 1 maybe   | 1 maybe
silence in the body             | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 3 maybe   | 1 maybe   | 1 maybe
slow body                       | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok
… for ever                      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok
body slower than a try may be   | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 maybe   | 2 ok      | 1 maybe   | 1 maybe
… for ever                      | 4 maybe   | 4 maybe   | 4 maybe   | 4 maybe   | 1 maybe   | 3 maybe   | 1 maybe   | 1 maybe
429, plain text                 | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 429
… for ever                      | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 1 429
429, headers doubled            | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 429
… for ever                      | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 4 429     | 1 429
429, the operation's own        | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429
… for ever                      | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429     | 1 429
502 page, not done              | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 502?    | 2 ok      | 1 502?    | 1 502?
… for ever                      | 4 502?    | 4 502?    | 4 502?    | 4 502?    | 1 502?    | 4 maybe   | 1 502?    | 1 502?
502 page, done                  | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 502?    | 2 ok      | 1 502?    | 1 502?
… for ever                      | 4 502?    | 4 502?    | 4 502?    | 4 502?    | 1 502?    | 4 maybe   | 1 502?    | 1 502?
503 Retry-After, not done       | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 503?    | 2 ok      | 1 503?    | 1 503?
… for ever                      | 4 503?    | 4 503?    | 4 503?    | 4 503?    | 1 503?    | 4 maybe   | 1 503?    | 1 503?
503 Retry-After, done           | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 503?    | 2 ok      | 1 503?    | 1 503?
… for ever                      | 4 503?    | 4 503?    | 4 503?    | 4 503?    | 1 503?    | 4 maybe   | 1 503?    | 1 503?
503 of a busy server            | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 503
… for ever                      | 4 503     | 4 503     | 4 503     | 4 503     | 4 503     | 4 503     | 4 503     | 1 503
JSON cut off, head agrees       | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 unread  | 2 ok      | 1 unread  | 1 unread
… for ever                      | 4 unread  | 4 unread  | 4 unread  | 2 404?    | 1 unread  | 4 unread  | 1 unread  | 1 unread
200 page, not done              | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 unread  | 2 ok      | 1 unread  | 1 unread
… for ever                      | 4 unread  | 4 unread  | 4 unread  | 4 unread  | 1 unread  | 4 unread  | 1 unread  | 1 unread
200 page, done                  | 2 ok      | 2 ok      | 2 ok      | 2 404?    | 1 unread  | 2 ok      | 1 unread  | 1 unread
… for ever                      | 4 unread  | 4 unread  | 4 unread  | 4 unread  | 1 unread  | 4 unread  | 1 unread  | 1 unread
401 session expired             | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 2 ok      | 1 401
… for ever                      | 2 401     | 2 401     | 2 401     | 2 401     | 2 401     | 2 401     | 2 401     | 1 401
cookie pushed                   | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok
… for ever                      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok      | 1 ok
500 pending, not done           | 1 500?    | 1 500?    | 1 500?    | 1 500?    | 1 500?    | 2 ok      | 1 500?    | 1 500?
… for ever                      | 1 500?    | 1 500?    | 1 500?    | 1 500?    | 1 500?    | many maybe| 1 500?    | 1 500?
500 pending, done               |           |           |           |           |           | 2 ok      |           |
… for ever                      |           |           |           |           |           | many maybe|           |
500, the server's own           | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500
… for ever                      | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500     | 1 500
";
