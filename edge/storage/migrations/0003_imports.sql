-- Files that were uploaded: which there are. How far each is stands in its own object.
create table "import" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "name" text not null,
  "createdAt" integer not null
) strict;
create index "import_workspace" on "import" ("workspace", "createdAt", "id");

-- Mappings to be used again, as JSON text, checked before they are written.
create table "importMapping" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "name" text not null,
  "mapping" text not null,
  "createdAt" integer not null,
  unique ("workspace", "name")
) strict;
create index "importMapping_workspace" on "importMapping" ("workspace", "createdAt", "id");
