-- How many answers a letter tells of; none where that is hidden. Two letters can be subtracted, so one about the same unit waits
-- until enough answers came after the one before.
ALTER TABLE letters ADD COLUMN answers INTEGER CHECK (answers >= 0);
