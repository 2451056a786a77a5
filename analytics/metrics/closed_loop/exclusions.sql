-- Which rule leaves a referral out; null where none does.
select * from mature_not_cancelled
