-- The interval of a count, 95 %, by Byar's approximation to the exact limits of the Poisson distribution (Breslow, Day 1987, Statistical Methods
-- in Cancer Research II): how far it may be from what is usual, by chance alone.
create or replace temp macro poisson_low(k) as
  if(k = 0, 0.0, k * (1 - 1 / (9 * k) - 1.959963984540054 / (3 * sqrt(k))) ** 3);
create or replace temp macro poisson_high(k) as
  (k + 1) * (1 - 1 / (9 * (k + 1)) + 1.959963984540054 / (3 * sqrt(k + 1))) ** 3;
