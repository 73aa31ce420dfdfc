//! A mail server of a test's own: Debian's Postfix with a folder, ports, certificates and a user of its own, gone when the
//! test process is, however that ends. The system's own mail service is never touched.

use super::is_root;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The user that may send, with domain.
pub(crate) const USER: &str = "cchc@tinh.test";
/// That user's password.
pub(crate) const PASSWORD: &str = "mật khẩu thử";
/// Who writes.
pub(crate) const SENDER: &str = "UBND tỉnh Thử Nghiệm <cchc@tinh.test>";

/// Starts the server, and stops it when its input ends, which the system sees to when the test process is gone.
const GUARD: &str = r#"
    trap '' INT TERM HUP
    chown postfix "$1/data" "$1/conf/sasl/sasldb2" && chown nobody "$1/mail" &&
    postfix -c "$1/conf" start >"$1/started" 2>&1 && echo ready || cat "$1/started"
    cat >/dev/null
    postfix -c "$1/conf" abort >/dev/null 2>&1
    rm -rf "$1"
"#;

/// Makes an authority and a certificate of it for `localhost`.
const CERTIFICATES: &str = r#"
    set -e; cd "$1"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=sipas test authority' -days 2
    openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost
    echo subjectAltName=DNS:localhost >names
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
    printf %s "$2" | saslpasswd2 -p -c -f conf/sasl/sasldb2 -u tinh.test cchc
"#;

/// Mail for these is answered 451 or 550 before its text, until [`Postfix::accept_everybody`].
const ACCESS: &str = "/^busy/ 451 4.2.1 Mailbox busy, try again later\n/^refused/ 550 5.1.1 No such mailbox\n";
/// Mail for this domain is taken, and comes back.
const TRANSPORT: &str = "/@gone\\.test$/ error:5.1.1 The mailbox is gone\n";

const MASTER: &str = "\
SUBMISSION inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
SMTPS inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
";

/// A message that was delivered.
pub(crate) struct Delivered {
    /// Whom it was for.
    pub(crate) to: String,
    /// Its Message-ID.
    pub(crate) message_id: String,
}

pub(crate) struct Postfix {
    folder: PathBuf,
    submission: u16,
    smtps: u16,
    /// Holds the guard's input.
    guard: Child,
}

