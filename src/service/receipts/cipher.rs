//! The permutation between serial numbers and codes: a Feistel network on 32 bits whose round function is HMAC-SHA256,
//! walked until the result is a code (format-preserving encryption as in NIST SP 800-38G, with cycle walking after Black and
//! Rogaway 2002). Without the secret, a code says nothing of its neighbours.

use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::receipt::{N_CODES, ReceiptCode, ReceiptMonth, ReceiptPlace};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// As many as FF1 has.
const ROUNDS: u8 = 10;

/// The secret of all codes.
#[derive(Clone)]
pub(in crate::service) struct Cipher(Hmac<Sha256>);

impl Cipher {
    /// A cipher with this secret.
    pub(in crate::service) fn new(secret: &[u8; 32]) -> Self {
        Self(keyed(secret))
    }

    /// The codes of a desk in a month.
    pub(in crate::service) fn for_month(&self, round: &RoundCode, desk: &AreaCode, month: ReceiptMonth) -> OfMonth {
        let mut mac = self.0.clone();
        // Codes have no blanks, so the parts cannot run together.
        mac.update(format!("sipas receipt 1 {round} {desk} {month}").as_bytes());
        let key: [u8; 32] = mac.finalize().into_bytes().into();
        OfMonth(keyed(&key))
    }
}

/// HMAC with a key that is shorter than a block; the rest of the block is zero, as RFC 2104 has it.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(byte, given)| *byte = *given);
    Hmac::new(&block.into())
}

/// The codes of one round, desk and month.
pub(in crate::service) struct OfMonth(Hmac<Sha256>);

impl OfMonth {
    /// The code with a serial number.
    pub(in crate::service) fn code(&self, serial: u32) -> Option<ReceiptCode> {
        if serial >= ReceiptPlace::MAX_SERIALS {
            return None;
        }
        let mut number = self.forward(serial);
        while number >= N_CODES {
            number = self.forward(number);
        }
        ReceiptCode::of_number(number)
    }

    /// The serial number of a code, if it can be one of these.
    pub(in crate::service) fn serial(&self, code: ReceiptCode) -> Option<u32> {
        let mut number = self.backward(code.number());
        while number >= N_CODES {
            number = self.backward(number);
        }
        (number < ReceiptPlace::MAX_SERIALS).then_some(number)
    }

    fn forward(&self, number: u32) -> u32 {
        let (mut left, mut right) = ((number >> 16) as u16, number as u16);
        for round in 0..ROUNDS {
            (left, right) = (right, left ^ self.mixed(round, right));
        }
        u32::from(left) << 16 | u32::from(right)
    }

    fn backward(&self, number: u32) -> u32 {
        let (mut left, mut right) = ((number >> 16) as u16, number as u16);
        for round in (0..ROUNDS).rev() {
            (left, right) = (right ^ self.mixed(round, left), left);
        }
        u32::from(left) << 16 | u32::from(right)
    }

    fn mixed(&self, round: u8, half: u16) -> u16 {
        let [high, low] = half.to_be_bytes();
        let mut mac = self.0.clone();
        mac.update(&[round, high, low]);
        let bytes = mac.finalize().into_bytes();
        bytes.first_chunk::<2>().map_or(0, |two| u16::from_be_bytes(*two))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use std::collections::BTreeSet;

    #[test]
    fn serials_come_back_and_codes_are_all_different() {
        let cipher = Cipher::new(&[1; 32]);
        let (round, desk) = (RoundCode::parse("R").unwrap(), AreaCode::parse("K1").unwrap());
        let month = ReceiptMonth::of(NaiveDate::from_ymd_opt(2026, 11, 25).unwrap());
        let codes = cipher.for_month(&round, &desk, month);
        let issued: BTreeSet<ReceiptCode> = (0..2_000).map(|serial| codes.code(serial).unwrap()).collect();
        assert_eq!(issued.len(), 2_000);
        for serial in (0..2_000).chain([ReceiptPlace::MAX_SERIALS - 1]) {
            assert_eq!(codes.serial(codes.code(serial).unwrap()), Some(serial));
        }
        assert_eq!(codes.code(ReceiptPlace::MAX_SERIALS), None);
        // Of codes that were not issued, next to none looks like one that may have been: 2²⁰ of 23⁷, 1 in 3,247.
        let guesses = (0..20_000_u32).filter_map(|n| ReceiptCode::of_number(n.wrapping_mul(2_654_435_761) % N_CODES));
        let met = guesses.filter(|guess| codes.serial(*guess).is_some()).count();
        assert!(met < 30, "{met} of 20,000 guesses; 6 are expected");
        let other = Cipher::new(&[2; 32]).for_month(&round, &desk, month);
        assert_ne!(other.code(0), codes.code(0));
    }
}
