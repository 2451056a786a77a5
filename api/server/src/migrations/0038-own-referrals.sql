-- A clinician looks for their own referrals: what goes on and what ended lately, what moved last first, a page at a time. Whose each is stood in the
-- sealed state alone, so that it could only be found by opening all of them. The rows are filled when they are made anew (fold version 24).
alter table referral add column requester text;
alter table referral add column ended boolean not null default false;
create index referral_requester on referral (tenant, issuer, requester, updated_at desc, referral_id collate "C" desc) include (ended)
  where requester is not null;
