-- The last word was no, or it was no and another is awaited.
select * from denominator where is_denied
