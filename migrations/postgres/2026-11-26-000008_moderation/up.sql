-- Whether a comment may be shown to the public: nobody has read it yet, or somebody has and decided. Until then it is hidden.
ALTER TABLE comments ADD COLUMN standing TEXT NOT NULL DEFAULT 'waiting' CHECK (standing IN ('waiting', 'approved', 'rejected'));
