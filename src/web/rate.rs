//! How often who may send. A service centre is one address for everybody in it, so a device is counted by its key and a
//! visitor, generously, by the part of the address that a whole office shares. Nothing of this is written anywhere.

use super::Site;
use super::problem::Problem;
use super::problem::catalogue::TOO_MANY;
use crate::domain::quality::Device;
use crate::service::devices::KnownDevice;
use actix_web::HttpRequest;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Senders remembered at most; beyond, counting begins anew, so that made-up addresses cannot fill the memory.
const MAX_SENDERS: usize = 100_000;
/// When to come back, in seconds: at these rates, a few are free again by then.
pub const RETRY_AFTER_S: u32 = 5;
/// Wrong receipt codes a minute from one place before the next ones have to be worked for; people mistype too.
const WRONG_CODES_PER_MINUTE: u32 = 60;
/// Bits of work asked for then: about a third of a second on a computer, so nobody is locked out and guessing does not pay.
pub const SUSPICION_BITS: u8 = 16;

/// Forms a minute from one place that come without the work that was asked for, as they do where no script runs: enough for
/// the few who have none, and no way around it.
const UNWORKED_PER_MINUTE: u32 = 6;
/// When to come back with such a form, in seconds: one is free again by then.
pub const UNWORKED_RETRY_AFTER_S: u32 = 60 / UNWORKED_PER_MINUTE;

/// How often one may send, in answers a minute; as many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// From one enrolled device: an outbox of a long day offline shall be empty soon.
    pub per_device: u32,
    /// From one address prefix, which may be a whole service centre.
    pub per_prefix: u32,
    /// Whether a proxy stands in front and says in X-Forwarded-For whom it speaks for. Without one, the header is anybody's
    /// invention, and a sender on this very machine is not limited.
    pub is_behind_proxy: bool,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { per_device: 1_200, per_prefix: 1_200, is_behind_proxy: false }
    }
}

/// Whom a count is kept of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sender {
    Device(Device),
    Prefix(IpAddr),
    WrongCodes(IpAddr),
    Unworked(IpAddr),
}

/// What is left to a sender, and when that was so.
#[derive(Clone, Copy)]
struct Allowance {
    left: f64,
    at: Instant,
}

/// The counts of this server.
#[derive(Default)]
pub struct Rates {
    allowances: Mutex<HashMap<Sender, Allowance>>,
}

impl Rates {
    /// Takes one from a sender's allowance of so many a minute; false if nothing is left.
    fn take(&self, sender: Sender, per_minute: u32, now: Instant) -> bool {
        let most = f64::from(per_minute);
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        if allowances.len() >= MAX_SENDERS && !allowances.contains_key(&sender) {
            allowances.clear();
        }
        let allowance = allowances.entry(sender).or_insert(Allowance { left: most, at: now });
        let grown = now.saturating_duration_since(allowance.at).as_secs_f64() * most / 60.0;
        *allowance = Allowance { left: (allowance.left + grown).min(most), at: now };
        let has_one = allowance.left >= 1.0;
        if has_one {
            allowance.left -= 1.0;
        }
        has_one
    }

    fn is_empty(&self, sender: &Sender) -> bool {
        let allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        allowances.get(sender).is_some_and(|allowance| allowance.left < 1.0 && allowance.at.elapsed().as_secs() < 60)
    }
}

/// Lets an answer pass, unless its sender sent too many.
///
/// # Errors
/// `too-many`.
pub fn admit(request: &HttpRequest, site: &Site, device: Option<&KnownDevice>) -> Result<(), Problem> {
    let limits = &site.counter.rates;
    let (sender, most) = match (device, prefix(request, limits)) {
        (Some(device), _) => (Sender::Device(device.code.clone()), limits.per_device),
        (None, Some(prefix)) => (Sender::Prefix(prefix), limits.per_prefix),
        (None, None) => return Ok(()),
    };
    match site.rates.take(sender, most, Instant::now()) {
        true => Ok(()),
        false => Err(Problem::of(&TOO_MANY).retry_after(RETRY_AFTER_S)),
    }
}

/// Lets a form pass that comes without the work that was asked for, unless its place sent too many of them.
///
/// # Errors
/// `too-many`.
pub fn admit_unworked(request: &HttpRequest, site: &Site) -> Result<(), Problem> {
    let Some(prefix) = prefix(request, &site.counter.rates) else { return Ok(()) };
    match site.rates.take(Sender::Unworked(prefix), UNWORKED_PER_MINUTE, Instant::now()) {
        true => Ok(()),
        false => Err(Problem::of(&TOO_MANY).retry_after(UNWORKED_RETRY_AFTER_S)),
    }
}

/// Notes that a receipt code was wrong.
pub fn note_wrong_code(request: &HttpRequest, site: &Site) {
    if let Some(prefix) = prefix(request, &site.counter.rates) {
        site.rates.take(Sender::WrongCodes(prefix), WRONG_CODES_PER_MINUTE, Instant::now());
    }
}

/// Whether so many wrong codes came from the sender's place of late that codes have to be worked for.
#[must_use]
pub fn is_suspicious(request: &HttpRequest, site: &Site) -> bool {
    prefix(request, &site.counter.rates).is_some_and(|prefix| site.rates.is_empty(&Sender::WrongCodes(prefix)))
}

/// The part of the sender's address that its office shares: 24 bits of IPv4, 48 of IPv6.
fn prefix(request: &HttpRequest, limits: &RateLimits) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !limits.is_behind_proxy {
        return (!peer.is_loopback()).then(|| shared_part(peer));
    }
    // The proxy in front wrote the last entry; those before it are what it was told.
    let told = request.headers().get_all("x-forwarded-for").last()?.to_str().ok()?;
    told.rsplit(',').next()?.trim().parse().ok().map(shared_part)
}

fn shared_part(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_allowance_is_used_up_and_grows_back() {
        let (rates, start) = (Rates::default(), Instant::now());
        let sender = || Sender::Prefix(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 0)));
        let take = |seconds: u64| rates.take(sender(), 60, start + Duration::from_secs(seconds));
        assert!((0..60).all(|_| take(0)) && !take(0));
        assert!(take(1) && !take(1), "one a second comes back");
        assert!((0..60).all(|_| take(3_600)) && !take(3_600), "and never more than all");
        assert!(
            rates.take(Sender::Prefix(IpAddr::V4(Ipv4Addr::new(203, 0, 114, 0))), 60, start),
            "others have their own"
        );
    }

    #[test]
    fn an_office_shares_its_prefix() {
        let shared = |text: &str| shared_part(text.parse().unwrap()).to_string();
        assert_eq!(shared("203.0.113.77"), "203.0.113.0");
        assert_eq!(shared("::ffff:203.0.113.77"), "203.0.113.0");
        assert_eq!(shared("2001:db8:7:1:2:3:4:5"), "2001:db8:7::");
    }
}
