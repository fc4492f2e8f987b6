mysqladmin -h "$away" create scratch
