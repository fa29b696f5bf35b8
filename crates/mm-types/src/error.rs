//! The body of an answer that says no.

use std::fmt;

use mm_macros::model;

/// Why the server refused, in its own words.
#[model]
pub struct AppError {
    /// Stable name of the reason, such as `api.context.permissions.app_error`. Free text when a plugin refused a post,
    /// empty when the server hides its internal errors. Those that programs act upon are in [`error_id`](crate::error_id).
    pub id: String,
    /// For people, in the language of the request.
    pub message: String,
    /// For developers. Empty unless the server runs in developer mode.
    pub detailed_error: String,
    /// What to tell the administrator to look for in the log. Empty when the route does not exist.
    #[model(omit_empty)]
    pub request_id: String,
    /// Repeats the HTTP status. 0 when left out.
    #[model(omit_empty)]
    pub status_code: i64,
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = if self.id.is_empty() { "no id" } else { &self.id };
        write!(f, "{} ({id}", self.message)?;
        if !self.request_id.is_empty() {
            write!(f, ", request {}", self.request_id)?;
        }
        f.write_str(")")?;
        if !self.detailed_error.is_empty() {
            write!(f, ": {}", self.detailed_error)?;
        }
        Ok(())
    }
}

impl std::error::Error for AppError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_what_the_server_told() {
        let json = r#"{"id":"api.x","message":"No.","detailed_error":"because","request_id":"r1","status_code":403}"#;
        let error: AppError = serde_json::from_str(json).expect("an error");
        assert_eq!(error.to_string(), "No. (api.x, request r1): because");
        assert_eq!(serde_json::to_string(&error).expect("an object"), json);
        let hidden: AppError =
            serde_json::from_str(r#"{"id":"","message":"Internal Server Error"}"#).expect("ok");
        assert_eq!(hidden.to_string(), "Internal Server Error (no id)");
    }
}
