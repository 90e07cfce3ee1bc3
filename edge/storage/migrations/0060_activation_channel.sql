-- 'best': people are told on the channel they are likeliest to react on. Null: on all.
alter table "activation" add column "channel" text;
