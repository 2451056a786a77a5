-- The interval of a mean, 95 %: Student's, mean ± t · s / √n. From sums, so that a tally that is added up gives it.
-- t is the 0.975 quantile with df degrees of freedom by the expansion of Cornish and Fisher around the normal quantile (Fisher, Cornish 1960,
-- Technometrics 2:209; Abramowitz, Stegun 1964, 26.7.5): from 4 degrees on within 0.1 % of the tables, which the tests look up.
-- Of fewer than five nothing is said.
create or replace temp macro t_expansion(x, df) as
  x
    + (x ** 3 + x) / (4 * df)
    + (5 * x ** 5 + 16 * x ** 3 + 3 * x) / (96 * df ** 2)
    + (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / (384 * df ** 3)
    + (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / (92160 * df ** 4);
create or replace temp macro t_quantile(df) as t_expansion(z()::double, df);
create or replace temp macro fewest_for_mean() as 5;
-- Half of the interval, from the sample's variance.
create or replace temp macro mean_half(variance, n) as t_quantile(n - 1) * sqrt(variance / n);
-- The sample's variance from the sum of whole numbers and the sum of their squares.
create or replace temp macro variance_of(total_of, squares, n) as (n::double * squares - total_of::double * total_of) / (n::double * (n - 1));
-- The mean of a tally; nothing where there are too few. What is counted is never below zero, and neither is the interval.
create or replace temp macro mean_of(total_of, n) as if(n < fewest_for_mean(), null, total_of / n);
create or replace temp macro mean_low(total_of, squares, n) as
  if(n < fewest_for_mean(), null, greatest(0.0, total_of / n - mean_half(variance_of(total_of, squares, n), n)));
create or replace temp macro mean_high(total_of, squares, n) as
  if(n < fewest_for_mean(), null, total_of / n + mean_half(variance_of(total_of, squares, n), n));
create or replace temp macro mean_note(n) as
  case
    when n = 0 then 'No referral to count.'
    when n < fewest_for_mean() then 'Fewer than five referrals; no mean is given.'
  end;
