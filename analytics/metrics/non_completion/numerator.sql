-- Not seen within the window, by anybody.
select * from denominator where is_unseen
