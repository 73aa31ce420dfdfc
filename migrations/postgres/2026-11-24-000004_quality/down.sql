ALTER TABLE responses DROP COLUMN flags;
