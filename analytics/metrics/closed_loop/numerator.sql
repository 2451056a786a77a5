-- Seen by a specialist who was asked, whose final note was received, linked and reviewed: the review is what closes it, within the window.
select * from denominator where is_closed
