//! A made-up survey in a database: 33 five-point items, sex and age, 1,200 desks in 12 districts, answers of any number.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sipas::domain::channel::Channel;
use sipas::domain::ids::{AreaCode, Digest, ResponseId, RoundCode};
use sipas::domain::quality::Reasons;
use sipas::store::responses::{self, Intake, NewResponse};
use sipas::store::{DatabaseUrl, Store};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The round.
pub(crate) const ROUND: &str = "wide";
const N_ITEMS: usize = 33;
const N_DISTRICTS: usize = 12;
const DESKS_PER_DISTRICT: usize = 100;
/// Answers stored in one transaction.
const BATCH: usize = 5_000;

/// The survey's database and its questionnaire.
pub(crate) struct Survey {
    database: String,
    surveys: PathBuf,
}

impl Survey {
    /// Makes it in an empty database by the program's own commands, and stores the answers directly.
    pub(crate) fn write(folder: &Path, database: Option<&str>, n_answers: usize) -> Self {
        let fresh = || format!("sqlite:{}", folder.join("sipas.db").display());
        let database = database.map_or_else(fresh, str::to_owned);
        let url = DatabaseUrl::parse(&database).expect("a database's URL");
        let survey = Self { database, surveys: folder.join("surveys") };
        questionnaire(&survey.surveys);
        let (areas, frame) = (folder.join("areas.csv"), folder.join("frame.csv"));
        std::fs::write(&areas, areas_csv()).expect("the areas can be written");
        std::fs::write(&frame, frame_csv(n_answers)).expect("the frame can be written");
        survey.run(&["areas", "import", &areas.display().to_string()]);
        let plan = ["--questionnaire", "wide.v1", "--scheme", "demo-province", "--area", "P"];
        let kind = ["--year", "2025", "--mode", "sampled"];
        survey.run(&[&["round", "create", ROUND][..], &plan, &kind].concat());
        survey.run(&["round", "frame", ROUND, &frame.display().to_string()]);
        survey.run(&["round", "open", ROUND]);
        answers(&Store::open(&url).expect("the database opens"), n_answers);
        survey
    }

    /// The program, about to run on this survey.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
        command.env("DATABASE_URL", &self.database).env("SIPAS_SURVEYS", &self.surveys);
        command
    }

    fn run(&self, arguments: &[&str]) {
        let done = self.command().args(arguments).output().expect("the program starts");
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Desk by number.
fn desk(number: usize) -> String {
    format!("D{:02}-{:03}", number % N_DISTRICTS + 1, number / N_DISTRICTS + 1)
}

fn areas_csv() -> String {
    let mut areas = String::from("code,name,level,parent\nP,Tỉnh đo thử,province,\n");
    for district in 1..=N_DISTRICTS {
        writeln!(areas, "D{district:02},Huyện số {district},district,P").expect("a text grows");
    }
    for number in 0..N_DISTRICTS * DESKS_PER_DISTRICT {
        let code = desk(number);
        writeln!(areas, "{code},Bộ phận Một cửa {code},desk,{}", &code[..3]).expect("a text grows");
    }
    areas
}

/// Every second desk is drawn.
fn frame_csv(n_answers: usize) -> String {
    let transactions = n_answers / (N_DISTRICTS * DESKS_PER_DISTRICT / 2) * 12;
    let mut frame = String::from("desk,transactions,drawn\n");
    for number in 0..N_DISTRICTS * DESKS_PER_DISTRICT {
        let drawn = if is_drawn(number) { "yes" } else { "no" };
        writeln!(frame, "{},{},{drawn}", desk(number), transactions + number % 97).expect("a text grows");
    }
    frame
}

fn is_drawn(number: usize) -> bool {
    (number / N_DISTRICTS).is_multiple_of(2)
}

/// The built-in folder with one questionnaire more.
fn questionnaire(folder: &Path) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys"), folder);
    let mut items = String::new();
    let mut texts = String::new();
    for item in 1..=N_ITEMS {
        writeln!(items, "  {{ id = \"Q{item:02}\", element = \"E\", kind = \"five-point\" }},").expect("a text grows");
        writeln!(texts, "Q{item:02} = \"Nội dung số {item}\"").expect("a text grows");
    }
    let questionnaire = format!(
        "id = \"wide\"\nversion = 1\nstatus = \"synthetic\"\nsource = \"A measurement\"\nlanguages = [\"vi\"]\n\
         index_rule = \"top2_share\"\nroll_up = \"pooled_answers\"\naspects = [\"services\"]\n\
         elements = [{{ id = \"E\", aspect = \"services\" }}]\nitems = [\n{items}\
         {{ id = \"sex\", part = \"profile\", kind = \"single\", options = \"sex\" }},\n\
         {{ id = \"age\", part = \"profile\", kind = \"single\", options = \"age\" }},\n]\n\
         [options]\nsex = [\"female\", \"male\"]\nage = [\"18-24\", \"25-34\", \"35-49\", \"50-60\", \"over-60\"]\n"
    );
    let texts = format!(
        "status = \"synthetic\"\nsource = \"A measurement\"\ntitle = \"Phiếu đo thử\"\nintro = \"Không phải của ai.\"\n\
         [aspects]\nservices = \"Dịch vụ\"\n[elements]\nE = \"Yếu tố\"\n[items]\n{texts}sex = \"Giới tính\"\nage = \"Tuổi\"\n\
         [options.sex]\nfemale = \"Nữ\"\nmale = \"Nam\"\n[options.age]\n18-24 = \"18–24\"\n25-34 = \"25–34\"\n\
         35-49 = \"35–49\"\n50-60 = \"50–60\"\nover-60 = \"Trên 60\"\n"
    );
    std::fs::write(folder.join("questionnaires/wide.v1.toml"), questionnaire)
        .expect("the questionnaire can be written");
    std::fs::write(folder.join("texts/wide.v1.vi.toml"), texts).expect("the texts can be written");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

fn answers(store: &Store, n_answers: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(33);
    let drawn: Vec<AreaCode> = (0..N_DISTRICTS * DESKS_PER_DISTRICT)
        .filter(|number| is_drawn(*number))
        .map(|number| AreaCode::parse(&desk(number)).expect("a code"))
        .collect();
    let round = RoundCode::parse(ROUND).expect("a code");
    let received = "2025-03-10".parse().expect("a day");
    let mut answer = |number: usize| {
        let id: [u8; 16] = random.random();
        let desk = number % drawn.len();
        let mut packed: Vec<u8> = (0..N_ITEMS)
            .map(|item| match random.random_range(0..100) {
                0..3 => 0,
                _ if random.random_range(0..10) < 6 + (desk + item) % 4 => random.random_range(4..6),
                _ => random.random_range(1..4),
            })
            .collect();
        packed.extend([random.random_range(1..3), random.random_range(1..6)]);
        NewResponse {
            id: ResponseId::from_bytes(id),
            round: round.clone(),
            desk: drawn[desk].clone(),
            channel: if random.random_range(0..4) == 0 { Channel::Phone } else { Channel::Kiosk },
            digest: Digest([number as u8; 32]),
            received,
            packed,
            weight: None,
            flags: Reasons::NONE,
            comments: Vec::new(),
            receipt: None,
            arrival: None,
        }
    };
    for first in (0..n_answers).step_by(BATCH) {
        let batch: Vec<NewResponse> = (first..n_answers.min(first + BATCH)).map(&mut answer).collect();
        store
            .with(|connection| responses::insert_batch(connection, &batch, Intake::Open))
            .expect("the answers are stored");
    }
}
