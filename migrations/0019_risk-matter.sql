-- What a case is about besides a phenomenon (core/domain/risk/matter.ts), and what a person has confirmed of it (MR-13).
alter table risk_case rename column phenomenon to matter;
alter table risk_case add column matter_kind text not null default 'phenomenon';
alter table risk_case add column confirmed_users bigint;
