#!/usr/bin/env bash
# Runs every test, on SQLite and on a PostgreSQL of its own, in Chromium, and with the programs of statisticians; installs
# first what they need and is missing.
# Arguments go to `cargo test`, for example: tests/run.sh --test suite store
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
die() { printf 'tests/run.sh: %s\n' "$*" >&2; exit 1; }

has_postgres() {
    local program
    for program in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
        if [[ -x $program && -x ${program%/*}/pg_ctl ]]; then return 0; fi
    done
    return 1
}

# Chromium brings no fonts; without one that has Vietnamese, pictures of the pages would show boxes.
has_font() {
    [[ -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ]] || [[ -n $(fc-list :lang=vi 2>/dev/null || true) ]]
}

packages=()
command -v cc >/dev/null || packages+=(gcc libc6-dev)
command -v make >/dev/null || packages+=(make)
has_postgres || packages+=(postgresql)
command -v chromium >/dev/null || packages+=(chromium)
command -v chromedriver >/dev/null || packages+=(chromium-driver)
command -v pdftotext >/dev/null || packages+=(poppler-utils)
has_font || packages+=(fonts-noto-core)
command -v pspp >/dev/null || packages+=(pspp)
command -v xmllint >/dev/null || packages+=(libxml2-utils)
command -v Rscript >/dev/null || packages+=(r-base-core)
for package in haven jsonlite survey; do
    Rscript -e "library($package)" &>/dev/null || packages+=("r-cran-$package")
done
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
command -v postfix >/dev/null || [[ -x /usr/sbin/postfix ]] || packages+=(postfix)
command -v saslpasswd2 >/dev/null || [[ -x /usr/sbin/saslpasswd2 ]] || packages+=(sasl2-bin libsasl2-modules)
command -v openssl >/dev/null || packages+=(openssl)
command -v faketime >/dev/null || packages+=(faketime)

if ((${#packages[@]} > 0)); then
    missing="these tests need the Debian packages: ${packages[*]}"
    command -v apt-get >/dev/null || die "$missing. Install their like on this system, then run this again."
    if ((EUID == 0)); then
        as_root=()
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo)
    else
        die "$missing. Installing needs root: run  sudo apt-get install ${packages[*]}  and then this again."
    fi
    say "Installing ${packages[*]} (only the programs; no server is left running)"
    export DEBIAN_FRONTEND=noninteractive
    # postgresql-common would otherwise make and start a server of its own.
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        "${as_root[@]}" mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    # The tests run a Postfix of their own. The package shall set none up, start none, and take no other's place
    # (--no-remove: a system has one mail server).
    if [[ " ${packages[*]} " == *" postfix "* ]]; then
        echo 'postfix postfix/main_mailer_type select No configuration' | "${as_root[@]}" debconf-set-selections
        if [[ ! -e /usr/sbin/policy-rc.d ]]; then
            printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
            "${as_root[@]}" chmod +x /usr/sbin/policy-rc.d
            trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
        fi
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" apt-get install -y -q --no-install-recommends --no-remove \
        -o Dpkg::Options::=--force-confold "${packages[@]}"
    [[ -z $(trap -p EXIT) ]] || { "${as_root[@]}" rm -f /usr/sbin/policy-rc.d; trap - EXIT; }
    has_postgres || die "PostgreSQL was installed, but initdb is neither on the path nor in /usr/lib/postgresql/*/bin."
fi

# Python's packages stand beside the build, where the tests look for them.
python="${CARGO_TARGET_DIR:-target}/python"
if ! cmp -s tests/requirements.txt "$python/requirements.txt"; then
    say "Installing the Python packages of tests/requirements.txt into $python"
    rm -rf "$python"
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check --requirement tests/requirements.txt
    cp tests/requirements.txt "$python/requirements.txt"
fi

command -v cargo >/dev/null || die "cargo is missing; install Rust from https://rustup.rs, then run this again."
say "Building and running the tests; a first build takes most of the time"
exec cargo test --locked "$@"
