#![allow(unused_imports)]

use mm_core::Endpoint;
use mm_core::types::{User, UserId};

#[derive(Endpoint)]
struct WithoutAttribute {
    user_id: UserId,
}

#[derive(Endpoint)]
#[endpoint(FETCH, "/api/v4/users/{user_id}", response = User)]
struct OfNoMethod {
    user_id: UserId,
}

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}", response = User)]
struct WithoutTheArgument {
    id: UserId,
}

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}")]
struct WithoutAnAnswer {
    user_id: UserId,
}

#[derive(Endpoint)]
#[endpoint(GET, "api/v4/users/{user_id}", response = User)]
struct WithoutASlash {
    user_id: UserId,
}

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}", response = User, retry = often)]
struct OfNoClass {
    user_id: UserId,
}

fn main() {}
