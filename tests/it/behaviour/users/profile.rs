//! What is shown of a user, and the picture.

use mm_core::Part;
use mm_core::api::users::{
    GetDefaultProfileImage, GetProfileImage, GetUser, GetUserByEmail, GetUserByUsername, PatchUser,
    SetDefaultProfileImage, SetProfileImage,
};
use mm_core::types::UserId;

use super::{FORBIDDEN, INVALID_BODY, MISSING, error, nobody};

/// One black dot.
const PNG: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\
    \x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\x0a\x49\x44\x41\x54\x78\x9c\x63\
    \x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\
    \x82";

behaviour!(others_see_less_of_a_user_and_administrators_more, |t| {
    let own = t.bob.send(GetUser::me()).await?;
    assert!(!own.notify_props.is_empty() && own.last_password_update.is_set());
    let by_alice = t.alice.send(GetUser::new(t.bob.id)).await?;
    assert!(by_alice.notify_props.is_empty() && by_alice.last_password_update.is_unset());
    let by_admin = t.admin.send(GetUser::new(t.bob.id)).await?;
    assert!(!by_admin.notify_props.is_empty() && by_admin.last_password_update.is_unset());
    assert_eq!(t.alice.refused(GetUser::new(nobody())).await?, error(404, MISSING));
});

behaviour!(a_user_is_found_by_name_and_by_address, |t| {
    let bob = t.alice.send(GetUserByUsername::new(&t.bob.name)).await?;
    assert_eq!(bob.id, t.bob.id);
    let by_email = t.admin.send(GetUserByEmail::new(bob.email.to_uppercase())).await?;
    assert_eq!(by_email.id, t.bob.id);
    let nobody = format!("nobody{}", t.alice.name);
    let unknown = error(404, "app.user.get_by_username.app_error");
    assert_eq!(t.alice.refused(GetUserByUsername::new(&nobody)).await?, unknown);
    let upper = GetUserByUsername::new(t.bob.name.to_uppercase());
    assert_eq!(t.alice.refused(upper).await?, error(400, INVALID_BODY));
    let unknown = GetUserByEmail::new(format!("{nobody}@town.example"));
    assert_eq!(t.admin.refused(unknown).await?, error(404, MISSING));
    let bad = error(400, "api.context.invalid_url_param.app_error");
    assert_eq!(t.admin.refused(GetUserByEmail::new("no-address")).await?, bad);
});

behaviour!(a_user_without_a_picture_has_a_generated_one, |t| {
    let picture = async |op: GetProfileImage| -> Result<Vec<u8>, mm_core::BoxError> {
        let download = t.alice.send(op).await?;
        assert_eq!(download.content_type(), "image/png");
        Ok(http_body_util::BodyExt::collect(download.body).await?.to_bytes().to_vec())
    };
    let generated = picture(GetProfileImage::new(t.bob.id)).await?;
    assert!(generated.starts_with(b"\x89PNG"));
    t.bob.send(SetProfileImage::new(UserId::ME, Part::new("me.png", PNG))).await?;
    assert!(t.bob.send(GetUser::me()).await?.last_picture_update.is_set());
    assert_ne!(picture(GetProfileImage::new(t.bob.id)).await?, generated);
    let default = t.alice.send(GetDefaultProfileImage::new(t.bob.id)).await?;
    let default = http_body_util::BodyExt::collect(default.body).await?.to_bytes();
    assert_eq!(default, generated);
    t.bob.send(SetDefaultProfileImage::new(UserId::ME)).await?;
    assert_eq!(picture(GetProfileImage::new(t.bob.id)).await?, generated);
    assert!(t.bob.send(GetUser::me()).await?.last_picture_update.as_millis() < 0);
});

behaviour!(a_picture_is_set_by_its_user_and_has_to_be_one, |t| {
    let png = || Part::new("me.png", PNG);
    let refused = t.alice.refused(SetProfileImage::new(t.bob.id, png())).await?;
    assert_eq!(refused, error(403, FORBIDDEN));
    let none = SetProfileImage::new(UserId::ME, Part::new("me.txt", "no picture"));
    let id = "api.user.upload_profile_user.check_image_limits.app_error";
    assert_eq!(t.alice.refused(none).await?, error(400, id));
    t.admin.send(SetProfileImage::new(t.bob.id, png())).await?;
    let refused = t.alice.refused(SetDefaultProfileImage::new(t.bob.id)).await?;
    assert_eq!(refused, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(GetProfileImage::new(nobody())).await?, error(404, MISSING));
    assert_eq!(t.alice.refused(GetDefaultProfileImage::new(nobody())).await?, error(404, MISSING));
});

behaviour!(a_new_name_draws_a_new_picture_unless_one_was_set, |t| {
    t.bob.send(GetProfileImage::new(t.bob.id)).await?;
    let name = format!("renamed{}", t.alice.name);
    let renamed = t.bob.send(PatchUser::new(UserId::ME).username(name)).await?;
    assert!(renamed.last_picture_update.as_millis() < 0);
});
