-- Where an event stands. 0: waits for its consumers. 1: all of them have heard it. 2: handed over to a job, which
-- keeps a position for each consumer; so stand all events of before, whose jobs are there or are done.
alter table person_events add column state smallint not null default 2;
alter table post_events add column state smallint not null default 2;

-- Few: what is not delivered yet.
create index person_events_undelivered on person_events (person_id, seq, state) where state <> 1;
create index post_events_undelivered on post_events (post_id, seq, state) where state <> 1;
