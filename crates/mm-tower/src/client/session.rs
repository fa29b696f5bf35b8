use mm_core::api::users::{GetUser, Login, Logout};
use mm_core::types::{User, UserId};
use mm_core::{Endpoint as _, Error};

use super::{Client, login};
use crate::SessionError;

impl Client {
    /// Opens a session, which this client and all its clones use from then on.
    ///
    /// If the account needs a one-time code, the error says so ([`Error::is_mfa_required`]): ask for one and call again with
    /// [`Login::mfa_code`].
    ///
    /// ```
    /// # use mm_tower::Client;
    /// use mm_tower::api::users::Login;
    ///
    /// # async fn example(client: Client, ask: impl Fn() -> String) -> Result<(), mm_tower::Error> {
    /// let login = Login::new("alice", "correct horse");
    /// let me = match client.log_in(login.clone()).await {
    ///     Err(error) if error.is_mfa_required() => client.log_in(login.mfa_code(ask())).await?,
    ///     other => other?,
    /// };
    /// assert_eq!(client.user_id(), Some(me.id));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). A client that has a token or a session already refuses: another user needs another
    /// client, and nobody becomes one by mistake.
    pub async fn log_in(&self, operation: Login) -> Result<User, Error> {
        let _one_at_a_time = self.0.login.lock().await;
        let local = |error: SessionError| Error::local(Login::INFO.operation, error);
        if self.0.session.has_token() {
            return Err(local(SessionError::LoggedIn));
        }
        let response = self.send_raw(operation).await?;
        let (user, token) = login::read(response)?;
        self.0.session.begin(&token, user.id).map_err(local)?;
        Ok(user)
    }

    /// Ends the session, on the server and here: from then on calls that need a token fail without being sent, until
    /// the next [`log_in`](Self::log_in). A personal access token stays valid on the server.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); the session then is as it was.
    pub async fn logout(&self) -> Result<(), Error> {
        let _one_at_a_time = self.0.login.lock().await;
        if self.0.session.has_token() {
            self.send(Logout::new()).await?;
            self.0.session.end();
        }
        Ok(())
    }

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

#[cfg(test)]
mod tests;
