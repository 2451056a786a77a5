-- Each under the reason of its first denial: that is what there was to avoid.
select *, denial_reason as category from denominator
