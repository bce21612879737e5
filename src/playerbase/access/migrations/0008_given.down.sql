alter table access.credentials drop column is_given;
