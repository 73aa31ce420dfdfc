//! Devices and keys: who is let in, and what each device has sent.

use super::Service;
use super::collect::CollectRefusal;
use crate::domain::access::{AccessKey, Key, Scope};
use crate::domain::device::{DeviceKind, DeviceReport, EnrolledDevice};
use crate::domain::ids::{AreaCode, Digest};
use crate::domain::quality::Device;
use crate::domain::receipt::{N_CODES, ReceiptCode};
use crate::store::devices::NewDevice;
use crate::store::{StoreError, access, devices};
use chrono::{TimeDelta, Utc};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

/// How long a one-time code may be used: long enough to carry it to a district by car.
pub const PAIRING_ENDS_AFTER: TimeDelta = TimeDelta::hours(72);

/// Letters of a device's name; none can be taken for another.
const NAME_LETTERS: &[u8] = b"34679ACDEFGHJKMNPQRTWXY";
const NAME_CHARS: usize = 5;

/// A device that may send, as the door knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Its name.
    pub code: Device,
    /// What it is for.
    pub kind: DeviceKind,
    /// Where it stands.
    pub desk: AreaCode,
}

/// What a new device is given.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Its name.
    pub code: Device,
    /// The one-time code, as it is typed or scanned. It reads like a receipt code, because it has to be typed just as well.
    pub pairing: ReceiptCode,
}

impl Service {
    /// Enrols a device at a desk. Its one-time code is told here and nowhere else.
    ///
    /// # Errors
    /// When there is no such desk, or the database does not answer. Blocks while the database works.
    pub fn enrol_device(&self, desk: &AreaCode, kind: DeviceKind, label: &str) -> Result<Enrolment, StoreError> {
        let mut random = rand::rng();
        let name: String = (0..NAME_CHARS)
            .filter_map(|_| NAME_LETTERS.get(random.random_range(0..NAME_LETTERS.len())).copied().map(char::from))
            .collect();
        let code = Device::parse(&name).map_err(|_| StoreError::corrupt("name of a device", &name))?;
        let number = random.random_range(0..N_CODES);
        let pairing = ReceiptCode::of_number(number).ok_or_else(|| StoreError::corrupt("one-time code", number))?;
        let now = Utc::now();
        let device = NewDevice {
            code: code.clone(),
            kind,
            desk: desk.clone(),
            label: label.to_owned(),
            enrolled: now,
            pairing: digest_of_pairing(pairing),
            pairing_ends: now + PAIRING_ENDS_AFTER,
        };
        self.store.with(|connection| devices::insert(connection, &device))?;
        Ok(Enrolment { code, pairing })
    }

    /// Gives the device with this one-time code its key; none when the code is wrong, used or out of date.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pair_device(&self, pairing: ReceiptCode) -> Result<Option<(Key, KnownDevice)>, CollectRefusal> {
        let key = Key::of_bytes(rand::rng().random());
        let (pairing, digest) = (digest_of_pairing(pairing), digest_of_key(&key));
        let paired = self.store.run(move |connection| devices::pair(connection, pairing, digest, Utc::now())).await;
        match paired {
            Ok(Some(_)) => Ok(self.directory.renewed().await?.device(&digest).map(|device| (key, device))),
            Ok(None) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The device with a key, if it may send.
    ///
    /// # Errors
    /// When the key is not known yet and the database does not answer.
    pub async fn device(&self, key: &Key) -> Result<Option<KnownDevice>, CollectRefusal> {
        let digest = digest_of_key(key);
        if let Some(known) = self.directory.now().device(&digest) {
            return Ok(Some(known));
        }
        Ok(self.directory.renewed().await?.device(&digest))
    }

    /// Notes what a device says of itself, and returns what is known of it then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sync_device(
        &self,
        device: &Device,
        report: DeviceReport,
    ) -> Result<Option<EnrolledDevice>, CollectRefusal> {
        let device = device.clone();
        let noted = self.store.run(move |connection| devices::note_report(connection, &device, &report)).await;
        noted.map_err(|error| unavailable(&error))
    }

    /// Every device, in the order they were enrolled. Blocks while the database works.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn devices(&self) -> Result<Vec<EnrolledDevice>, StoreError> {
        let all = self.store.with(devices::all)?;
        Ok(all.into_iter().map(|(device, _)| device).collect())
    }

    /// Lets a device send no more. Blocks while the database works.
    ///
    /// # Errors
    /// When there is no such device, or the database does not answer.
    pub fn revoke_device(&self, device: &Device) -> Result<(), StoreError> {
        self.store.with(|connection| devices::revoke(connection, device, Utc::now()))
    }

    /// Makes a key; it is told here and nowhere else. Blocks while the database works.
    ///
    /// # Errors
    /// When the name is in use, there is no such area, or the database does not answer.
    pub fn create_key(&self, name: &str, scope: Scope, area: Option<AreaCode>) -> Result<Key, StoreError> {
        let key = Key::of_bytes(rand::rng().random());
        let digest = digest_of_key(&key);
        let made = AccessKey { name: name.to_owned(), scope, area, digest, created: Utc::now(), revoked: None };
        self.store.with(|connection| access::insert(connection, &made))?;
        Ok(key)
    }

    /// Every key, in the order they were made. Blocks while the database works.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keys(&self) -> Result<Vec<AccessKey>, StoreError> {
        self.store.with(access::all)
    }

    /// Makes a key useless. Blocks while the database works.
    ///
    /// # Errors
    /// When there is no such key in use, or the database does not answer.
    pub fn revoke_key(&self, name: &str) -> Result<(), StoreError> {
        self.store.with(|connection| access::revoke(connection, name, Utc::now()))
    }

    /// Whether a key opens a scope at an area; with no area asked for, whether it opens it anywhere.
    ///
    /// # Errors
    /// When the key is not known yet and the database does not answer.
    pub async fn opens(&self, key: &Key, scope: Scope, area: Option<&AreaCode>) -> Result<bool, CollectRefusal> {
        let digest = digest_of_key(key);
        if self.directory.now().opens(&digest, scope, area) {
            return Ok(true);
        }
        Ok(self.directory.renewed().await?.opens(&digest, scope, area))
    }
}

/// SHA-256 of a key. It is random, so no slower digest is needed.
fn digest_of_key(key: &Key) -> Digest {
    Digest(Sha256::digest(key.as_bytes()).into())
}

/// SHA-256 of a one-time code, which is used once within three days and over the network only.
fn digest_of_pairing(pairing: ReceiptCode) -> Digest {
    Digest(Sha256::digest(format!("sipas pairing {pairing}")).into())
}

fn unavailable(error: &StoreError) -> CollectRefusal {
    tracing::error!(error = error as &dyn std::error::Error, "devices could not be read or written");
    CollectRefusal::Unavailable
}
