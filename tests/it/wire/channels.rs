mod channel;
mod member;
