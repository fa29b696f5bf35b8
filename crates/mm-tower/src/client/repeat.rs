use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _};
use std::pin::Pin;

use http::Response;
use mm_core::types::UserId;
use mm_core::{Body, Delivery, EndpointInfo, Error, Sender, TransportError, TransportErrorKind};

use super::Client;

impl Client {
    /// What names a request. The own id is not asked for: nobody hits 128 random bits by chance.
    pub(super) fn sender(&self) -> Sender {
        let random = || u128::from(RandomState::new().build_hasher().finish());
        Sender::new(self.user_id(), (random() << 64) | random())
    }

    /// Hands an answer on if the earlier request, for whose repetition the server took this one, was not somebody else's.
    /// That can be only if the name was chosen by the caller.
    // Boxed, as it may send itself.
    pub(super) fn written_by_me(
        &self,
        info: &'static EndpointInfo,
        author: UserId,
        answer: Response<Body>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send + '_>> {
        Box::pin(async move {
            let me = match self.user_id() {
                Some(me) => me,
                None => self.own_id().await.map_err(|error| {
                    let error = TransportError::new(TransportErrorKind::Other, Delivery::MaybeSent)
                        .with_source(error);
                    Error::transport(info, error)
                })?,
            };
            if author == me { Ok(answer) } else { Err(Error::local(info.operation, FOREIGN)) }
        })
    }
}

const FOREIGN: &str = "the server took it for an earlier request of another user, who chose the same \
     `pending_post_id`, and did nothing; leave that out, or begin it with the own user id";

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use mm_core::ErrorKind;
    use mm_core::api::posts::CreatePost;
    use mm_core::types::Post;

    use super::*;
    use crate::testing::{Outcome, Script, answer, lost};

    const ME: &str = "yhwnfy5nzbn9jd5e9wtq7hmjpc";
    const CHANNEL: &str = "chchnfy5nzbn9jd5e9wtq7hmjp";

    type Names = Arc<Mutex<Vec<String>>>;

    /// Notes the names of posts; the answer to them gets the number of the request.
    fn client(posted: impl Fn(usize) -> Outcome + Send + Sync + 'static) -> (Client, Names) {
        let names = Names::default();
        let noted = Arc::clone(&names);
        let script = Script::answering(move |number, request| {
            if request.uri().path().ends_with("/users/me") {
                return answer(200, format!(r#"{{"id": "{ME}"}}"#));
            }
            let body = String::from_utf8_lossy(request.body().as_bytes().unwrap()).into_owned();
            let name = body.split("pending_post_id\":\"").nth(1).unwrap_or_default().split('"').next();
            noted.lock().unwrap().push(name.unwrap_or_default().to_owned());
            posted(number)
        });
        let client = Client::builder("https://a.example").unwrap().token("t").build(script);
        (client, names)
    }

    fn post() -> CreatePost {
        CreatePost::new(CHANNEL.parse::<mm_core::types::ChannelId>().unwrap(), "hello")
    }

    fn by(author: &str) -> Outcome {
        answer(201, format!(r#"{{"id": "{CHANNEL}", "user_id": "{author}", "pending_post_id": ""}}"#))
    }

    #[tokio::test(start_paused = true)]
    async fn every_post_has_a_name_of_its_own_which_its_tries_share() {
        let (client, names) = client(|number| if number % 2 == 0 { lost() } else { by(ME) });
        client.send(post()).await.unwrap();
        let _: Post = client.send_as(post()).await.unwrap();
        client.send_with_meta(post()).await.unwrap();
        client.send_raw(post()).await.unwrap();
        let names = names.lock().unwrap();
        let (pairs, rest) = names.as_chunks::<2>();
        assert!(
            (pairs.len(), rest.len()) == (4, 0) && pairs.iter().all(|[one, two]| one == two),
            "{names:?}"
        );
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert!(different.len() == 4 && names.iter().all(|name| name.len() == 32), "{names:?}");
    }

    #[tokio::test]
    async fn a_name_begins_with_the_own_id_where_it_is_known_unless_the_caller_has_chosen_one() {
        let (client, names) = client(|_| by(ME));
        client.me().await.unwrap();
        client.send(post()).await.unwrap();
        client.send(post().pending_post_id("mine")).await.unwrap();
        let names = names.lock().unwrap();
        assert!(names[0].starts_with(&format!("{ME}:")) && names[0].len() > 50, "{names:?}");
        assert_eq!(names[1], "mine");
    }

    #[tokio::test]
    async fn a_post_of_somebody_else_is_no_answer() {
        let (client, _) = client(|_| by("otherfy5nzbn9jd5e9wtq7hmjp"));
        // The name cannot be another's, and whose the post is nobody knows yet.
        client.send(post()).await.unwrap();
        let error = client.send(post().pending_post_id("1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSent);
        assert!(error.to_string().contains("leave that out"), "{error}");
        assert!(client.send_as::<Post>(post().pending_post_id("1")).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_been_posted_says_so_and_how_to_find_out() {
        let endings: [fn(usize) -> Outcome; 4] = [
            |_| lost(),
            |_| answer(502, ""),
            |number| if number == 0 { lost() } else { answer(403, r#"{"id": "x", "message": "no"}"#) },
            |_| answer(500, r#"{"id": "api.post.deduplicate_create_post.pending", "message": "wait"}"#),
        ];
        for ending in endings {
            let (client, _) = client(ending);
            let error = client.send(post()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::MaybeSent, "{error}");
            assert!(error.to_string().starts_with("CreatePost: "), "{error}");
            assert!(error.to_string().contains("; maybe posted: ask `recipes::find_posted`"), "{error}");
        }
        let (client, _) = client(|_| answer(403, r#"{"id": "x", "message": "no"}"#));
        let error = client.send(post()).await.unwrap_err();
        assert!(error.kind() == ErrorKind::Api && !error.to_string().contains("maybe"), "{error}");
    }
}
