use mm_core::Error;
use mm_core::api::users::GetUser;
use mm_core::types::{User, UserId};

use super::Client;

impl Client {
    /// The user whose token this is, asked from the server. Notes the own id.
    ///
    /// The way to find out early whether a token works.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); 401 if the token is not valid.
    pub async fn me(&self) -> Result<User, Error> {
        let generation = self.0.session.generation();
        let me = self.send(GetUser::me()).await?;
        self.0.session.belongs_to(me.id, generation);
        Ok(me)
    }

    /// The own id: the one that is noted, else asked from the server.
    ///
    /// # Errors
    ///
    /// As [`me`](Self::me).
    pub async fn own_id(&self) -> Result<UserId, Error> {
        match self.user_id() {
            Some(id) => Ok(id),
            None => Ok(self.me().await?.id),
        }
    }
}
