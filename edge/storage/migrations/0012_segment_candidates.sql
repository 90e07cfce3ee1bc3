-- A new version of a segment that is judged beside the one in force, as JSON text:
-- {id, condition, purposes, createdAt}. Null: there is none.
alter table "segment" add column "candidate" text;

-- Id of the candidate that the version in force was before it was switched to. Null: it was saved directly.
alter table "segment" add column "origin" text;
