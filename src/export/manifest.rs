//! What stands beside an exported file: what is in it, where it comes from, how to see that it is whole.

use super::Table;
use super::variable::{Category, Kind, Label, Role, Variable};
use crate::domain::index::table::Source;
use crate::domain::publication::Publication;
use crate::domain::quality::Answers;
use schemars::JsonSchema;
use serde::Serialize;

/// A manifest. It says nothing of the moment it was made, so the same data give the same one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Manifest {
    program: &'static str,
    program_version: &'static str,
    table: String,
    title: String,
    format: &'static str,
    media_type: &'static str,
    n_rows: u64,
    /// Of the whole file.
    bytes: u64,
    sha256: String,
    /// What was asked for, as it is typed.
    filters: Vec<String>,
    /// The publication whose answers these are; of whatever else, answers that came since are in it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<PublicationShape>,
    sources: Vec<SourceShape>,
    scheme: SchemeShape,
    /// Values of single rows that were withheld so that nobody can be found by them.
    n_withheld_cells: u64,
    /// Figures that were hidden.
    n_hidden_figures: u64,
    /// What is not confirmed, and what else must be said wherever the figures are used.
    warnings: Vec<String>,
    notes: Vec<LabelShape>,
    variables: Vec<VariableShape>,
}

/// What a manifest says of a table that is not in the table itself.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// What was asked for, as it is typed.
    pub filters: Vec<String>,
    /// The publication whose answers these are, if one was named.
    pub publication: Option<Publication>,
    /// The rounds.
    pub sources: Vec<Source>,
    /// Id, status and digest of the scheme.
    pub scheme: SchemeShape,
    /// Values of single rows that were withheld.
    pub n_withheld_cells: u64,
    /// Figures that were hidden.
    pub n_hidden_figures: u64,
    /// What must be said wherever the figures are used.
    pub warnings: Vec<String>,
}

/// A scheme, as far as figures depend on it.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "ManifestScheme")]
pub struct SchemeShape {
    /// Its id.
    pub id: String,
    /// How far it is confirmed.
    pub status: &'static str,
    /// SHA-256 of its file.
    pub digest: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ManifestPublication")]
struct PublicationShape {
    revision: u32,
    published: String,
    /// Of all its files.
    digest: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ManifestSource")]
struct SourceShape {
    round: String,
    mode: &'static str,
    state: &'static str,
    questionnaire: String,
    questionnaire_status: &'static str,
    questionnaire_digest: String,
    n_responses: u64,
    n_flagged: u64,
    without_flagged: bool,
    data_digest: String,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ManifestLabel")]
struct LabelShape {
    vi: String,
    en: String,
}

/// A variable, as a manifest and the metadata of a file describe it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ManifestVariable")]
pub(super) struct VariableShape {
    name: String,
    label: LabelShape,
    role: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<CategoryShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ManifestCategory")]
struct CategoryShape {
    code: i16,
    label: LabelShape,
    is_missing: bool,
}

impl Manifest {
    /// The manifest of a file that was written whole.
    #[must_use]
    pub fn new(table: &Table, from: &Provenance, format: super::format::Format, bytes: u64, sha256: String) -> Self {
        Self {
            program: "sipas",
            program_version: env!("CARGO_PKG_VERSION"),
            table: table.name.clone(),
            title: table.title.clone(),
            format: format.code(),
            media_type: format.media_type(),
            n_rows: table.n_rows,
            bytes,
            sha256,
            filters: from.filters.clone(),
            as_of: from.publication.as_ref().map(PublicationShape::from),
            sources: from.sources.iter().map(SourceShape::from).collect(),
            scheme: from.scheme.clone(),
            n_withheld_cells: from.n_withheld_cells,
            n_hidden_figures: from.n_hidden_figures,
            warnings: from.warnings.clone(),
            notes: table.notes.iter().map(LabelShape::from).collect(),
            variables: table.variables.iter().map(VariableShape::from).collect(),
        }
    }

    /// Rows in the file.
    #[must_use]
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Bytes of the file.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of the file, in hex digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What must be said wherever the figures are used.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// As JSON.
    ///
    /// # Errors
    /// Never in practice: all members can be written.
    pub fn to_json(&self) -> std::io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl From<&Publication> for PublicationShape {
    fn from(publication: &Publication) -> Self {
        Self {
            revision: publication.revision,
            published: publication.published.to_rfc3339(),
            digest: publication.digest.to_string(),
        }
    }
}

impl From<&Source> for SourceShape {
    fn from(source: &Source) -> Self {
        Self {
            round: source.round.to_string(),
            mode: source.mode.code(),
            state: source.state,
            questionnaire: source.questionnaire.to_string(),
            questionnaire_status: source.questionnaire_status.code(),
            questionnaire_digest: source.questionnaire_digest.to_string(),
            n_responses: source.n_responses,
            n_flagged: source.n_flagged,
            without_flagged: source.answers == Answers::Unflagged,
            data_digest: source.cut.to_string(),
        }
    }
}

impl From<&Label> for LabelShape {
    fn from(label: &Label) -> Self {
        Self { vi: label.vi.clone(), en: label.en.clone() }
    }
}

impl From<&Variable> for VariableShape {
    fn from(variable: &Variable) -> Self {
        let category = |category: &Category| CategoryShape {
            code: category.code,
            label: LabelShape::from(&category.label),
            is_missing: category.is_missing,
        };
        let (kind, categories) = match &variable.kind {
            Kind::Coded { categories, .. } => ("codes", categories.iter().map(category).collect()),
            Kind::Number { .. } => ("number", Vec::new()),
            Kind::Text { .. } => ("text", Vec::new()),
        };
        let role = match variable.role {
            Role::Key => "key",
            Role::Stratum => "stratum",
            Role::Psu => "psu",
            Role::Weight => "weight",
            Role::FirstStageSize => "fpc1",
            Role::SecondStageSize => "fpc2",
            Role::Profile => "profile",
            Role::Answer => "answer",
            Role::Flag => "flag",
            Role::Figure => "figure",
        };
        Self { name: variable.name.clone(), label: LabelShape::from(&variable.label), role, kind, categories }
    }
}
