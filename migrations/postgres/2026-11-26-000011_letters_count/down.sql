ALTER TABLE letters DROP COLUMN answers;
