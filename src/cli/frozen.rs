//! `--as-of`: figures as they were made public, to the byte.

use super::Place;
use super::failure::Failure;
use crate::cli::output::say;
use crate::domain::ids::RoundCode;
use crate::domain::publication::AsOf;
use crate::domain::round::RoundPlan;
use crate::service::publish;

/// Which publication is meant.
#[derive(clap::Args)]
pub(super) struct Frozen {
    /// As they were made public: by a revision, or at a day or an instant
    #[arg(long, value_name = "REVISION|INSTANT")]
    as_of: Option<String>,
}

impl Frozen {
    /// The publication that is named, if one is.
    pub(super) fn as_of(&self) -> Result<Option<AsOf>, Failure> {
        Ok(self.as_of.as_deref().map(AsOf::parse).transpose()?)
    }

    /// Prints the frozen file that lies at `path`, if a publication is named; says whether it did.
    pub(super) fn print(
        &self,
        place: &Place,
        round: &RoundCode,
        path: impl FnOnce(&RoundPlan) -> Option<String>,
    ) -> Result<bool, Failure> {
        let Some(as_of) = self.as_of()? else { return Ok(false) };
        let Some((_, file)) = publish::answering(&place.store()?, round, Some(as_of), path)? else {
            return Ok(false);
        };
        let bytes = publish::unpacked(&file)?;
        say!("{}", String::from_utf8(bytes).map_err(|error| error.to_string())?);
        Ok(true)
    }
}
