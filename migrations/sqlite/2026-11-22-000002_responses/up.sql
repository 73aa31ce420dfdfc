-- Kept by round and then in the order of the random id, not of arrival: where a row lies must not say when it came, and
-- so from whom. `received` is a day, for the same reason. The order is also the one a round is read in, so there is no
-- other index to keep: one more would cost every answer a page to write.
CREATE TABLE responses (
    round    INTEGER NOT NULL,
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    desk     INTEGER NOT NULL,
    channel  INTEGER NOT NULL CHECK (channel BETWEEN 1 AND 5),
    digest   BLOB    NOT NULL CHECK (length(digest) = 32),
    received TEXT    NOT NULL,
    packed   BLOB    NOT NULL,
    weight   REAL    CHECK (weight > 0 AND weight < 9e999),
    PRIMARY KEY (round, id),
    FOREIGN KEY (round, desk) REFERENCES round_desks (round, desk)
) STRICT, WITHOUT ROWID;

-- Free text has its own retention, so it is kept apart and can go without touching an answer.
CREATE TABLE comments (
    round    INTEGER NOT NULL,
    response BLOB    NOT NULL,
    item     TEXT    NOT NULL CHECK (length(item) BETWEEN 1 AND 64),
    body     TEXT    NOT NULL,
    PRIMARY KEY (round, response, item),
    FOREIGN KEY (round, response) REFERENCES responses (round, id)
) STRICT, WITHOUT ROWID;
