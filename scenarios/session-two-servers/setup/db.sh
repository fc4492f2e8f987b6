mysql < base.sql
