-- An experience that presses on people like a message: weight, tags and what is shown instead once a cap is full, as
-- JSON text. Null: it does not.
alter table "experience" add column "touch" text;

-- 1: pages are told what people may still be sent.
alter table "source" add column "pressure" integer not null default 0;
