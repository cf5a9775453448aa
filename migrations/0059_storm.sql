-- Storm control (domain.md 7.4): more than ten new alerts of yellow or lower for one person in ten minutes are said together.

-- What one person was told singly by one channel of late, and from when on what waits is said in one message; null while no storm is on.
create table page_storm (
  target text not null,
  channel text not null,
  singles jsonb not null default '[]',
  next_at timestamptz,
  primary key (target, channel)
);

-- The delivery whose call says this one too. No reference: what was said stays said when the other alert's record is deleted.
alter table outbox add column carried_by uuid;
-- What is said instead of its own payload, for itself and for all that it carries.
alter table outbox add column together jsonb;
create index outbox_carried on outbox (carried_by) where carried_by is not null;
create index outbox_gather on outbox (target, channel, due_at) where state in ('queued', 'ambiguous') and not is_urgent and carried_by is null;

-- A delivery that is taken back, or given up without a verdict on its call, carries nobody any more: whoever waits with it is said anew, at once.
create function release_carried() returns trigger language plpgsql as $$
begin
  update outbox set carried_by = null, unconfirmed_calls = greatest(unconfirmed_calls, new.unconfirmed_calls),
         state = case when new.unconfirmed_calls > 0 then 'ambiguous' else 'queued' end
   where carried_by = new.delivery_id and state = 'queued';
  if found then
    update page_storm set next_at = least(next_at, new.due_at) where target = new.target and channel = new.channel;
  end if;
  return null;
end
$$;
create trigger outbox_released after update of state on outbox for each row
  when (new.together is not null and old.state is distinct from new.state and new.state in ('cancelled', 'failed')) execute function release_carried();

-- What carries and what is carried is part of the proof; rows of before have neither, and read as before.
create or replace function delivery_body(o outbox) returns jsonb language sql stable as $$
  select jsonb_build_object('runId', o.escalation_id, 'step', o.step, 'round', o.round, 'channel', o.channel, 'target', o.target, 'state', o.state, 'attempts', o.attempts,
    'unconfirmed', o.unconfirmed_calls, 'dueAt', extract(epoch from o.due_at) * 1000, 'sentAt', extract(epoch from o.sent_at) * 1000,
    'deliveredAt', extract(epoch from o.delivered_at) * 1000, 'readAt', extract(epoch from o.read_at) * 1000, 'linkUsedAt', extract(epoch from o.link_used_at) * 1000,
    'outcome', o.outcome, 'payload', encode(sha256(convert_to(o.payload::text, 'UTF8')), 'hex'))
    || case when o.carried_by is null then '{}' else jsonb_build_object('carriedBy', o.carried_by) end
    || case when o.together is null then '{}' else jsonb_build_object('together', encode(sha256(convert_to(o.together::text, 'UTF8')), 'hex')) end
$$;

-- What was sent in a period is counted (K-84).
create index outbox_sent on outbox (sent_at) where sent_at is not null;
