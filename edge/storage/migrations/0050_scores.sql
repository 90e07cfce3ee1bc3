-- How the workspace scores people, as JSON text. Null: the default.
alter table "workspace" add column "scores" text;

-- What was found of a workspace's customers together, newest version last. `facts` is what shards are told, `report`
-- what else was found, for people to read: both JSON text.
create table "population" (
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "version" integer not null,
  "at" integer not null,
  "facts" text not null,
  "report" text not null,
  primary key ("workspace", "version")
) strict;
