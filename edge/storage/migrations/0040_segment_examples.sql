-- People about whom a segment must be right, as JSON text, checked before it is written. Apart from the segment: what
-- is published to shards does not carry them.
create table "segmentExamples" (
  "segment" text not null primary key references "segment" ("id") on delete cascade,
  "workspace" text not null references "workspace" ("id") on delete cascade,
  "people" text not null
) strict;
