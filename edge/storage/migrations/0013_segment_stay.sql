-- ISO 8601 duration for which whoever enters stays. Null: no longer than the condition holds.
alter table "segment" add column "minimumStay" text;
