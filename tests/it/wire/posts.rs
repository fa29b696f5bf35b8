mod list;
mod post;
