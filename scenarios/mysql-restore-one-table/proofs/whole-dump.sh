mysql < server.sql
