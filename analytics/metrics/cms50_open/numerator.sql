-- Each with how far it is.
select * exclude (stage), stage as category from denominator
