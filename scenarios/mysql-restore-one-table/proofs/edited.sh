sed -i "s/^-- Dump completed/-- Dump completed in full/" server.sql
