-- Never seen in time, or seen in time outside the network without a lawful choice; the one excludes the other.
select *, way_and_kind as category from denominator where way is not null
