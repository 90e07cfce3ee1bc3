-- Who is one person: the workspace's identity settings, as JSON text, checked before they are written. Null: the default.
alter table "workspace" add column "identity" text;
