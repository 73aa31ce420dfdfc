//! Who is told of results: read from a sheet `address,role,unit[,language][,schedule][,pdf]`, added or removed one by one.
//! Whoever is there already is brought up to date and never doubled; a sheet removes nobody.

use super::refusal::FileRefusal;
use super::sheet::{Columns, Row, Sheet};
use crate::domain::area::AreaTree;
use crate::domain::fault::Fault;
use crate::domain::ids::AreaCode;
use crate::domain::recipient::{Address, KnownRecipient, Recipient, Role, Schedule};
use crate::domain::tongue::Tongue;
use crate::store::{self, Store, StoreError};
use chrono::Utc;
use std::collections::BTreeMap;

const COLUMNS: Columns<'_> =
    Columns { required: &["address", "role", "unit"], optional: &["language", "schedule", "pdf"] };

/// What became of recipients that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Recipients who were not there before.
    pub n_new: usize,
    /// Recipients who were there and changed.
    pub n_changed: usize,
    /// Recipients who were there just so.
    pub n_unchanged: usize,
}

/// Imports a sheet of recipients.
///
/// # Errors
/// Every fault of the sheet with its row; or the database failed. Then nothing is changed.
pub fn import(store: &Store, csv: &[u8]) -> Result<Taken, FileRefusal> {
    let tree = super::areas::tree(store)?;
    let read = read(csv, &tree)?;
    Ok(store.with(|connection| connection.transact(|connection| merge(connection, &read)))?)
}

/// Adds one recipient, or brings the one with the same address and unit up to date.
///
/// # Errors
/// When a recipient may not have what they shall get, there is no such unit, or the database failed.
pub fn add(store: &Store, recipient: &Recipient) -> Result<Taken, FileRefusal> {
    let faults: Vec<Fault> = not_allowed(recipient).map(|message| Fault::of_whole(TOO_EARLY, message)).collect();
    if !faults.is_empty() {
        return Err(FileRefusal::Faulty(faults));
    }
    let one = std::slice::from_ref(recipient);
    Ok(store.with(|connection| connection.transact(|connection| merge(connection, one)))?)
}

/// Everybody who is told of results.
///
/// # Errors
/// When the database does not answer.
pub fn all(store: &Store) -> Result<Vec<KnownRecipient>, StoreError> {
    store.with(store::recipients::all)
}

/// Whether anybody is told of results.
///
/// # Errors
/// When the database does not answer.
pub fn are_there(store: &Store) -> Result<bool, StoreError> {
    Ok(store.with(store::recipients::count)? > 0)
}

/// Erases a recipient's address; what waits for them is withheld.
///
/// # Errors
/// When there is none of this number, or the database does not answer.
pub fn remove(store: &Store, number: i32) -> Result<(), StoreError> {
    store.with(|connection| store::recipients::remove(connection, number, Utc::now()))
}

/// Reads a sheet of recipients.
///
/// # Errors
/// Every fault of every row: what cannot be read, units that are not there, and recipients that are there twice. No message
/// repeats an address.
pub fn read(csv: &[u8], tree: &AreaTree) -> Result<Vec<Recipient>, Vec<Fault>> {
    let sheet = Sheet::read(csv, COLUMNS)?;
    let (read, mut faults) = sheet.parse(|row| recipient(row, tree).map(|recipient| (row.number(), recipient)));
    let mut first_rows: BTreeMap<(String, AreaCode), usize> = BTreeMap::new();
    for (row, recipient) in &read {
        let first = *first_rows.entry(recipient.key()).or_insert(*row);
        if first != *row {
            let message = format!("the address is in row {first} for {} already; keep one", recipient.unit);
            faults.push(Fault::in_row(*row, "address", "duplicate-recipient", message));
        }
    }
    if faults.is_empty() {
        return Ok(read.into_iter().map(|(_, recipient)| recipient).collect());
    }
    faults.sort();
    Err(faults)
}

/// The code of a schedule that tells somebody more than they may know.
const TOO_EARLY: &str = "too-early";

fn recipient(row: Row<'_>, tree: &AreaTree) -> Result<Recipient, Vec<Fault>> {
    let mut faults = Vec::new();
    let address = row.read("address", "bad-address", Address::parse, &mut faults);
    let role = row.read("role", "unknown-role", role, &mut faults);
    let unit = row.read("unit", "unknown-unit", |code| unit(code, tree), &mut faults);
    let language = row.read_optional("language", "unknown-language", language, &mut faults);
    let schedule = row.read_optional("schedule", "bad-schedule", Schedule::parse, &mut faults);
    let with_pdf = row.read_yes_no("pdf", false, &mut faults);
    let (Some(address), Some(role), Some(unit)) = (address, role, unit) else { return Err(faults) };
    let recipient = Recipient {
        address,
        role,
        unit,
        language: language.unwrap_or(Tongue::Vietnamese),
        schedule: schedule.unwrap_or(Schedule { at_publication: true, rhythm: None }),
        with_pdf,
    };
    faults.extend(not_allowed(&recipient).map(|message| row.fault("schedule", TOO_EARLY, message)));
    if faults.is_empty() { Ok(recipient) } else { Err(faults) }
}

/// Why a recipient may not get what their schedule says.
fn not_allowed(recipient: &Recipient) -> impl Iterator<Item = String> {
    let is_early = recipient.schedule.rhythm.is_some() && !recipient.role.is_of_the_office();
    let message = format!("a {} gets published figures only; the schedule is at-publication", Role::Reader);
    is_early.then_some(message).into_iter()
}

fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| format!("{word:?} is no role; the roles are {}", Role::listed()))
}

fn language(word: &str) -> Result<Tongue, String> {
    Tongue::parse(word).ok_or_else(|| format!("{word:?} is no language of mail; it is {}", Tongue::listed()))
}

fn unit(code: &str, tree: &AreaTree) -> Result<AreaCode, String> {
    let code = AreaCode::parse(code).map_err(|fault| fault.to_string())?;
    match tree.get(&code) {
        Some(_) => Ok(code),
        None => Err(format!("there is no unit {code}; import it first with `sipas areas import`")),
    }
}

fn merge(connection: &mut store::Connection, read: &[Recipient]) -> Result<Taken, StoreError> {
    let mut taken = Taken::default();
    let known = store::recipients::all(connection)?;
    let known: BTreeMap<_, KnownRecipient> = known.into_iter().map(|known| (known.recipient.key(), known)).collect();
    let mut new = Vec::new();
    for recipient in read {
        match known.get(&recipient.key()) {
            None => new.push(recipient.clone()),
            Some(same) if same.recipient == *recipient => taken.n_unchanged += 1,
            Some(other) => {
                let changed = KnownRecipient { recipient: recipient.clone(), ..other.clone() };
                store::recipients::update(connection, &changed)?;
                taken.n_changed += 1;
            }
        }
    }
    store::recipients::insert(connection, &new)?;
    taken.n_new = new.len();
    Ok(taken)
}
