mysql < schema.sql
