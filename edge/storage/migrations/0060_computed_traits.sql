-- Traits that follow from what people do. `definition`: by what, as JSON text.
create table "computedTrait" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "key" text not null,
  "name" text not null,
  "definition" text not null,
  "createdAt" integer not null,
  "updatedAt" integer not null,
  unique ("workspace", "key")
) strict;
create index "computedTrait_workspace" on "computedTrait" ("workspace", "createdAt", "id");
