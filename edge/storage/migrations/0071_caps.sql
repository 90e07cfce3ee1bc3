-- How often people may be reached. `window` is an ISO 8601 duration, `thresholds` a JSON list of segments with their own
-- `most`; without a channel or tag it counts all of them.
create table "cap" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "key" text not null,
  "name" text not null,
  "channel" text,
  "tag" text,
  "window" text not null,
  "most" real not null,
  "thresholds" text not null,
  "onSite" integer not null,
  "enabled" integer not null,
  "createdAt" integer not null,
  "updatedAt" integer not null,
  unique ("workspace", "key")
) strict;
create index "cap_workspace" on "cap" ("workspace", "createdAt", "id");

-- What it sends weighs, its tags, and whether caps are asked, as JSON text. Null: weight 1, no tags, they are.
alter table "activation" add column "touch" text;
