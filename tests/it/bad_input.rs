//! Input and answers that are not as they should be, through the whole client: nothing is sent that cannot be
//! meant, and what is said about it helps and gives nothing away.

mod addresses;
mod answers;
mod arguments;
mod files;
mod secrets;
mod sizes;
