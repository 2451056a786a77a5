-- The initial population: the measure has no exclusions and no exceptions.
select patient, referral from initial_population
