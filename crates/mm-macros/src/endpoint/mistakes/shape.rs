#![allow(unused_imports)]

use mm_core::Endpoint;
use mm_core::types::StatusOk;

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/one", response = StatusOk)]
enum OneOfMany {
    First,
}

#[derive(Endpoint)]
#[endpoint(GET, "/api/v4/two", response = StatusOk)]
struct WithoutNames(String);

fn main() {}
