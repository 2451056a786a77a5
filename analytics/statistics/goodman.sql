-- Simultaneous 95 % intervals of the shares of several categories of one whole (Goodman 1965, Technometrics 7:247): together they hold
-- in 95 of 100, however many categories are looked at and picked out. Each is Wilson's interval with the critical value of Bonferroni's
-- level 0.05 / categories. Two categories of which one is the rest are looked at as two.
-- Not Sison and Glaz 1995: shorter, and with the same width for every category, whatever its share.
-- upper_quantile: of the normal distribution, for a tail from 1e-11 to 0.075 (Wichura 1988, Appl Stat 37:477, algorithm AS 241).
create or replace temp macro upper_quantile_of(r) as
  (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258) * r
    + 3.64784832476320460504) * r + 5.76949722146069140550) * r + 4.63033784615654529590) * r + 1.42343711074968357734)
  / (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
    + 6.89767334985100004550e-1) * r + 1.67638483018380384940) * r + 2.05319162663775882187) * r + 1.0);
create or replace temp macro upper_quantile(tail) as upper_quantile_of(sqrt(-ln(tail)) - 1.6);
create or replace temp macro goodman_z(categories) as upper_quantile(0.05 / (2.0 * categories));
create or replace temp macro goodman_half(k, n, c) as c * sqrt(k * (n - k) / n + c ** 2 / 4) / (n + c ** 2);
create or replace temp macro goodman_centre(k, n, c) as (k + c ** 2 / 2) / (n + c ** 2);
create or replace temp macro goodman_low(k, n, c) as
  if(n = 0, null, if(k = 0, 0.0, greatest(0.0, goodman_centre(k, n, c) - goodman_half(k, n, c))));
create or replace temp macro goodman_high(k, n, c) as
  if(n = 0, null, if(k = n, 1.0, least(1.0, goodman_centre(k, n, c) + goodman_half(k, n, c))));
