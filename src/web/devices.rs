//! The door of enrolled devices: each says what it has, and hears what its desk asks and which of its answers never came.

use super::openapi::{Access, Both, Content, Gives, Group, Operation, Sent, Takes};
use super::problem::Problem;
use super::problem::catalogue::{DEVICE_UNKNOWN, FAULTY_QUERY, FAULTY_RESPONSE, MALFORMED_JSON, UNAVAILABLE};
use super::responses::RETRY_AFTER_FAULT_S;
use super::wire::{SentReport, SyncBody};
use super::{Site, credentials, guard, kiosk};
use crate::domain::device::DeviceKind;
use crate::domain::device::DeviceReport;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use schemars::SchemaGenerator;

/// `POST /v1/devices/sync`
pub const SYNC: Operation = Operation {
    id: "syncDevice",
    group: Group::Programs,
    does: Both {
        vi: "Thiết bị báo còn bao nhiêu phiếu, nghe phiếu nào chưa tới",
        en: "A device says what it has, and hears which of its answers never came",
    },
    access: Access::Device(&DeviceKind::ALL),
    parameters: &[],
    takes: Takes::Json(Sent {
        schema: SchemaGenerator::subschema_for::<SentReport>,
        example: r#"{"assigned":120,"waiting":3,"aside":0,"version":"1f0c2a526f1e"}"#,
    }),
    gives: &[Gives {
        status: 200,
        what: Both {
            vi: "Điểm tiếp nhận hỏi gì, số nào còn thiếu",
            en: "What the desk asks, and which numbers are missing",
        },
        content: &[Content::json::<SyncBody>()],
    }],
    refuses: &[&FAULTY_QUERY, &MALFORMED_JSON, &DEVICE_UNKNOWN, &FAULTY_RESPONSE, &UNAVAILABLE],
};

/// `POST /v1/devices/sync`: notes how many answers the device has given, has waiting and has aside.
///
/// # Errors
/// `device-unknown` without the key of a device that may send; every fault of the report.
pub async fn sync(request: HttpRequest, payload: Payload, site: Data<Site>) -> Result<HttpResponse, Problem> {
    guard::without_query(&request)?;
    let body = guard::body(&request, payload, "application/json", &site.limits).await?;
    let device = credentials::device(&request, &site).await?.ok_or_else(|| Problem::of(&DEVICE_UNKNOWN))?;
    let SentReport { assigned, waiting, aside, version } = SentReport::read(&body)?;
    let report = DeviceReport { synced: Utc::now(), assigned, waiting, aside, version };
    let unavailable = |_| Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_FAULT_S);
    let noted = site.service.sync_device(&device.code, report).await.map_err(unavailable)?;
    let noted = noted.ok_or_else(|| Problem::of(&DEVICE_UNKNOWN))?;
    let open = kiosk::open_at(&site, &device.desk).await?;
    Ok(HttpResponse::Ok().json(SyncBody {
        device: device.code.as_str(),
        desk: device.desk.as_str(),
        desk_name: open.as_ref().map_or(device.desk.as_str(), |open| open.desk_name.as_str()),
        kind: device.kind.code(),
        round: open.as_ref().map(|open| open.round.as_str()),
        questionnaire: open.as_ref().map(|open| open.questionnaire.reference.to_string()),
        idle_seconds: site.counter.idle_seconds,
        highest: noted.highest(),
        missing: noted.missing().into_iter().map(|range| [*range.start(), *range.end()]).collect(),
    }))
}
