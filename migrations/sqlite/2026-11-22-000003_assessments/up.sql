-- Points are ten-thousandths, so that sums stay exact. What was appraised as not applicable has no appraised points.
CREATE TABLE assessments (
    scheme         TEXT    NOT NULL CHECK (length(scheme) BETWEEN 1 AND 64),
    year           INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    unit           INTEGER NOT NULL REFERENCES areas (id),
    sub_criterion  TEXT    NOT NULL CHECK (length(sub_criterion) BETWEEN 1 AND 64),
    claimed        INTEGER,
    appraised      INTEGER,
    not_applicable INTEGER NOT NULL CHECK (not_applicable IN (0, 1)),
    note           TEXT    NOT NULL,
    PRIMARY KEY (scheme, year, unit, sub_criterion),
    CHECK (not_applicable = 0 OR appraised IS NULL)
) STRICT, WITHOUT ROWID;
