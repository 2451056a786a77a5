-- What is open is counted and found by its referral without reading what is done: of the indexes over both, one in the order of the referrals
-- was read from end to end (npm run bench -- loop).
create index obligation_open on obligation (tenant, issuer, referral_id) where status = 'open';
