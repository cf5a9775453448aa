-- A reopening takes the end of an installation back, and a completion ends its visits for good: what was reopened before is judged anew by the timers, in
-- their own small steps.
update ticket set next_check_at = updated_at
 where kind in ('install', 'fault') and not is_frozen and fold -> 'closedGaps' is not null;
