-- Points are ten-thousandths, so that sums stay exact. What was appraised as not applicable has no appraised points.
CREATE TABLE assessments (
    scheme         TEXT     NOT NULL CHECK (length(scheme) BETWEEN 1 AND 64),
    year           SMALLINT NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    unit           INTEGER  NOT NULL REFERENCES areas (id),
    sub_criterion  TEXT     NOT NULL CHECK (length(sub_criterion) BETWEEN 1 AND 64),
    claimed        BIGINT,
    appraised      BIGINT,
    not_applicable BOOLEAN  NOT NULL,
    note           TEXT     NOT NULL,
    PRIMARY KEY (scheme, year, unit, sub_criterion),
    CHECK (NOT not_applicable OR appraised IS NULL)
);
