mod account;
mod activity;
mod credentials;
mod list;
mod login;
mod profile;
mod session;
mod token;
