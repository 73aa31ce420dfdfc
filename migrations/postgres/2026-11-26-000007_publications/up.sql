-- What was made public of a round, revision by revision. Nothing in here is ever changed: figures that turn out otherwise are
-- another revision. `changes` was worked out when the revision was made, `note` is the operator's own text. `data` is the digest
-- of the answers and scores that the figures were computed from, `digest` that of all files.
CREATE TABLE publications (
    id              INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round           INTEGER   NOT NULL REFERENCES rounds (id),
    revision        INTEGER   NOT NULL CHECK (revision >= 1),
    published       TIMESTAMP NOT NULL,
    note            TEXT      NOT NULL,
    changes         TEXT      NOT NULL,
    program_version TEXT      NOT NULL,
    data            BYTEA     NOT NULL CHECK (octet_length(data) = 32),
    digest          BYTEA     NOT NULL CHECK (octet_length(digest) = 32),
    UNIQUE (round, revision)
);

-- The files of a publication, each with the SHA-256 and the size of what is packed with gzip.
CREATE TABLE publication_files (
    publication INTEGER NOT NULL REFERENCES publications (id),
    path        TEXT    NOT NULL CHECK (length(path) BETWEEN 1 AND 255),
    media       TEXT    NOT NULL CHECK (length(media) BETWEEN 1 AND 127),
    size        BIGINT  NOT NULL CHECK (size >= 0),
    digest      BYTEA   NOT NULL CHECK (octet_length(digest) = 32),
    packed      BYTEA   NOT NULL,
    PRIMARY KEY (publication, path)
);

-- What came to a round after it was published: the file by its name and digest, and how many answers, or units with scores, it
-- brought. Their place is the next revision.
CREATE TABLE late_arrivals (
    id      INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round   INTEGER   NOT NULL REFERENCES rounds (id),
    kind    TEXT      NOT NULL CHECK (kind IN ('answers', 'scores')),
    file    TEXT      NOT NULL,
    digest  BYTEA     NOT NULL CHECK (octet_length(digest) = 32),
    n       BIGINT    NOT NULL CHECK (n >= 0),
    arrived TIMESTAMP NOT NULL
);
