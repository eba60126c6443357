CREATE INDEX ON books (title COLLATE "C" text_pattern_ops DESC);
