//! The list of devices, for a terminal and for programs.

use super::table::{Align, Table};
use crate::domain::device::{EnrolledDevice, Standing, ranges_text};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// A device that was not in touch for so long is marked: by then somebody should go and look.
const SILENT_AFTER: TimeDelta = TimeDelta::hours(24);

/// Whether a device in use was not in touch for a day.
#[must_use]
pub(super) fn is_silent(device: &EnrolledDevice, now: DateTime<Utc>) -> bool {
    let is_late = |synced: DateTime<Utc>| now.signed_duration_since(synced) > SILENT_AFTER;
    device.standing == Standing::Paired && device.report.as_ref().is_none_or(|report| is_late(report.synced))
}

/// Every device.
#[derive(Debug, Serialize)]
pub struct DevicesDocument {
    devices: Vec<DeviceShape>,
}

#[derive(Debug, Serialize)]
struct DeviceShape {
    device: String,
    kind: &'static str,
    desk: String,
    label: String,
    standing: &'static str,
    synced: Option<String>,
    arrived: u64,
    waiting: Option<u64>,
    aside: Option<u64>,
    /// Numbers that were given and neither came nor wait: `3-7 9`.
    missing: String,
    version: Option<String>,
    needs_a_look: bool,
}

impl DevicesDocument {
    /// The list at a moment.
    #[must_use]
    pub fn at(devices: &[EnrolledDevice], now: DateTime<Utc>) -> Self {
        Self { devices: devices.iter().map(|device| DeviceShape::at(device, now)).collect() }
    }
}

impl DeviceShape {
    fn at(device: &EnrolledDevice, now: DateTime<Utc>) -> Self {
        let (report, missing) = (device.report.as_ref(), ranges_text(&device.missing()));
        let is_silent = is_silent(device, now);
        Self {
            device: device.code.to_string(),
            kind: device.kind.code(),
            desk: device.desk.to_string(),
            label: device.label.clone(),
            standing: match device.standing {
                Standing::Awaited(_) => "awaited",
                Standing::Paired if is_silent => "silent",
                Standing::Paired => "in-use",
                Standing::Revoked(_) => "revoked",
            },
            synced: report.map(|report| report.synced.to_rfc3339()),
            arrived: device.arrived.count(),
            waiting: report.map(|report| report.waiting),
            aside: report.map(|report| report.aside),
            needs_a_look: is_silent || !missing.is_empty() || report.is_some_and(|report| report.aside > 0),
            missing,
            version: report.map(|report| report.version.clone()),
        }
    }
}

/// The list as a table; a device that somebody should look at is marked.
#[must_use]
pub fn table(document: &DevicesDocument) -> Table {
    let mut table = Table::new([
        ("", Align::Left),
        ("device", Align::Left),
        ("kind", Align::Left),
        ("desk", Align::Left),
        ("label", Align::Left),
        ("standing", Align::Left),
        ("last in touch", Align::Left),
        ("arrived", Align::Right),
        ("waiting", Align::Right),
        ("aside", Align::Right),
        ("missing", Align::Left),
        ("version", Align::Left),
    ]);
    for device in &document.devices {
        let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        table.row([
            if device.needs_a_look { "!" } else { "" }.to_owned(),
            device.device.clone(),
            device.kind.to_owned(),
            device.desk.clone(),
            device.label.clone(),
            device.standing.to_owned(),
            device.synced.clone().unwrap_or_default(),
            device.arrived.to_string(),
            count(device.waiting),
            count(device.aside),
            device.missing.clone(),
            device.version.clone().unwrap_or_default(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::{DeviceKind, DeviceReport, Numbers};
    use crate::domain::ids::AreaCode;
    use crate::domain::quality::Device;

    #[test]
    fn what_somebody_should_look_at_is_marked() {
        let now = "2026-03-31T10:00:00Z".parse::<DateTime<Utc>>().unwrap();
        let device = |standing, arrived: &str, report| EnrolledDevice {
            code: Device::parse("KQ7M2").unwrap(),
            kind: DeviceKind::Kiosk,
            desk: AreaCode::parse("K1").unwrap(),
            label: "Quầy 1".to_owned(),
            standing,
            arrived: Numbers::parse(arrived).unwrap(),
            report,
        };
        let said = |hours, waiting, aside| {
            let synced = now - TimeDelta::hours(hours);
            Some(DeviceReport { synced, assigned: 9, waiting, aside, version: "1".to_owned() })
        };
        let (paired, revoked) = (Standing::Paired, Standing::Revoked(now));
        let devices = [
            (device(paired, "1-9", said(24, 0, 0)), ("in-use", "", false)),
            (device(paired, "1-7", said(1, 2, 0)), ("in-use", "", false)),
            (device(paired, "1-2 5-7", said(1, 2, 0)), ("in-use", "3-4", true)),
            (device(paired, "1-9", said(1, 0, 1)), ("in-use", "", true)),
            (device(paired, "1-9", said(25, 0, 0)), ("silent", "", true)),
            (device(paired, "", None), ("silent", "", true)),
            (device(Standing::Awaited(now), "", None), ("awaited", "", false)),
            (device(revoked, "1-9", said(99, 0, 0)), ("revoked", "", false)),
            (device(revoked, "1-8", said(99, 0, 0)), ("revoked", "9", true)),
        ];
        for (device, expected) in devices {
            let shape = DeviceShape::at(&device, now);
            assert_eq!((shape.standing, shape.missing.as_str(), shape.needs_a_look), expected, "{device:?}");
            let document = DevicesDocument { devices: vec![shape] };
            assert_eq!(table(&document).to_string().contains('!'), expected.2);
        }
    }
}
