//! Files on their way to a channel: a form in an order of its own, or one file as the body.

use bytes::Bytes;
use mm_core::{Args, Part};

use super::form::{self, Field};
use crate::Failure;
use crate::server::Call;

/// Reads an upload. Whoever has no form says in the query what the body is.
pub(crate) fn read(args: Args, call: &Call<'_>, boundary: Option<&str>) -> Result<Args, Failure> {
    if call.body.is_empty() {
        return Err(unreadable());
    }
    let mut query = Args::default().with_url_encoded(call.uri.query().unwrap_or_default());
    let mut text = |name| query.optional::<String>(name).ok().flatten().filter(|text| !text.is_empty());
    let channel = text("channel_id");
    match boundary {
        Some(boundary) => in_form(args, call.body, boundary, channel),
        None => {
            let channel = channel.ok_or_else(|| Failure::url_param("channel_id"))?;
            let file_name = text("filename").ok_or_else(|| Failure::url_param("filename"))?;
            let args = args.with_text("channel_id", channel);
            let args = text("client_id").into_iter().fold(args, |args, id| args.with_text("client_ids", id));
            Ok(args.with_part("files", Part::new(file_name, call.body.clone())))
        }
    }
}

/// First the channel, then names for the files, then the files. Without a channel before them the
/// files have to be called `files`, and everything may come in any order.
fn in_form(
    mut args: Args,
    body: &Bytes,
    boundary: &str,
    mut channel: Option<String>,
) -> Result<Args, Failure> {
    let fields = form::fields(body, boundary);
    let any_order = channel.is_none() && comes_first(&fields);
    let (mut names, mut files) = (0_usize, 0_usize);
    for field in fields {
        match (&field.file_name, field.name.as_str()) {
            (Some(_), name) if any_order && name != "files" => {}
            (Some(file_name), _) => {
                args = args.with_part("files", Part::new(file_name.clone(), field.content));
                files += 1;
            }
            (None, "channel_id") => {
                let id = field.text();
                if channel.as_ref().is_some_and(|known| *known != id) {
                    let message = "Unable to upload file(s). Multiple conflicting channel_ids.";
                    let id = "api.file.upload_file.multiple_channel_ids.app_error";
                    return Err(Failure::new(400, id, message));
                }
                channel = Some(id);
            }
            (None, "client_ids") if !any_order && files > 0 && names == 0 => {
                return Err(Failure::body_param("client_ids"));
            }
            (None, "client_ids") => {
                args = args.with_text("client_ids", field.text());
                names += 1;
            }
            (None, _) if any_order => {}
            (None, other) => return Err(Failure::body_param(other)),
        }
    }
    if names > 0 && files > names && !any_order {
        return Err(Failure::body_param("client_ids"));
    }
    if names > 0 && names != files {
        let message = format!("Unable to upload file(s). Have {names} client_ids for {files} files.");
        return Err(Failure::new(
            400,
            "api.file.upload_file.incorrect_number_of_client_ids.app_error",
            message,
        ));
    }
    match channel {
        Some(channel) => Ok(args.with_text("channel_id", channel)),
        None if any_order => Err(Failure::body_param("channel_id")),
        None => Ok(args.with_text("channel_id", "")),
    }
}

/// Whether a file comes before the channel.
fn comes_first(fields: &[Field]) -> bool {
    let first = fields.iter().find(|field| field.file_name.is_some() || field.name == "channel_id");
    first.is_some_and(|field| field.file_name.is_some())
}

fn unreadable() -> Failure {
    let message = "Unable to upload file(s). Error reading or parsing request data.";
    Failure::new(400, "api.file.upload_file.read_request.app_error", message)
}
