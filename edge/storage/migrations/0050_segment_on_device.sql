-- 1: pages may judge it by themselves, and its condition is told to whoever asks.
alter table "segment" add column "onDevice" integer not null default 0;
