-- What people define in a workspace. Every row names its workspace; instants and durations are milliseconds; lists
-- and conditions are JSON text, checked before they are written.

-- `revision` grows with every change of what is published, in the change's own transaction. `settled` is the newest
-- revision that every shard works by: while it is behind, the sweeper publishes again.
create table "workspace" (
  "id" text not null primary key references "organization" ("id") on delete cascade,
  "shards" integer not null check ("shards" between 1 and 65536),
  "retention" integer not null,
  "timezone" text not null,
  "revision" integer not null default 0,
  "settled" integer not null default -1,
  "createdAt" integer not null
) strict;
create index "workspace_unsettled" on "workspace" ("id") where "settled" < "revision";

create table "source" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "name" text not null,
  "kind" text not null check ("kind" in ('browser', 'server')),
  "consent" text not null check ("consent" in ('opt-in', 'implied')),
  "tokenKeys" text not null,
  -- 1: the source that secret keys write to. One per workspace.
  "own" integer not null default 0,
  "createdAt" integer not null,
  "updatedAt" integer not null
) strict;
create index "source_workspace" on "source" ("workspace", "createdAt", "id");
create unique index "source_own" on "source" ("workspace") where "own" = 1;

-- Found by the SHA-256 (hex) of the key. Only a write key's text is kept: it stands in every page anyway.
create table "key" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "source" text not null references "source" ("id") on delete cascade,
  "kind" text not null check ("kind" in ('write', 'secret')),
  "name" text not null,
  "hash" text not null unique,
  "hint" text not null,
  "text" text check ("text" is null or "kind" = 'write'),
  "createdAt" integer not null
) strict;
create index "key_workspace" on "key" ("workspace", "kind", "createdAt", "id");
create index "key_source" on "key" ("source");

create table "segment" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "key" text not null,
  "name" text not null,
  "condition" text not null,
  "public" integer not null,
  -- Grows with each change of this segment.
  "version" integer not null,
  "createdAt" integer not null,
  "updatedAt" integer not null,
  unique ("workspace", "key")
) strict;
create index "segment_workspace" on "segment" ("workspace", "createdAt", "id");

create table "experience" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "key" text not null,
  "name" text not null,
  "placement" text not null,
  "segment" text references "segment" ("id"),
  "variations" text not null,
  "control" real not null,
  "priority" integer not null,
  "enabled" integer not null,
  "createdAt" integer not null,
  "updatedAt" integer not null,
  unique ("workspace", "key")
) strict;
create index "experience_workspace" on "experience" ("workspace", "createdAt", "id");
create index "experience_segment" on "experience" ("segment");

-- `secrets`: sealed with the workspace's key, newest first.
create table "destination" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "name" text not null,
  "kind" text not null check ("kind" in ('webhook')),
  "url" text not null,
  "purposes" text not null,
  "secrets" text not null,
  "enabled" integer not null,
  "createdAt" integer not null,
  "updatedAt" integer not null
) strict;
create index "destination_workspace" on "destination" ("workspace", "createdAt", "id");

create table "activation" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "name" text not null,
  "segment" text not null references "segment" ("id"),
  "exclude" text not null,
  "destinations" text not null,
  "on" text not null,
  "frequency" text not null check ("frequency" in ('every-time', 'once')),
  "enabled" integer not null,
  "createdAt" integer not null,
  "updatedAt" integer not null
) strict;
create index "activation_workspace" on "activation" ("workspace", "createdAt", "id");
create index "activation_segment" on "activation" ("segment");

-- Written in the transaction of the change it tells of; never changed afterwards.
create table "audit" (
  "id" text not null primary key,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "createdAt" integer not null,
  "actor" text not null,
  "action" text not null,
  "subject" text not null
) strict;
create index "audit_workspace" on "audit" ("workspace", "createdAt", "id");
