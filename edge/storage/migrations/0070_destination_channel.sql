-- On which channel the destination reaches people. Null: on none, as a tool that only keeps a list.
alter table "destination" add column "channel" text;
