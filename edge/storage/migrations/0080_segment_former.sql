-- What a direct change took the place of, as JSON text {segment, examples}: it comes back if the change is taken back
-- while it is still counted. `null` as JSON: nothing, the segment had never been counted to the end. Null: not known.
alter table "segment" add column "former" text;
