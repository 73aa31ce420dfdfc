-- Inside, areas and rounds go by small numbers, because a hundred million answers refer to them; outside, by their
-- codes.
CREATE TABLE areas (
    id         INTEGER  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       TEXT     NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
    name       TEXT     NOT NULL,
    level      TEXT     NOT NULL CHECK (level IN ('ministry', 'province', 'department', 'district', 'commune', 'desk')),
    parent     INTEGER  REFERENCES areas (id) CHECK (parent <> id),
    focus      TEXT     NOT NULL,
    valid_from SMALLINT CHECK (valid_from BETWEEN 2000 AND 2100),
    valid_to   SMALLINT CHECK (valid_to BETWEEN 2000 AND 2100)
);

-- A version is frozen by the digest it had when a round first used it.
CREATE TABLE questionnaires (
    id      INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 65535),
    digest  BYTEA   NOT NULL CHECK (octet_length(digest) = 32),
    UNIQUE (name, version)
);

-- The state is which instants are there, so it cannot contradict them: none is a draft, and each needs the one before.
CREATE TABLE rounds (
    id            INTEGER   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          TEXT      NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
    questionnaire INTEGER   NOT NULL REFERENCES questionnaires (id),
    scheme        TEXT      NOT NULL CHECK (length(scheme) BETWEEN 1 AND 64),
    scheme_digest BYTEA     NOT NULL CHECK (octet_length(scheme_digest) = 32),
    area          INTEGER   NOT NULL REFERENCES areas (id),
    year          SMALLINT  NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    period_from   DATE      NOT NULL,
    period_to     DATE      NOT NULL CHECK (period_to >= period_from),
    mode          TEXT      NOT NULL CHECK (mode IN ('sampled', 'census', 'self-selected')),
    opened        TIMESTAMP,
    closed        TIMESTAMP CHECK (closed IS NULL OR opened IS NOT NULL),
    published     TIMESTAMP CHECK (published IS NULL OR closed IS NOT NULL)
);

-- The sampling frame. A response refers to its line here, so an answer outside the frame cannot be stored.
CREATE TABLE round_desks (
    round        INTEGER NOT NULL REFERENCES rounds (id),
    desk         INTEGER NOT NULL REFERENCES areas (id),
    stratum      INTEGER NOT NULL REFERENCES areas (id),
    transactions BIGINT  CHECK (transactions BETWEEN 0 AND 4294967295),
    drawn        BOOLEAN NOT NULL,
    PRIMARY KEY (round, desk)
);

-- One row. Its number goes up with every change to areas, rounds or frames, so a server sees with one small read
-- whether what it knows is still true.
CREATE TABLE directory (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    revision BIGINT  NOT NULL
);

INSERT INTO directory (only_row, revision) VALUES (1, 0);
