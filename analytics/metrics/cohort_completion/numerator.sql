-- Seen within the days of the category, by anybody.
select * from denominator where is_attended
