-- Who is told of results. The address is personal: it stands here and nowhere else, and is erased with the recipient. A
-- recipient whom mail does not reach gets none until somebody says otherwise.
CREATE TABLE recipients (
    id       INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address  TEXT    CHECK (length(address) BETWEEN 3 AND 254),
    role     TEXT    NOT NULL CHECK (role IN ('chair', 'head', 'official', 'reader')),
    unit     INTEGER NOT NULL REFERENCES areas (id),
    language TEXT    NOT NULL CHECK (language IN ('vi', 'en')),
    schedule TEXT    NOT NULL CHECK (length(schedule) BETWEEN 1 AND 64),
    with_pdf BOOLEAN NOT NULL,
    removed  TIMESTAMP,
    returned TIMESTAMP,
    CHECK ((address IS NULL) = (removed IS NOT NULL))
);
CREATE UNIQUE INDEX recipients_once ON recipients (lower(address), unit);

-- What a letter says, written when the first of its readers is about to get it, so that the others, and whoever is sent it
-- again, get the same to the byte. It holds what was published or was provisional on its day, and nobody's address.
CREATE TABLE letters (
    id       INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round    INTEGER NOT NULL REFERENCES rounds (id),
    edition  TEXT    NOT NULL CHECK (length(edition) BETWEEN 2 AND 16),
    unit     INTEGER NOT NULL REFERENCES areas (id),
    language TEXT    NOT NULL CHECK (language IN ('vi', 'en')),
    with_pdf BOOLEAN NOT NULL,
    subject  TEXT    NOT NULL,
    plain    TEXT    NOT NULL,
    html     TEXT    NOT NULL,
    UNIQUE (round, edition, unit, language, with_pdf)
);

-- The pictures in a letter, and what is attached to it.
CREATE TABLE letter_parts (
    letter    INTEGER NOT NULL REFERENCES letters (id),
    place     INTEGER NOT NULL CHECK (place >= 0),
    name      TEXT    NOT NULL,
    media     TEXT    NOT NULL,
    is_inline BOOLEAN NOT NULL,
    content   BYTEA   NOT NULL,
    PRIMARY KEY (letter, place)
);

-- Mail that waits or was settled: one row for each recipient and edition (a publication's revision, or a month or quarter),
-- so nobody is told twice. Whoever sends claims a row for a while by compare-and-set. `sending` is set before the first byte
-- of the text goes out; if the sender then dies, nobody knows whether the mail was taken, and the row becomes `uncertain`.
-- The token is the left side of the Message-ID; it never changes.
CREATE TABLE outbox (
    id            INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient     INTEGER NOT NULL REFERENCES recipients (id),
    round         INTEGER NOT NULL REFERENCES rounds (id),
    edition       TEXT    NOT NULL CHECK (length(edition) BETWEEN 2 AND 16),
    token         TEXT    NOT NULL UNIQUE CHECK (length(token) = 32),
    state         TEXT    NOT NULL CHECK (state IN
        ('queued', 'temporary', 'sending', 'sent', 'uncertain', 'refused', 'given-up', 'withheld', 'returned')),
    queued        TIMESTAMP NOT NULL,
    attempts      INTEGER NOT NULL CHECK (attempts >= 0),
    next_try      TIMESTAMP NOT NULL,
    claimed_by    TEXT    CHECK (length(claimed_by) = 32),
    claimed_until TIMESTAMP,
    settled       TIMESTAMP,
    reason        TEXT    NOT NULL,
    UNIQUE (recipient, round, edition)
);
CREATE INDEX outbox_due ON outbox (state, next_try);

-- Mail that came back, by the digest of the notice, so that reading a mailbox twice does no harm.
CREATE TABLE bounces (
    recipient INTEGER NOT NULL REFERENCES recipients (id),
    notice    BYTEA   NOT NULL CHECK (octet_length(notice) = 32),
    outbox    INTEGER REFERENCES outbox (id),
    noted     TIMESTAMP NOT NULL,
    is_final  BOOLEAN NOT NULL,
    reason    TEXT    NOT NULL,
    PRIMARY KEY (recipient, notice)
);
