-- Tables of ours besides account and note, which are there already.
CREATE TABLE IF NOT EXISTS remembered (name VARCHAR(40) PRIMARY KEY, token VARCHAR(100) NOT NULL);
