-- Seen by that day, and not after the referral had ended otherwise.
select * from denominator where is_seen
