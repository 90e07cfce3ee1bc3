-- The workspace's rules of consent, as JSON text. Null: the default.
alter table "workspace" add column "consent" text;

-- Events that a source collects for another purpose than analytics: a JSON list of {event, purpose}.
alter table "source" add column "purposes" text not null default '[]';

-- What an event must have been consented to for to count in a segment: a JSON list.
alter table "segment" add column "purposes" text not null default '[]';
