-- Whether the worker that holds the claim has begun its call: a claim that runs out before is no call of which nobody knows (design.md invariant 8).
alter table outbox add column call_begun boolean not null default false;
-- What is being called while this is put in may have been called.
update outbox set call_begun = true where state = 'sending';
