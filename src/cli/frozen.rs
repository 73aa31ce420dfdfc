//! Figures of a published round, as they were made public, to the byte; and the two ways to other ones: `--as-of` and `--anew`.

use super::Place;
use super::failure::Failure;
use crate::cli::output::say;
use crate::domain::ids::RoundCode;
use crate::domain::publication::AsOf;
use crate::domain::round::RoundPlan;
use crate::service::publish::{self, PublishRefusal};

/// Which publication is meant.
#[derive(clap::Args)]
pub(super) struct Which {
    /// As they were made public: by a revision, or at a day or an instant
    #[arg(long, value_name = "REVISION|INSTANT")]
    as_of: Option<String>,
}

impl Which {
    /// The publication that is named, if one is.
    pub(super) fn parsed(&self) -> Result<Option<AsOf>, Failure> {
        Ok(self.as_of.as_deref().map(AsOf::parse).transpose()?)
    }
}

/// Which figures are meant. Of a published round, those of its latest revision, unless something else is said.
#[derive(clap::Args)]
pub(super) struct Frozen {
    #[command(flatten)]
    as_of: Which,
    /// Compute them from what the database holds now, though the round is published
    #[arg(long, conflicts_with = "as_of")]
    anew: bool,
}

impl Frozen {
    /// Prints the frozen file that lies at `path`, if the figures that are meant are frozen; says whether they are.
    pub(super) fn print(
        &self,
        place: &Place,
        round: &RoundCode,
        path: impl FnOnce(&RoundPlan) -> Option<String>,
    ) -> Result<bool, Failure> {
        if self.anew {
            return Ok(false);
        }
        let as_of = self.as_of.parsed()?;
        let found = publish::answering(&place.store()?, round, as_of, path).map_err(|refusal| match refusal {
            PublishRefusal::NotTogether if as_of.is_none() => {
                Failure::message(format!("{refusal}; --anew computes them together from what the database holds now"))
            }
            other => other.into(),
        })?;
        let Some((publication, file)) = found else { return Ok(false) };
        if as_of.is_none() {
            eprintln!("Revision {}, as it was made public; --anew computes the figures again.", publication.revision);
        }
        let bytes = publish::unpacked(&file)?;
        say!("{}", String::from_utf8(bytes).map_err(|error| error.to_string())?);
        Ok(true)
    }
}
