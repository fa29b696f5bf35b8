#![allow(unused_imports)]

use mm_core::Endpoint;
use mm_core::types::{Patch, StatusOk, UserId};

#[derive(Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}", response = StatusOk)]
struct MissingInThePath {
    user_id: Option<UserId>,
}

#[derive(Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}", response = StatusOk)]
struct InTwoPlaces {
    user_id: UserId,
    #[endpoint(query, body)]
    name: String,
}

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}", response = StatusOk)]
struct NullInAQuery {
    user_id: UserId,
    name: Patch<String>,
}

#[derive(Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}", response = StatusOk)]
struct FlagOfText {
    user_id: UserId,
    #[endpoint(flag)]
    name: String,
}

#[derive(Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}", response = StatusOk)]
struct InNoPlace {
    user_id: UserId,
    #[endpoint(header)]
    name: String,
}

fn main() {}
