-- The lost ones, each in the one way and by the one cause.
select *, way_and_cause as category from denominator where way is not null
