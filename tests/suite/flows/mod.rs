//! Whole ways through the program, by its own doors: the command line and HTTP.

mod client;
mod crowd;
mod exports;
mod kill;
mod mail;
mod oracle;
mod order;
mod publication;
mod quality;
mod ranks;
mod revisions;
mod two_servers;
