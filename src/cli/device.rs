//! `sipas device`: enrolling tablets, phones of interviewers and computers for paper; what each has sent and what is missing.

use super::failure::Failure;
use super::format::{DocumentFormat, say_json};
use super::{Place, PublicUrl};
use crate::cli::output::{say, say_line};
use crate::domain::device::DeviceKind;
use crate::domain::quality::Device;
use crate::report::devices::{DevicesDocument, table};
use crate::report::print::for_terminal;
use crate::service::Service;
use crate::service::collect::CollectLimits;
use crate::service::devices::PAIRING_ENDS_AFTER;
use chrono::Utc;

/// What to do with devices.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Enrol a device: prints a code that pairs it, once
    Enrol {
        /// The desk it stands at
        #[arg(long)]
        desk: String,
        /// What it is for: kiosk, interviewer or entry
        #[arg(long, default_value = "kiosk", value_parser = kind)]
        kind: DeviceKind,
        /// What you call it
        #[arg(long, default_value = "")]
        label: String,
        #[command(flatten)]
        public: PublicUrl,
    },
    /// Every device: when it was last in touch, what waits on it, and what never came
    List {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: DocumentFormat,
    },
    /// Let a device send no more
    Revoke {
        /// Its code
        device: String,
    },
}

/// Does it.
pub(super) fn run(place: &Place, command: &Command) -> Result<(), Failure> {
    let service = Service::start(place.catalogue()?, place.store()?, CollectLimits::default())?;
    match command {
        Command::Enrol { desk, kind, label, public } => {
            let base = public.given()?;
            let made = service.enrol_device(&super::parse_desk(desk)?, *kind, label)?;
            say_line!("Thiết bị / device   {}", made.code);
            let (code, hours) = (made.pairing, PAIRING_ENDS_AFTER.num_hours());
            say_line!("Mã ghép / code      {code}   (dùng một lần, trong {hours} giờ / once, within {hours} h)");
            let Some(base) = base else {
                say_line!("Mở /kiosk trên thiết bị rồi nhập mã; có --public-url thì in cả mã QR.");
                say_line!("Open /kiosk on the device and type the code; with --public-url a QR is printed, too.");
                return Ok(());
            };
            let address = format!("{base}/kiosk?code={}", made.pairing);
            say_line!("Địa chỉ / address   {address}\n");
            say!("{}", for_terminal(&address).map_err(|error| Failure::message(error.to_string()))?);
        }
        Command::List { format } => {
            let document = DevicesDocument::at(&service.devices()?, Utc::now());
            match format {
                DocumentFormat::Table => say!("{}", table(&document)),
                DocumentFormat::Json => say_json(&document)?,
            }
        }
        Command::Revoke { device } => {
            let device = Device::parse(device).map_err(|fault| Failure::message(format!("{device:?} {fault}")))?;
            service.revoke_device(&device)?;
            say_line!("{device} may send no more; what is still on it can be exported and imported.");
        }
    }
    Ok(())
}

fn kind(word: &str) -> Result<DeviceKind, String> {
    DeviceKind::parse(word).ok_or_else(|| format!("it is one of {}", DeviceKind::listed()))
}
