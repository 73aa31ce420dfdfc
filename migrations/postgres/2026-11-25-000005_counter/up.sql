-- Whether an answer came with a receipt code (1) or as a walk-in (0). Which code it was is nowhere.
ALTER TABLE responses ADD COLUMN admission SMALLINT NOT NULL DEFAULT 0 CHECK (admission IN (0, 1));

-- Receipt codes as bits. No code is stored: a code is its number, enciphered with the key below, so a row holds how many
-- were issued and which of them are spent. Spending changes a bit in place: it leaves no time, no order and no row beside
-- the answer it admitted.
CREATE TABLE receipt_blocks (
    round  INTEGER NOT NULL,
    desk   INTEGER NOT NULL,
    month  INTEGER NOT NULL CHECK (month BETWEEN 200001 AND 210012),
    block  INTEGER NOT NULL CHECK (block >= 0),
    issued INTEGER NOT NULL CHECK (issued BETWEEN 0 AND 4096),
    spent  BYTEA   NOT NULL CHECK (octet_length(spent) = 512),
    PRIMARY KEY (round, desk, month, block),
    FOREIGN KEY (round, desk) REFERENCES round_desks (round, desk)
);

-- One row: what the codes are enciphered with.
CREATE TABLE receipt_key (
    only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
    secret   BYTEA   NOT NULL CHECK (octet_length(secret) = 32)
);

-- A device is enrolled with a one-time code and from then on known by a key; of both only digests are kept. `arrived` are
-- the numbers of its answers that came, as ranges: what is missing between them is lost or still on its way. No number
-- stands beside an answer.
CREATE TABLE devices (
    id           INTEGER   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
    kind         TEXT    NOT NULL CHECK (kind IN ('kiosk', 'interviewer', 'entry')),
    desk         INTEGER NOT NULL REFERENCES areas (id),
    label        TEXT    NOT NULL,
    enrolled     TIMESTAMP    NOT NULL,
    pairing      BYTEA   UNIQUE CHECK (octet_length(pairing) = 32),
    pairing_ends TIMESTAMP,
    key          BYTEA   UNIQUE CHECK (octet_length(key) = 32),
    revoked      TIMESTAMP,
    arrived      TEXT    NOT NULL,
    assigned     BIGINT  NOT NULL CHECK (assigned >= 0),
    waiting      BIGINT NOT NULL CHECK (waiting >= 0),
    aside        BIGINT NOT NULL CHECK (aside >= 0),
    version      TEXT    NOT NULL,
    synced       TIMESTAMP
);

-- What a program or a person without a device shows to be let in; of the key only its digest is kept.
CREATE TABLE access_keys (
    id      INTEGER   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    scope   TEXT    NOT NULL CHECK (scope IN ('receipts', 'operator')),
    area    INTEGER REFERENCES areas (id),
    key     BYTEA   NOT NULL UNIQUE CHECK (octet_length(key) = 32),
    created TIMESTAMP    NOT NULL,
    revoked TIMESTAMP
);
