-- Seen within the window.
select * from denominator where is_attended
