//! A PostgreSQL of the test run's own: started by the first test that needs it, gone when the process is, however it
//! ends.

use super::is_root;
use diesel::PgConnection;
use diesel::connection::{Connection as _, SimpleConnection};
use sipas::store::{DatabaseUrl, Store};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// The shell that owns the server: it waits for the end of its input, which the system closes when the test process
/// ends in whatever way, then stops the server and removes its folder. `SIPAS_TEST_FSYNC=off` makes slow disks
/// bearable; what is tested is the same, as no test cuts the power.
const GUARD: &str = r#"
    trap '' INT TERM HUP
    "$1/initdb" -D "$2/data" -A trust -U postgres -E UTF8 --locale=C --no-sync </dev/null >"$2/log" 2>&1 &&
    "$1/pg_ctl" -D "$2/data" -l "$2/log" -w start </dev/null >/dev/null 2>&1 -o \
        "-k $2 -c listen_addresses='' -c max_connections=300 -c fsync=$3" && echo ready || cat "$2/log"
    cat >/dev/null
    "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$2"
"#;

const TEMPLATE: &str = "sipas_template";

pub(crate) struct Cluster {
    folder: PathBuf,
    /// Holds the guard's input, which the end of this process closes.
    _guard: Child,
    /// One copy of the template at a time.
    admin: Mutex<PgConnection>,
    n_databases: AtomicU32,
}

pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("sipas-pg-").tempdir().unwrap().keep();
        let fsync = std::env::var("SIPAS_TEST_FSYNC").unwrap_or_else(|_| "on".to_owned());
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "guard"]).arg(programs()).arg(&folder).arg(fsync).current_dir(&folder);
        // A Ctrl-C for the tests must reach the guard as the end of its input, not as a signal of its own.
        guard.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        if is_root() {
            let (user, group) = user_postgres();
            chown(&folder, Some(user), Some(group)).unwrap();
            guard.uid(user).gid(group);
        }
        let mut guard = guard.spawn().unwrap();
        let mut answer = BufReader::new(guard.stdout.take().unwrap());
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        if line.trim() != "ready" {
            drop(guard.stdin.take());
            answer.read_to_string(&mut line).unwrap();
            guard.wait().unwrap();
            panic!("PostgreSQL did not start: {line}");
        }
        let template = url(&folder, TEMPLATE);
        let mut admin = PgConnection::establish(&url(&folder, "postgres")).unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {TEMPLATE}")).unwrap();
        drop(Store::open(&DatabaseUrl::Postgres(template)).unwrap());
        Self { folder, _guard: guard, admin: Mutex::new(admin), n_databases: AtomicU32::new(0) }
    }

    pub(crate) fn fresh_database(&self) -> DatabaseUrl {
        let name = format!("test_{}", self.n_databases.fetch_add(1, Ordering::Relaxed));
        let mut admin = self.admin.lock().unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).unwrap();
        DatabaseUrl::Postgres(url(&self.folder, &name))
    }
}

fn url(folder: &Path, database: &str) -> String {
    format!("postgres:///{database}?host={}&user=postgres", folder.display())
}

/// The folder of `initdb` and `pg_ctl`: on the path, or where Debian puts them, the latest version first.
fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut of_debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.filter_map(|version| Some(version.ok()?.path().join("bin"))).collect())
        .unwrap_or_default();
    of_debian.sort();
    of_debian.reverse();
    of_debian
        .into_iter()
        .chain(std::env::split_paths(&on_path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
        .expect("these tests need PostgreSQL's initdb and pg_ctl; tests/run.sh installs them")
}

/// Root may not run PostgreSQL; the package's own user does.
fn user_postgres() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user named postgres");
    let numbers: Vec<u32> = line.split(':').skip(2).take(2).map(|number| number.parse().unwrap()).collect();
    (numbers[0], numbers[1])
}