impl Postfix {
    /// Starts a server.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("sipas-mail-").tempdir().unwrap().keep();
        // The server's own users look in.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        for part in ["conf/sasl", "queue", "data", "mail"] {
            std::fs::create_dir_all(folder.join(part)).unwrap();
        }
        let (submission, smtps) = (free_port(), free_port());
        write_settings(&folder, submission, smtps);
        let made =
            Command::new("/bin/sh").args(["-c", CERTIFICATES, "make"]).arg(&folder).arg(PASSWORD).output().unwrap();
        assert!(made.status.success(), "openssl or saslpasswd2: {}", String::from_utf8_lossy(&made.stderr));
        let mut guard = as_root("/bin/sh");
        guard.args(["-c", GUARD, "guard"]).arg(&folder).process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut guard = guard.spawn().unwrap();
        let mut answer = BufReader::new(guard.stdout.take().unwrap());
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        if line.trim() != "ready" {
            drop(guard.stdin.take());
            answer.read_to_string(&mut line).unwrap();
            panic!("Postfix did not start (tests/run.sh installs it): {line}");
        }
        Self { folder, submission, smtps, guard }
    }

    /// The arguments of `sipas` that send by STARTTLS.
    pub(crate) fn by_starttls(&self) -> Vec<String> {
        self.route("smtp", self.submission)
    }

    /// The arguments of `sipas` that send by TLS from the first byte.
    pub(crate) fn by_tls(&self) -> Vec<String> {
        self.route("smtps", self.smtps)
    }

    fn route(&self, scheme: &str, port: u16) -> Vec<String> {
        let server = format!("{scheme}://{}@localhost:{port}", USER.replace('@', "%40"));
        let authority = self.folder.join("ca.pem").display().to_string();
        let fixed = ["--mail-from", SENDER, "--mail-quiet", "none", "--mail-per-minute", "60000"].map(str::to_owned);
        [vec!["--mail".to_owned(), server, "--mail-ca".to_owned(), authority], fixed.to_vec()].concat()
    }

    /// Kills the server and everything it started at once, as a power cut would (SIGKILL).
    pub(crate) fn kill(&self) {
        let master = std::fs::read_to_string(self.folder.join("queue/pid/master.pid")).unwrap();
        let kill = format!("kill -KILL -{}", master.trim());
        assert!(as_root("/bin/sh").args(["-c", &kill]).status().unwrap().success(), "the server was not there");
    }

    /// Starts the server again after it was killed.
    pub(crate) fn start_again(&self) {
        self.command("start");
    }

    /// From now on nobody is refused.
    pub(crate) fn accept_everybody(&self) {
        std::fs::write(self.folder.join("conf/access"), "").unwrap();
        self.command("reload");
    }

    fn command(&self, command: &str) {
        let done = as_root("postfix").arg("-c").arg(self.folder.join("conf")).arg(command).output().unwrap();
        assert!(done.status.success(), "postfix {command}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Every message that was delivered to somebody's mailbox, when all that was taken is.
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        wait_until("all mail is delivered", || self.is_queue_empty());
        messages(&self.folder.join("mail/all"))
    }

    /// The sender's mailbox, to which mail comes back.
    pub(crate) fn returned(&self) -> PathBuf {
        wait_until("all mail is delivered", || self.is_queue_empty());
        self.folder.join("mail/sender")
    }

    fn is_queue_empty(&self) -> bool {
        let queue = ["incoming", "active", "deferred"].map(|part| self.folder.join("queue").join(part));
        queue.iter().all(|folder| n_waiting(folder) == 0)
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn write_settings(folder: &Path, submission: u16, smtps: u16) {
    let at = folder.display();
    let main = format!(
        "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\nmail_owner = postfix\n\
         setgid_group = postdrop\ncommand_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n\
         myhostname = mail.tinh.test\nmydestination =\nalias_maps =\ninet_interfaces = loopback-only\ninet_protocols = ipv4\n\
         virtual_mailbox_domains = tinh.test\nvirtual_mailbox_base = {at}/mail\n\
         virtual_mailbox_maps = inline:{{ {{ {USER} = sender/ }} }}, static:all/\n\
         virtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\nvirtual_minimum_uid = 1\n\
         transport_maps = regexp:{at}/conf/transport\nsmtpd_tls_cert_file = {at}/cert.pem\nsmtpd_tls_key_file = {at}/key.pem\n\
         smtpd_sasl_auth_enable = yes\nsmtpd_sasl_local_domain = tinh.test\nsmtpd_tls_auth_only = yes\n\
         smtpd_recipient_restrictions = check_recipient_access regexp:{at}/conf/access, permit_sasl_authenticated, reject\n\
         smtpd_client_connection_count_limit = 0\nsmtpd_reject_unlisted_recipient = no\nmaillog_file = {at}/log\nmaillog_file_prefixes = {at}\n"
    );
    let master = MASTER
        .replace("SUBMISSION", &format!("127.0.0.1:{submission}"))
        .replace("SMTPS", &format!("127.0.0.1:{smtps}"));
    let sasl = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {at}/conf/sasl/sasldb2\nmech_list: PLAIN LOGIN\n"
    );
    let files = [("main.cf", &*main), ("master.cf", &*master), ("sasl/smtpd.conf", &*sasl)];
    for (name, text) in files.into_iter().chain([("access", ACCESS), ("transport", TRANSPORT)]) {
        std::fs::write(folder.join("conf").join(name), text).unwrap();
    }
}

/// Only root may run Postfix.
fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The messages of a maildir.
fn messages(folder: &Path) -> Vec<Delivered> {
    let files = std::fs::read_dir(folder.join("new")).into_iter().flatten().flatten();
    let texts = files.map(|file| String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned());
    texts
        .map(|text| {
            let field = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_else(|| panic!("a message without {name}")).trim().to_owned()
            };
            Delivered { to: field("X-Original-To:"), message_id: field("Message-ID:") }
        })
        .collect()
}

/// Messages that wait below a folder. Postfix makes a queue file executable when all of it is there and acknowledged; what a
/// killed server was still writing is none.
fn n_waiting(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let counted = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => n_waiting(&entry.path()),
        Ok(found) => usize::from(found.permissions().mode() & 0o100 != 0),
        // It went on its way meanwhile.
        Err(_) => 0,
    });
    counted.sum()
}

/// Looks again and again until something holds.
pub(crate) fn wait_until(what: &str, holds: impl Fn() -> bool) {
    const LIMIT: Duration = Duration::from_secs(120);
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < LIMIT, "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
