//! Where an operation deliberately differs from the collected facts, and why.

/// Operation, aspect, `+` (ours alone) or `-` (the facts' alone), item, reason.
pub(super) const DIFFERENCES: &[(&str, &str, char, &str, &str)] = &[];

/// Operations that the facts do not list.
pub(super) const NOT_DESCRIBED: &[(&str, &str)] =
    &[("CheckUserMfa", "servers up to 5.x only; later ones answer 404")];
