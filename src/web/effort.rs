//! Proof of work, if the operator asks for it: a page spends some time on a number that fits its response's id, so that
//! whoever sends thousands spends hours. The id is stored once, so the proof needs no memory of its own here.

use super::problem::Problem;
use super::problem::catalogue::PROOF_MISSING;
use super::rate::SUSPICION_BITS;
use super::{Site, rate};
use crate::domain::ids::ResponseId;
use crate::service::devices::KnownDevice;
use actix_web::HttpRequest;
use sha2::{Digest as _, Sha256};

/// How many bits a response is asked for: none of an enrolled device; of one with a receipt code only where many wrong codes
/// came from; otherwise what the operator chose.
#[must_use]
pub fn asked(request: &HttpRequest, site: &Site, is_device: bool, has_receipt: bool) -> u8 {
    match (is_device, has_receipt) {
        (true, _) => 0,
        (false, true) if rate::is_suspicious(request, site) => SUSPICION_BITS,
        (false, true) => 0,
        (false, false) => site.counter.proof_bits,
    }
}

/// Lets a response pass that brings its proof of so many bits, if any is asked for.
///
/// # Errors
/// `proof-missing`, saying how many bits are asked for.
pub fn ask(bits: u8, id: &ResponseId, proof: Option<&str>) -> Result<(), Problem> {
    if bits == 0 || proof.is_some_and(|proof| n_zero_bits(id, proof) >= u32::from(bits)) {
        return Ok(());
    }
    Err(Problem::of(&PROOF_MISSING).saying(format!("{bits} zero bits are asked for")))
}

/// Lets a form pass, or says after how many seconds it may. It brings no proof, because no script may have run; where one is
/// asked for, few forms of one place pass, so that this is no way around it.
///
/// # Errors
/// Seconds to wait.
pub fn admit_form(
    request: &HttpRequest,
    site: &Site,
    device: Option<&KnownDevice>,
    has_receipt: bool,
) -> Result<(), u32> {
    rate::admit(request, site, device).map_err(|_| rate::RETRY_AFTER_S)?;
    match asked(request, site, device.is_some(), has_receipt) {
        0 => Ok(()),
        _ => rate::admit_unworked(request, site).map_err(|_| rate::UNWORKED_RETRY_AFTER_S),
    }
}

/// Zero bits that SHA-256 of `{id}:{proof}` begins with.
fn n_zero_bits(id: &ResponseId, proof: &str) -> u32 {
    let digest: [u8; 32] = Sha256::digest(format!("{id}:{proof}")).into();
    let (first, _) = digest.as_chunks::<8>();
    first.first().map_or(0, |word| u64::from_be_bytes(*word).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_fits_its_response_only() {
        let id = ResponseId::parse("7f0c2a52-6f1e-4a62-9a3a-0d1f7f0c2a52").unwrap();
        let proof = (0..).map(|n: u32| n.to_string()).find(|proof| n_zero_bits(&id, proof) >= 12).unwrap();
        let other = ResponseId::parse("8f0c2a52-6f1e-4a62-9a3a-0d1f7f0c2a52").unwrap();
        assert!(n_zero_bits(&id, &proof) >= 12 && n_zero_bits(&other, &proof) < 12);
    }
}
