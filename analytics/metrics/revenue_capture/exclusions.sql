-- Which rule leaves a referral out; null where none does.
select * from kept_episode
