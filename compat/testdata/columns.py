"""Says where the models and the tables of the database at $DATABASE_URL differ, a line each."""

import sys

sys.path.insert(0, "python")

from pluggarr import orm

orm.load()

from django.apps import apps
from django.db import connection

# What introspection calls the types of the fields, where it does not call them by their own name.
SAME = {
    "BooleanField": {"SmallIntegerField"},
    "CharField": {"TextField", "SlugField"},
    "FileField": {"CharField", "TextField"},
    "ForeignKey": {"BigIntegerField", "IntegerField"},
    "IntegerField": {"BigIntegerField"},
    "OneToOneField": {"BigIntegerField"},
    "TextField": {"CharField"},
    "TimeZoneField": {"CharField"},
    "UUIDField": {"CharField"},
    "PositiveIntegerField": {"IntegerField"},
    "PositiveSmallIntegerField": {"SmallIntegerField"},
}
introspection = connection.introspection
with connection.cursor() as cursor:
    there = set(introspection.table_names(cursor))
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in there:
            print(f"{table}: the table is missing")
            continue
        columns = {c.name: c for c in introspection.get_table_description(cursor, table)}
        constraints = introspection.get_constraints(cursor, table).values()
        for field in model._meta.local_concrete_fields:
            column = columns.pop(field.column, None)
            if column is None:
                print(f"{table}.{field.column}: the column is missing")
                continue
            kind = field.get_internal_type()
            found = introspection.get_field_type(column.type_code, column)
            if field.primary_key:
                continue
            if found != kind and found not in SAME.get(kind, ()):
                print(f"{table}.{field.column}: a {kind}, and the column holds a {found}")
            if bool(column.null_ok) != field.null:
                print(f"{table}.{field.column}: null={field.null}, and the column has null={column.null_ok}")
            length = getattr(field, "max_length", None)
            if isinstance(column.display_size, int) and length and kind == found == "CharField" and column.display_size != length:
                print(f"{table}.{field.column}: at most {length}, and the column has {column.display_size}")
            if field.unique and not field.primary_key:
                if not any(c["unique"] and c["columns"] == [field.column] for c in constraints):
                    print(f"{table}.{field.column}: unique, and the column is not")
        for name in columns:
            print(f"{table}.{name}: the model lacks it")
        for names in model._meta.unique_together:
            wanted = {model._meta.get_field(name).column for name in names}
            if not any(c["unique"] and set(c["columns"]) == wanted for c in constraints):
                print(f"{table}: {names} are unique, and the columns are not")
print("done")
