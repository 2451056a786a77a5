-- The Wilson score interval of a share, 95 % (Wilson 1927, J Am Stat Assoc 22:209; Brown, Cai, DasGupta 2001, Stat Sci 16:101).
-- It keeps its level where few are counted and where the share is near 0 or 1. z is the 0.975 quantile of the normal distribution.
create or replace temp macro z() as 1.959963984540054;
create or replace temp macro wilson_half(k, n) as z() * sqrt(k * (n - k) / n + z() ** 2 / 4) / (n + z() ** 2);
create or replace temp macro wilson_centre(k, n) as (k + z() ** 2 / 2) / (n + z() ** 2);
create or replace temp macro wilson_low(k, n) as if(k = 0, 0.0, greatest(0.0, wilson_centre(k, n) - wilson_half(k, n)));
create or replace temp macro wilson_high(k, n) as if(k = n, 1.0, least(1.0, wilson_centre(k, n) + wilson_half(k, n)));
create or replace temp macro share(k, n) as if(n = 0, null, k / n);
create or replace temp macro share_low(k, n) as if(n = 0, null, wilson_low(k, n));
create or replace temp macro share_high(k, n) as if(n = 0, null, wilson_high(k, n));
